"""The port in a dictionary: for rehearsals, dry runs and tests.

Values are kept as the text that a database would hold, so that nobody changes
them from outside. A transaction that fails is undone write by write.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any

import msgspec

from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.model.calendar import Instant, Period
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Standing, day_of, decode, encode
from phaseflow.storage.memory_journal import Journal, MemoryPapers, MemoryRecords, is_wanted
from phaseflow.storage.port import (
    Append,
    Filter,
    Header,
    ObligationRow,
    Row,
    Unreadable,
    is_prefix,
    no_agreement,
    no_definition,
)
from phaseflow.storage.projections import change_rows, entry_row, mentioned

Undo = list[Callable[[], object]]


class MemoryStore:
    """Journals in this process, under the clock that is given."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        """Begin with none; ``clock`` is the recorder's."""
        self.clock = clock
        self.definitions: dict[str, bytes] = {}
        self.journals: dict[str, Journal] = {}
        self._lock = RLock()

    @contextmanager
    def write(self) -> Iterator["MemoryTransaction"]:
        """Open a transaction that commits when left without an exception."""
        undo: Undo = []
        with self._lock:
            try:
                yield MemoryTransaction(self, undo)
            except BaseException:
                for step in reversed(undo):
                    step()
                raise

    @contextmanager
    def read(self) -> Iterator["MemoryTransaction"]:
        """Open a read-only transaction."""
        with self._lock:
            yield MemoryTransaction(self, None)

    def prepare(self) -> AbstractContextManager["MemoryTransaction"]:
        """Open a read-only transaction; nothing needs loading."""
        return self.read()

    def close(self) -> None:
        """Do nothing: it lives as long as this object."""


class MemoryTransaction:
    """Reads and writes of one transaction; without ``undo`` it only reads."""

    def __init__(self, store: MemoryStore, undo: Undo | None) -> None:
        """Work on ``store``, noting in ``undo`` how to take each write back."""
        self._store = store
        self._undo = undo

    @property
    def most_quiet(self) -> Period | None:
        """None: a clock that was given is not doubted."""
        return None

    def now(self) -> Instant:
        """Return the recorder's clock, in whole seconds."""
        return Instant.from_timestamp(int(self._store.clock().timestamp()))

    def newest(self) -> Instant | None:
        """Return the newest moment recorded in any agreement; None if all are rehearsals."""
        every = (journal.header for journal in self._store.journals.values())
        return max((one.recorded_at for one in every if not one.is_rehearsal), default=None)

    def add_definition(self, definition: Definition, source: bytes) -> None:
        """Keep the exact bytes of ``definition``; one that is there already stays."""
        self.put(self._store.definitions, definition.digest, source)

    def source(self, digest: str) -> bytes:
        """Return the bytes that are kept under that digest."""
        if digest not in self._store.definitions:
            raise no_definition(digest)
        return self._store.definitions[digest]

    def create(self, header: Header, first: Append) -> None:
        """Begin an agreement with its entry 0.

        Raises:
            Conflict: the id or the label is taken.
        """
        journals = self._store.journals
        if header.id in journals:
            msg = "the agreement is there already"
            raise Conflict(msg)
        if any(header.label == journal.header.label for journal in journals.values()):
            msg = "the label is taken; choose another"
            raise Conflict(msg)
        before = msgspec.structs.replace(header, position=0, head=header.id)
        self._put(journals, header.id, Journal(before))
        self.append(header.id, first)

    def find(self, name: str) -> Sequence[Header]:
        """Return the agreements whose label or id is ``name``, else whose id begins with it."""
        every = [journal.header for journal in self._store.journals.values()]
        found = [header for header in every if name in {header.label, header.id}]
        if not found and is_prefix(name):
            found = [header for header in every if header.id.startswith(name)]
        return sorted(found, key=lambda header: header.id)

    def headers(
        self, *, state: str | None = None, definition: str | None = None
    ) -> Iterator[Header]:
        """Yield the agreements, by label; ``definition`` is a digest."""
        every = (journal.header for journal in self._store.journals.values())
        for header in sorted(every, key=lambda header: header.label):
            if state in {None, header.state} and definition in {None, header.definition}:
                yield header

    def unreadable(self) -> Sequence[Unreadable]:
        """Return none: nobody can have written into this process."""
        return []

    def labels(self) -> Sequence[tuple[str, str]]:
        """Return id and label of every agreement, by label."""
        return [(header.id, header.label) for header in self.headers()]

    def due(self, at: Instant, limit: int) -> Sequence[Header]:
        """Return agreements, not rehearsals, whose ``next_due_at`` has come, the longest due first."""
        come = [
            (header.next_due_at, header.id, header)
            for header in (journal.header for journal in self._store.journals.values())
            if not header.is_rehearsal
            and header.next_due_at is not None
            and header.next_due_at <= at
        ]
        return [header for _, _, header in sorted(come, key=lambda due: due[:2])[:limit]]

    def lock(self, agreement: str) -> Header:
        """Return the header; a transaction that writes holds the whole store anyway."""
        return self._journal(agreement).header

    def state(self, agreement: str) -> Agreement:
        """Return the position of the agreement after its newest entry."""
        return decode(self._journal(agreement).state, Agreement)

    def records(self, agreement: str) -> MemoryRecords:
        """Return what its reports came to."""
        return MemoryRecords(self._journal(agreement))

    def papers(self, agreement: str) -> MemoryPapers:
        """Return what is kept beside its journal."""
        return MemoryPapers(self._journal(agreement), self.put, self.drop)

    def by_nonce(self, agreement: str, actor: str, nonce: str) -> Row | None:
        """Return the entry that ``actor`` filed under ``nonce``."""
        journal = self._journal(agreement)
        seq = journal.nonces.get((actor, nonce))
        return None if seq is None else journal.rows[seq]

    def append(self, agreement: str, append: Append) -> None:
        """Add an entry at the head, with its changes and projections.

        Raises:
            Conflict: it does not extend the head, or repeats a nonce.
        """
        journal = self._journal(agreement)
        entry, statement = append.entry, append.entry.stmt
        if (entry.seq, entry.prev) != (journal.header.position, journal.header.head):
            msg = f"entry {entry.seq} does not extend the head of its journal; look and try again"
            raise Conflict(msg)
        if (statement.actor, statement.nonce) in journal.nonces:
            msg = "its author used this nonce before"
            raise Conflict(msg)
        self._undoing(journal.rows.pop)
        journal.rows.append(entry_row(append))
        self._put(journal.nonces, (statement.actor, statement.nonce), entry.seq)
        if statement.kind in {"open", "key.set", "amend"}:
            self._put(journal.turning_lines, entry.seq, append.sealed.line)
        self.project(agreement, append)

    def entry(self, agreement: str, seq: int) -> Row | None:
        """Return one entry."""
        rows = self._journal(agreement).rows
        return rows[seq] if seq < len(rows) else None

    def turning_lines(self, agreement: str) -> Sequence[str]:
        """Return the lines that tell whose key is whose, and which text is in effect."""
        return list(self._journal(agreement).turning_lines.values())

    def entries(self, agreement: str, wanted: Filter = Filter()) -> Iterator[Row]:
        """Yield entries in order."""
        journal = self._journal(agreement)
        found = [row for row in journal.rows[wanted.first :] if is_wanted(row, wanted, journal)]
        skipped = 0 if wanted.newest is None else max(0, len(found) - wanted.newest)
        yield from found[skipped:]

    def obligations(self, *, standing: Standing | None = None) -> Iterator[ObligationRow]:
        """Yield obligations across agreements."""
        for _, journal in sorted(self._store.journals.items()):
            for _, row in sorted(journal.obligations.items()):
                if standing in {None, row.standing}:
                    yield row

    def clear_projections(self, agreement: str) -> None:
        """Drop what can be computed anew from the entries: state, claims, changes, obligations."""
        journal = self._journal(agreement)
        empty = msgspec.structs.replace(journal.header, state="", next_due_at=None)
        self._set(journal, header=empty, state="")
        self._set(journal, changes={}, mentions={}, claims={}, periods={}, obligations={})

    def project(self, agreement: str, append: Append) -> None:
        """Write the projections of an entry that is in the journal already."""
        journal = self._journal(agreement)
        header = msgspec.structs.replace(
            journal.header,
            definition=append.agreement.definition,
            state=append.agreement.leaf,
            position=append.entry.seq + 1,
            head=append.sealed.hash,
            recorded_at=Instant.parse_iso(append.entry.recorded_at),
            next_due_at=append.next_due_at,
        )
        self._set(journal, header=header, state=encode(append.agreement))
        for change in change_rows(append):
            self._put(journal.changes, change[:2], change)
        for name in mentioned(append, lambda seq: _claimed(journal, seq)):
            self._put(journal.mentions, (name, append.entry.seq), None)
        for seq, claim in append.changes.claims.items():
            day = day_of(claim.happened or claim.occurred).format_iso()
            self._put(journal.claims, seq, (claim.kind, claim.obligation, day, encode(claim)))
        for (name, first), period in append.changes.periods.items():
            self._put(journal.periods, (name, first.format_iso()), encode(period))
        if any(c.kind == "amended" for c in append.entry.then):
            self._set(journal, obligations={})
        for row in append.obligations:
            self._put(journal.obligations, row.name, row)

    def dump_projections(self, agreement: str) -> dict[str, list[tuple[object, ...]]]:
        """Return every projected row by table, sorted, for comparison."""
        journal = self._journal(agreement)
        header = journal.header
        due = _text(header.next_due_at)
        obligations = [
            (*msgspec.structs.astuple(row)[1:-1], _text(row.next_due_at))
            for _, row in sorted(journal.obligations.items())
        ]
        return {
            "agreement": [
                (
                    header.definition,
                    header.state,
                    header.position,
                    header.head,
                    _text(header.recorded_at),
                    due,
                    journal.state,
                )
            ],
            "change": [change for _, change in sorted(journal.changes.items())],
            "mention": sorted(journal.mentions),
            "claim": [(seq, *row) for seq, row in sorted(journal.claims.items())],
            "period": [(*key, body) for key, body in sorted(journal.periods.items())],
            "obligation": obligations,
        }

    def _journal(self, agreement: str) -> Journal:
        if agreement not in self._store.journals:
            raise no_agreement(agreement)
        return self._store.journals[agreement]

    def _undoing(self, step: Callable[[], object]) -> None:
        if self._undo is None:
            msg = "this transaction only reads"
            raise StoreUnavailable(msg)
        self._undo.append(step)

    def put(self, table: dict[Any, Any], key: object, value: object) -> None:
        """Write ``value`` where nothing is yet."""
        if key not in table:
            self._put(table, key, value)

    def drop(self, table: dict[Any, Any], key: object) -> bool:
        """Take ``key`` out; tell whether it was there."""
        if key not in table:
            return False
        old = table[key]
        self._undoing(lambda: table.update({key: old}))
        del table[key]
        return True

    def _put(self, table: dict[Any, Any], key: object, value: object) -> None:
        if key in table:
            old = table[key]
            self._undoing(lambda: table.update({key: old}))
        else:
            self._undoing(lambda: table.pop(key))
        table[key] = value

    def _set(self, journal: Journal, **values: object) -> None:
        for name, value in values.items():
            self._put(vars(journal), name, value)


def _claimed(journal: Journal, seq: int) -> str | None:
    row = journal.claims.get(seq)
    return None if row is None else row[1]


def _text(at: Instant | None) -> str | None:
    return None if at is None else at.format_iso()
