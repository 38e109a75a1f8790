"""How debts that are created by what others deliver are drawn along the days."""

from collections.abc import Iterator

import msgspec

from phaseflow.drawing.timeline import sums
from phaseflow.drawing.timeline.lanes import Lane, Level
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.engine.outcome import Batch
from phaseflow.model.calendar import When
from phaseflow.model.forms.in_return import InReturn


def drawn(lane: Lane, subject: LaneSubject, _form: InReturn) -> Lane:
    """Return ``lane`` with sums, as those of an amount."""
    return msgspec.structs.replace(
        lane,
        form="amount",
        due=tuple(_due(subject)),
        done=sums.delivered(subject),
        claimed=sums.claimed(subject),
    )


def _due(subject: LaneSubject) -> Iterator[Level]:
    """Yield what is due in all by each day, batch after batch."""
    owed = 0
    for batch in subject.account.batches:
        owed += batch.owed
        if batch.due is not None and not _is_disarmed(subject, batch, batch.due):
            yield Level(day=sums.last_day(subject.zone, batch.due), units=owed)


def _is_disarmed(subject: LaneSubject, batch: Batch, due: When) -> bool:
    """Tell whether the agreement ended before the moment of a batch that is not delivered."""
    is_open = batch.delivered < batch.owed
    ended = subject.ended
    return is_open and ended is not None and subject.zone.closing(due) > ended
