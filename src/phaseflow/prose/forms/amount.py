"""What is said of units owed by moments, and of a single act."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.figure import WHOLE
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.prose import figures, performance
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import escaped
from phaseflow.prose.sentence import Sentence


def what(voice: Voice, obligation: Obligation, form: Amount, owed: str) -> Iterator[Sentence]:
    """Yield how much is owed, by when, and not before when."""
    yield _whole(voice, obligation.unit, form, owed)
    yield from figures.least(voice, form.of_which)
    yield from figures.judged(obligation, form.of_which)
    yield _due(voice, obligation.unit, form)
    yield from performance.not_before(voice, obligation)


def _whole(voice: Voice, unit: str, form: Amount, owed: str) -> Sentence:
    if form.amount is None:
        many = figures.unit_names(unit)
        return Sentence(f"As many {many} are owed as there prove to be; no number is set.")
    if not form.is_single:
        return Sentence(f"The whole that {owed} is {figures.how_much(voice, form.amount, unit)}.")
    if unit:
        return Sentence(f"It is a single act, counted as one {escaped(unit)}.")
    return Sentence("It is a single act.")


def _due(voice: Voice, unit: str, form: Amount) -> Sentence:
    if not form.schedule:
        return Sentence("No day is set for it, so it cannot be late.")
    first = form.schedule[0]
    if len(form.schedule) == 1 and first.share == WHOLE:
        what = "It is" if form.is_single else "All of it is"
        end = voice.moment(first.by, "end")
        return Sentence(f"{what} due by {end}.{performance.aside(first.remarks)}")
    rows = tuple(_tranche(voice, row, unit) for row in form.schedule)
    return Sentence("It is due in stages; each counts all that was delivered until then:", rows)


def _tranche(voice: Voice, row: Tranche, unit: str) -> str:
    if row.amount is not None:
        much = figures.how_much(voice, row.amount, unit)
    elif row.share == WHOLE:
        much = "all of it"
    else:
        much = f"{row.share} percent of the whole, rounded down"
    return f"{much}, by {voice.moment(row.by, 'end')}.{performance.aside(row.remarks)}"


def titles(_form: Amount) -> dict[str, str]:
    """Return nothing: a category is called by its name."""
    return {}


def confirmed(who: str, silence: Period | None) -> str:
    """Return that a delivery counts as far as it is confirmed."""
    return performance.confirmed(who, silence)


def dates_suspended(deadlines: Deadlines) -> str:
    """Return what a suspension does to the days of its schedule."""
    return performance.dates_suspended(deadlines)


def cured(obligation: Obligation, form: Amount) -> Iterator[Sentence]:
    """Yield what becomes of a tranche that is missed."""
    yield from performance.cured(obligation.cure, can_be_late=bool(form.schedule))


def still_owed(form: Amount) -> Iterator[Sentence]:
    """Yield that what was not delivered is still owed."""
    yield from performance.still_owed(can_be_late=bool(form.schedule))
