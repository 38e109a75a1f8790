"""What is said of an amount that is owed again and again."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.forms.rate import Rate
from phaseflow.prose import figures, performance
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import period
from phaseflow.prose.sentence import Sentence

_PERIODS = {
    "day": "calendar day",
    "week": "calendar week, from Monday to Sunday,",
    "month": "calendar month",
}


def what(voice: Voice, obligation: Obligation, form: Rate, owed: str) -> Iterator[Sentence]:
    """Yield how much is owed for each period, and what one period is to the next."""
    every = form.every
    much = figures.how_much(voice, form.amount, obligation.unit)
    yield Sentence(
        f"For each {_PERIODS[every]} at whose end it is in force, what {owed} is {much}."
    )
    yield from figures.least(voice, form.of_which)
    yield from figures.judged(obligation, form.of_which)
    if form.averaged:
        yield Sentence(f"What is delivered beyond it in one {every} carries over to the next.")
    else:
        yield Sentence(f"A figure measured counts only over exactly one {every}.")
        yield Sentence(f"What is delivered beyond it in one {every} makes up for no later one.")
    if obligation.verified_by is not None:
        yield Sentence(f"A {every} on which nobody has reported is unknown, not short.")


def titles(_form: Rate) -> dict[str, str]:
    """Return nothing: a category is called by its name."""
    return {}


def confirmed(who: str, silence: Period | None) -> str:
    """Return that a delivery counts as far as it is confirmed."""
    return performance.confirmed(who, silence)


def dates_suspended(_deadlines: Deadlines) -> str:
    """Return nothing: a period that ends while it is suspended is not owed at all."""
    return ""


def cured(obligation: Obligation, form: Rate) -> Iterator[Sentence]:
    """Yield what becomes of a period that is short."""
    short = f"What is short at the end of a {form.every}"
    if obligation.cure is None:
        yield Sentence(f"{short} is a violation.")
    else:
        length = period(obligation.cure)
        yield Sentence(f"{short} may be made up within {length}; after that it is a violation.")


def still_owed(_form: Rate) -> Iterator[Sentence]:
    """Yield nothing: each period is settled by itself."""
    return iter(())
