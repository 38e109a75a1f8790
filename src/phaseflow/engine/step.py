"""One statement taken to a stable state."""

from collections.abc import Callable
from typing import Any

from phaseflow.engine import acts, amendment, clock, dues, reports
from phaseflow.engine.draft import Draft
from phaseflow.engine.outcome import Outcome, Reasons, Refusal
from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Changes, InMemory, Records, copy
from phaseflow.model.statement import (
    ACTS,
    RECORDER,
    Body,
    Reason,
    Statement,
    may_say,
    parse_body,
    parse_when,
)


def _nothing(draft: Draft, body: Body, statement: Statement, at: Instant) -> Reasons:
    """Do nothing: it concerns the journal alone, which checks who may file it."""
    del draft, body, statement, at
    return ()


Effect = Callable[[Draft, Any, Statement, Instant], Reasons]
"""Takes the body of its kind; returns why the statement is refused, if it is."""

EFFECTS: dict[str, Effect] = {
    "advance": acts.advance,
    "withdraw": acts.withdraw,
    "waive": acts.waive,
    "amend": acts.amend,
    "perform": reports.perform,
    "measure": reports.measure,
    "allege": reports.allege,
    "attest": reports.verify,
    "reject": reports.verify,
    "contest": reports.contest,
    "correct": reports.correct,
    "find": reports.find,
    "notify": reports.notify,
    "note": reports.note,
    "key.set": _nothing,
    "redact": _nothing,
}
"""What each kind of statement does; an `open` is :func:`begin`, a `tick` :func:`catch_up`."""


def begin(definition: Definition, at: Instant) -> Outcome:
    """Return the agreement as it is opened at ``at``, after its entry 0."""
    obligations = {name: dues.begin(o) for name, o in definition.obligations.items()}
    agreement = Agreement(
        definition=definition.digest,
        leaf=definition.initial,
        clock=at,
        position=1,
        obligations=obligations,
    )
    for state in definition.ancestors(definition.initial):
        agreement.entered[state] = agreement.first_entered[state] = at
    draft = Draft(definition, agreement, InMemory())
    clock.settle(draft, at)
    return _outcome(draft)


def catch_up(
    definition: Definition, agreement: Agreement, records: Records, until: Instant
) -> Outcome | None:
    """Return what time brings by ``until`` as the next `tick`, or None if it brings nothing.

    It ends with the moment of its 500th consequence; ``agreement.clock`` of the outcome tells
    how far it came, and what is left follows from calling again.
    """
    draft = Draft(definition, agreement, records)
    clock.catch_up(draft, until)
    if not draft.consequences:
        return None
    draft.agreement.position += 1
    return _outcome(draft)


def foresee(
    definition: Definition, agreement: Agreement, records: Records, until: Instant
) -> Outcome:
    """Return the agreement as it stands at ``until``, whether or not that is recorded yet."""
    draft = Draft(definition, agreement, records)
    clock.catch_up(draft, until, most=None)
    return _outcome(draft)


def step(  # noqa: PLR0917 - the agreement, what is said, and the text it may propose
    definition: Definition,
    agreement: Agreement,
    records: Records,
    statement: Statement,
    at: Instant,
    edition: Definition | None = None,
) -> Outcome | Refusal:
    """Return what follows from ``statement`` being recorded at ``at``.

    Everything that fell due at or before ``at`` has been taken up by
    :func:`catch_up`. ``edition`` is the checked text that an `amend` names.
    Pure: the same journal gives the same answer in ten years.

    Raises:
        StatementInvalid: it is malformed, or names what the definition does not have.
        ValueError: something is due that has not been taken up.
    """
    draft = Draft(definition, agreement, records, edition)
    clock.catch_up(draft, at)
    if draft.consequences:
        msg = f"something was due before {at}; take it up first"
        raise ValueError(msg)
    body = parse_body(statement.kind, statement.body)
    if statement.kind not in EFFECTS or not may_say(statement.actor, statement.kind):
        msg = f"a party cannot file {statement.kind!r} here"
        raise StatementInvalid(msg)
    if statement.actor not in {*definition.parties, RECORDER}:
        msg = f"{statement.actor!r} is no party; there are {', '.join(definition.parties)}"
        raise StatementInvalid(msg)
    if statement.kind in ACTS and statement.definition != definition.digest:
        msg = (
            f"the act names edition {statement.definition[:12]}, but {definition.digest[:12]} is "
            "in effect; look at what was amended, and say it anew"
        )
        raise StatementInvalid(msg)
    occurred = parse_when(statement.occurred_at, "occurred_at")
    reasons: Reasons = ()
    if draft.zone.opening(occurred) > at:
        text = f"it says it occurred at {occurred}, after it was recorded at {at}"
        reasons = (Reason(rule="moment", text=text),)
    reasons += EFFECTS[statement.kind](draft, body, statement, at)
    if reasons:
        return Refusal(reasons=reasons)
    clock.settle(draft, at)
    clock.catch_up(draft, at)
    draft.agreement.position += 1
    return _outcome(draft)


def adopted(
    definition: Definition,
    agreement: Agreement,
    records: Records,
    edition: Definition,
    at: Instant,
) -> Outcome | Refusal:
    """Return the agreement as it would stand if all had consented to ``edition`` at ``at``.

    Everything that fell due by then has been taken up. Nothing is filed: it is
    what :func:`step` would answer to the consent that completes those needed.
    """
    draft = Draft(definition, agreement, records, edition)
    reasons = amendment.obstacles(draft, edition)
    if reasons:
        return Refusal(reasons=reasons)
    amendment.adopt(draft, edition, at)
    clock.settle(draft, at)
    clock.catch_up(draft, at)
    return _outcome(draft)


def refuse_on_record(agreement: Agreement, refusal: Refusal, at: Instant) -> Outcome:
    """Return the outcome of filing a refused act all the same: its reasons, nothing else."""
    agreement = copy(agreement)
    agreement.position += 1
    return Outcome(
        agreement=agreement,
        consequences=(refusal.consequence(at.format_iso()),),
        changes=Changes(),
    )


def _outcome(draft: Draft) -> Outcome:
    return Outcome(
        agreement=draft.agreement,
        consequences=tuple(draft.consequences),
        changes=draft.changes,
    )
