"""What a change means in each form of obligation."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from phaseflow.compare.change import Change, Location
from phaseflow.compare.forms import amount, in_return, rate, restraint, steps
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps

F_contra = TypeVar("F_contra", contravariant=True)


class Room(Protocol[F_contra]):
    """What a form knows of its own changes."""

    def changes(self, place: Location, old: F_contra, new: F_contra, /) -> Iterator[Change]:
        """Yield what differs, each with its weight for who owes it."""


FORMS: dict[type[Form], Room[Any]] = {
    Amount: amount,
    Steps: steps,
    InReturn: in_return,
    Rate: rate,
    Restraint: restraint,
}


def changes(place: Location, old: Form, new: Form) -> Iterator[Change]:
    """Yield what differs from ``old`` to ``new``; two forms have no order."""
    if type(old) is type(new):
        yield from FORMS[type(new)].changes(place, old, new)
    else:
        yield place.change("form", "structure", type(old).__name__, type(new).__name__)
