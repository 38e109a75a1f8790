"""What was due against what was delivered, obligation by obligation, before it is drawn."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from phaseflow.drawing.picture import Course
from phaseflow.engine.amounts import total
from phaseflow.engine.counting import occurrence
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Account
from phaseflow.engine.periods import effective
from phaseflow.model.agreement import Agreement, Claim, Due, Period, Records, Standing
from phaseflow.model.calendar import Date, When, period_of
from phaseflow.model.definition import Definition, InReturn, Obligation, Rate, Restraint, Steps

_EVER = (Date(1000, 1, 1), Date(2999, 12, 31))


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """So many units in all by a day; ``units`` None: nobody reported."""

    day: Date
    units: int | None


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """A step: the days on which it is due and was done, None where there is none yet."""

    name: str
    due: Date | None
    done: Date | None
    standing: Standing
    is_late: bool


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A state, and the day on which the agreement entered it."""

    state: str
    since: Date


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation along the days.

    ``due`` and ``done`` are cumulative, of a rate for each period. Violations of
    a restraint are ``done``. Steps have ``deeds`` instead.
    """

    obligation: str
    who: str
    title: str
    unit: str
    standing: Standing
    form: Literal["amount", "steps", "rate", "restraint"]
    due: tuple[Mark, ...] = ()
    done: tuple[Mark, ...] = ()
    deeds: tuple[Deed, ...] = ()

    @property
    def days(self) -> Iterator[Date]:
        """The days on which something stands."""
        yield from (mark.day for mark in (*self.due, *self.done))
        for deed in self.deeds:
            yield from (day for day in (deed.due, deed.done) if day is not None)


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Lanes from the day ``first`` to the day ``last``, inclusive; ``now`` lies between.

    ``first_day`` bears ``first_number`` in the agreement's own numbering.
    ``silent`` are the obligations of which nothing can be shown yet.
    """

    title: str
    subtitle: str
    first: Date
    last: Date
    now: Date
    first_day: Date | None
    first_number: int
    stays: tuple[Stay, ...]
    lanes: tuple[Lane, ...]
    silent: tuple[str, ...]

    def number(self, day: Date) -> int | None:
        """Return the number that ``day`` bears, None while numbering has not begun."""
        if self.first_day is None:
            return None
        return days_between(self.first_day, day) + self.first_number


def days_between(first: Date, last: Date) -> int:
    """Return how many days ``last`` lies after ``first``."""
    return int(first.until(last, total="days"))


def timeline(
    definition: Definition, agreement: Agreement, records: Records, course: Course
) -> Timeline:
    """Return the timeline of an agreement that has come so far on its ``course``."""
    facts = Facts(definition, agreement)
    drawn = [_lane(facts, records, account) for account in course.accounts]
    lanes = tuple(lane for lane in drawn if any(lane.days))
    now = facts.zone.day_of(course.at)
    stays = _stays(facts, course)
    days = [now, *(stay.since for stay in stays), *(day for lane in lanes for day in lane.days)]
    shown = facts.zone.local(course.at)[: len("2025-01-19")]
    return Timeline(
        title=definition.title or definition.name,
        subtitle=f"edition {definition.edition}; {course.label} on {shown}",
        first=min(days),
        last=max(days),
        now=now,
        first_day=course.first_day,
        first_number=definition.calendar.first_number or 0,
        stays=stays,
        lanes=lanes,
        silent=tuple(lane.obligation for lane in drawn if not any(lane.days)),
    )


def _stays(facts: Facts, course: Course) -> tuple[Stay, ...]:
    return tuple(Stay(state=move.target, since=facts.zone.day_of(move.at)) for move in course.taken)


def _lane(facts: Facts, records: Records, account: Account) -> Lane:
    obligation = facts.definition.obligations[account.obligation]
    lane = Lane(
        obligation=obligation.name,
        who=obligation.obligor,
        title=obligation.remarks.title or obligation.base.replace("_", " "),
        unit=obligation.unit,
        standing=account.standing,
        form="amount",
    )
    match obligation.form:
        case Steps():
            return _with(lane, form="steps", deeds=tuple(_deeds(facts, account)))
        case Rate():
            periods = list(_periods(facts, records, obligation))
            due, done = _rate(facts, obligation, periods)
            return _with(lane, form="rate", due=due, done=done)
        case Restraint():
            violations = [c for c in _claims(records, obligation) if c.is_violation]
            return _with(lane, form="restraint", done=_added(facts, [(c, 1) for c in violations]))
        case _:
            due = tuple(_due(facts, obligation, account))
            return _with(lane, due=due, done=_added(facts, _deliveries(facts, records, obligation)))


def _with(lane: Lane, **changes: object) -> Lane:
    return msgspec.structs.replace(lane, **changes)


def _due(facts: Facts, obligation: Obligation, account: Account) -> Iterator[Mark]:
    """Yield the dues of an amount, cumulative, by day."""
    if isinstance(obligation.form, InReturn):
        owed = 0
        for batch in account.batches:
            owed += batch.owed
            if batch.due is not None:
                yield Mark(day=_last_day(facts, batch.due), units=owed)
        return
    for due in account.dues:
        at = due.given or due.at
        if at is not None and due.need is not None and not due.is_waived:
            yield Mark(day=_last_day(facts, at), units=total(obligation, due.need))


def _last_day(facts: Facts, at: When) -> Date:
    """Return the last day on which what is due at ``at`` is in time."""
    if at.is_day:
        return facts.zone.day(at)
    return facts.zone.day_of(facts.zone.closing(at).add(seconds=-1))


def _deeds(facts: Facts, account: Account) -> Iterator[Deed]:
    late = {due.name for due in account.late}
    for due in account.dues:
        at = due.given or due.at
        yield Deed(
            name=due.name,
            due=None if at is None else _last_day(facts, at),
            done=None if due.met is None else facts.zone.day(due.met),
            standing=due.standing,
            is_late=due.name in late or _is_missed(due),
        )


def _is_missed(due: Due) -> bool:
    return due.missed_at is not None and due.met is None


def _claims(records: Records, obligation: Obligation) -> Iterable[Claim]:
    return records.claims_between(obligation.name, *_EVER)


def _deliveries(
    facts: Facts, records: Records, obligation: Obligation
) -> Iterator[tuple[Claim, int]]:
    """Yield the claims that count for an obligation, those on others that count toward it too."""
    for other in facts.definition.obligations.values():
        if other is obligation or obligation.name in other.counts_toward:
            for claim in _claims(records, other):
                yield claim, total(obligation, claim.counted)


def _added(facts: Facts, counted: Iterable[tuple[Claim, int]]) -> tuple[Mark, ...]:
    """Return units summed up by the day on which they happened."""
    by_day: dict[Date, int] = {}
    for claim, units in counted:
        day = facts.zone.day(occurrence(claim))
        by_day[day] = by_day.get(day, 0) + units
    marks, so_far = [], 0
    for day in sorted(day for day, units in by_day.items() if units):
        so_far += by_day[day]
        marks.append(Mark(day=day, units=so_far))
    return tuple(marks)


def _periods(facts: Facts, records: Records, obligation: Obligation) -> Iterator[Period]:
    """Yield the periods that a rate owes, by day; those without a report are empty."""
    assert isinstance(obligation.form, Rate)
    duty = facts.agreement.obligations[obligation.name]
    open_ = {period.first: period for period in duty.periods}
    for begin, end in duty.judged:
        day = begin
        while day <= end:
            first, last = period_of(day, obligation.form.every)
            found = open_.get(first) or records.period(obligation.name, first)
            yield found or Period(first=first, last=last)
            day = last.add(days=1)


def _rate(
    facts: Facts, obligation: Obligation, periods: Iterable[Period]
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    assert isinstance(obligation.form, Rate)
    owed = facts.figures(obligation.form.amount)
    due, done = [], []
    for period in periods:
        is_known = period.measured is not None or period.claims or obligation.verified_by is None
        units = total(obligation, effective(period)) if is_known else None
        done.append(Mark(day=period.last, units=units))
        due.append(Mark(day=period.last, units=None if owed is None else total(obligation, owed)))
    return tuple(due), tuple(done)
