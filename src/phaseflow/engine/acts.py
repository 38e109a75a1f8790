"""Acts: what moves the agreement, or gives up a right, and may be refused with every reason."""

import json
from collections.abc import Collection

import msgspec
from msgspec import UNSET, UnsetType

from phaseflow.engine import amendment, cure, dues, moves, periods
from phaseflow.engine.amounts import add, fit, minus
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Reasons
from phaseflow.engine.terms import amounts_of, obligation_of
from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Obligation, Transition
from phaseflow.model.figure import PLAIN
from phaseflow.model.party import PartyExpression
from phaseflow.model.state import Agreement, Amounts, Due, Duty, RatePeriod, Shift
from phaseflow.model.statement import (
    KINDS,
    Advance,
    Amend,
    Reason,
    Statement,
    Waive,
    Withdraw,
    parse_when,
)


def transition_of(draft: Draft, name: str) -> Transition:
    """Return the transition of that name.

    Raises:
        StatementInvalid: there is none.
    """
    found = draft.definition.transitions.get(name)
    if found is None:
        known = ", ".join(draft.definition.transitions)
        msg = f"there is no transition {name!r}; there are {known}"
        raise StatementInvalid(msg)
    return found


def _authority(actor: str, may: PartyExpression | None, what: str, nobody: str) -> Reasons:
    if may is None:
        return (Reason(rule="authority", text=nobody),)
    if actor in may.members:
        return ()
    text = f"{what} is for {may}, not for {actor}"
    return (Reason(rule="authority", text=text, curable_by=may.members),)


def terms_of(statement: Statement) -> str:
    """Return what a statement says without the words, sources and evidence that go with it."""
    asides = {"text", "evidence", "sources"}
    terms = {name: value for name, value in statement.body.items() if name not in asides}
    return json.dumps(terms, sort_keys=True)


def is_given(agreement: Agreement, statement: Statement) -> bool:
    """Tell whether its author has consented to the same already, which awaits others still."""
    if not KINDS[statement.kind].awaits_others:
        return False
    return statement.actor in _consents(agreement, statement)


def _consents(agreement: Agreement, statement: Statement) -> Collection[str]:
    match statement.kind:
        case "advance":
            return agreement.consents.get(statement.body["transition"], ())
        case "amend":
            return agreement.amendments.get(statement.body["definition"], ())
        case "waive":
            return agreement.waivers.get(terms_of(statement), ())
        case kind:
            msg = f"{kind} takes effect at once"
            raise ValueError(msg)


def advance(draft: Draft, body: Advance, statement: Statement, at: Instant) -> Reasons:
    """Take a transition, or note a consent to it; return why it is refused, if it is."""
    transition = transition_of(draft, body.transition)
    nobody = f"{transition.name} is taken by itself, by nobody's word"
    what = f"the transition {transition.name}"
    reasons = _authority(statement.actor, transition.owners, what, nobody)
    reasons += moves.unmet(draft.facts, transition, at)
    if reasons or transition.owners is None:
        return reasons
    consents = draft.agreement.consents.setdefault(transition.name, [])
    if statement.actor not in consents:
        consents.append(statement.actor)
    if transition.owners.is_met_by(consents):
        moves.move(draft, transition, at, "statement")
    return ()


def withdraw(draft: Draft, body: Withdraw, statement: Statement, _: Instant) -> Reasons:
    """Take back a consent that has not yet taken effect."""
    if (body.transition is UNSET) == (body.definition is UNSET):
        msg = "a withdraw names one transition, or the digest of one proposed edition"
        raise StatementInvalid(msg)
    if body.transition is not UNSET:
        name, given = transition_of(draft, str(body.transition)).name, draft.agreement.consents
        what = name
    else:
        name, given = str(body.definition), draft.agreement.amendments
        what = f"the edition {name[:12]}"
    consents = given.get(name, [])
    if statement.actor not in consents:
        text = f"{statement.actor} has no consent to {what} that still awaits others"
        return (Reason(rule="state", text=text),)
    consents.remove(statement.actor)
    if not consents:
        del given[name]
    return ()


def amend(draft: Draft, body: Amend, statement: Statement, at: Instant) -> Reasons:
    """Consent to a new edition; the consent that completes those needed adopts it."""
    edition = draft.edition
    if edition is None or edition.digest != body.definition:
        msg = f"the text of the edition {body.definition} is not at hand"
        raise StatementInvalid(msg)
    may = draft.definition.amended_by
    nobody = "the text lets nobody amend it: it has no `amendments`"
    reasons = _authority(statement.actor, may, "amending the agreement", nobody)
    reasons += amendment.obstacles(draft, edition)
    if reasons or may is None:
        return reasons
    consents = draft.agreement.amendments.setdefault(edition.digest, [])
    if statement.actor not in consents:
        consents.append(statement.actor)
    if may.is_met_by(consents):
        amendment.adopt(draft, edition, at)
    return ()


def waive(draft: Draft, body: Waive, statement: Statement, at: Instant) -> Reasons:
    """Give up a right, once everybody whose right it is has said the same."""
    if (body.obligation is UNSET) == (body.transition is UNSET):
        msg = "a waive names an obligation, or a transition and the place of its guard"
        raise StatementInvalid(msg)
    if body.obligation is UNSET:
        return _waive_guard(draft, body, statement)
    if body.transition is not UNSET or body.guard is not UNSET:
        msg = "a waive of an obligation names no transition and no guard"
        raise StatementInvalid(msg)
    obligation = obligation_of(draft.definition, body.obligation)
    due = _due_of(draft, obligation, body)
    amount = None if body.amount is UNSET else amounts_of(obligation, body.amount)
    if amount is not None:
        _check_amount_is_waived(obligation)
    if amount is not None and (due is not None or body.until is not UNSET):
        msg = "a waive covers an amount, or one due, or gives time; file one for each"
        raise StatementInvalid(msg)
    may = PartyExpression.all_of(obligation.obligees) if obligation.obligees else None
    nobody = f"the text names nobody to whom {obligation.name} is owed, so nobody can waive it"
    reasons = _authority(statement.actor, may, f"waiving {obligation.name}", nobody)
    reasons += _over(draft)
    if reasons or may is None:
        return reasons
    if _agreed(draft, statement, may):
        _forgive(draft, obligation, body, due, amount, at)
    return ()


def _check_amount_is_waived(obligation: Obligation) -> None:
    if obligation.form.is_by_period or obligation.form.is_averaged:
        msg = f"{obligation.name} is a rate; waive its periods, each by its due"
        raise StatementInvalid(msg)


def _over(draft: Draft) -> Reasons:
    if not draft.definition.is_final(draft.agreement.leaf):
        return ()
    text = f"the agreement has ended in {draft.agreement.leaf!r}; nothing is waived any more"
    return (Reason(rule="final", text=text),)


def _agreed(draft: Draft, statement: Statement, may: PartyExpression) -> bool:
    """Note the waiver; tell whether all who must have now said the identical thing."""
    key = terms_of(statement)
    said = draft.agreement.waivers.setdefault(key, [])
    if statement.actor not in said:
        said.append(statement.actor)
    if not may.is_met_by(said):
        return False
    del draft.agreement.waivers[key]
    return True


def _waive_guard(draft: Draft, body: Waive, statement: Statement) -> Reasons:
    if body.guard is UNSET or not isinstance(body.transition, str):
        msg = "a waive of a guard names its transition and its place there, from 1"
        raise StatementInvalid(msg)
    transition = transition_of(draft, body.transition)
    if body.guard > len(transition.guards):
        msg = f"{transition.name} has {len(transition.guards)} guards, no guard {body.guard}"
        raise StatementInvalid(msg)
    may = transition.guards[body.guard - 1].waivable_by
    what = f"waiving guard {body.guard} of {transition.name}"
    nobody = f"the text lets nobody waive guard {body.guard} of {transition.name}"
    reasons = _authority(statement.actor, may, what, nobody) + _over(draft)
    if not reasons and draft.agreement.leaf not in transition.sources:
        states = " or ".join(transition.from_)
        text = f"{transition.name} leads out of {states}; its guards are waived there"
        reasons += (Reason(rule="state", text=text, values={"state": draft.agreement.leaf}),)
    if reasons or may is None:
        return reasons
    key = f"{transition.name}/{body.guard}"
    if _agreed(draft, statement, may) and key not in draft.agreement.waived_guards:
        draft.agreement.waived_guards.append(key)
    return ()


def _due_of(draft: Draft, obligation: Obligation, body: Waive) -> Due | RatePeriod | None:
    """Return the due that a waiver names; of a rate, one of its judged periods."""
    if isinstance(body.due, UnsetType):
        return None
    duty = draft.duty(obligation.name)
    found = next((due for due in duty.dues if due.name == body.due), None)
    if found is not None:
        return found
    if obligation.is_by_period:
        period = periods.named(draft, obligation, body.due)
        if period is not None:
            return period
        known = "its periods that are over, such as 2025-01-20, 2025-W04 or 2025-01"
    else:
        known = ", ".join(due.name for due in duty.dues) or "none"
    msg = f"{obligation.name} has no due {body.due!r}; it has {known}"
    raise StatementInvalid(msg)


def _forgive(  # noqa: PLR0917 - the whole of a waiver: what, of what, how much and when
    draft: Draft,
    obligation: Obligation,
    body: Waive,
    due: Due | RatePeriod | None,
    amount: Amounts | None,
    at: Instant,
) -> None:
    duty = draft.duty(obligation.name)
    if isinstance(body.until, str):
        until = parse_when(body.until, "until")
        for one in [due] if due is not None else _most_pressing(duty):
            _give_time(draft, duty, one, until, at)
    elif amount is not None:
        add(duty.forgiven, amount)
        cure.calm(obligation, duty)
    elif isinstance(due, RatePeriod):
        with periods.PeriodChange(draft, obligation, due) as period:
            duty.violations -= period.is_violation
            period.is_waived, period.is_violation = True, False
    elif due is not None:
        add(duty.forgiven, _missing(draft.facts, obligation, due))
        due.is_waived = True
    else:
        duty.is_waived = True


def _most_pressing(duty: Duty) -> list[Due]:
    """Return the dues that are missed, else the next one: those for which time is given."""
    missed = [due for due in duty.dues if due.missed]
    ahead = [due for due in duty.dues if due.at is not None and not due.is_passed]
    return missed or ahead[:1]


def _give_time(draft: Draft, duty: Duty, one: Due | RatePeriod, until: When, at: Instant) -> None:
    """Let a due be due at ``until``; a period that is over may be made up until then."""
    if draft.zone.closing(until) <= at:
        msg = f"time is given until {until}, which is over"
        raise StatementInvalid(msg)
    if isinstance(one, RatePeriod):
        duty.violations -= one.is_violation
        one.is_violation = False
        if one.missed is not None:
            one.missed = msgspec.structs.replace(one.missed, cure_ends=until)
        return
    one.given, one.shift = until, Shift()
    dues.rearm(one)


def _missing(facts: Facts, obligation: Obligation, due: Due) -> Amounts:
    """Return what a waiver of ``due`` forgives: its own share of the need, as far as short."""
    have, need = facts.have(obligation.name), due.need or {}
    if not obligation.form.is_cumulative:
        return minus(need, have)
    before: Amounts = {}
    for other in facts.agreement.obligations[obligation.name].dues:
        if other is due:
            break
        for category, units in (other.need or {}).items():
            before[category] = max(before.get(category, 0), units)
    own = minus(need, before)
    if obligation.judged_in_total and obligation.form.grows:
        short = facts.meter(obligation).short(due) or 0
        return _first(own, min(short, sum(own.values())))
    lacking = minus(need, have)
    if PLAIN in need:
        lacking[PLAIN] = facts.meter(obligation).short(due) or 0
    return fit(own, lacking, parts=True)


def _first(amounts: Amounts, units: int) -> Amounts:
    """Return the first ``units`` of ``amounts``, category by category."""
    found: Amounts = {}
    for category, count in amounts.items():
        taken = min(count, units)
        add(found, {category: taken})
        units -= taken
    return found
