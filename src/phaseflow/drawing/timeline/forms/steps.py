"""How named acts are drawn along the days."""

import msgspec

from phaseflow.drawing.timeline.deeds import deeds
from phaseflow.drawing.timeline.lanes import Lane
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.model.forms.steps import Steps


def drawn(lane: Lane, subject: LaneSubject, _form: Steps) -> Lane:
    """Return ``lane`` with a deed for each step."""
    return msgspec.structs.replace(lane, form="steps", deeds=tuple(deeds(subject)))
