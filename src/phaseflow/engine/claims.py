"""What single reports come to: how a claim counts, and what it moves when it changes.

Everything that a claim adds to sums can be taken back. So whatever changes one,
a verifier's word, a correction, a contest or the silence of a verifier, takes
its old effect back and applies the new one, and costs the same anywhere in the
journal.
"""

from collections.abc import Callable

from phaseflow.engine import counting, cure, dues, periods
from phaseflow.engine.amounts import add, plus
from phaseflow.engine.draft import Draft
from phaseflow.model.calendar import Date, Instant, Period, When
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.state import Amounts, Claim, Duty, MeasuredSpan, RatePeriod, Wait

SILENCE = Period(days=7)
"""How long a cure waits for a verifier to whom the text sets no time."""
_EVER = (Date(1000, 1, 1), Date(2999, 12, 31))


def file(draft: Draft, claim: Claim) -> None:
    """Keep a new ``claim``, with all that it adds."""
    obligation = draft.definition.obligations[claim.obligation]
    claim.wait_ends = _wait_ends(draft, obligation, claim)
    claim.opens = _opens(draft, obligation) if claim.kind == "perform" else {}
    draft.duty(claim.obligation).reports += 1
    covering = _covering(draft, claim)
    if covering is not None:
        claim.superseded_by = covering
    _apply(draft, obligation, claim, said_at=claim.occurred)


def revise(
    draft: Draft, claim: Claim, change: Callable[[Claim], None], said_at: When | None = None
) -> None:
    """Let ``change`` alter ``claim``, and its effect follow.

    ``said_at`` is when the word that alters it was given: units that come to
    count by it count from then.
    """
    obligation = draft.definition.obligations[claim.obligation]
    before = counting.occurrence(claim)
    _retract(draft, obligation, claim)
    change(claim)
    if claim.kind == "perform" and counting.occurrence(claim) != before:
        claim.superseded_by, claim.placed = _covering(draft, claim), {}
    _apply(draft, obligation, claim, said_at=said_at)


def _wait_ends(draft: Draft, obligation: Obligation, claim: Claim) -> Instant | None:
    """Return when the wait for a verifier ends; an accusation waits for ever."""
    if obligation.verified_by is None or claim.kind == "allege":
        return None
    length = obligation.verify_within or SILENCE
    return draft.zone.closing(draft.zone.plus(When(claim.recorded_at), length))


def _apply(draft: Draft, obligation: Obligation, claim: Claim, said_at: When | None) -> None:
    duty = draft.duty(claim.obligation)
    made = counting.as_made(duty, obligation, claim)
    claim.rejected = counting.rejected(made, claim)
    claim.contested = counting.contested(claim)
    claim.counted = counting.counts(made, claim)
    claim.waiting = {}
    if counting.awaits(made, claim):
        claim.waiting = counting.open_amounts(made, claim)
    counting.spread(claim, said_at, draft.agreement.position)
    if claim.kind == "perform":
        add(duty.claimed, claim.claimed)
        add(duty.rejected, claim.rejected)
        add(duty.contested, claim.contested)
    add(duty.waiting, claim.waiting)
    _wait(draft, duty, claim, 1)
    _count(draft, obligation, claim, 1)
    draft.keep(claim)


def _retract(draft: Draft, obligation: Obligation, claim: Claim) -> None:
    duty = draft.duty(claim.obligation)
    if claim.kind == "perform":
        add(duty.claimed, claim.claimed, -1)
        add(duty.rejected, claim.rejected, -1)
        add(duty.contested, claim.contested, -1)
    add(duty.waiting, claim.waiting, -1)
    _wait(draft, duty, claim, -1)
    _count(draft, obligation, claim, -1)


def _wait(draft: Draft, duty: Duty, claim: Claim, sign: int) -> None:
    """Put ``claim`` into the wait for its verifier, or take it out."""
    ends = claim.wait_ends
    if ends is None or not claim.waiting or ends <= draft.agreement.clock:
        return
    made = counting.as_made(duty, draft.definition.obligations[claim.obligation], claim)
    wait = next((wait for wait in duty.waits if wait.ends == ends), None)
    if wait is None:
        wait = Wait(ends=ends)
        duty.waits.append(wait)
        duty.waits.sort(key=lambda w: w.ends)
    add(wait.amounts, claim.waiting, sign)
    if made.verify_within is not None:
        if sign > 0:
            wait.claims.append(claim.entry)
        elif claim.entry in wait.claims:
            wait.claims.remove(claim.entry)
    if not wait.amounts:
        duty.waits.remove(wait)


def _count(draft: Draft, obligation: Obligation, claim: Claim, sign: int) -> None:
    """Add what ``claim`` counts to all sums that it reaches, or take it back."""
    duty = draft.duty(claim.obligation)
    match claim.kind:
        case "allege":
            _violate(draft, obligation, duty, claim, sign)
        case "measure":
            _measure(draft, obligation, duty, claim, sign)
        case "perform":
            if obligation.is_by_period:
                _fill(draft, obligation, claim, sign)
            else:
                _deliver(draft, obligation, duty, claim, sign)


def _deliver(draft: Draft, obligation: Obligation, duty: Duty, claim: Claim, sign: int) -> None:
    _sum(draft, obligation, duty, claim, sign)
    if sign > 0:
        claim.is_violation = _is_early(draft, claim)
    duty.violations += sign * claim.is_violation
    if obligation.form.order:
        _note_order(draft, obligation.form.order, duty)


def _note_order(draft: Draft, order: tuple[str, ...], duty: Duty) -> None:
    steps, before = duty.steps, duty.steps.disordered
    steps.disordered = max(0, disordered(draft, order, duty) - steps.order_spared)
    duty.violations += steps.disordered - before


def _sum(draft: Draft, obligation: Obligation, duty: Duty, claim: Claim, sign: int) -> None:
    """Add what counts to the duty, to those it counts toward, and to debts in return."""
    happened = counting.occurrence(claim)
    add(duty.counted, claim.counted, sign)
    note(draft, obligation, claim.counted, happened, sign)
    for name in obligation.counts_toward:
        add(draft.duty(name).credited, claim.counted, sign)
        note(draft, draft.definition.obligations[name], claim.counted, happened, sign)
    for part in claim.parts:
        begun = counting.begins(draft.zone, claim, part)
        for category, units in part.amounts.items():
            dues.owe(draft, obligation, category, begun, sign * units, part.since)


def note_all(draft: Draft, source: Obligation, duty: Duty, target: str, sign: int) -> None:
    """Note at ``target`` all that counts of ``source``, which now counts toward it, or no more."""
    made = {claim.entry: claim for claim in draft.claims_between(source.name, *_EVER)}
    made |= {s.entry: claim for s in duty.spans if (claim := draft.claim(s.entry)) is not None}
    obligation = draft.definition.obligations[target]
    if source.is_by_period:
        return
    for _, claim in sorted(made.items()):
        note(draft, obligation, claim.counted, counting.occurrence(claim), sign)


def note(draft: Draft, obligation: Obligation, amounts: Amounts, happened: When, sign: int) -> None:
    """Let the dues that have come know what had happened by then; note when acts were done."""
    duty, opening = draft.duty(obligation.name), draft.zone.opening(happened)
    if obligation.form.is_act:
        for category in amounts:
            done = duty.done.setdefault(category, [])
            if sign < 0 and happened in done:
                done.remove(happened)
            elif sign > 0:
                done.append(happened)
                done.sort(key=lambda when: (draft.zone.closing(when), str(when)))
            if not done:
                del duty.done[category]
    for due in duty.dues:
        if due.is_passed and due.at is not None and opening < draft.zone.closing(due.at):
            add(due.in_time, amounts, sign)
    if sign > 0:
        for category in amounts:
            known = duty.latest.get(category, happened)
            duty.latest[category] = max(known, happened, key=draft.zone.closing)


def _opens(draft: Draft, obligation: Obligation) -> dict[str, Instant]:
    """Return the instants before which a performance is too early, as far as they are known.

    By step, if it has steps. They are those of now, when it is reported: what is
    found, entered or amended later makes nobody too early who was not.
    """
    limits = {PLAIN: obligation.not_before, **obligation.form.openings}
    known = {n: draft.facts.opening(limit) for n, limit in limits.items() if limit is not None}
    return {name: opening for name, opening in known.items() if opening is not None}


def _is_early(draft: Draft, claim: Claim) -> bool:
    """Tell whether ``claim`` is a violation because it came before its time."""
    if not claim.counted:
        return False
    bounds = [at for name, at in claim.opens.items() if name in {PLAIN, *claim.counted}]
    happened = counting.occurrence(claim)
    opening, closing = draft.zone.opening(happened), draft.zone.closing(happened)
    return any(opening < bound and closing <= bound for bound in bounds)


def disordered(draft: Draft, order: tuple[str, ...], duty: Duty) -> int:
    """Return how many steps were done before one that comes first, whenever that was reported."""
    zone, count = draft.zone, 0
    before: list[When | None] = []
    for step in order:
        done = duty.done.get(step)
        if done:
            count += any(
                first is None or (first != done[0] and zone.opening(first) >= zone.closing(done[0]))
                for first in before
            )
        before.append(done[0] if done else None)
    return count


def _fill(draft: Draft, obligation: Obligation, claim: Claim, sign: int) -> None:
    """Fill the periods of a rate; what counts unchanged stays where it was placed."""
    duty = draft.duty(claim.obligation)
    happened = counting.occurrence(claim)
    own = periods.of_day(draft, obligation, draft.zone.day(happened))
    if claim.superseded_by is None:
        with periods.PeriodChange(draft, obligation, own) as period:
            period.claims += sign
            add(period.waiting, claim.waiting, sign)
            if claim.waiting and claim.wait_ends is not None:
                period.waits_until = max(claim.wait_ends, period.waits_until or claim.wait_ends)
    if sign < 0 or plus(*claim.placed.values()) == claim.counted:
        periods.fill(draft, obligation, claim.placed, sign)
    else:
        claim.placed = periods.place(draft, obligation, happened, claim.counted)
    for part in claim.parts:
        for category, units in part.amounts.items():
            begun = counting.begins(draft.zone, claim, part)
            dues.owe(draft, obligation, category, begun, sign * units, part.since)
    if sign > 0:
        claim.is_violation = _is_early(draft, claim)
    duty.violations += sign * claim.is_violation


def _violate(draft: Draft, obligation: Obligation, duty: Duty, claim: Claim, sign: int) -> None:
    """Let a verified allegation be a violation of a restraint that bound at that time.

    Only one that was none before breaches: what else is said about it begins no
    cure anew.
    """
    if sign < 0:
        duty.violations -= claim.is_violation
        return
    was_violation = claim.is_violation
    claim.is_violation = bool(claim.counted) and _was_bound(draft, duty, counting.occurrence(claim))
    duty.violations += claim.is_violation
    if cure.is_tolerated(obligation, duty):
        duty.restraint.breach = None
    elif claim.is_violation and not was_violation and not draft.facts.is_final():
        at = draft.agreement.clock
        duty.restraint.breach = cure.begin_breach(draft.zone, obligation.cure, at)


def _was_bound(draft: Draft, duty: Duty, happened: When) -> bool:
    """Tell whether a restraint was in force at some instant of ``happened``, and not stopped."""
    opening, closing = draft.zone.opening(happened), draft.zone.closing(happened)
    if duty.begun is None:
        return False
    bound = max(opening, duty.begun)
    for start, end in duty.restraint.breaks:
        if start <= bound < end:
            bound = end
    since = [at for at in (duty.left_at, duty.stopped_since) if at is not None]
    if any(start <= bound for start in since):
        return False
    return bound == opening or bound < closing


def _measure(draft: Draft, obligation: Obligation, duty: Duty, claim: Claim, sign: int) -> None:
    """Let a measure replace the claims of its span, where it counts."""
    assert claim.span is not None
    if not obligation.form.is_measured:
        return
    if not obligation.is_by_period:
        _measure_span(draft, obligation, duty, claim, claim.span, sign)
        return
    period = periods.of_span(draft, obligation, claim.span)
    if period is not None:
        _measure_period(draft, obligation, period, claim, sign)


def _measure_span(  # noqa: PLR0917 - a claim, of what, and the days that it measures
    draft: Draft,
    obligation: Obligation,
    duty: Duty,
    claim: Claim,
    days: tuple[Date, Date],
    sign: int,
) -> None:
    """Let a measure replace the claims of ``days``, or give them back."""
    if sign < 0:
        spans = [span for span in duty.spans if span.entry == claim.entry]
        duty.spans[:] = [span for span in duty.spans if span.entry != claim.entry]
        if spans:
            _sum(draft, obligation, duty, claim, -1)
            _cover(draft, claim, None)
    elif counting.is_counting(
        counting.as_made(draft.duty(claim.obligation), obligation, claim), claim
    ):
        for span in [s for s in duty.spans if _overlaps(s, days)]:
            other = draft.claim(span.entry)
            if other is not None:
                revise(draft, other, _superseded(claim.entry))
        duty.spans.append(MeasuredSpan(first=days[0], last=days[1], entry=claim.entry))
        _cover(draft, claim, claim.entry)
        _sum(draft, obligation, duty, claim, 1)


def _overlaps(span: MeasuredSpan, other: tuple[Date, Date]) -> bool:
    return span.first <= other[1] and other[0] <= span.last


def _superseded(by: int | None) -> Callable[[Claim], None]:
    def change(claim: Claim) -> None:
        claim.superseded_by = by

    return change


def _measure_period(
    draft: Draft, obligation: Obligation, period: RatePeriod, claim: Claim, sign: int
) -> None:
    if sign > 0 and counting.is_counting(
        counting.as_made(draft.duty(claim.obligation), obligation, claim), claim
    ):
        if period.measured_by is None or period.measured_by <= claim.entry:
            with periods.PeriodChange(draft, obligation, period) as changed:
                zeros = dict.fromkeys(claim.claimed, 0)
                changed.measured, changed.measured_by = zeros | claim.counted, claim.entry
    elif sign < 0 and period.measured_by == claim.entry:
        with periods.PeriodChange(draft, obligation, period) as changed:
            changed.measured = changed.measured_by = None


def _covering(draft: Draft, claim: Claim) -> int | None:
    """Return the measure that counts in place of ``claim``, a performance in its span."""
    if claim.kind != "perform":
        return claim.superseded_by
    day = draft.zone.day(counting.occurrence(claim))
    spans = draft.duty(claim.obligation).spans
    return next((span.entry for span in spans if span.first <= day <= span.last), None)


def _cover(draft: Draft, measure: Claim, by: int | None) -> None:
    """Let ``measure`` supersede the performances of its span, or give them back."""
    assert measure.span is not None
    first, last = measure.span
    for claim in draft.claims_between(measure.obligation, first, last):
        inside = first <= draft.zone.day(counting.occurrence(claim)) <= last
        taken = claim.superseded_by in {None, measure.entry}
        if inside and taken and claim.superseded_by != by:
            revise(draft, claim, _superseded(by))


def end_waits(draft: Draft, at: Instant) -> None:
    """Let every wait that is over at ``at`` end; where the text says so, silence attests."""
    for _, duty in draft.duties():
        for wait in [wait for wait in duty.waits if wait.ends <= at]:
            for entry in list(wait.claims):
                claim = draft.claim(entry)
                if claim is not None:
                    revise(draft, claim, _silent, When(wait.ends))
            duty.waits = [other for other in duty.waits if other.ends != wait.ends]


def _silent(claim: Claim) -> None:
    claim.is_silent = True
