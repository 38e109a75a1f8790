"""How pages show each form of obligation."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from phaseflow.cli.pages.forms import amount, in_return, rate, restraint, steps
from phaseflow.engine.outcome import Account
from phaseflow.model.definition import Obligation
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Due
from phaseflow.service.status import View

F_contra = TypeVar("F_contra", contravariant=True)


class Room(Protocol[F_contra]):
    """What a form shows of an obligation."""

    def figures(self, account: Account, /) -> list[str]:
        """Return the four columns: what is delivered, due, short and owed in all."""

    def part(self, due: Due, /) -> str:
        """Return which part of the obligation is due; empty if it is so many units of it."""

    def below(self, seen: View, shown: Sequence[tuple[Account, F_contra]], /) -> list[str]:
        """Return what the page says below the table of all obligations of the form."""


FORMS: dict[type[Form], Room[Any]] = {
    Amount: amount,
    Steps: steps,
    InReturn: in_return,
    Rate: rate,
    Restraint: restraint,
}
"""The room of each form, in the order in which they speak below the table."""


def room_of(owed: Obligation) -> Room[Any]:
    """Return what shows the form of ``owed``."""
    return FORMS[type(owed.form)]
