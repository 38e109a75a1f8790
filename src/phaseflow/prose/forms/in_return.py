"""What is said of debts that are created by what others deliver."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.prose import figures, performance
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import period, quoted
from phaseflow.prose.sentence import Sentence


def what(voice: Voice, obligation: Obligation, form: InReturn, _owed: str) -> Iterator[Sentence]:
    """Yield in return for what it is owed, and how much for each unit of that."""
    unit = figures.unit_names(obligation.unit)
    yield Sentence(f"It is owed in return for what others deliver, and is counted in {unit}.")
    yield from (_driver(voice, driver, obligation.unit) for driver in form.drivers)
    yield from figures.judged(obligation, {})
    yield from performance.not_before(voice, obligation)


def _driver(voice: Voice, driver: Driver, unit: str) -> Sentence:
    """Return what units of another duty call for."""
    items = [
        f"for each unit{_of(category)}: {figures.how_much(voice, own, unit)}."
        for category, own in driver.each.items()
    ]
    items += [
        f"for all units{_of(category)} together: {figures.how_much(voice, own, unit)}; spread "
        "evenly over them and rounded down, what remains with the last."
        for category, own in driver.shared.items()
    ]
    due = "; no time is set for it"
    if driver.within is not None:
        due = f", due within {period(driver.within)} of that"
    text = f"It is owed for what counts of {voice.duty(driver.obligation)}, once it counts{due}:"
    return Sentence(text + performance.aside(driver.remarks), tuple(items))


def _of(category: str) -> str:
    return "" if category == PLAIN else f" of {quoted(category)}"


def titles(_form: InReturn) -> dict[str, str]:
    """Return nothing: a category is called by its name."""
    return {}


def confirmed(who: str, silence: Period | None) -> str:
    """Return that a delivery counts as far as it is confirmed."""
    return performance.confirmed(who, silence)


def dates_suspended(deadlines: Deadlines) -> str:
    """Return what a suspension does to the days on which debts are due."""
    return performance.dates_suspended(deadlines)


def cured(obligation: Obligation, form: InReturn) -> Iterator[Sentence]:
    """Yield what becomes of a debt that is not paid in time."""
    yield from performance.cured(obligation.cure, can_be_late=_can_be_late(form))


def still_owed(form: InReturn) -> Iterator[Sentence]:
    """Yield that debts that were not paid are still owed."""
    yield from performance.still_owed(can_be_late=_can_be_late(form))


def _can_be_late(form: InReturn) -> bool:
    return any(driver.within is not None for driver in form.drivers)
