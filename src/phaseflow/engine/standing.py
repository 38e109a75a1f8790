"""Where an obligation is in its life: the standing of each due, and of the whole."""

from phaseflow.engine import dues, periods
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts, Meter
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Obligation
from phaseflow.model.state import Due, Duty, Standing

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


def of_due(facts: Facts, meter: Meter, due: Due) -> Standing:
    """Return the first standing of the table that holds for one due."""
    obligation = meter.obligation
    duty = facts.agreement.obligations[obligation.name]
    if duty.is_waived or due.is_waived:
        return "waived"
    if meter.is_met(due):
        return "discharged"
    if facts.is_lapsed(obligation):
        return "lapsed"
    if not facts.is_active(obligation):
        return "dormant"
    if due.is_breached:
        return "breached"
    return _stopped(duty) or ("overdue" if due.missed else "pending")


def _stopped(duty: Duty) -> Standing | None:
    if duty.is_tolled:
        return "tolled"
    return "excused" if duty.is_excused else None


def announce(draft: Draft, at: Instant) -> bool:
    """Write every standing that has changed, and its consequence, in the order of the file.

    In a final state standings may be cleared, never worsened. Tell whether
    anything changed: dues and conditions may hang on it.
    """
    count, changed = len(draft.consequences), False
    for obligation, duty in draft.duties():
        meter = draft.facts.meter(obligation)
        for due in duty.dues:
            now = of_due(draft.facts, meter, due)
            if _is_change(draft, due.standing, now):
                _emit(draft, at, obligation.name, due.standing, now, due.name)
                due.standing = now
        for period in duty.periods:
            now = periods.standing(obligation, period)
            if _is_change(draft, period.standing, now):
                name = periods.label(obligation, period.first)
                _emit(draft, at, obligation.name, period.standing, now, name)
                period.standing = now
        now = of_whole(draft.facts, obligation)
        if _is_change(draft, duty.standing, now):
            _emit(draft, at, obligation.name, duty.standing, now)
            duty.standing = now
        when = None
        if duty.standing == "discharged":
            when = dues.discharged_at(draft, obligation, duty)
        changed |= when != duty.discharged_at
        duty.discharged_at = when
    return changed or len(draft.consequences) > count


def _is_change(draft: Draft, old: Standing, new: Standing) -> bool:
    """Tell whether ``new`` replaces ``old``: after the end, only what settles more does."""
    return new != old and not (draft.facts.is_final() and _GRAVITY[new] >= _GRAVITY[old])


def _emit(  # noqa: PLR0917 - the members of one consequence
    draft: Draft, at: Instant, obligation: str, old: Standing, new: Standing, due: str | None = None
) -> None:
    draft.emit(at, "standing", obligation=obligation, due=due, **{"from": old, "to": new})
