"""Units of an obligation summed up along the days: due, delivered and claimed."""

from collections.abc import Iterable, Iterator

from phaseflow.drawing.timeline.lanes import Level
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.engine.amounts import total
from phaseflow.engine.counting import occurrence
from phaseflow.model.calendar import Date, When, Zone
from phaseflow.model.definition import Obligation
from phaseflow.model.state import Claim


def due(subject: LaneSubject) -> Iterator[Level]:
    """Yield what is due in all by each day; what the end disarmed is not due."""
    for one in subject.account.dues:
        at = one.given or one.at
        if at is None or one.need is None or one.is_waived or subject.is_disarmed(one):
            continue
        yield Level(day=last_day(subject.zone, at), units=total(subject.obligation, one.need))


def delivered(subject: LaneSubject) -> tuple[Level, ...]:
    """Return what counts, on others that count toward the obligation too."""
    return by_day(subject.zone, _deliveries(subject))


def _deliveries(subject: LaneSubject) -> Iterator[tuple[Claim, int]]:
    for other in _counting(subject):
        duty = subject.facts.agreement.obligations[other.name]
        measures = {span.entry for span in duty.spans}
        measured = (claim for claim in subject.beside if claim.entry in measures)
        for claim in (*subject.said(other), *measured):
            yield claim, total(subject.obligation, claim.counted)


def claimed(subject: LaneSubject) -> tuple[Level, ...]:
    """Return what was said, on others that count toward the obligation too."""
    return by_day(
        subject.zone,
        (
            (claim, total(subject.obligation, claim.claimed))
            for other in _counting(subject)
            for claim in subject.said(other)
        ),
    )


def _counting(subject: LaneSubject) -> Iterator[Obligation]:
    for other in subject.facts.definition.obligations.values():
        if other is subject.obligation or subject.obligation.name in other.counts_toward:
            yield other


def by_day(zone: Zone, counted: Iterable[tuple[Claim, int]]) -> tuple[Level, ...]:
    """Return units summed up by the day on which they happened."""
    units_of: dict[Date, int] = {}
    for claim, units in counted:
        day = zone.day(occurrence(claim))
        units_of[day] = units_of.get(day, 0) + units
    marks, so_far = [], 0
    for day in sorted(day for day, units in units_of.items() if units):
        so_far += units_of[day]
        marks.append(Level(day=day, units=so_far))
    return tuple(marks)


def last_day(zone: Zone, at: When) -> Date:
    """Return the last day on which what is due at ``at`` is in time."""
    if at.is_day:
        return zone.day(at)
    return zone.day_of(zone.closing(at).add(seconds=-1))
