"""Rates: each calendar period at whose end the duty is in force owes its own amount.

A period is known by its first day. Those that may still change without anybody
reporting stand in the duty; settled ones are kept apart as records, and read
again only when a late report speaks of them.
"""

from phaseflow.engine import cure
from phaseflow.engine.amounts import add, minus, plus
from phaseflow.engine.draft import Draft
from phaseflow.model.calendar import Date, Instant, When, period_name, period_named, period_of
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import Amounts, Due, Duty, Judged, RatePeriod, Standing, copy


def of_day(draft: Draft, obligation: Obligation, day: Date) -> RatePeriod:
    """Return the period in which ``day`` lies, to be written on."""
    assert isinstance(obligation.form, Rate)
    first, last = period_of(day, obligation.form.every)
    return by_first(draft, obligation, first, last)


def by_first(draft: Draft, obligation: Obligation, first: Date, last: Date) -> RatePeriod:
    """Return the period from ``first`` to ``last``, to be written on."""
    duty = draft.duty(obligation.name)
    rate = duty.rate
    for period in rate.periods:
        if period.first == first:
            return period
    kept = draft.changes.periods.pop((obligation.name, first), None)
    kept = kept or draft.records.period(obligation.name, first)
    period = copy(kept) if kept else RatePeriod(first=first, last=last)
    if kept is None:
        span = judged(duty, first)
        period.is_judged = span is not None
        period.need = None if span is None else known(span.owes)
    rate.periods.append(period)
    rate.periods.sort(key=lambda p: p.first)
    return period


def of_span(draft: Draft, obligation: Obligation, days: tuple[Date, Date]) -> RatePeriod | None:
    """Return the period that is exactly ``days``, to be written on."""
    assert isinstance(obligation.form, Rate)
    if days != period_of(days[0], obligation.form.every):
        return None
    return by_first(draft, obligation, *days)


def effective(period: RatePeriod) -> Amounts:
    """Return what counts in ``period``: the figure measured, else the claims."""
    return period.delivered if period.measured is None else period.measured


def awaits(period: RatePeriod) -> Amounts:
    """Return the claims on ``period`` that still await their verifier; a measure ends that."""
    return period.waiting if period.measured is None else {}


def need(draft: Draft, obligation: Obligation) -> Amounts | None:
    """Return what a period that ends now owes, parts included, or None while undetermined."""
    assert isinstance(obligation.form, Rate)
    return draft.facts.figures(obligation.form.amount | obligation.form.of_which)


def _owes(draft: Draft, obligation: Obligation) -> dict[str, Figure]:
    """Return what a period that ends now owes; an undetermined figure stays as it is written."""
    assert isinstance(obligation.form, Rate)
    written = obligation.form.amount | obligation.form.of_which
    numbers = {category: draft.facts.figure(figure) for category, figure in written.items()}
    return {c: written[c] if units is None else units for c, units in numbers.items()}


def known(owes: dict[str, Figure]) -> Amounts | None:
    """Return what ``owes`` in numbers, or None while one is undetermined."""
    numbers = {c: figure for c, figure in owes.items() if isinstance(figure, int)}
    return numbers if len(numbers) == len(owes) else None


def _learn(draft: Draft, duty: Duty) -> None:
    """Let the periods that are over owe what was found since, where that was undetermined.

    What an edition says anew is not for them, a first value of their finding included.
    """
    for span in duty.rate.judged:
        for category, figure in span.owes.items():
            if isinstance(figure, str) and figure in draft.agreement.findings:
                is_number = draft.definition.findings[figure].type == "integer"
                found = draft.facts.figure(figure) if is_number else None
                span.owes[category] = figure if found is None else found


def judged(duty: Duty, first: Date) -> Judged | None:
    """Return the days that are over among which the period from ``first`` is."""
    return next((span for span in duty.rate.judged if span.first <= first <= span.last), None)


def is_known(obligation: Obligation, period: RatePeriod) -> bool:
    """Tell whether ``period`` can be judged: of an unverified rate, silence is nothing done."""
    return obligation.verified_by is None or period.measured is not None or period.claims > 0


def unreported(obligation: Obligation, period: RatePeriod, owed: Amounts) -> list[str]:
    """Return the parts of a verified rate on which nobody reported in ``period``."""
    if obligation.verified_by is None:
        return []
    return [part for part in owed if part not in plus(effective(period), period.waiting)]


def shortfall(obligation: Obligation, period: RatePeriod, owed: Amounts, more: Amounts) -> int:
    """Return how much ``period`` is short of ``owed``, with ``more`` added.

    Parts overlap, so the largest shortfall counts. A part on which nobody
    reported is unknown, not short; the whole is reported once any part is.
    """
    if obligation.judged_in_total and not obligation.form.has_parts:
        have = plus(effective(period), more)
        return max(0, sum(owed.values()) - sum(have.values()))
    silent = [part for part in unreported(obligation, period, owed) if part != PLAIN]
    lacking = minus(owed, plus(effective(period), more))
    if obligation.form.has_parts:
        return max((n for part, n in lacking.items() if part not in silent), default=0)
    return sum(lacking.values())


class _Tally:
    """What a period adds to the sums of its duty: taken before a change, and after it."""

    def __init__(self, obligation: Obligation, period: RatePeriod) -> None:
        self.delivered = dict(effective(period))
        self.owed: Amounts = {}
        self.short = self.unknown = 0
        self.waiting = bool(awaits(period))
        if not period.is_judged or period.is_waived:
            return
        owed = period.need
        if owed is None or not is_known(obligation, period):
            self.unknown = 1
            return
        self.owed = owed
        self.short = shortfall(obligation, period, owed, {})
        self.unknown = int(bool(unreported(obligation, period, owed)))


class PeriodChange:
    """A context in which one period is changed, and the sums of its duty follow."""

    def __init__(self, draft: Draft, obligation: Obligation, period: RatePeriod) -> None:
        """Prepare to change ``period``."""
        self.draft, self.obligation, self.period = draft, obligation, period

    def __enter__(self) -> RatePeriod:
        """Take the tally before the change."""
        self.before = _Tally(self.obligation, self.period)
        return self.period

    def __exit__(self, *_: object) -> None:
        """Carry the difference into the duty."""
        after = _Tally(self.obligation, self.period)
        duty = self.draft.duty(self.obligation.name)
        add(duty.counted, self.before.delivered, -1)
        add(duty.counted, after.delivered)
        rate = duty.rate
        add(rate.owed, self.before.owed, -1)
        add(rate.owed, after.owed)
        rate.shortfall += after.short - self.before.short
        rate.periods_short += bool(after.short) - bool(self.before.short)
        rate.periods_unknown += after.unknown - self.before.unknown
        rate.periods_waiting += after.waiting - self.before.waiting


def place(
    draft: Draft, obligation: Obligation, occurred: When, amounts: Amounts
) -> dict[str, Amounts]:
    """Return ``amounts`` by the periods they fill, and fill these.

    A performance within the cure of an earlier period makes up its shortfall
    first, the oldest first; the rest is of its own period.
    """
    zone = draft.zone
    own = of_day(draft, obligation, zone.day(occurred))
    rest = dict(amounts)
    placed: dict[str, Amounts] = {}
    for period in draft.duty(obligation.name).rate.periods:
        ends = None if period.missed is None else period.missed.cure_ends
        if period.first >= own.first or ends is None:
            continue
        if zone.opening(occurred) >= zone.closing(ends):
            continue
        lacking = minus(period.need or {}, effective(period))
        filled = {c: min(n, rest.get(c, 0)) for c, n in lacking.items()}
        _fill(draft, obligation, period, filled, placed)
        add(rest, filled, -1)
    _fill(draft, obligation, own, rest, placed)
    return placed


def _fill(
    draft: Draft,
    obligation: Obligation,
    period: RatePeriod,
    amounts: Amounts,
    placed: dict[str, Amounts],
) -> None:
    if any(amounts.values()):
        with PeriodChange(draft, obligation, period) as changed:
            add(changed.delivered, amounts)
        placed[period.first.format_iso()] = dict(amounts)


def fill(draft: Draft, obligation: Obligation, placed: dict[str, Amounts], sign: int) -> None:
    """Fill periods as :func:`place` has filled them, or take that back."""
    for first, amounts in placed.items():
        period = of_day(draft, obligation, Date.parse_iso(first))
        with PeriodChange(draft, obligation, period) as changed:
            add(changed.delivered, amounts, sign)


def close(draft: Draft, obligation: Obligation, form: Rate, duty: Duty, *, owes: bool) -> None:
    """Judge the next period; ``owes`` tells whether the duty binds at its end."""
    rate = duty.rate
    assert rate.next_period is not None
    first, last = period_of(rate.next_period, form.every)
    rate.next_period = last.add(days=1)
    if not owes:
        return
    rate.periods_owed += 1
    if form.averaged:
        _close_averaged(draft, obligation, duty, first, last)
        return
    present = any(period.first == first for period in rate.periods)
    if not present and obligation.verified_by is not None:
        rate.periods_unknown += 1
    else:
        with PeriodChange(draft, obligation, by_first(draft, obligation, first, last)) as period:
            period.is_judged, period.need = True, need(draft, obligation)
    asked, latest = _owes(draft, obligation), rate.judged[-1] if rate.judged else None
    if latest is not None and latest.last.add(days=1) == first and latest.owes == asked:
        latest.last = last
    else:
        rate.judged.append(Judged(first=first, last=last, owes=asked))


def _close_averaged(
    draft: Draft, obligation: Obligation, duty: Duty, first: Date, last: Date
) -> None:
    """Let the sum of all periods so far fall due; a verified rate needs some report first."""
    rate = duty.rate
    if obligation.verified_by is not None and not duty.reports:
        rate.periods_unknown += 1
        return
    rate.periods_unknown = 0
    owed = need(draft, obligation)
    duty.dues = [due for due in duty.dues if due.missed]
    whole = None
    if owed is not None:
        more = {category: units * rate.periods_owed for category, units in owed.items()}
        whole = more | plus(rate.owed_before, more)
        rate.owed = whole
    name = label(obligation, first)
    duty.dues.append(Due(name=name, need=whole, at=When(last), begun=When(first)))


def label(obligation: Obligation, first: Date) -> str:
    """Return the name of a period: its day, its ISO week, or its month."""
    assert isinstance(obligation.form, Rate)
    return period_name(first, obligation.form.every)


def named(draft: Draft, obligation: Obligation, name: str) -> RatePeriod | None:
    """Return the judged period of that name, to be written on."""
    assert isinstance(obligation.form, Rate)
    edges = period_named(name, obligation.form.every)
    if edges is None or judged(draft.duty(obligation.name), edges[0]) is None:
        return None
    return by_first(draft, obligation, *edges)


def review(
    draft: Draft, obligation: Obligation, duty: Duty, at: Instant, *, is_stopped: bool
) -> None:
    """Bring every judged period up to ``at``: missed, in its cure, violated, or made up."""
    _learn(draft, duty)
    for period in duty.rate.periods:
        if period.is_judged and not period.is_waived:
            _review(draft, obligation, duty, period, at, is_stopped=is_stopped)


def _review(
    draft: Draft,
    obligation: Obligation,
    duty: Duty,
    period: RatePeriod,
    at: Instant,
    *,
    is_stopped: bool,
) -> None:
    if period.need is None and (span := judged(duty, period.first)) is not None:
        with PeriodChange(draft, obligation, period) as changed:
            changed.need = known(span.owes)
    zone, owed = draft.zone, period.need
    is_short = (
        owed is not None
        and is_known(obligation, period)
        and shortfall(obligation, period, owed, {}) > 0
    )
    if not is_short or owed is None:
        duty.violations -= period.is_violation
        period.missed, period.is_violation = None, False
        return
    if period.missed is None:
        period.missed = cure.begin(zone, obligation.cure, When(period.last), at)
    awaited = awaits(period) if _pauses(period, at) else {}
    would_meet = bool(awaited) and not shortfall(obligation, period, owed, awaited)
    period.missed = cure.paused(zone, period.missed, at, is_stopped=is_stopped or would_meet)
    if cure.is_over(zone, period.missed, at) and not period.is_violation:
        period.is_violation = True
        duty.violations += 1


def _pauses(period: RatePeriod, at: Instant) -> bool:
    """Tell whether the verifier still has time to speak on ``period``."""
    return period.waits_until is not None and period.waits_until > at


def standing(obligation: Obligation, period: RatePeriod) -> Standing:
    """Return the standing of a judged period; `pending` is unknown."""
    owed = period.need
    if period.is_waived:
        return "waived"
    if not period.is_judged or owed is None or not is_known(obligation, period):
        return "pending"
    if period.is_violation:
        return "breached"
    if period.missed is not None:
        return "overdue"
    return "pending" if unreported(obligation, period, owed) else "discharged"


def settle(draft: Draft, obligation: Obligation, duty: Duty) -> None:
    """Keep apart the periods that only a report can still change.

    The latest one that is judged stays: the whole follows it.
    """
    rate = duty.rate
    decided = [p for p in rate.periods if p.is_judged and p.standing != "pending"]
    latest = decided[-1] if decided else None
    kept = []
    for period in rate.periods:
        is_open = not period.is_judged and (
            rate.next_period is not None and period.last >= rate.next_period
        )
        can_move = (
            period.standing == "overdue"
            or (period.missed is not None and period.missed.paused_since)
            or _pauses(period, draft.agreement.clock)
        )
        is_undetermined = period.is_judged and period.need is None
        if is_open or can_move or is_undetermined or period is latest:
            kept.append(period)
        else:
            draft.changes.periods[obligation.name, period.first] = period
    rate.periods = kept
