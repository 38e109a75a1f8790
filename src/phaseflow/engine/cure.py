"""Cure: the time in which what was missed may still be made up for, and when it stands still."""

from msgspec.structs import replace

from phaseflow.engine.amounts import total
from phaseflow.model.calendar import Instant, Period, When, Zone
from phaseflow.model.definition import Obligation
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.state import Duty, Missed


def begin(zone: Zone, cure: Period | None, due_at: When | None, at: Instant) -> Missed:
    """Return that what was due by ``due_at`` is missed at ``at``, and its cure runs."""
    return Missed(at=at, cure_ends=_ends(zone, cure, due_at, at))


def _ends(zone: Zone, cure: Period | None, due_at: When | None, at: Instant) -> When:
    """Return when ``cure`` ends: it runs from ``at`` if what was due was over before that."""
    if cure is None:
        return When(at)
    if due_at is None or zone.closing(due_at) < at:
        return zone.plus(When(at), cure)
    return zone.plus(due_at, cure)


def paused(zone: Zone, missed: Missed, at: Instant, *, is_stopped: bool) -> Missed:
    """Return ``missed`` at ``at``: its cure stands still while ``is_stopped``, and runs on after."""
    if is_stopped:
        return replace(missed, paused_since=missed.paused_since or at)
    if missed.cure_ends is None or missed.paused_since is None:
        return missed
    cure_ends = zone.later(missed.cure_ends, missed.paused_since, at)
    return replace(missed, cure_ends=cure_ends, paused_since=None)


def ends_at(zone: Zone, missed: Missed) -> Instant | None:
    """Return when the cure of ``missed`` is over, or None while it stands still or has no end."""
    if missed.cure_ends is None or missed.paused_since is not None:
        return None
    return zone.closing(missed.cure_ends)


def is_over(zone: Zone, missed: Missed, at: Instant) -> bool:
    """Tell whether the cure of ``missed`` is over at ``at``."""
    ends = ends_at(zone, missed)
    return ends is not None and ends <= at


def amended(
    zone: Zone, missed: Missed, due_at: When | None, old: Period | None, new: Period | None
) -> Missed:
    """Return ``missed`` with ``new`` as its cure; what it stood still is not lost."""
    if missed.cure_ends is None:
        return missed
    before = zone.closing(_ends(zone, old, due_at, missed.at))
    after = _ends(zone, new, due_at, missed.at)
    return replace(missed, cure_ends=zone.later(after, before, zone.closing(missed.cure_ends)))


def is_tolerated(obligation: Obligation, duty: Duty) -> bool:
    """Tell whether no more violations of a restraint are left than it tolerates."""
    assert isinstance(obligation.form, Restraint)
    return duty.violations - total(obligation, duty.forgiven) <= obligation.form.tolerated


def calm(obligation: Obligation, duty: Duty) -> None:
    """End the breach of a restraint whose violations are forgiven, or tolerated now."""
    if obligation.form.forbids and is_tolerated(obligation, duty):
        duty.restraint.breach = None


def begin_breach(zone: Zone, cure: Period | None, at: Instant) -> Missed:
    """Return that a restraint is broken at ``at``; without ``cure`` that has no end."""
    return Missed(at=at, cure_ends=None if cure is None else zone.plus(When(at), cure))


def amended_breach(zone: Zone, breach: Missed, old: Period | None, new: Period | None) -> Missed:
    """Return the breach of a restraint with ``new`` as its cure, like :func:`amended`."""
    if old is None or new is None:
        return replace(breach, cure_ends=begin_breach(zone, new, breach.at).cure_ends)
    return amended(zone, breach, None, old, new)
