"""What an obligation says, sentence by sentence."""

from collections.abc import Iterator, Sequence

import msgspec

from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.model.units import plural
from phaseflow.prose.names import Voice, called
from phaseflow.prose.phrases import (
    capital,
    count,
    escaped,
    listed,
    period,
    quoted,
    remarked,
    sentence,
    units,
)

_PERIODS = {
    "day": "calendar day",
    "week": "calendar week, from Monday to Sunday,",
    "month": "calendar month",
}


class Sentence(msgspec.Struct, frozen=True):
    """A numbered sentence, or several on one matter, and the items that follow it."""

    text: str
    items: tuple[str, ...] = ()


def duty(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    """Yield what is said of a duty; ``owed`` is it by each of its obligors."""
    first = owed[0]
    yield from _between(voice, owed)
    yield from _what(voice, first, "each owes" if len(owed) > 1 else "is owed")
    yield from _in_force(voice, first)
    yield from _condition(voice, first)
    yield from _verified(voice, first)
    yield from _counting(voice, owed)
    yield from _cured(first)
    yield from _left(first)
    if first.value is not None:
        weight = f"{first.value:,}"
        yield Sentence(
            f"For the analysis of exposure its weight is {weight}; this decides nothing."
        )


def _between(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    """Yield who owes it to whom."""
    first = owed[0]
    if len(owed) == 1:
        yield Sentence(f"{voice.party(first.obligor)} owes this{_to_whom(voice, first)}")
        return
    names = voice.parties(o.obligor for o in owed)
    if len({o.obligees for o in owed}) == 1:
        yield Sentence(f"{names} each owe this, each for itself alone{_to_whom(voice, first)}")
        return
    items = (capital(f"{voice.party(o.obligor)} owes it{_to_whom(voice, o)}") for o in owed)
    yield Sentence(f"{names} each owe this, each for itself alone:", tuple(items))


def _to_whom(voice: Voice, obligation: Obligation) -> str:
    if not obligation.obligees:
        return ". It is owed to nobody in particular, so nobody can waive it."
    names = voice.parties(obligation.obligees)
    if len(obligation.obligees) == 1:
        return f" to {names}. Only {names} can waive it."
    return f" to {names}. Only they can waive it, all of them together."


def _what(voice: Voice, obligation: Obligation, owed: str) -> Iterator[Sentence]:
    match obligation.form:
        case Amount() as form:
            yield from _amount(voice, obligation, form, owed)
        case Steps(steps=steps, in_order=in_order):
            yield Sentence("It consists of these steps:", tuple(_step(voice, s) for s in steps))
            yield Sentence(
                "The steps are to be done in this order; one that is done before an earlier "
                "one counts, and is a violation."
                if in_order
                else "The order of the steps does not matter."
            )
        case InReturn(drivers=drivers):
            unit = _unit(obligation)
            yield Sentence(
                f"It is owed in return for what others deliver, and is counted in {unit}."
            )
            yield from (_driver(voice, driver, obligation.unit) for driver in drivers)
            yield from _judged(obligation)
            yield from _not_before(voice, obligation)
        case Rate() as form:
            yield from _rate(voice, obligation, form, owed)
        case Restraint(tolerated=tolerated):
            yield Sentence("It is something that must not be done.")
            if tolerated:
                times = "violation is" if tolerated == 1 else "violations are"
                text = f"{sentence(count(tolerated)).removesuffix('.')} {times} tolerated; "
                yield Sentence(f"{text}one more is a breach.")
            else:
                yield Sentence("No violation is tolerated: one is a breach.")


def _unit(obligation: Obligation) -> str:
    return escaped(plural(obligation.unit)) if obligation.unit else "units"


def _of(voice: Voice, figures: dict[str, Figure], unit: str) -> str:
    """Return figures by category, and their sum where it is known."""
    if set(figures) == {PLAIN} and isinstance(figures[PLAIN], str):
        what = escaped(plural(unit)) if unit else "units"
        return f"{what} in {voice.figure(figures[PLAIN])}"
    if set(figures) == {PLAIN}:
        return units(voice.figure(figures[PLAIN]), unit)
    parts = voice.figures({name: n for name, n in figures.items() if name != PLAIN})
    if PLAIN in figures:
        return f"{units(voice.figure(figures[PLAIN]), unit)} in all, among them {parts}"
    known = [n for n in figures.values() if isinstance(n, int)]
    if len(known) < len(figures):
        return f"{_in(unit)}{parts}"
    whole = units(f"{sum(known):,}", unit)
    if len(known) == 1:
        return f"{whole} of the category {quoted(next(iter(figures)))}" if unit else parts
    return f"{whole}: {parts}"


def _in(unit: str) -> str:
    return f"in {escaped(plural(unit))}, " if unit else ""


def _amount(voice: Voice, obligation: Obligation, form: Amount, owed: str) -> Iterator[Sentence]:
    unit = obligation.unit
    if form.amount is None:
        yield Sentence(
            f"As many {_unit(obligation)} are owed as there prove to be; no number is set."
        )
    elif form.is_single:
        yield Sentence(
            "It is a single act" + (f", counted as one {escaped(unit)}." if unit else ".")
        )
    else:
        yield Sentence(f"The whole that {owed} is {_of(voice, form.amount, unit)}.")
    yield from _least(voice, form.of_which)
    yield from _judged(obligation)
    tranches = form.schedule
    if not tranches:
        yield Sentence("No day is set for it, so it cannot be late.")
    elif len(tranches) == 1 and tranches[0].share == WHOLE:
        end = voice.moment(tranches[0].by, "end")
        what = "It is" if form.is_single else "All of it is"
        yield Sentence(f"{what} due by {end}.{_aside(tranches[0])}")
    else:
        rows = tuple(_tranche(voice, row, unit) for row in tranches)
        yield Sentence("It is due in stages; each counts all that was delivered until then:", rows)
    yield from _not_before(voice, obligation)


def _not_before(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    if obligation.not_before is not None:
        start = voice.moment(obligation.not_before, "beginning")
        yield Sentence(f"It is not to be done before {start}: what is, counts, and is a violation.")


def _aside(part: Tranche | Driver) -> str:
    """Return what is remarked at a row or a driver, with its title."""
    title = f"“{escaped(part.remarks.title)}”." if part.remarks.title else ""
    said = " ".join(text for text in (title, remarked(part.remarks)) if text)
    return f" ({said})" if said else ""


def _tranche(voice: Voice, row: Tranche, unit: str) -> str:
    if row.amount is not None:
        much = _of(voice, row.amount, unit)
    elif row.share == WHOLE:
        much = "all of it"
    else:
        much = f"{row.share} percent of the whole, rounded down"
    return f"{much}, by {voice.moment(row.by, 'end')}.{_aside(row)}"


def _least(voice: Voice, parts: dict[str, Figure]) -> Iterator[Sentence]:
    if parts:
        figures = voice.figures(parts, "at least ")
        yield Sentence(f"Of it {figures}; one unit may count in more than one of these parts.")


def _judged(obligation: Obligation) -> Iterator[Sentence]:
    if obligation.judged_in_total:
        yield Sentence(
            "The sum decides; how it is made up of categories is shown and decides nothing."
        )
    elif (
        len(obligation.categories) > 1
        and not obligation.is_open
        and not getattr(obligation.form, "of_which", None)
    ):
        yield Sentence(
            "In the end each category must be delivered in full; too much of one makes up "
            "for no other."
        )


def _step(voice: Voice, step: Step) -> str:
    bounds = []
    if step.not_before is not None:
        start = voice.moment(step.not_before, "beginning")
        bounds.append(f"not before {start} (done earlier it counts, and is a violation)")
    if step.by is not None:
        bounds.append(f"by {voice.moment(step.by, 'end')}")
    if not bounds:
        bounds.append("on no set day")
    said = remarked(step.remarks)
    return f"{called(step.remarks, step.name)}: {listed(bounds)}.{' ' + said if said else ''}"


def _driver(voice: Voice, driver: Driver, unit: str) -> Sentence:
    """Return what units of another duty call for."""
    items = [
        f"for each unit{_of_category(category)}: {_of(voice, own, unit)}."
        for category, own in driver.each.items()
    ]
    items += [
        f"for all units{_of_category(category)} together: {_of(voice, own, unit)}; spread evenly "
        "over them and rounded down, what remains with the last."
        for category, own in driver.shared.items()
    ]
    due = "; no time is set for it"
    if driver.within is not None:
        due = f", due within {period(driver.within)} of that"
    text = f"It is owed for what counts of {voice.duty(driver.obligation)}, once it counts{due}:"
    return Sentence(text + _aside(driver), tuple(items))


def _of_category(category: str) -> str:
    return "" if category == PLAIN else f" of {quoted(category)}"


def _rate(voice: Voice, obligation: Obligation, form: Rate, owed: str) -> Iterator[Sentence]:
    much = _of(voice, form.amount, obligation.unit)
    span = _PERIODS[form.every]
    yield Sentence(f"For each {span} at whose end it is in force, what {owed} is {much}.")
    yield from _least(voice, form.of_which)
    yield from _judged(obligation)
    if not form.averaged:
        yield Sentence(f"A figure measured counts only over exactly one {form.every}.")
    yield Sentence(
        f"What is delivered beyond it in one {form.every} carries over to the next."
        if form.averaged
        else f"What is delivered beyond it in one {form.every} makes up for no later one."
    )
    if obligation.verified_by is not None:
        yield Sentence(f"A {form.every} on which nobody has reported is unknown, not short.")


def _in_force(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    start = end = ""
    if obligation.from_ is not None:
        start = voice.moment(obligation.from_, "beginning")
    if obligation.until is not None:
        end = voice.moment(obligation.until, "end")
    if obligation.during is None:
        last = f"{end}, unless the agreement ends before" if end else "the agreement ends"
        yield Sentence(f"It is in force from {start or 'the beginning'} until {last}.")
        return
    text = f"It is in force only while the agreement is in {voice.states(obligation.during, 'or')}"
    text += f", and only from {start}" if start else ""
    text += f", and only until {end}" if end else ""
    yield Sentence(f"{text}.")


def _condition(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    if obligation.requires is not None:
        yield Sentence(
            f"It arises only once this has been so: {voice.condition(obligation.requires)}. "
            "What is done before that counts. What would have been due earlier is due within "
            f"{period(obligation.within)} of it."
        )
    if obligation.excused_while is not None:
        effect = {
            "run": " Its dates stay as they are; one that comes meanwhile is missed when this is over.",
            "toll": " Its dates move by the time that this lasts.",
            "restart": " The time for what is not yet done begins anew when this is over.",
        }[obligation.deadlines]
        if isinstance(obligation.form, Rate | Restraint):
            effect = ""
        yield Sentence(
            f"It is suspended while this is so: {voice.condition(obligation.excused_while)}.{effect}"
        )


def _verified(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    is_restraint = isinstance(obligation.form, Restraint)
    if obligation.verified_by is None:
        yield Sentence("What is reported as done counts at once; nobody has to confirm it.")
        return
    who = voice.concurring(obligation.verified_by)
    if is_restraint:
        yield Sentence(
            f"A violation counts only when confirmed by {who}; an accusation alone breaches "
            "nothing."
        )
        return
    text = f"What is reported as done counts only when confirmed by {who}, and as far as it is."
    if obligation.verify_within is None:
        yield Sentence(f"{text} Silence confirms nothing.")
    else:
        length = period(obligation.verify_within)
        yield Sentence(
            f"{text} Silence confirms: what is neither confirmed nor rejected within {length} "
            "of being reported counts as confirmed."
        )


def _counting(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    first = owed[0]
    if first.counts_uncontested:
        yield Sentence("What anybody contests does not count while it is contested.")
    toward = list(dict.fromkeys(name for o in owed for name in o.counts_toward))
    if toward:
        names = listed(voice.duty(name) for name in toward)
        yield Sentence(f"Each unit also counts toward {names}, in the category of the same name.")


def _cured(obligation: Obligation) -> Iterator[Sentence]:
    length = None if obligation.cure is None else period(obligation.cure)
    match obligation.form:
        case Restraint():
            ends = (
                [] if length is None else [f"when {length} have passed without another violation"]
            )
            ends += ["when it is waived"] if obligation.obligees else []
            yield Sentence(
                f"A breach ends {', or '.join(ends)}."
                if ends
                else "A breach does not end: the text sets no time for that, and nobody can waive it."
            )
        case Rate(every=every):
            yield Sentence(
                f"What is short at the end of a {every} is a violation."
                if length is None
                else f"What is short at the end of a {every} may be made up within {length}; "
                "after that it is a violation."
            )
        case _ if length is not None:
            yield Sentence(
                f"What is not done in time may still be done within {length} more; after that "
                "it is a breach."
            )
        case _ if _can_be_late(obligation):
            yield Sentence(
                "There is no time to cure: what is not done in time is at once a breach."
            )
        case _:
            pass


def _can_be_late(obligation: Obligation) -> bool:
    match obligation.form:
        case Amount(schedule=schedule):
            return bool(schedule)
        case Steps(steps=steps):
            return any(step.by is not None for step in steps)
        case InReturn(drivers=drivers):
            return any(driver.within is not None for driver in drivers)
        case _:
            return True


def _left(obligation: Obligation) -> Iterator[Sentence]:
    is_everywhere = obligation.during is None
    if obligation.when_left == "lapse":
        yield Sentence(
            "What is still open when it is no longer in force lapses: it is owed no more, unless "
            "it comes into force again."
        )
    elif obligation.when_left == "block":
        what = "The agreement cannot end" if is_everywhere else "Those states cannot be left"
        held = " it is in force and" if obligation.until is not None else ""
        yield Sentence(f"{what} while{held} anything of it that has fallen due is open.")
    elif is_everywhere and obligation.until is None:
        return
    elif not isinstance(obligation.form, Rate | Restraint):
        late = ", and can still become late" if _can_be_late(obligation) else ""
        yield Sentence(f"What is still open when it is no longer in force is still owed{late}.")
