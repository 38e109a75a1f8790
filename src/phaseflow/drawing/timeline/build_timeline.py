"""How the lanes of a timeline follow from an agreement, its records and the way it came."""

from collections.abc import Iterable, Iterator

import msgspec

from phaseflow.drawing.states import labels
from phaseflow.drawing.states.diagram import Course
from phaseflow.drawing.timeline.lanes import Deed, Lane, Level, Stay, Stretch, Timeline
from phaseflow.engine.amounts import total
from phaseflow.engine.counting import occurrence
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Account
from phaseflow.engine.periods import effective, known
from phaseflow.model.calendar import Date, Instant, When, period_of
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Agreement, Claim, Due, RatePeriod, Records

_EVER = (Date(1000, 1, 1), Date(2999, 12, 31))


def timeline(
    definition: Definition,
    agreement: Agreement,
    records: Records,
    course: Course,
    beside: Iterable[Claim] = (),
) -> Timeline:
    """Return the timeline of an agreement that has come so far on its ``course``.

    ``beside`` are the claims that the obligor did not make: what others measured
    and alleged.
    """
    facts = Facts(definition, agreement)
    others = tuple(beside)
    drawn = [_lane(facts, records, others, account, course) for account in course.accounts]
    lanes = tuple(lane for lane in drawn if any(lane.days))
    now = facts.zone.day_of(course.at)
    stays = _stays(facts, course)
    days = [now, *(stay.since for stay in stays), *(day for lane in lanes for day in lane.days)]
    shown = facts.zone.local(course.at)[: len("2025-01-19")]
    first = course.taken[0].source if course.taken else course.leaf
    return Timeline(
        title=definition.title or definition.name,
        subtitle=f"edition {definition.edition}; {course.label} on {shown}",
        time_zone=facts.zone.name,
        first=min(days),
        last=max(days),
        now=now,
        first_day=course.first_day,
        first_number=definition.calendar.first_number or 0,
        beginning=_state(definition, first),
        stays=stays,
        lanes=lanes,
        silent=tuple(lane.obligation for lane in drawn if not any(lane.days)),
    )


def _stays(facts: Facts, course: Course) -> tuple[Stay, ...]:
    return tuple(
        Stay(
            state=move.target,
            title=_state(facts.definition, move.target),
            since=facts.zone.day_of(move.at),
            by=_transition(facts.definition, move.transition),
        )
        for move in course.taken
    )


def _state(definition: Definition, name: str) -> str:
    state = definition.states.get(name)
    return (state.remarks.title if state else "") or name.replace("_", " ")


def _transition(definition: Definition, name: str) -> str:
    """Return the title of a transition; an amendment may have removed it since."""
    transition = definition.transitions.get(name)
    return (transition.remarks.title if transition else "") or name.replace("_", " ")


def _lane(
    facts: Facts, records: Records, beside: Iterable[Claim], account: Account, course: Course
) -> Lane:
    obligation = facts.definition.obligations[account.obligation]
    lane = Lane(
        obligation=obligation.name,
        who=obligation.obligor,
        between=labels.between(facts.definition, obligation),
        title=obligation.remarks.title or obligation.base.replace("_", " "),
        unit=obligation.unit,
        standing=account.standing,
        form="amount",
        violations=account.violations,
        due_so_far=account.due,
        delivered=account.delivered,
        is_reported=account.is_reported,
    )
    said = list(_said(records, obligation))
    match obligation.form:
        case Steps():
            return _with(lane, form="steps", deeds=tuple(_deeds(facts, account, said, course)))
        case Rate(every=every, averaged=False):
            periods = list(_periods(facts, records, obligation))
            due, done = _rate(obligation, periods)
            return _with(
                lane,
                form="rate",
                every=every,
                due=due,
                done=done,
                periods_short=account.periods_short,
                claimed=tuple(_said_by_period(facts, obligation, said, periods)),
            )
        case Restraint():
            alleged = [c for c in beside if c.obligation == obligation.name and c.kind == "allege"]
            return _with(
                lane,
                form="restraint",
                done=_added(facts, [(c, 1) for c in (*said, *alleged) if c.is_violation]),
                claimed=_added(facts, [(c, 1) for c in alleged]),
                held=tuple(_held(facts, obligation, course.at)),
            )
        case _:
            is_single = isinstance(obligation.form, Amount) and obligation.form.is_single
            return _with(
                lane,
                due=tuple(_due(facts, obligation, account, course)),
                done=_added(facts, _deliveries(facts, records, obligation, beside)),
                claimed=_added(facts, _claims(facts, records, obligation)),
                deeds=tuple(_deeds(facts, account, said, course)) if is_single else (),
            )


def _with(lane: Lane, **changes: object) -> Lane:
    return msgspec.structs.replace(lane, **changes)


def _due(facts: Facts, obligation: Obligation, account: Account, course: Course) -> Iterator[Level]:
    """Yield the dues of an amount, cumulative, by day; those that the end disarmed are none."""
    ended = _ended(facts, course)
    if isinstance(obligation.form, InReturn):
        owed = 0
        for batch in account.batches:
            owed += batch.owed
            if batch.due is None:
                continue
            is_open = batch.delivered < batch.owed
            if is_open and ended is not None and facts.zone.closing(batch.due) > ended:
                continue
            yield Level(day=_last_day(facts, batch.due), units=owed)
        return
    for due in account.dues:
        at = due.given or due.at
        if at is None or due.need is None or due.is_waived or _is_disarmed(due, ended):
            continue
        yield Level(day=_last_day(facts, at), units=total(obligation, due.need))


def _ended(facts: Facts, course: Course) -> Instant | None:
    """Return when the agreement ended; what falls due after that falls due no more."""
    return course.taken[-1].at if facts.is_final() and course.taken else None


def _is_disarmed(due: Due, ended: Instant | None) -> bool:
    return ended is not None and not due.is_passed and due.standing != "discharged"


def _last_day(facts: Facts, at: When) -> Date:
    """Return the last day on which what is due at ``at`` is in time."""
    if at.is_day:
        return facts.zone.day(at)
    return facts.zone.day_of(facts.zone.closing(at).add(seconds=-1))


def _deeds(facts: Facts, account: Account, said: Iterable[Claim], course: Course) -> Iterator[Deed]:
    late = {due.name for due in account.late}
    is_single, ended = len(account.dues) == 1, _ended(facts, course)
    for due in account.dues:
        is_disarmed = _is_disarmed(due, ended)
        at = None if is_disarmed else due.given or due.at
        days = [
            facts.zone.day(claim.occurred)
            for claim in said
            if (any(claim.claimed.values()) if is_single else claim.claimed.get(due.name))
        ]
        yield Deed(
            name=due.name,
            due=None if at is None else _last_day(facts, at),
            done=None if due.met is None else facts.zone.day(due.met),
            claimed=min(days, default=None),
            standing=due.standing,
            is_late=due.name in late or _is_missed(due),
            is_disarmed=is_disarmed,
        )


def _is_missed(due: Due) -> bool:
    return due.missed is not None and due.met is None


def _held(facts: Facts, obligation: Obligation, at: Instant) -> Iterator[Stretch]:
    """Yield the days on which a restraint bound, up to the moment ``at``."""
    duty = facts.agreement.obligations[obligation.name]
    if duty.begun is None:
        return
    ends = [end for end in (duty.left_at, duty.stopped_since) if end is not None]
    start = duty.begun
    for stopped, again in sorted(duty.restraint.breaks):
        if start < stopped:
            yield _span(facts, start, stopped)
        start = again
    if start < min([*ends, at]):
        yield _span(facts, start, min([*ends, at]))


def _span(facts: Facts, start: Instant, end: Instant) -> Stretch:
    """Return the days between two instants; the end is exclusive."""
    return Stretch(first=facts.zone.day_of(start), last=facts.zone.day_of(end.add(seconds=-1)))


def _deliveries(
    facts: Facts, records: Records, obligation: Obligation, beside: Iterable[Claim]
) -> Iterator[tuple[Claim, int]]:
    """Yield the claims that count for an obligation, those on others that count toward it too."""
    for other in _counting(facts, obligation):
        measures = {span.entry for span in facts.agreement.obligations[other.name].spans}
        for claim in (*_said(records, other), *(c for c in beside if c.entry in measures)):
            yield claim, total(obligation, claim.counted)


def _claims(facts: Facts, records: Records, obligation: Obligation) -> Iterator[tuple[Claim, int]]:
    """Yield what was claimed, on others that count toward the obligation too."""
    for other in _counting(facts, obligation):
        for claim in _said(records, other):
            yield claim, total(obligation, claim.claimed)


def _said(records: Records, obligation: Obligation) -> Iterator[Claim]:
    """Yield what the obligor said; records in memory yield what others said, too."""
    for claim in records.claims_between(obligation.name, *_EVER):
        if claim.kind == "perform":
            yield claim


def _counting(facts: Facts, obligation: Obligation) -> Iterator[Obligation]:
    for other in facts.definition.obligations.values():
        if other is obligation or obligation.name in other.counts_toward:
            yield other


def _added(facts: Facts, counted: Iterable[tuple[Claim, int]]) -> tuple[Level, ...]:
    """Return units summed up by the day on which they happened."""
    by_day: dict[Date, int] = {}
    for claim, units in counted:
        day = facts.zone.day(occurrence(claim))
        by_day[day] = by_day.get(day, 0) + units
    marks, so_far = [], 0
    for day in sorted(day for day, units in by_day.items() if units):
        so_far += by_day[day]
        marks.append(Level(day=day, units=so_far))
    return tuple(marks)


def _periods(facts: Facts, records: Records, obligation: Obligation) -> Iterator[RatePeriod]:
    """Yield the periods that a rate owes, by day; those without a report are empty."""
    assert isinstance(obligation.form, Rate)
    duty = facts.agreement.obligations[obligation.name]
    open_ = {period.first: period for period in duty.periods}
    for span in duty.rate.judged:
        day = span.first
        while day <= span.last:
            first, last = period_of(day, obligation.form.every)
            found = open_.get(first) or records.period(obligation.name, first)
            yield found or RatePeriod(first=first, last=last, need=known(span.owes))
            day = last.add(days=1)


def _rate(
    obligation: Obligation, periods: Iterable[RatePeriod]
) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    due, done = [], []
    for period in periods:
        have = effective(period)
        is_reported = period.measured is not None or bool(period.claims or have)
        units = total(obligation, have) if is_reported else None
        done.append(Level(day=period.last, units=units))
        need = {} if period.is_waived else period.need
        due.append(Level(day=period.last, units=None if need is None else total(obligation, need)))
    return tuple(due), tuple(done)


def _said_by_period(
    facts: Facts, obligation: Obligation, said: Iterable[Claim], periods: Iterable[RatePeriod]
) -> Iterator[Level]:
    """Yield what the obligor said of each period of which it spoke."""
    for period in periods:
        units = [
            total(obligation, claim.claimed)
            for claim in said
            if period.first <= facts.zone.day(occurrence(claim)) <= period.last
        ]
        if units:
            yield Level(day=period.last, units=sum(units))
