"""What becomes of the dues of an obligation when its text is amended.

A due that is past and was met is never due again, whatever the new text asks by
it; one that was missed and is moved is yet to come.
"""

from typing import NamedTuple

import msgspec

from phaseflow.engine import cure, dues
from phaseflow.engine.amounts import minus
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Meter
from phaseflow.model.calendar import Instant, Period, When, Zone
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.state import Amounts, Due, Duty, Shift


class PastDue(NamedTuple):
    """A due as it was before the amendment: past, and met now or spared by an earlier one."""

    due: Due
    is_met: bool


Pasts = dict[str, PastDue]
"""By the name that the due has, or would have, in the new text."""


def past(meter: Meter, duty: Duty) -> Pasts:
    """Return the dues of ``duty`` that are past and are not due again, by name."""
    found = {}
    for due in duty.dues:
        is_met = meter.is_met(due)
        if due.is_passed and (is_met or due.is_closed or due.spared):
            found[due.name] = PastDue(msgspec.structs.replace(due), is_met)
    return found


def keep(duty: Duty, old: Obligation, new: Obligation, known: Pasts) -> Pasts:
    """Give ``duty`` the dues of ``new``; those that ``old`` had keep what became of them.

    Return ``known`` by their new names: a due is known by its name; else, in as
    many rows, by its place.
    """
    before, rows = dict(old.form.written), dict(new.form.written)
    had = {due.name: due for due in duty.dues}
    duty.dues = [had.get(name) or Due(name=name) for name in rows]
    for due in duty.dues:
        is_moved = due.name in before and before[due.name] != rows[due.name]
        if is_moved and due.name not in known:
            due.given, due.shift, due.at, due.armed_at = None, Shift(), None, None
            dues.rearm(due)
    if len(before) == len(rows):
        moved = {b: a for a, b in zip(before, rows, strict=True) if b not in before}
        known |= {b: known[a] for b, a in moved.items() if a in known and a not in rows}
    return known


def keep_debts(  # noqa: PLR0917 - the duty by both texts, what is past, and when
    zone: Zone, duty: Duty, old: InReturn, new: InReturn, known: Pasts, at: Instant
) -> Pasts:
    """Let debts follow their drivers to where these stand now; others create none any more.

    Return ``known`` by their new names: the due of a debt is known by its moment.
    """
    before, now = old.driver_names, new.driver_names
    debts, names, pasts = [], set(), Pasts()
    for debt in duty.in_return.debts:
        if before[debt.driver] not in now:
            continue
        debts.append(msgspec.structs.replace(debt, driver=now.index(before[debt.driver])))
        name, when = str(dues.first_due(zone, old, debt)), dues.first_due(zone, new, debts[-1])
        is_past = when is not None and zone.closing(when) <= at
        if name in known and (str(when) == name or is_past):
            due = msgspec.structs.replace(known[name].due, name=str(when))
            pasts[str(when)] = known[name]._replace(due=due)
        elif str(when) == name:
            names.add(name)
    duty.in_return.debts = debts
    duty.dues = [due for due in duty.dues if due.name in names and due.name not in pasts]
    duty.dues += [msgspec.structs.replace(one.due) for one in pasts.values()]
    return pasts


def spare(draft: Draft, old: Obligation, new: Obligation, known: Pasts, at: Instant) -> None:
    """Bring the dues up to date by the new text, but let none that is past be due again."""
    duty = draft.duty(new.name)
    for due in duty.dues:
        if due.name in known:
            due.is_closed, due.spared = False, {}
    anew = [due.name for due in duty.dues if due.armed_at is None]
    dues.refresh(draft, new, duty, at)
    meter = draft.facts.meter(new)
    for due in duty.dues:
        if due.name not in known:
            continue
        if new.form.grows:
            _spare_debt(meter, due, known[due.name])
        elif due.is_passed or (due.at is not None and draft.zone.closing(due.at) <= at):
            _close(meter, due, known[due.name], (old, new))
    if duty.required_at is not None:
        for due in duty.dues:
            if due.name in anew and not due.is_passed:
                dues.give_time(draft, new, due, duty.required_at)
        dues.refresh(draft, new, duty, at)


def _spare_debt(meter: Meter, due: Due, before: PastDue) -> None:
    """Let ``due`` need no more than it did, of what is owed in return."""
    asked = due.need or {}
    due.need = minus(asked, minus(asked, before.due.need or {}))
    if before.is_met:
        due.need = _cut(meter, due.need)
    due.spared = minus(asked, due.need)


def _close(meter: Meter, due: Due, before: PastDue, texts: tuple[Obligation, Obligation]) -> None:
    """Let ``due`` be as it was, unless the new text asks no more by it than it was met with."""
    name, need, asked = due.name, before.due.need or {}, due.need or {}
    old, new = texts
    is_same = old.form.asked.get(before.due.name) == new.form.asked.get(name)
    is_open = not before.due.is_closed and is_same
    is_less = not is_same and asked.keys() <= need.keys() and not minus(asked, need)
    if (is_open or is_less) and (meter.is_met(due) or not before.is_met):
        return
    for field in due.__struct_fields__:
        setattr(due, field, getattr(before.due, field))
    due.name, due.is_closed = name, True
    if before.is_met:
        due.need = _cut(meter, need)


def _cut(meter: Meter, need: Amounts) -> Amounts:
    """Return as much of ``need`` as what is delivered meets."""
    found = dict(need)
    for category in sorted(need, key=lambda c: c != PLAIN):
        if category != PLAIN and not meter.obligation.judged_in_total:
            found[category] = min(found[category], meter.have.get(category, 0))
        short = meter.short(Due(name="", need=found)) or 0
        if category == PLAIN or meter.obligation.judged_in_total:
            found[category] = max(0, found[category] - short)
    return found


def cure_anew(zone: Zone, duty: Duty, old: Period | None, new: Period | None) -> None:
    """Let cures that run end as the new text says; the time they stood still is not lost."""
    for due in duty.dues:
        if due.missed is not None and not due.is_breached:
            due.missed = cure.amended(zone, due.missed, due.at, old, new)
    for period in duty.periods:
        if period.missed is not None and not period.is_violation:
            period.missed = cure.amended(zone, period.missed, When(period.last), old, new)
