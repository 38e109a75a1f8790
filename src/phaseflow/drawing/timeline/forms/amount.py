"""How units owed by moments, and a single act, are drawn along the days."""

import msgspec

from phaseflow.drawing.timeline import sums
from phaseflow.drawing.timeline.deeds import deeds
from phaseflow.drawing.timeline.lanes import Lane
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.model.forms.amount import Amount


def drawn(lane: Lane, subject: LaneSubject, form: Amount) -> Lane:
    """Return ``lane`` with sums; that of a single act also with its one deed."""
    return msgspec.structs.replace(
        lane,
        form="amount",
        due=tuple(sums.due(subject)),
        done=sums.delivered(subject),
        claimed=sums.claimed(subject),
        deeds=tuple(deeds(subject)) if form.is_single else (),
    )
