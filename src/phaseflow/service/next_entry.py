"""The next entry of a journal, drafted: sealed, with everything that it changes.

A draft is appended, or thrown away: a dry run is a filing that stops here.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from phaseflow.engine.clock import next_due_at
from phaseflow.engine.outcome import Outcome
from phaseflow.engine.outlook import account
from phaseflow.engine.step import catch_up
from phaseflow.journal.entry import Entry, Sealed, seal
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement
from phaseflow.model.statement import RECORDER, Seen, Statement
from phaseflow.service.agreement import Place
from phaseflow.storage.port import Append, ObligationRow


class NextEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that would be the next one, and the place after it."""

    append: Append
    place: Place


def draft(
    place: Place,
    statement: Statement,
    outcome: Outcome,
    at: Instant,
    *,
    signature: str | None = None,
    edition: Definition | None = None,
) -> NextEntry:
    """Return the entry that holds ``statement`` and what follows from it, recorded at ``at``.

    ``edition`` is the text that an `amend` names; it may be in effect after it.
    """
    definition = place.definition
    if edition is not None and outcome.agreement.definition == edition.digest:
        definition = edition
    header = place.header
    sealed, entry = sealed_entry(
        header.position, header.head, statement, outcome, at, signature=signature
    )
    append = projected(definition, place.header.id, sealed, entry, outcome)
    return NextEntry(append=append, place=place.after(append, definition))


def sealed_entry(
    seq: int,
    prev: str,
    statement: Statement,
    outcome: Outcome,
    at: Instant,
    *,
    signature: str | None = None,
) -> tuple[Sealed, Entry]:
    """Return the entry at ``seq``, with its line and hash."""
    entry = Entry(
        seq=seq,
        prev=prev,
        recorded_at=at.format_iso(),
        sig=signature,
        stmt=statement,
        then=outcome.consequences,
    )
    return seal(entry), entry


def projected(
    definition: Definition, agreement: str, sealed: Sealed, entry: Entry, outcome: Outcome
) -> Append:
    """Return the entry with the projections that follow from ``outcome``."""
    after = outcome.agreement
    return Append(
        sealed=sealed,
        entry=entry,
        agreement=after,
        changes=outcome.changes,
        obligations=[_row(definition, agreement, after, name) for name in definition.obligations],
        next_due_at=next_due_at(definition, after),
    )


def draft_tick(place: Place, at: Instant) -> NextEntry | None:
    """Return the entry of what fell due at or before ``at``, or None if nothing did.

    It ends with the moment of its 500th consequence; ask again with the place after it.
    """
    outcome = catch_up(place.definition, place.agreement, place.records, at)
    if outcome is None:
        return None
    header = place.header
    tick = Statement(
        agreement=header.id,
        definition=header.definition,
        actor=RECORDER,
        kind="tick",
        body={},
        nonce=tick_nonce(header.head),
        occurred_at=at.format_iso(),
        seen=Seen(hash=header.head, seq=header.position - 1),
    )
    return draft(place, tick, outcome, at)


def draft_ticks(place: Place, at: Instant) -> Iterator[NextEntry]:
    """Yield the entries of everything that fell due at or before ``at``."""
    while (tick := draft_tick(place, at)) is not None:
        yield tick
        place = tick.place


def tick_nonce(head: str) -> str:
    """Return the nonce of a tick that follows ``head``: as unique as the head, and no secret."""
    return hashlib.sha256(f"tick\n{head}".encode()).hexdigest()[:32]


def _row(definition: Definition, agreement: str, after: Agreement, name: str) -> ObligationRow:
    figures = account(definition, after, name)
    due = figures.next_due.at if figures.next_due else None
    return ObligationRow(
        agreement=agreement,
        name=name,
        standing=figures.standing,
        total=figures.total,
        due=figures.due,
        delivered=figures.delivered,
        outstanding=figures.outstanding,
        next_due_at=None if due is None else definition.calendar.zone.closing(due),
    )
