"""What a store of journals can do.

A :class:`Store` hands out transactions; a :class:`Transaction` reads and writes
within one. Both databases and the dictionary behave alike, and one test suite
runs over all of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from phaseflow.errors import StatementInvalid, StoreUnavailable
from phaseflow.journal.entry import Entry, Sealed
from phaseflow.model.calendar import Instant, Period
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Changes, Records, Standing

_PREFIX = re.compile(r"[0-9a-f]{8,64}", re.ASCII)


class NoDatabase(StoreUnavailable):
    """There is no database yet; the first transaction that writes creates it."""


class Busy(StoreUnavailable):
    """Somebody else holds the database, or the agreement; to try again is all it takes."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as lists show it.

    ``head`` is the hash of the newest entry, ``position`` the number of
    entries, ``recorded_at`` that of the newest entry. ``next_due_at`` is when
    time will next change something, as far as is known.
    """

    id: str
    label: str
    definition: str
    state: str
    position: int
    head: str
    recorded_at: Instant
    next_due_at: Instant | None
    is_rehearsal: bool


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement whose header holds what no header can hold; ``fault`` says what, and what to do."""

    id: str
    label: str
    fault: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the store keeps it: the line, and the columns that repeat it (journal §11)."""

    seq: int
    prev: str
    hash: str
    actor: str
    nonce: str
    kind: str
    occurred_at: str
    recorded_at: str
    line: str


class ObligationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation as questions across agreements see it."""

    agreement: str
    name: str
    standing: Standing
    total: int
    due: int
    delivered: int
    outstanding: int
    next_due_at: Instant | None


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """One entry to append, with all that it changes.

    ``entry`` is ``sealed``, parsed. ``obligations`` lists all obligations of
    the agreement as they stand after it.
    """

    sealed: Sealed
    entry: Entry
    agreement: Agreement
    changes: Changes
    obligations: Sequence[ObligationRow]
    next_due_at: Instant | None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries of a journal are wanted; None and empty mean all.

    ``since`` and ``until`` bound ``recorded_at``, ``since`` inclusive and
    ``until`` exclusive. ``obligation`` is a full name; it selects the entries
    that name it, speak of a claim on it, or changed its standing. ``newest``
    keeps only so many, the newest, still in order.
    """

    kinds: tuple[str, ...] = ()
    actor: str | None = None
    obligation: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    first: int = 0
    newest: int | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a store keeps as a checkpoint over the first ``size`` entries: its text, and signatures.

    Each signature comes with the party that it is said to be of. None of it was
    judged: whoever may write to a database can put any row there.
    """

    size: int
    text: str
    signatures: tuple[tuple[str, str], ...] = ()


class Papers(Protocol):
    """What is kept beside a journal, and is no projection of it."""

    def keep(self, size: int, text: str, signatures: Mapping[str, str]) -> None:
        """Keep a checkpoint over ``size`` entries and signatures by party, beside what is there."""

    def checkpoints(self, size: int | None = None) -> Sequence[Kept]:
        """Return what is kept as checkpoints, over ``size`` entries or all, the smallest first."""

    def size_below(self, size: int) -> int | None:
        """Return the largest size below ``size`` of what is kept as a checkpoint, or None."""

    def sweep(self, sound: Sequence[Kept], strays: Sequence[str] = ()) -> int:
        """Delete all that is kept as checkpoints and signatures but ``sound``, and openings.

        ``strays`` are the commitments of those openings. Return how many rows there were.

        Raises:
            StoreUnavailable: the role that connects does not own the tables.
        """

    def disclose(self, commitment: str, line: str) -> None:
        """Keep the opening of a private value."""

    def disclosures(self) -> dict[str, str]:
        """Return the line of each opening, by commitment, in their order."""

    def forget(self, commitment: str) -> bool:
        """Destroy the opening that the newest entry redacts; tell whether there was one."""


class Transaction(Protocol):
    """Reads and writes of one transaction; all of it is kept, or nothing."""

    @property
    def most_quiet(self) -> Period | None:
        """How long nothing may have been recorded before the clock is doubted; None: for ever."""

    def now(self) -> Instant:
        """Return the recorder's clock, in whole seconds."""

    def newest(self) -> Instant | None:
        """Return the newest moment recorded in any agreement; None if all are rehearsals."""

    def add_definition(self, definition: Definition, source: bytes) -> None:
        """Keep the exact bytes of ``definition``; one that is there already stays."""

    def source(self, digest: str) -> bytes:
        """Return the bytes that are kept under that digest, as they are there.

        Raises:
            StatementInvalid: it is not there.
        """

    def create(self, header: Header, first: Append) -> None:
        """Begin an agreement with its entry 0.

        Raises:
            Conflict: the id or the label is taken.
        """

    def find(self, name: str) -> Sequence[Header]:
        """Return the agreements whose label or id is ``name``, else whose id begins with it.

        A prefix has at least 8 digits.

        Raises:
            StoreUnavailable: a header cannot be read.
        """

    def headers(
        self, *, state: str | None = None, definition: str | None = None
    ) -> Iterator[Header]:
        """Yield the agreements whose header can be read, by label; ``definition`` is a digest."""

    def unreadable(self) -> Sequence[Unreadable]:
        """Return the agreements whose header cannot be read, by label."""

    def labels(self) -> Sequence[tuple[str, str]]:
        """Return id and label of every agreement, by label, whether or not its header can be read."""

    def due(self, at: Instant, limit: int) -> Sequence[Header]:
        """Return agreements, not rehearsals, whose ``next_due_at`` has come, the longest due first.

        On PostgreSQL, those that another transaction holds are passed over.
        """

    def lock(self, agreement: str) -> Header:
        """Return the header, and keep others from appending until the transaction ends.

        Raises:
            StatementInvalid: there is no agreement of that id.
        """

    def state(self, agreement: str) -> Agreement:
        """Return the position of the agreement after its newest entry."""

    def records(self, agreement: str) -> Records:
        """Return what its reports came to."""

    def papers(self, agreement: str) -> Papers:
        """Return what is kept beside its journal."""

    def by_nonce(self, agreement: str, actor: str, nonce: str) -> Row | None:
        """Return the entry that ``actor`` filed under ``nonce``."""

    def append(self, agreement: str, append: Append) -> None:
        """Add an entry at the head, with its changes and projections.

        Raises:
            Conflict: it does not extend the head, or its author used its nonce before.
        """

    def entry(self, agreement: str, seq: int) -> Row | None:
        """Return one entry."""

    def turning_lines(self, agreement: str) -> Sequence[str]:
        """Return the lines that tell whose key is whose, and which text is in effect.

        Entry 0, every ``key.set`` and every ``amend``, in order.
        """

    def entries(self, agreement: str, wanted: Filter = Filter()) -> Iterator[Row]:
        """Yield entries in order, a page at a time."""

    def obligations(self, *, standing: Standing | None = None) -> Iterator[ObligationRow]:
        """Yield obligations across agreements."""

    def clear_projections(self, agreement: str) -> None:
        """Drop what can be computed anew from the entries: state, claims, changes, obligations.

        Until the transaction ends, nobody else can append.
        """

    def project(self, agreement: str, append: Append) -> None:
        """Write the projections of an entry that is in the journal already."""

    def dump_projections(self, agreement: str) -> dict[str, list[tuple[object, ...]]]:
        """Return every projected row by table, sorted, for comparison."""


class Store(Protocol):
    """Where journals are kept."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that commits when left without an exception.

        Raises:
            StoreUnavailable: the database is out of reach, locked or out of date.
        """

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a read-only transaction: one consistent view, which changes no row.

        Raises:
            NoDatabase: there is none yet; nothing is created.
            StoreUnavailable: the database is out of reach, locked or out of date.
        """

    def prepare(self) -> AbstractContextManager[Transaction]:
        """Open a read-only transaction of whoever will write next, and load what writing needs.

        Raises:
            StoreUnavailable: as of :meth:`write`, but nobody is waited for.
        """

    def close(self) -> None:
        """Let go of the database; SQLite removes its passing files then."""


def is_prefix(name: str) -> bool:
    """Tell whether ``name`` may stand for the ids that begin with it."""
    return _PREFIX.fullmatch(name) is not None


def no_definition(digest: str) -> StatementInvalid:
    """Return the error that a definition is not in the store."""
    return StatementInvalid(f"there is no definition {digest} in this database")


def no_agreement(agreement: str) -> StatementInvalid:
    """Return the error that an agreement is not in the store."""
    return StatementInvalid(f"there is no agreement {agreement} in this database")
