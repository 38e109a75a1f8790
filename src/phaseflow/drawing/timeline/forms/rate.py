"""How an amount that is owed again and again is drawn along the days."""

from collections.abc import Iterable, Iterator

import msgspec

from phaseflow.drawing.timeline import sums
from phaseflow.drawing.timeline.lanes import Lane, Level
from phaseflow.drawing.timeline.subject import LaneSubject
from phaseflow.engine.amounts import total
from phaseflow.engine.counting import occurrence
from phaseflow.engine.periods import effective, known
from phaseflow.model.calendar import period_of
from phaseflow.model.definition import Obligation
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import RatePeriod


def drawn(lane: Lane, subject: LaneSubject, form: Rate) -> Lane:
    """Return ``lane`` with a mark for each period; one that is averaged with sums."""
    if form.averaged:
        return msgspec.structs.replace(
            lane,
            form="amount",
            due=tuple(sums.due(subject)),
            done=sums.delivered(subject),
            claimed=sums.claimed(subject),
        )
    periods = list(_periods(subject, form))
    return msgspec.structs.replace(
        lane,
        form="rate",
        every=form.every,
        due=tuple(_due(subject.obligation, period) for period in periods),
        done=tuple(_done(subject.obligation, period) for period in periods),
        claimed=tuple(_claimed(subject, periods)),
        periods_short=subject.account.periods_short,
    )


def _periods(subject: LaneSubject, form: Rate) -> Iterator[RatePeriod]:
    """Yield the periods that the rate owes, by day; those without a report are empty."""
    name, duty = subject.obligation.name, subject.duty
    open_ = {period.first: period for period in duty.periods}
    for span in duty.rate.judged:
        day = span.first
        while day <= span.last:
            first, last = period_of(day, form.every)
            found = open_.get(first) or subject.records.period(name, first)
            yield found or RatePeriod(first=first, last=last, need=known(span.owes))
            day = last.add(days=1)


def _due(obligation: Obligation, period: RatePeriod) -> Level:
    need = {} if period.is_waived else period.need
    return Level(day=period.last, units=None if need is None else total(obligation, need))


def _done(obligation: Obligation, period: RatePeriod) -> Level:
    have = effective(period)
    is_reported = period.measured is not None or bool(period.claims or have)
    return Level(day=period.last, units=total(obligation, have) if is_reported else None)


def _claimed(subject: LaneSubject, periods: Iterable[RatePeriod]) -> Iterator[Level]:
    """Yield what the obligor said of each period of which it spoke."""
    said = subject.said(subject.obligation)
    for period in periods:
        units = [
            total(subject.obligation, claim.claimed)
            for claim in said
            if period.first <= subject.zone.day(occurrence(claim)) <= period.last
        ]
        if units:
            yield Level(day=period.last, units=sum(units))
