"""Reports: what happened in the world. They are kept whenever their author may say them.

A report is early, late or surplus, or comes after the end; the engine
classifies it and never drops it.
"""

from functools import partial

import msgspec
from msgspec import UNSET, UnsetType

from phaseflow.engine import claims, counting
from phaseflow.engine.amounts import add, minus, total
from phaseflow.engine.draft import Draft
from phaseflow.engine.outcome import Reasons
from phaseflow.engine.terms import amounts_of, figure, obligation_of, performance
from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Finding, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.state import Amounts, Claim, Word
from phaseflow.model.statement import (
    Allege,
    Contest,
    Correct,
    Find,
    Measure,
    Note,
    Notify,
    Perform,
    Reason,
    Statement,
    Verify,
    parse_day,
    parse_when,
)


def _only(actor: str, may: tuple[str, ...], what: str) -> Reasons:
    if actor in may:
        return ()
    who = ", ".join(dict.fromkeys(may)) or "nobody"
    return (Reason(rule="authority", text=f"{what} is for {who}, not for {actor}", curable_by=may),)


def _new(draft: Draft, obligation: Obligation, statement: Statement, at: Instant) -> Claim:
    return Claim(
        entry=draft.agreement.position,
        kind=statement.kind,  # type: ignore[arg-type]
        obligation=obligation.name,
        actor=statement.actor,
        recorded_at=at,
        occurred=statement.occurred,
        claimed={},
    )


def _of_former(draft: Draft, obligation: str, statement: Statement) -> Reasons | None:
    """Return what a report comes to on an obligation that was amended away; None if it was not.

    It may have been signed in the field before: it is kept, and counts nowhere.
    """
    may = draft.agreement.former.get(obligation)
    return None if may is None else _only(statement.actor, tuple(may), f"reporting on {obligation}")


def perform(draft: Draft, body: Perform, statement: Statement, at: Instant) -> Reasons:
    """Keep the claim that something was performed; a verifier's own is attested at once."""
    if body.obligation is UNSET:
        return ()
    former = _of_former(draft, str(body.obligation), statement)
    if former is not None:
        return former
    obligation = obligation_of(draft.definition, str(body.obligation))
    amount = None if isinstance(body.amount, UnsetType) else body.amount
    step = None if isinstance(body.step, UnsetType) else body.step
    claimed = performance(obligation, amount, step)
    may = (obligation.obligor, *obligation.obligees, *obligation.verifiers)
    reasons = _only(statement.actor, may, f"reporting performance of {obligation.name}")
    if reasons:
        return reasons
    claim = _new(draft, obligation, statement, at)
    claim.claimed = claimed
    if statement.actor in obligation.verifiers:
        claim.words[statement.actor] = Word(attested=dict(claimed), at=claim.occurred)
    claims.file(draft, claim)
    return ()


def measure(draft: Draft, body: Measure, statement: Statement, at: Instant) -> Reasons:
    """Keep a figure over a span of days; a verifier's own counts at once."""
    if body.obligation in draft.agreement.former:
        return ()
    obligation = obligation_of(draft.definition, body.obligation)
    first, last = parse_day(body.from_, "from"), parse_day(body.to, "to")
    if last < first:
        msg = f"the span ends on {last}, before it begins on {first}"
        raise StatementInvalid(msg)
    if draft.zone.midnight(last) > at:
        text = f"the span ends on {last}, a day that has not yet begun"
        return (Reason(rule="moment", text=text),)
    claim = _new(draft, obligation, statement, at)
    claim.claimed = figure(obligation, body.amount)
    claim.occurred = When(last)
    claim.span = (first, last)
    if statement.actor in obligation.verifiers:
        claim.words[statement.actor] = Word(attested=dict(claim.claimed), at=claim.occurred)
    if not obligation.form.forbids:  # nothing of that is measured; the figure stands in the journal
        claims.file(draft, claim)
    return ()


def allege(draft: Draft, body: Allege, statement: Statement, at: Instant) -> Reasons:
    """Keep an accusation; of a restraint it may come to be verified."""
    if body.obligation in draft.agreement.former:
        return ()
    obligation = obligation_of(draft.definition, body.obligation)
    if not obligation.form.forbids:
        return ()  # whether it is kept follows from what is reported
    claim = _new(draft, obligation, statement, at)
    claim.claimed = {PLAIN: 1}
    if statement.actor in obligation.verifiers:
        claim.words[statement.actor] = Word(attested={PLAIN: 1}, at=claim.occurred)
    claims.file(draft, claim)
    return ()


def _claim(draft: Draft, entry: int, verb: str) -> Claim:
    _known(draft, entry)
    claim = draft.claim(entry)
    if claim is None:
        msg = f"entry {entry} claims nothing, so there is nothing to {verb}"
        raise StatementInvalid(msg)
    return claim


def _known(draft: Draft, entry: int) -> None:
    if entry >= draft.agreement.position:
        msg = f"there is no entry {entry}; the newest is {draft.agreement.position - 1}"
        raise StatementInvalid(msg)


def verify(draft: Draft, body: Verify, statement: Statement, _: Instant) -> Reasons:
    """Let a verifier's latest word on a claim hold; other contests of it end."""
    claim = _claim(draft, body.entry, statement.kind)
    former = _of_former(draft, claim.obligation, statement)
    if former is not None:
        return former
    obligation = draft.definition.obligations[claim.obligation]
    what = f"verifying {obligation.name}"
    reasons = _only(
        statement.actor, counting.verifiers(draft.duty(claim.obligation), obligation, claim), what
    )
    if reasons:
        return reasons
    amount = _amount(obligation, claim, body.amount)
    happened = None
    if isinstance(body.happened, str):
        happened = parse_when(body.happened, "happened")
        if draft.zone.opening(happened) > draft.zone.closing(statement.occurred):
            text = f"it cannot have happened on {happened}, after it was verified"
            return (Reason(rule="moment", text=text),)
    said = claim.words.get(statement.actor)
    word = _word(claim, said, statement, amount, happened)

    def speak(claim: Claim) -> None:
        claim.words[statement.actor] = word
        claim.happened = word.happened or claim.happened
        claim.contests = {}

    claims.revise(draft, claim, speak, statement.occurred)
    return ()


def _amount(
    obligation: Obligation, claim: Claim, amount: int | dict[str, int] | UnsetType
) -> Amounts | None:
    """Return the amount that a word on ``claim`` names; a plain number of its only category."""
    if isinstance(amount, UnsetType):
        return None
    if isinstance(amount, int) and len(claim.claimed) == 1:
        found = {next(iter(claim.claimed)): amount}
    else:
        found = _named(obligation, claim, amount)
    claimed = total(obligation, claim.claimed)
    if total(obligation, found) > claimed:
        msg = f"entry {claim.entry} claims {claimed} in all; file what exceeds it as a claim"
        raise StatementInvalid(msg)
    return found


def _named(obligation: Obligation, claim: Claim, amount: int | dict[str, int]) -> Amounts:
    if obligation.form.forbids:
        return {PLAIN: amount} if isinstance(amount, int) else amount
    return amounts_of(_widened(obligation, claim), amount)


def _widened(obligation: Obligation, claim: Claim) -> Obligation:
    """Return ``obligation`` with the categories of ``claim`` that an amendment dropped."""
    known = (*obligation.categories, *(c for c in claim.claimed if c != PLAIN))
    return msgspec.structs.replace(obligation, categories=tuple(dict.fromkeys(known)))


def _word(
    claim: Claim,
    said: Word | None,
    statement: Statement,
    amount: Amounts | None,
    happened: When | None,
) -> Word:
    """Return a verifier's word on ``claim`` after ``statement``.

    Without an amount it is on all that its earlier words left open; where they
    left nothing open, on the whole claim.
    """
    before = Word(at=statement.occurred) if said is None else said
    attested, rejected = dict(before.attested), dict(before.rejected)
    this, other = (attested, rejected) if statement.kind == "attest" else (rejected, attested)
    if amount is None:
        open_ = minus(minus(claim.claimed, attested), rejected)
        if open_:
            add(this, open_)
        else:
            this.clear()
            this.update(claim.claimed)
            other.clear()
    else:
        for category, units in amount.items():
            this[category] = units
            room = max(0, claim.claimed.get(category, 0) - units)
            other[category] = min(other.get(category, 0), room)
    return Word(
        attested={c: n for c, n in attested.items() if n},
        rejected={c: n for c, n in rejected.items() if n},
        at=statement.occurred,
        happened=happened or before.happened,
    )


def contest(draft: Draft, body: Contest, statement: Statement, _: Instant) -> Reasons:
    """Let a dispute stand beside an entry, or end one's own."""
    _known(draft, body.entry)
    claim = draft.claim(body.entry)
    if claim is None or claim.obligation in draft.agreement.former:
        return ()
    obligation = draft.definition.obligations[claim.obligation]
    if body.withdrawn is True:
        claims.revise(draft, claim, partial(_drop_contest, actor=statement.actor))
        return ()
    amount = _amount(obligation, claim, body.amount) or dict(claim.claimed)

    def dispute(claim: Claim) -> None:
        claim.contests[statement.actor] = amount

    claims.revise(draft, claim, dispute)
    return ()


def _drop_contest(claim: Claim, actor: str) -> None:
    claim.contests.pop(actor, None)


def correct(draft: Draft, body: Correct, statement: Statement, at: Instant) -> Reasons:
    """Replace the amounts or the day of one's own report from now on."""
    claim = _claim(draft, body.entry, "correct")
    if claim.obligation in draft.agreement.former:
        return _only(statement.actor, (claim.actor,), f"correcting entry {claim.entry}")
    obligation = draft.definition.obligations[claim.obligation]
    if body.amount is UNSET and body.occurred_at is UNSET:
        msg = f"say what of entry {claim.entry} to correct: its amount, or when it occurred"
        raise StatementInvalid(msg)
    reasons = _only(statement.actor, (claim.actor,), f"correcting entry {claim.entry}")
    amount, occurred = None, None
    if not isinstance(body.amount, UnsetType):
        amount = _corrected(obligation, claim, body.amount)
    if isinstance(body.occurred_at, str):
        occurred = parse_when(body.occurred_at, "occurred_at")
        if draft.zone.opening(occurred) > at:
            text = f"it cannot have occurred on {occurred}, which has not yet come"
            reasons += (Reason(rule="moment", text=text),)
    if reasons:
        return reasons

    def mend(claim: Claim) -> None:
        if occurred is not None:
            claim.occurred = occurred
        if amount is not None:
            claim.claimed = amount
            own = claim.words.get(claim.actor)
            if own is not None:
                claim.words[claim.actor] = Word(attested=dict(amount), at=own.at)

    claims.revise(draft, claim, mend, statement.occurred)
    return ()


def _corrected(obligation: Obligation, claim: Claim, amount: int | dict[str, int]) -> Amounts:
    """Return the corrected amounts; none withdraws a claim of performance."""
    if claim.kind == "measure":
        return figure(obligation, amount)
    if claim.kind == "allege":
        msg = "an allegation has no amount to correct"
        raise StatementInvalid(msg)
    if amount == 0:
        return {}
    found = amounts_of(_widened(obligation, claim), amount)
    return {category: units for category, units in found.items() if units}


def find(draft: Draft, body: Find, statement: Statement, _: Instant) -> Reasons:
    """Note a word on a finding; it is made once enough latest words agree."""
    finding = draft.definition.findings.get(body.finding)
    if finding is None:
        known = ", ".join(draft.definition.findings) or "none"
        msg = f"there is no finding {body.finding!r}; there are {known}"
        raise StatementInvalid(msg)
    value = _value(finding, body.value)
    reasons = _only(statement.actor, finding.by.members, f"finding {finding.name}")
    if reasons:
        return reasons
    words = draft.agreement.words.setdefault(finding.name, {})
    words[statement.actor] = value
    agreeing = [p for p, word in words.items() if word == value and type(word) is type(value)]
    if finding.by.is_met_by(agreeing):
        draft.agreement.findings[finding.name] = value
    return ()


def _value(finding: Finding, value: bool | int | str) -> bool | int | str:  # noqa: FBT001 - a value found, no switch
    """Return ``value`` as the type of ``finding``; negative numbers come as decimal strings."""
    if finding.type == "boolean" and isinstance(value, bool):
        return value
    if finding.type == "integer" and not isinstance(value, bool):
        if isinstance(value, int):
            return value
        if value.startswith("-") and value[1:].isascii() and value[1:].isdigit():
            return int(value)
    if isinstance(value, str):
        if finding.type == "word" and value in finding.words:
            return value
        if finding.type in {"date", "instant"}:
            when = parse_when(value, "value")
            if when.is_day == (finding.type == "date"):
                return value
    wanted = f"one of {', '.join(finding.words)}" if finding.words else f"a value: {finding.type}"
    msg = f"{finding.name} cannot be {value!r}; it is {wanted}"
    raise StatementInvalid(msg)


def notify(draft: Draft, body: Notify, _: Statement, __: Instant) -> Reasons:
    """Check what a notice names; it moves nothing."""
    if isinstance(body.ends, int):
        _known(draft, body.ends)
    if not isinstance(body.obligation, UnsetType):
        names = [body.obligation] if isinstance(body.obligation, str) else body.obligation
        for name in names:
            if name not in draft.agreement.former and not any(
                name in {o.name, o.base} for o in draft.definition.obligations.values()
            ):
                obligation_of(draft.definition, name)
    if isinstance(body.transition, str) and body.transition not in draft.definition.transitions:
        msg = f"there is no transition {body.transition!r}"
        raise StatementInvalid(msg)
    return ()


def note(draft: Draft, body: Note, _: Statement, __: Instant) -> Reasons:
    """Check what a note is about; it moves nothing."""
    if not isinstance(body.about, UnsetType):
        for entry in body.about:
            _known(draft, entry)
    return ()
