"""The few words that stand in a picture: who, what is owed, by when, on which condition."""

from phaseflow.model.calendar import Date, Moment, Offset, Period, When
from phaseflow.model.definition import (
    Amount,
    Definition,
    InReturn,
    Obligation,
    PartyExpression,
    Rate,
    Restraint,
    Steps,
)

_LONGEST_NAME = 16


def party(definition: Definition, name: str) -> str:
    """Return the title of a party; where that is long, its name."""
    title = definition.parties[name].remarks.title
    return title if 0 < len(title) <= _LONGEST_NAME else name.replace("_", " ")


def parties(definition: Definition, names: tuple[str, ...], last: str = "and") -> str:
    """Return several parties in a row."""
    *first, end = [party(definition, name) for name in names]
    return f"{', '.join(first)} {last} {end}" if first else end


def between(definition: Definition, obligation: Obligation) -> str:
    """Return who owes to whom: ``Hamas to Israel``."""
    obligor = party(definition, obligation.obligor)
    if not obligation.obligees:
        return obligor
    return f"{obligor} to {parties(definition, obligation.obligees)}"


def concurring(definition: Definition, owners: PartyExpression | None) -> str:
    """Return who must concur; None is nobody: it comes by itself."""
    if owners is None:
        return "by itself"
    said = []
    for bloc in owners.blocs:
        if bloc.need == len(bloc.members):
            said.append(parties(definition, bloc.members))
        elif bloc.need == 1:
            said.append(parties(definition, bloc.members, "or"))
        else:
            names = ", ".join(party(definition, name) for name in bloc.members)
            said.append(f"{bloc.need} of {names}")
    return "; and ".join(said)


def spelled(period: Period) -> str:
    """Return the length of a period.

    >>> spelled(Period(days=41)), spelled(Period(seconds=86400)), spelled(Period(months=1))
    ('41 days', '24 hours', '1 month')
    """
    hours, rest = divmod(period.seconds, 3600)
    parts = [
        (period.months, "month"),
        (period.days, "day"),
        (hours, "hour"),
        (rest // 60, "minute"),
        (rest % 60, "second"),
    ]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def by(moment: Moment) -> str:
    """Return a moment as written, its period in words."""
    if isinstance(moment, Offset):
        return f"{by(moment.base)} {'+' if moment.sign > 0 else '-'} {spelled(moment.period)}"
    return str(moment)


def dates(obligation: Obligation) -> str:
    """Return how much is due by when, and between which moments, in one short line."""
    bounds = [
        f"{word} {by(moment)}"
        for word, moment in (
            ("from", obligation.from_),
            ("until", obligation.until),
            ("not before", obligation.not_before),
        )
        if moment is not None
    ]
    if bounds and isinstance(obligation.form, Restraint):
        return " ".join(bounds)
    return ", ".join([_dates(obligation), *bounds])


def _dates(obligation: Obligation) -> str:
    match obligation.form:
        case Amount(amount=None):
            return "as many as there are"
        case Amount(amount=amount, schedule=schedule, is_single=is_single):
            figures = [] if is_single or amount is None else list(amount.values())
            whole = [n for n in figures if isinstance(n, int)]
            count = f"{sum(whole):,}" if len(whole) == len(figures) and whole else ""
            return _joined(count, _span([tranche.by for tranche in schedule]))
        case Steps(steps=steps):
            return _joined(f"{len(steps)} steps", _span([s.by for s in steps if s.by is not None]))
        case InReturn(drivers=drivers):
            within = {spelled(d.within) for d in drivers if d.within is not None}
            named = ", ".join(driver.obligation for driver in drivers)
            return f"{' or '.join(sorted(within))} after {named}" if within else f"after {named}"
        case Rate(amount=amount, every=every):
            figures = list(amount.values())
            whole = [n for n in figures if isinstance(n, int)]
            return f"{sum(whole):,} a {every}" if len(whole) == len(figures) else f"each {every}"
        case Restraint():
            return "at all times"


def day(definition: Definition, when: When, first_day: Date | None) -> str:
    """Return the day of a moment, with its number in the agreement.

    Without the number while numbering has not begun: ``2025-01-19 (day 1)``.
    """
    date = definition.calendar.zone.day(when)
    number = definition.calendar.number_of(date, first_day)
    return str(date) if number is None or number < 0 else f"{date} (day {number})"


def _span(moments: list[Moment]) -> str:
    if not moments:
        return ""
    first, last = by(moments[0]), by(moments[-1])
    return f"by {first}" if first == last else f"{first} to {last}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts)) or "no date"
