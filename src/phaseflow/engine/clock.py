"""Time: what falls due next, and what follows when a moment comes.

Time belongs to the agreement. :func:`settle` brings it to one moment,
:func:`catch_up` through all of them in order; whether that is done every minute
or once a year, the same consequences follow, each at its own moment.
"""

from collections.abc import Iterator

from phaseflow.diagnostic import Diagnostic
from phaseflow.engine import claims, cure, dues, moves, periods, standing
from phaseflow.engine.conditions import holds
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts
from phaseflow.errors import DefinitionInvalid
from phaseflow.model.calendar import Instant, When, period_of
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Agreement, Duty

MOST_CONSEQUENCES = 500
"""A tick ends with the moment of its 500th consequence."""
MOST_MOVES = 100
"""More moves at one moment are an error in the definition."""


def next_due_at(definition: Definition, agreement: Agreement) -> Instant | None:
    """Return the moment after ``agreement.clock`` at which time next changes something."""
    ahead = (m for m in _moments(definition, agreement) if m > agreement.clock)
    return min(ahead, default=None)


def _moments(definition: Definition, agreement: Agreement) -> Iterator[Instant]:
    """Yield the moments at which something may happen by itself, in no order."""
    facts = Facts(definition, agreement)
    for name, obligation in definition.obligations.items():
        duty = agreement.obligations[name]
        yield from (wait.ends for wait in duty.waits)
        if not facts.is_final():
            yield from _duty_moments(facts, obligation, duty)
    for transition in definition.transitions.values():
        if transition.owners is None and agreement.leaf in transition.sources:
            opens = facts.opens(transition.name)
            if opens is not None:
                yield facts.zone.closing(opens)


def _duty_moments(facts: Facts, obligation: Obligation, duty: Duty) -> Iterator[Instant]:
    zone = facts.zone
    if obligation.from_ is not None:
        opening = facts.opening(obligation.from_)
        yield from () if opening is None else (opening,)
    if obligation.until is not None:
        closing = facts.closing(obligation.until)
        yield from () if closing is None else (closing,)
    cures = [*(due.missed for due in duty.dues), *(period.missed for period in duty.periods)]
    match obligation.form:
        case Rate(every=every):
            if duty.rate.next_period and duty.in_force_since:
                yield zone.closing(When(period_of(duty.rate.next_period, every)[1]))
        case Restraint():
            cures.append(duty.restraint.breach)
        case Amount() | Steps() | InReturn():
            pass
    for missed in cures:
        ends = None if missed is None else cure.ends_at(zone, missed)
        if ends is not None:
            yield ends
    if duty.is_tolled or duty.is_excused:
        # While it is stopped nothing of it is missed: its dues wait for what lets it run on.
        return
    for due in duty.dues:
        if due.at is not None and due.armed_at is not None and not due.is_passed:
            yield zone.closing(due.at)


def catch_up(draft: Draft, until: Instant, most: int | None = MOST_CONSEQUENCES) -> None:
    """Let everything due at or before ``until`` take effect, each at its own moment.

    It ends with the moment of the consequence that makes ``most``, if there
    are so many; ``clock`` tells how far it came.
    """
    agreement = draft.agreement
    while most is None or len(draft.consequences) < most:
        moment = next_due_at(draft.definition, agreement)
        if moment is None or moment > until:
            agreement.clock = max(agreement.clock, until)
            return
        settle(draft, moment)


def settle(draft: Draft, at: Instant) -> None:
    """Bring the agreement to rest at ``at``: nothing that is due by then is left open.

    First all that time itself brings is judged on the position before it; then
    the conditions that hang on it are read anew; then the standings that have
    changed are written, with what hangs on these in turn, and the automatic
    transitions taken that are now open.
    """
    for _ in range(MOST_MOVES + 1):
        _rest(draft, at)
        while standing.announce(draft, at):
            _rest(draft, at)
        if not moves.take_automatic(draft, at):
            draft.agreement.clock = max(draft.agreement.clock, at)
            for obligation, duty in draft.duties():
                _fold(draft, obligation, duty)
            return
    raise DefinitionInvalid([_endless(draft)])


def _fold(draft: Draft, obligation: Obligation, duty: Duty) -> None:
    """Keep no more of a duty than may still change by itself."""
    match obligation.form:
        case InReturn() as form:
            dues.fold(draft, obligation, form, duty)
        case Rate():
            periods.settle(draft, obligation, duty)
        case Amount() | Steps() | Restraint():
            return


def _endless(draft: Draft) -> Diagnostic:
    message = f"more than {MOST_MOVES} moves at one moment, the last into {draft.agreement.leaf!r}"
    remedy = "give one of the automatic transitions a guard or an `after` that ends the round"
    name = f"{draft.definition.name} (edition {draft.definition.edition})"
    return Diagnostic(code="PF399", file=name, line=1, column=1, message=message, remedy=remedy)


def _rest(draft: Draft, at: Instant) -> None:
    """Judge and read in turns until neither changes anything more."""
    while True:
        has_moved = _judge(draft, at)
        if not _read(draft, at) and not has_moved:
            return


def _judge(draft: Draft, at: Instant) -> bool:
    """Let all that time brings at ``at`` come, on the position before it.

    Tell whether a moment has moved from which others run.
    """
    has_moved = False
    claims.end_waits(draft, at)
    for obligation, duty in draft.duties():
        dues.refresh(draft, obligation, duty, at)
    for obligation, duty in draft.duties():
        match obligation.form:
            case Rate() as form:
                _close_periods(draft, obligation, form, duty, at)
            case Restraint():
                _heal(draft, duty, at)
            case Amount() | Steps() | InReturn():
                pass
        has_moved |= dues.review(draft, obligation, duty, at)
    return has_moved


def _heal(draft: Draft, duty: Duty, at: Instant) -> None:
    """End the breach of a restraint whose cure has passed; it stands still while stopped."""
    breach = duty.restraint.breach
    if breach is None or breach.cure_ends is None:
        return
    breach = cure.paused(draft.zone, breach, at, is_stopped=duty.is_tolled or duty.is_excused)
    duty.restraint.breach = None if cure.is_over(draft.zone, breach, at) else breach


def _close_periods(
    draft: Draft, obligation: Obligation, form: Rate, duty: Duty, at: Instant
) -> None:
    if draft.facts.is_final():
        return
    is_stopped = duty.is_tolled or duty.is_excused
    while duty.in_force_since is not None and duty.rate.next_period is not None:
        last = period_of(duty.rate.next_period, form.every)[1]
        if draft.zone.closing(When(last)) > at:
            break
        owes = draft.facts.is_active(obligation) and not is_stopped and not duty.is_waived
        periods.close(draft, obligation, form, duty, owes=owes)
    dues.refresh(draft, obligation, duty, at)
    periods.review(draft, obligation, duty, at, is_stopped=is_stopped)


def _read(draft: Draft, at: Instant) -> bool:
    """Read every condition anew, each on the same position; tell whether one has changed.

    So the order of the file decides nothing: no duty reads of another that it
    has begun, and of a third that it has not.
    """
    draft.agreement.first_day = draft.facts.first_day()
    excuses = {
        obligation.name: obligation.excused_while is not None
        and duty.begun is not None
        and not draft.facts.is_final()
        and holds(draft.facts, obligation.excused_while)
        for obligation, duty in draft.duties()
    }
    changed = False
    for obligation, duty in draft.duties():
        changed |= _enter_or_leave(draft, obligation, duty, at)
    required = [
        (obligation, duty)
        for obligation, duty in draft.duties()
        if _requires(draft, obligation, duty)
    ]
    for obligation, duty in required:
        _require(draft, obligation, duty, at)
        changed = True
    for obligation, duty in draft.duties():
        is_excused, mode = excuses[obligation.name], obligation.deadlines
        if duty.is_excused != is_excused:
            dues.stop(
                draft,
                obligation,
                duty,
                at,
                is_excused=is_excused,
                is_tolled=duty.is_tolled,
                mode=mode,
            )
            changed = True
    return changed


def _enter_or_leave(draft: Draft, obligation: Obligation, duty: Duty, at: Instant) -> bool:
    is_entered = draft.facts.is_entered(obligation, at)
    if is_entered and duty.in_force_since is None:
        duty.in_force_since = at
        duty.begun = duty.begun or at
        if duty.left_at is not None:
            dues.note_break(obligation, duty, duty.left_at, at)
        duty.left_at = None
        match obligation.form:
            case Rate(every=every):
                today = period_of(draft.zone.day_of(at), every)[0]
                duty.rate.next_period = max(today, duty.rate.next_period or today)
            case Amount() | Steps() | InReturn() | Restraint():
                pass
        return True
    if not is_entered and duty.in_force_since is not None:
        duty.in_force_since = None
        duty.left_at = at
        return True
    return False


def _requires(draft: Draft, obligation: Obligation, duty: Duty) -> bool:
    """Tell whether a condition precedent of a duty in force is met for the first time."""
    if obligation.requires is None or duty.required_at or duty.in_force_since is None:
        return False
    return holds(draft.facts, obligation.requires)


def _require(draft: Draft, obligation: Obligation, duty: Duty, at: Instant) -> None:
    """Let a condition precedent that is met stay met; a due that has passed is due after it."""
    duty.required_at = at
    for due in duty.dues:
        dues.give_time(draft, obligation, due, at)
