"""Named acts, each with a date of its own."""

from collections.abc import Iterator

from phaseflow.language.document import ObligationForm
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import CategoriesOf
from phaseflow.language.resolve.names import DeclaredDuty, FormKind
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.rules.rule import Fault, InOrder, empty_keys
from phaseflow.model.figure import Figure
from phaseflow.model.forms.steps import Step, Steps
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

STEPS = FormKind(
    called="a duty in steps",
    keys=frozenset({"steps", "in_order", "counts", "verify_within", "when_left"}),
    needs=(),
    instead={
        "not_before": "give each step its own not_before",
        "by": "give each step its own by",
    },
    part="step",
    takes_units=False,
    delivers_units=True,
    has_fixed_amount=False,
)
KINDS: tuple[FormKind, ...] = (STEPS,)


def kind_of(written: ObligationForm) -> FormKind | None:
    """Return that it is in steps, if there is a list of them."""
    return None if written.steps is None else STEPS


def categories(written: ObligationForm, _others: CategoriesOf) -> tuple[str, ...] | None:
    """Return the names of the steps."""
    return (
        None if written.steps is None else tuple(dict.fromkeys(step.name for step in written.steps))
    )


def named_parts(written: ObligationForm, duty: DeclaredDuty) -> Iterator[tuple[str, Path]]:
    """Yield the steps."""
    for place, step in enumerate(written.steps or ()):
        yield step.name, ("obligations", duty.base, "steps", place, "name")


def read(clause: Clause) -> Steps:
    """Return what is to be done by when."""
    steps = tuple(
        Step(
            name=step.name,
            by=clause.moment(step.by, "steps", place, "by"),
            not_before=clause.moment(step.not_before, "steps", place, "not_before"),
            remarks=remarks(step),
        )
        for place, step in enumerate(clause.written.steps or ())
    )
    return Steps(steps=steps, in_order=bool(clause.written.in_order))


def moments(path: Path, _written: ObligationForm, owed: Steps) -> Iterator[tuple[Path, Moment]]:
    """Yield when each step is due, and before when it is too early."""
    for place, step in enumerate(owed.steps):
        for key, moment in (("by", step.by), ("not_before", step.not_before)):
            if moment is not None:
                yield (*path, "steps", place, key), moment


def in_order(
    path: Path, _written: ObligationForm, owed: Steps, _not_before: Moment | None
) -> Iterator[InOrder]:
    """Yield when each step is due after when it is no longer too early."""
    for place, step in enumerate(owed.steps):
        here = (*path, "steps", place, "by")
        yield InOrder(here, step.not_before, step.by, "its own not_before", may_coincide=True)


def undated(path: Path, _written: ObligationForm, owed: Steps) -> Iterator[Fault]:
    """Yield each step without a date."""
    for place, step in enumerate(owed.steps):
        if step.by is None:
            message = f"step {step.name!r} is never due: nothing says by when"
            yield Fault((*path, "steps", place, "name"), message, "add by: day 7")


def can_be_missed(owed: Steps) -> bool:
    """Tell whether any step has a date."""
    return any(step.by is not None for step in owed.steps)


def most(owed: Steps, part: str | None) -> float:
    """Return how many steps there are; each is done once."""
    return 1 if part is not None else len(owed.steps)


def written_figures(_path: Path, _written: ObligationForm) -> tuple[tuple[Path, Figure], ...]:
    """Return nothing: steps are not counted."""
    return ()


def clashes(_path: Path, _duty: DeclaredDuty, _written: ObligationForm) -> tuple[Fault, ...]:
    """Return nothing: no two keys of a step say the same."""
    return ()


def empty(path: Path, written: ObligationForm) -> Iterator[Fault]:
    """Yield a list without steps."""
    return empty_keys(path, written, "steps")
