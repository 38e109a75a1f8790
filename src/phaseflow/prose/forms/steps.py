"""What is said of named acts, each with a date of its own."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.prose import performance
from phaseflow.prose.names import Voice, called
from phaseflow.prose.phrases import escaped, listed, remarked
from phaseflow.prose.sentence import Sentence


def what(voice: Voice, _obligation: Obligation, form: Steps, _owed: str) -> Iterator[Sentence]:
    """Yield the steps with their dates, and whether their order matters."""
    items = tuple(_step(voice, step) for step in form.steps)
    yield Sentence("It consists of these steps:", items)
    if form.in_order:
        yield Sentence(
            "The steps are to be done in this order; one that is done before an earlier "
            "one counts, and is a violation."
        )
    else:
        yield Sentence("The order of the steps does not matter.")


def _step(voice: Voice, step: Step) -> str:
    text = f"{called(step.remarks, step.name)}: {_bounds(voice, step)}."
    said = remarked(step.remarks)
    return f"{text} {said}" if said else text


def _bounds(voice: Voice, step: Step) -> str:
    bounds = []
    if step.not_before is not None:
        start = voice.moment(step.not_before, "beginning")
        bounds.append(f"not before {start} (done earlier it counts, and is a violation)")
    if step.by is not None:
        bounds.append(f"by {voice.moment(step.by, 'end')}")
    return listed(bounds) if bounds else "on no set day"


def titles(form: Steps) -> dict[str, str]:
    """Return the titles of the steps that have one."""
    titled = (step for step in form.steps if step.remarks.title)
    return {step.name: escaped(step.remarks.title) for step in titled}


def confirmed(who: str, silence: Period | None) -> str:
    """Return that a step counts as done when it is confirmed."""
    return performance.confirmed(who, silence)


def dates_suspended(deadlines: Deadlines) -> str:
    """Return what a suspension does to the days of its steps."""
    return performance.dates_suspended(deadlines)


def cured(obligation: Obligation, form: Steps) -> Iterator[Sentence]:
    """Yield what becomes of a step that is missed."""
    yield from performance.cured(obligation.cure, can_be_late=_can_be_late(form))


def still_owed(form: Steps) -> Iterator[Sentence]:
    """Yield that steps that were not done are still owed."""
    yield from performance.still_owed(can_be_late=_can_be_late(form))


def _can_be_late(form: Steps) -> bool:
    return any(step.by is not None for step in form.steps)
