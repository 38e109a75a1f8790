"""The few words that stand in a picture: who, what is owed, by when, on which condition."""

import re

from phaseflow.model.calendar import Date, Period, When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import Figure
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.model.party import PartyExpression
from phaseflow.model.units import plural

_LONGEST_NAME = 20
TIE = "\N{NO-BREAK SPACE}"
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "*": "\N{MULTIPLICATION SIGN}"}
_WORDS = re.compile(
    r"""(?P<kept>"[^"]*"|'[^']*'|\b(?:and|or|not|true|false)\b)"""
    r"""|(?P<name>[a-z][a-z0-9_.]*)|(?P<sign>[=!<>]=|\*)"""
)


def party(definition: Definition, name: str) -> str:
    """Return the title of a party; where that is long, its name."""
    title = definition.parties[name].remarks.title.strip()
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
    return " ".join(period.words())


def by(moment: Moment) -> str:
    """Return a moment in words.

    >>> by(Offset(Anchor("finding", "handed_over"), Period(days=30), 1))
    '30 days after handed over'
    >>> by(Choice("earlier_of", (AgreementDay(7), AgreementDay(9, "16:00"))))
    'the earlier of day 7 and 16:00 on day 9'
    """
    match moment:
        case AgreementDay(day, time) | CalendarDay(day, time):
            named = f"day {day}" if isinstance(day, int) else str(day)
            return f"{time} on {named}" if time else named
        case Offset(base, period, sign):
            side = "after" if sign > 0 else "before"
            return f"{spelled(period)} {side} {by(base)}"
        case Anchor(name=name):
            return named_thing(name)
        case Choice(pick, of):
            return f"the {pick.removesuffix('_of')} of {' and '.join(map(by, of))}"


def after(moment: Moment | None) -> str:
    """Return after when a move may be made: ``after day 42``; empty if it may at any time."""
    if moment is None:
        return ""
    is_after = isinstance(moment, Offset) and moment.sign > 0
    return by(moment) if is_after else f"after {by(moment)}"


def named_thing(name: str) -> str:
    """Return a name of the file as words."""
    return name.replace("_", " ").replace(".", " ")


def guard(text: str) -> str:
    r"""Return a guard as it is written, its signs as people write them, and its names as words.

    A name is quoted, lest ``no_delay.breached`` read as that nothing was. Its words are
    tied together: no line is to end between them.

    >>> print(guard("price.outstanding == 0 and not talks_go_on").replace(TIE, " "))
    “price” outstanding = 0 and not “talks go on”
    """
    return _WORDS.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    if found["kept"]:
        return found["kept"]
    if found["sign"]:
        return _SIGNS[found["sign"]]
    thing, dot, attribute = found["name"].rpartition(".")
    if not dot:
        thing, attribute = attribute, ""
    quoted = f"“{thing.replace('.', f',{TIE}')}” {attribute}"
    return quoted.rstrip().replace("_", TIE).replace(" ", TIE)


def _counted(figures: dict[str, Figure], unit: str) -> str:
    """Return the sum of figures in units; empty if one of them is yet to be found."""
    whole = [n for n in figures.values() if isinstance(n, int)]
    if not whole or len(whole) < len(figures):
        return ""
    number = f"{sum(whole):,}"
    if not unit:
        return number
    return f"{number} {unit}" if number == "1" else f"{number} {plural(unit)}"


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
    match obligation.form:
        case Amount() as form:
            return ", ".join([_amount(form, obligation.unit), *bounds])
        case Steps() as form:
            return ", ".join([_steps(form), *bounds])
        case InReturn() as form:
            return ", ".join([_in_return(form), *bounds])
        case Rate() as form:
            return ", ".join([_rate(form, obligation.unit), *bounds])
        case Restraint():
            return " ".join(bounds) or "at all times"


def _rate(form: Rate, unit: str) -> str:
    count = _counted(form.amount, unit)
    return f"{count} a {form.every}" if count else f"each {form.every}"


def _amount(form: Amount, unit: str) -> str:
    if form.amount is None:
        return "as many as there are"
    count = "" if form.is_single else _counted(form.amount, unit)
    return _joined(count, _span([tranche.by for tranche in form.schedule]))


def _steps(form: Steps) -> str:
    dated = [step.by for step in form.steps if step.by is not None]
    return _joined(f"{len(form.steps)} steps", _span(dated))


def _in_return(form: InReturn) -> str:
    named = ", ".join(dict.fromkeys(named_thing(d.obligation) for d in form.drivers))
    within = {spelled(d.within) for d in form.drivers if d.within is not None}
    return f"{' or '.join(sorted(within))} after {named}" if within else f"after {named}"


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
    if first == last:
        return f"by {first}"
    if first.startswith("day ") and last.startswith("day "):
        return f"days {first.removeprefix('day ')} to {last.removeprefix('day ')}"
    return f"{first} to {last}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts)) or "no date"
