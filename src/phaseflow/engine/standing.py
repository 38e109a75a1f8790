"""Where an obligation is in its life: the standing of each due, and of the whole."""

from phaseflow.engine import periods
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts
from phaseflow.model.agreement import Due, Duty, Standing
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Obligation, Rate

_GRAVITY: dict[Standing, int] = {
    "waived": 0,
    "lapsed": 0,
    "discharged": 0,
    "dormant": 1,
    "pending": 1,
    "tolled": 1,
    "excused": 1,
    "overdue": 2,
    "breached": 3,
}
"""How far a standing is from being settled; after the end it may only fall."""


def of_whole(facts: Facts, obligation: Obligation) -> Standing:
    """Return the first standing of the table that holds for the whole."""
    duty = facts.agreement.obligations[obligation.name]
    if duty.is_waived:
        return "waived"
    if facts.is_discharged(obligation):
        return "discharged"
    if facts.is_lapsed(obligation):
        return "lapsed"
    if not facts.is_active(obligation):
        return "dormant"
    if facts.is_breached(obligation):
        return "breached"
    return _stopped(duty) or ("overdue" if facts.is_overdue(obligation) else "pending")


def of_due(facts: Facts, obligation: Obligation, due: Due) -> Standing:
    """Return the first standing of the table that holds for one due."""
    duty = facts.agreement.obligations[obligation.name]
    if duty.is_waived or due.is_waived:
        return "waived"
    if facts.is_met(obligation, due):
        return "discharged"
    if facts.is_lapsed(obligation):
        return "lapsed"
    if not facts.is_active(obligation):
        return "dormant"
    if due.is_breached:
        return "breached"
    return _stopped(duty) or ("overdue" if due.missed_at else "pending")


def _stopped(duty: Duty) -> Standing | None:
    if duty.is_tolled:
        return "tolled"
    return "excused" if duty.is_excused else None


def announce(draft: Draft, facts: Facts, at: Instant) -> None:
    """Write every standing that has changed, and its consequence, in the order of the file.

    In a final state standings may be cleared, never worsened.
    """
    for obligation, duty in draft.duties():
        for due in duty.dues:
            due.standing = _change(
                draft, facts, at, obligation, due.standing, of_due(facts, obligation, due), due.name
            )
        if isinstance(obligation.form, Rate) and duty.periods:
            owed = periods.need(draft, obligation)
            for period in duty.periods:
                new = periods.standing(obligation, period, owed)
                name = periods.label(obligation, period.first)
                period.standing = _change(draft, facts, at, obligation, period.standing, new, name)
        old = duty.standing
        duty.standing = _change(draft, facts, at, obligation, old, of_whole(facts, obligation))
        if duty.standing == "discharged" and old != "discharged":
            closing = draft.zone.closing
            duty.discharged_at = max(duty.latest.values(), key=closing, default=None)
        elif duty.standing != "discharged":
            duty.discharged_at = None


def _change(
    draft: Draft,
    facts: Facts,
    at: Instant,
    obligation: Obligation,
    old: Standing,
    new: Standing,
    due: str | None = None,
) -> Standing:
    """Return the standing that now holds, having written the change from ``old`` to it."""
    if new == old or (facts.is_final() and _GRAVITY[new] >= _GRAVITY[old]):
        return old
    draft.emit(at, "standing", obligation=obligation.name, due=due, **{"from": old, "to": new})
    return new
