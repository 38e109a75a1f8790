"""Something that is not to be done."""

from phaseflow.language.document import ObligationForm
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import CategoriesOf
from phaseflow.language.resolve.names import DeclaredDuty, FormKind, Need
from phaseflow.language.rules.rule import Fault, InOrder
from phaseflow.model.figure import Figure
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

RESTRAINT = FormKind(
    called="a restraint",
    keys=frozenset({"refrain", "tolerated"}),
    needs=(
        Need(
            key="refrain",
            other="verified_by",
            message="a restraint needs 'verified_by': an accusation alone never breaches",
            remedy="name who verifies violations",
        ),
    ),
    instead={"when_left": "a restraint ends with its states; remove it"},
    part="category",
    takes_units=False,
    delivers_units=False,
    has_fixed_amount=False,
)
KINDS: tuple[FormKind, ...] = (RESTRAINT,)


def kind_of(written: ObligationForm) -> FormKind | None:
    """Return that it is a restraint, if it says `refrain`."""
    return RESTRAINT if written.refrain else None


def categories(_written: ObligationForm, _others: CategoriesOf) -> None:
    """Return None: a restraint has no parts."""
    return


def named_parts(_written: ObligationForm, _duty: DeclaredDuty) -> tuple[tuple[str, Path], ...]:
    """Return nothing: a restraint has no parts."""
    return ()


def read(clause: Clause) -> Restraint:
    """Return what is tolerated."""
    return Restraint(tolerated=clause.written.tolerated or 0)


def moments(
    _path: Path, _written: ObligationForm, _owed: Restraint
) -> tuple[tuple[Path, Moment], ...]:
    """Return nothing: it is kept all the time."""
    return ()


def in_order(
    _path: Path, _written: ObligationForm, _owed: Restraint, _not_before: Moment | None
) -> tuple[InOrder, ...]:
    """Return nothing: it is kept all the time."""
    return ()


def undated(_path: Path, _written: ObligationForm, _owed: Restraint) -> tuple[Fault, ...]:
    """Return nothing: it is kept all the time."""
    return ()


def can_be_missed(_owed: Restraint) -> bool:
    """Tell that it can be violated."""
    return True


def most(_owed: Restraint, _part: str | None) -> float:
    """Return that there is no limit: nothing is counted that could be."""
    return float("inf")


def written_figures(_path: Path, _written: ObligationForm) -> tuple[tuple[Path, Figure], ...]:
    """Return nothing: how much is tolerated may be 0."""
    return ()


def clashes(_path: Path, _duty: DeclaredDuty, _written: ObligationForm) -> tuple[Fault, ...]:
    """Return nothing: its keys say different things."""
    return ()


def empty(_path: Path, _written: ObligationForm) -> tuple[Fault, ...]:
    """Return nothing: it has no lists."""
    return ()
