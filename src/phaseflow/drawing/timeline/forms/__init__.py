"""How each form of obligation is drawn along the days."""

from typing import Any, Protocol, TypeVar

from phaseflow.drawing.timeline.forms import amount, in_return, rate, restraint, steps
from phaseflow.drawing.timeline.lanes import Lane
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps

F_contra = TypeVar("F_contra", contravariant=True)


class Room(Protocol[F_contra]):
    """What a form puts into the lane of an obligation."""

    def drawn(self, lane: Lane, subject: LaneSubject, form: F_contra, /) -> Lane:
        """Return ``lane``, which has no marks yet, with those of ``subject``."""


FORMS: dict[type[Form], Room[Any]] = {
    Amount: amount,
    Steps: steps,
    InReturn: in_return,
    Rate: rate,
    Restraint: restraint,
}


def drawn(lane: Lane, subject: LaneSubject) -> Lane:
    """Return ``lane`` with the marks of its obligation."""
    form = subject.obligation.form
    return FORMS[type(form)].drawn(lane, subject, form)
