"""A journal's statements, stepped again."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from phaseflow.engine.outcome import Outcome, Refusal
from phaseflow.engine.step import begin, catch_up, refuse_on_record, step
from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, InMemory
from phaseflow.model.statement import Statement


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as the journal has it: where, when, and whether it was filed as refused."""

    seq: int
    statement: Statement
    recorded_at: Instant
    is_refused: bool


def replay(
    definition_of: Callable[[str], Definition], entries: Iterable[Recorded]
) -> Iterator[tuple[int, Outcome]]:
    """Yield what each entry must have led to, stepped from the one before.

    Raises:
        JournalBroken: an entry could not have been recorded: it is malformed, it
            was refused and is not marked so, something was due before it, or a
            tick at which nothing was due.
    """
    records = InMemory()
    agreement: Agreement | None = None
    for entry in entries:
        outcome = _follow(definition_of, agreement, records, entry)
        records.apply(outcome.changes)
        agreement = outcome.agreement
        yield entry.seq, outcome


def _follow(
    definition_of: Callable[[str], Definition],
    agreement: Agreement | None,
    records: InMemory,
    entry: Recorded,
) -> Outcome:
    statement, at = entry.statement, entry.recorded_at
    if agreement is None:
        return begin(definition_of(statement.body["definition"]), at)
    definition = definition_of(agreement.definition)
    due = catch_up(definition, agreement, records, at)
    if statement.kind == "tick":
        if due is None:
            msg = f"entry {entry.seq} is a tick, but nothing was due at {at}"
            raise JournalBroken(msg, entry.seq)
        return due
    if due is not None:
        msg = f"something was due at or before {at} that is not recorded before entry {entry.seq}"
        raise JournalBroken(msg, entry.seq)
    try:
        edition = definition_of(statement.body["definition"]) if statement.kind == "amend" else None
        answer = step(definition, agreement, records, statement, at, edition)
    except StatementInvalid as error:
        msg = f"entry {entry.seq} could not have been filed: {error}"
        raise JournalBroken(msg, entry.seq) from error
    if isinstance(answer, Refusal):
        if not entry.is_refused:
            reasons = "; ".join(reason.text for reason in answer.reasons)
            msg = f"entry {entry.seq} is recorded as granted, but is refused: {reasons}"
            raise JournalBroken(msg, entry.seq)
        return refuse_on_record(agreement, answer, at)
    if entry.is_refused:
        msg = f"entry {entry.seq} is recorded as refused, but the agreement grants it"
        raise JournalBroken(msg, entry.seq)
    return answer
