"""How something that is not to be done is drawn along the days."""

from collections.abc import Iterator

import msgspec

from phaseflow.drawing.timeline import sums
from phaseflow.drawing.timeline.lanes import Lane, Stretch
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.model.calendar import Instant, Zone
from phaseflow.model.forms.restraint import Restraint


def drawn(lane: Lane, subject: LaneSubject, _form: Restraint) -> Lane:
    """Return ``lane`` with violations, and the days on which the restraint bound."""
    name = subject.obligation.name
    alleged = [c for c in subject.beside if c.obligation == name and c.kind == "allege"]
    said = subject.said(subject.obligation)
    violations = [claim for claim in (*said, *alleged) if claim.is_violation]
    return msgspec.structs.replace(
        lane,
        form="restraint",
        done=sums.by_day(subject.zone, ((claim, 1) for claim in violations)),
        claimed=sums.by_day(subject.zone, ((claim, 1) for claim in alleged)),
        held=tuple(_held(subject)),
    )


def _held(subject: LaneSubject) -> Iterator[Stretch]:
    """Yield the days on which it bound, up to the moment as of which all is drawn."""
    duty = subject.duty
    if duty.begun is None:
        return
    start = duty.begun
    for stopped, again in sorted(duty.restraint.breaks):
        if start < stopped:
            yield _days(subject.zone, start, stopped)
        start = again
    ends = [end for end in (duty.left_at, duty.stopped_since) if end is not None]
    end = min([*ends, subject.course.at])
    if start < end:
        yield _days(subject.zone, start, end)


def _days(zone: Zone, start: Instant, end: Instant) -> Stretch:
    """Return the days between two instants; the end is exclusive."""
    return Stretch(first=zone.day_of(start), last=zone.day_of(end.add(seconds=-1)))
