"""Acts along the days: when each was due, was said to be done, and was done."""

from collections.abc import Iterable, Iterator

from phaseflow.drawing.timeline.lanes import Deed
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.drawing.timeline.sums import last_day
from phaseflow.model.state import Claim, Due


def deeds(subject: LaneSubject) -> Iterator[Deed]:
    """Yield the steps of an obligation, or its single act."""
    late = {due.name for due in subject.account.late}
    said = subject.said(subject.obligation)
    for due in subject.account.dues:
        is_disarmed = subject.is_disarmed(due)
        at = None if is_disarmed else due.given or due.at
        days = [subject.zone.day(claim.occurred) for claim in _claims(subject, due, said)]
        is_missed = due.missed is not None and due.met is None
        yield Deed(
            name=due.name,
            due=None if at is None else last_day(subject.zone, at),
            done=None if due.met is None else subject.zone.day(due.met),
            claimed=min(days, default=None),
            standing=due.standing,
            is_late=due.name in late or is_missed,
            is_disarmed=is_disarmed,
        )


def _claims(subject: LaneSubject, due: Due, said: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the claims that an act was done; of the only one, whatever they call it."""
    if len(subject.account.dues) == 1:
        return (claim for claim in said if any(claim.claimed.values()))
    return (claim for claim in said if claim.claimed.get(due.name))
