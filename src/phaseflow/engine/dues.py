"""Dues: the moments of an obligation, how they are armed, missed, cured and met."""

from phaseflow.engine import cure
from phaseflow.engine.amounts import add, minus, plus
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts, Meter
from phaseflow.model.calendar import Date, Instant, When, Zone
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Moment
from phaseflow.model.state import (
    Amounts,
    AmountState,
    Debt,
    Due,
    Duty,
    FormState,
    InReturnState,
    RateState,
    RestraintState,
    Shift,
    StepsState,
)

_NEVER = When(Date(9999, 1, 1))
_STRENGTH: tuple[Deadlines, ...] = ("run", "toll", "restart")


def begin(obligation: Obligation, position: int = 0) -> Duty:
    """Return a duty of which nothing has become, in the text since entry ``position``."""
    dues = [Due(name=name) for name, _ in obligation.form.written]
    return Duty(of_form=_begin(obligation.form, position), dues=dues)


def _begin(form: Form, position: int) -> FormState:
    match form:
        case Amount():
            return AmountState()
        case Steps():
            return StepsState()
        case InReturn():
            # What the first edition calls for, it calls for since ever.
            names = form.driver_names if position else []
            return InReturnState(drivers_since=dict.fromkeys(names, position))
        case Rate():
            return RateState()
        case Restraint():
            return RestraintState()


def _need(facts: Facts, form: Amount, tranche: Tranche) -> Amounts | None:
    if tranche.amount is not None:
        return facts.figures(tranche.amount)
    whole: dict[str, Figure] = form.amount or {}
    owed = facts.figures(whole)
    if owed is None or tranche.share is None:
        return None
    share = {PLAIN: sum(owed.values()) * tranche.share // 100}
    parts = facts.figures(form.of_which) if tranche.share == WHOLE else {}
    return None if parts is None else share | parts


def refresh(draft: Draft, obligation: Obligation, duty: Duty, at: Instant) -> None:
    """Bring needs and moments of all dues up to date, and arm those that became known.

    A due that is not met follows its moment: where that has moved into the
    future, it is not missed any more. One that is met stays where it was met.
    """
    meter = draft.facts.meter(obligation)
    match obligation.form:
        case Amount() as form:
            for due, tranche in zip(duty.dues, form.schedule, strict=True):
                if not due.is_closed:
                    due.need = _need(draft.facts, form, tranche)
                    _move(draft, meter, due, tranche.by, at)
        case Steps(steps=steps):
            for due, step in zip(duty.dues, steps, strict=True):
                due.need = {step.name: 1}
                _move(draft, meter, due, step.by, at)
        case InReturn() as form:
            _follow_debts(draft, form, duty)
        case Rate() | Restraint():
            pass
    if draft.facts.is_active(obligation) and not draft.facts.is_final():
        for due in duty.dues:
            if due.at is not None and due.armed_at is None:
                due.armed_at = at


def _move(draft: Draft, meter: Meter, due: Due, by: Moment | None, at: Instant) -> None:
    if by is None or (due.is_passed and meter.is_met(due)):
        return
    when = due.given or draft.facts.when(by)
    if when is not None:
        when = draft.zone.shifted(when, due.shift.days, due.shift.seconds)
    if when == due.at:
        return
    due.at = when
    if due.is_passed and (when is None or draft.zone.closing(when) > at):
        rearm(due)


def rearm(due: Due) -> None:
    """Let ``due`` be yet to come: its moment has moved into the future."""
    due.is_passed = due.is_breached = False
    due.missed = due.met = None
    due.in_time = {}


def give_time(draft: Draft, obligation: Obligation, due: Due, met_at: Instant) -> None:
    """Let ``due``, if it had passed when its condition precedent was met, be due after that."""
    if due.at is not None and draft.zone.closing(due.at) <= met_at:
        due.given = draft.zone.plus(When(met_at), obligation.within)


def _follow_debts(draft: Draft, form: InReturn, duty: Duty) -> None:
    """Let the dues of a duty in return be those of its debts, cumulative, the earliest first."""
    zone = draft.zone
    dated = [(debt, first_due(zone, form, debt)) for debt in duty.in_return.debts]
    dated.sort(key=lambda pair: zone.closing(pair[1] or _NEVER))
    duty.in_return.debts = [debt for debt, _ in dated]
    before = {due.name: due for due in duty.dues}
    dues: dict[str, Due] = {}
    units: dict[tuple[int, str], int] = {}
    created: dict[tuple[int, str], Amounts] = {}
    need: Amounts = {}
    for debt, when in dated:
        key = (debt.driver, debt.category)
        units[key] = units.get(key, 0) + debt.units
        sofar = draft.facts.created(form, *key, units[key])
        if sofar is None or when is None or sofar == created.get(key):
            continue
        add(need, sofar)
        add(need, created.get(key, {}), -1)
        created[key] = sofar
        name = str(when)
        due = dues.get(name) or before.get(name) or Due(name=name, begun=debt.begun)
        due.need = minus(need, due.spared) if due.spared else dict(need)
        if not due.is_passed:
            due.at = zone.shifted(due.given or when, due.shift.days, due.shift.seconds)
        dues[name] = due
    duty.dues = list(dues.values())


def first_due(zone: Zone, form: InReturn, debt: Debt) -> When | None:
    """Return when ``debt`` is due as the text first sets it; None if it sets no time."""
    within = form.drivers[debt.driver].within
    return None if within is None else zone.plus(debt.begun, within)


def owe(  # noqa: PLR0917 - units of what, from when, and since which entry
    draft: Draft, driver: Obligation, category: str, begun: When, units: int, since: int
) -> None:
    """Let ``units`` of a driver, from ``begun``, create their debts; below nothing, take back.

    They came to count at entry ``since``: what an amendment has called for in
    return after that, they do not.
    """
    for name, place in draft.definition.returns.get(driver.name, ()):
        owed, form = draft.duty(name).in_return, draft.definition.obligations[name].form
        assert isinstance(form, InReturn)
        if owed.drivers_since and since < owed.drivers_since.get(form.driver_names[place], 0):
            continue
        debts, left = owed.debts, units
        day = draft.zone.day(begun)
        exact = [d for d in debts if _is(d, place, category) and d.begun == begun]
        near = [d for d in debts if _is(d, place, category) and draft.zone.day(d.begun) == day]
        if units > 0:
            if exact:
                exact[0].units += units
            else:
                debts.append(Debt(driver=place, category=category, begun=begun, units=units))
            continue
        for debt in [*exact, *near]:
            gone = min(debt.units, -left)
            debt.units -= gone
            left += gone
        debts[:] = [debt for debt in debts if debt.units]


def _is(debt: Debt, place: int, category: str) -> bool:
    return debt.driver == place and debt.category == category


def fold(draft: Draft, obligation: Obligation, form: InReturn, duty: Duty) -> None:
    """Make one of the debts that began on one day, where they are due together or both met.

    So there are as many as days, not as many as entries.
    """
    if len(duty.in_return.debts) < 2:  # noqa: PLR2004 - a pair
        return
    meter = draft.facts.meter(obligation)
    met = {d.name for d in duty.dues if d.standing == "discharged" and not meter.is_late(d)}
    kept: dict[tuple[int, str, Date], tuple[Debt, str]] = {}
    debts: list[Debt] = []
    for debt in duty.in_return.debts:
        key = (debt.driver, debt.category, draft.zone.day(debt.begun))
        name = str(first_due(draft.zone, form, debt))
        earlier, due = kept.get(key, (None, ""))
        if earlier is not None and (due == name or due in met):
            debt.units += earlier.units
            debts.remove(earlier)
        debts.append(debt)
        kept[key] = (debt, name)
    duty.in_return.debts = debts


def review(draft: Draft, obligation: Obligation, duty: Duty, at: Instant) -> bool:
    """Bring every due up to ``at``: its moment come, missed, in its cure, breached, or met.

    A due that was past when it became known is missed at ``at``, and its cure
    runs from there. Tell whether it has changed when one was met: other dues
    may run from that.
    """
    before = [due.met for due in duty.dues]
    is_stopped, meter = duty.is_tolled or duty.is_excused, draft.facts.meter(obligation)
    for due in duty.dues:
        is_met = meter.is_met(due)
        if is_met:
            due.met = _met(draft, obligation, duty, due)
            due.missed = None
            due.is_breached = False
        else:
            due.met = None
        if due.armed_at is None or due.at is None or due.need is None or due.is_waived:
            continue
        if draft.facts.is_final() or duty.is_waived or not draft.facts.is_active(obligation):
            continue
        end = draft.zone.closing(due.at)
        if not due.is_passed and end <= at and not is_stopped:
            due.is_passed, due.in_time = True, dict(meter.have)
        if due.is_passed and not is_met:
            _miss(draft, meter, duty, due, at)
    return before != [due.met for due in duty.dues]


def _miss(draft: Draft, meter: Meter, duty: Duty, due: Due, at: Instant) -> None:
    if due.missed is None:
        due.missed = cure.begin(draft.zone, meter.obligation.cure, due.at, at)
    if due.is_breached:
        return
    awaited = plus(*(wait.amounts for wait in duty.waits))
    awaits = bool(awaited) and meter.short(due, awaited) == 0
    is_stopped = duty.is_tolled or duty.is_excused or awaits
    due.missed = cure.paused(draft.zone, due.missed, at, is_stopped=is_stopped)
    due.is_breached = cure.is_over(draft.zone, due.missed, at)


def _met(draft: Draft, obligation: Obligation, duty: Duty, due: Due) -> When | None:
    """Return when what meets ``due`` happened: of an act the first time that it was done.

    Of an amount it is the last of what is needed; of a sum, of all categories.
    """
    need = due.need or {}
    if obligation.form.is_act:
        return next((duty.done[act][0] for act in need if duty.done.get(act)), None)
    if due.met is not None:
        return due.met
    found = [when for c, when in duty.latest.items() if PLAIN in need or c in {*need, PLAIN}]
    return max(found, key=draft.zone.closing, default=None)


def discharged_at(draft: Draft, obligation: Obligation, duty: Duty) -> When | None:
    """Return when what discharged a duty happened, now that it is discharged."""
    if obligation.form.is_act:
        found = [done[0] for done in duty.done.values() if done]
    elif duty.discharged_at is not None:
        return duty.discharged_at
    else:
        found = list(duty.latest.values())
    return max(found, key=draft.zone.closing, default=None)


def extend(draft: Draft, duty: Duty, since: Instant, at: Instant) -> None:
    """Move the dues of ``duty`` that have not come by what its stop, over at ``at``, does."""
    for due in duty.dues:
        if due.is_passed or due.at is None or due.armed_at is None or duty.stop == "run":
            continue
        start = due.armed_at if duty.stop == "restart" else max(since, due.armed_at)
        due.shift = longer(draft, due.shift, start, at)
        due.at = draft.zone.later(due.at, start, at)


def longer(draft: Draft, shift: Shift, start: Instant, end: Instant) -> Shift:
    """Return ``shift`` and the time from ``start`` to ``end`` besides."""
    if end <= start:
        return shift
    seconds = end.timestamp() - start.timestamp()
    days = draft.zone.days_begun(start, end)
    return Shift(days=shift.days + days, seconds=shift.seconds + seconds)


def stop(
    draft: Draft,
    obligation: Obligation,
    duty: Duty,
    at: Instant,
    *,
    is_excused: bool,
    is_tolled: bool,
    mode: Deadlines,
) -> None:
    """Begin or end what keeps a duty from running: its excuse, or a state that tolls.

    While either lasts nothing of it is missed and no cure runs. ``mode`` is
    what the one that begins or ends does to its dues; what they gain when both
    are over is the stronger of the two.
    """
    duty.is_excused, duty.is_tolled = is_excused, is_tolled
    duty.stop = max(duty.stop, mode, key=_STRENGTH.index)
    if is_excused or is_tolled:
        duty.stopped_since = duty.stopped_since or at
    elif duty.stopped_since is not None:
        extend(draft, duty, duty.stopped_since, at)
        note_break(obligation, duty, duty.stopped_since, at)
        duty.stopped_since, duty.stop = None, "run"


def note_break(obligation: Obligation, duty: Duty, start: Instant, end: Instant) -> None:
    """Note that a restraint did not bind from ``start`` to ``end``."""
    match obligation.form:
        case Restraint():
            if start != end:
                _add_break(duty, start, end)
        case Amount() | Steps() | InReturn() | Rate():
            return


def _add_break(duty: Duty, start: Instant, end: Instant) -> None:
    breaks = duty.restraint.breaks
    while breaks and breaks[-1][1] >= start:
        start = min(start, breaks.pop()[0])
    breaks.append((start, end))
