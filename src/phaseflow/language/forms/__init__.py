"""What the language knows of each form of obligation: its keys, its reading, its part in the rules.

The keys themselves, with their types, stand in ``language/document/obligation.py``.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar, get_args

from phaseflow.language.document import ObligationForm
from phaseflow.language.forms import amount, in_return, rate, restraint, steps
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import CategoriesOf
from phaseflow.language.resolve.names import DeclaredDuty, FormKind
from phaseflow.language.rules.rule import Fault, InOrder
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import Figure
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

F_contra = TypeVar("F_contra", contravariant=True)


class Room(Protocol[F_contra]):
    """What a form must answer.

    ``path`` is where an obligation stands, ``written`` what the text says there,
    ``owed`` what was read of it in the form of the room. An answer about keys
    alone is asked of every room, since keys may stand where they do not belong.
    """

    KINDS: tuple[FormKind, ...]
    """The ways in which it is written."""

    def kind_of(self, written: ObligationForm, /) -> FormKind | None:
        """Return the one of them that ``written`` is; None: it bears no mark of this form."""

    def categories(
        self, written: ObligationForm, others: CategoriesOf, /
    ) -> tuple[str, ...] | None:
        """Return into what its units are sorted; None where its own keys do not stand."""

    def named_parts(
        self, written: ObligationForm, duty: DeclaredDuty, /
    ) -> Iterable[tuple[str, Path]]:
        """Yield every name that its own keys give to a part, each with its path."""

    def read(self, clause: Clause, /) -> Form:
        """Return what is owed; what is missing from a damaged clause is filled in."""

    def moments(
        self, path: Path, written: ObligationForm, owed: F_contra, /
    ) -> Iterable[tuple[Path, Moment]]:
        """Yield its moments, each with its path; what is due is due at those under `by`."""

    def in_order(
        self, path: Path, written: ObligationForm, owed: F_contra, not_before: Moment | None, /
    ) -> Iterable[InOrder]:
        """Yield which of its moments must follow which."""

    def undated(self, path: Path, written: ObligationForm, owed: F_contra, /) -> Iterable[Fault]:
        """Yield what of it is never due."""

    def can_be_missed(self, owed: F_contra, /) -> bool:
        """Tell whether it can be breached by letting time pass, or by an act."""

    def most(self, owed: F_contra, part: str | None, /) -> float:
        """Return how many units are owed at most in all, or of one part; without end if unknown."""

    def written_figures(
        self, path: Path, written: ObligationForm, /
    ) -> Iterable[tuple[Path, Figure]]:
        """Yield the figures under its own keys that must be amounts or shares."""

    def clashes(
        self, path: Path, duty: DeclaredDuty, written: ObligationForm, /
    ) -> Iterable[Fault]:
        """Yield what is said twice, or in two ways, under its own keys."""

    def empty(self, path: Path, written: ObligationForm, /) -> Iterable[Fault]:
        """Yield what holds nothing under its own keys."""


FORMS: dict[type[Form], Room[Any]] = {
    Restraint: restraint,
    Steps: steps,
    InReturn: in_return,
    Rate: rate,
    Amount: amount,
}
"""The room of each form; of several marks the first counts, and what bears none is an amount."""
KINDS = tuple(kind for form in get_args(Form) if form in FORMS for kind in FORMS[form].KINDS)
"""The ways in which an obligation is written, in the order in which people are told of them."""


def kind_of(written: ObligationForm) -> FormKind:
    """Return in which way an obligation is written."""
    kinds = (room.kind_of(written) for room in FORMS.values())
    return next(kind for kind in kinds if kind is not None)


def room_of(owed: Obligation) -> Room[Any]:
    """Return the room of the form in which ``owed`` was read."""
    return FORMS[type(owed.form)]


def read_form(clause: Clause) -> Form:
    """Return what is owed, in the form in which it is written."""
    rooms = (room for room in FORMS.values() if clause.duty.kind in room.KINDS)
    return next(rooms).read(clause)
