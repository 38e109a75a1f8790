"""The port on a database: SQLite by itself, or a shared PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine

from phaseflow.errors import Conflict
from phaseflow.model.calendar import Instant, Period
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Standing
from phaseflow.storage import queries as sql
from phaseflow.storage import schema_version
from phaseflow.storage.address import file_of, parse_url
from phaseflow.storage.beside_journal import SqlPapers
from phaseflow.storage.committed import Committed, CommittedEntry
from phaseflow.storage.connections import LOOKING, Mode, failures, make_engine
from phaseflow.storage.port import (
    Append,
    Filter,
    Header,
    NoDatabase,
    ObligationRow,
    Row,
    Unreadable,
    is_prefix,
    no_agreement,
    no_definition,
)
from phaseflow.storage.projections import change_rows, entry_row, mentioned
from phaseflow.storage.queries import LAST
from phaseflow.storage.records import SqlRecords, projected
from phaseflow.storage.rows import (
    change_columns,
    claim_columns,
    header_of,
    obligation_columns,
    obligation_of,
    period_columns,
    state_columns,
    text_of,
    unreadable_in,
)
from phaseflow.storage.sqlite_file import is_there
from phaseflow.storage.writer_turns import turn

Clock = Callable[[], Instant]


def open_store(
    url: str,
    *,
    clock: Clock | None = None,
    most_quiet: Period | None = None,
    written: Committed | None = None,
) -> "SqlStore":
    """Return the store at ``url``: the path of an SQLite file, or a database URL.

    It connects when first used. An SQLite file is created and upgraded by the
    first transaction that writes. ``clock`` replaces the recorder's, which is
    the machine's for SQLite and the server's for PostgreSQL. ``most_quiet`` is
    how long nothing may have been recorded before the machine's is doubted. What
    is committed is noted in ``written``.

    Raises:
        StoreUnavailable: the URL names no database that is supported.
    """
    return SqlStore(parse_url(url), clock, most_quiet, written or Committed())


class SqlStore:
    """Journals in a database."""

    def __init__(
        self, url: URL, clock: Clock | None, most_quiet: Period | None, written: Committed
    ) -> None:
        """Hold the address; nothing is opened yet."""
        self.url = url
        self.is_sqlite = url.drivername == "sqlite"
        self.written = written
        self.most_quiet = most_quiet if self.is_sqlite and clock is None else None
        self.clock = clock or (_machine_clock if self.is_sqlite else None)
        self._engines: dict[Mode, Engine] = {}

    @contextmanager
    def write(self) -> Iterator["SqlTransaction"]:
        """Open a transaction that commits when left without an exception.

        Raises:
            Busy: others wrote for too long.
            StoreUnavailable: the database is out of reach or out of date.
        """
        self.written.begun += 1
        engine = self._engine("write")
        with failures(self.url), self._turn(), engine.begin() as connection:
            transaction = SqlTransaction(self, connection, writes=True)
            yield transaction
            self.written.unsure = tuple(transaction.appended)
        self.written.settle()

    @contextmanager
    def read(self) -> Iterator["SqlTransaction"]:
        """Open a read-only transaction: one consistent view, which changes no row.

        Raises:
            NoDatabase: there is none yet.
            StoreUnavailable: the database is out of reach, locked or out of date.
        """
        with failures(self.url), self._engine("read").begin() as connection:
            yield SqlTransaction(self, connection, writes=False)

    @contextmanager
    def prepare(self) -> Iterator["SqlTransaction"]:
        """Open a read-only transaction for whoever will write next: what writing needs is loaded.

        Raises:
            StoreUnavailable: the database is out of reach or out of date.
        """
        engine = self._engine("write").execution_options(**{LOOKING: True})
        with failures(self.url), engine.begin() as connection:
            sql.compile_writes(engine)
            yield SqlTransaction(self, connection, writes=False)

    def close(self) -> None:
        """Let go of the database."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _turn(self) -> AbstractContextManager[None]:
        """Wait in turn for a file; a server keeps its queue itself."""
        return turn(file_of(self.url)) if self.is_sqlite else nullcontext()

    def _engine(self, mode: Mode) -> Engine:
        """Return the engine for ``mode``, connected; the tables are looked at when it is made."""
        if mode not in self._engines:
            with failures(self.url):
                self._engines[mode] = self._connected(mode)
        return self._engines[mode]

    def _connected(self, mode: Mode) -> Engine:
        if self.is_sqlite:
            self._prepare_file(mode)
        engine = make_engine(self.url, mode)
        try:
            if mode == "write" and self.is_sqlite:
                # The tables were looked at; to do so in a transaction that writes needs a turn.
                engine.connect().close()
            else:
                with engine.begin() as connection:
                    schema_version.check(connection, self.url)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _prepare_file(self, mode: Mode) -> None:
        path = file_of(self.url)
        has_content = is_there(path) and path.stat().st_size > 0
        if mode == "read" and not has_content:
            msg = f"there is no database {path} yet; opening an agreement creates it"
            raise NoDatabase(msg)
        if mode == "write" and (not has_content or schema_version.is_behind(self.url)):
            schema_version.upgrade(self.url)


class SqlTransaction:
    """Reads and writes of one transaction on a database."""

    def __init__(self, store: SqlStore, connection: Connection, *, writes: bool) -> None:
        """Work on ``connection`` within its transaction."""
        self._store = store
        self._connection = connection
        self._dialect = connection.dialect.name
        self.appended: list[CommittedEntry] = []
        self._labels: dict[str, str] = {}
        # A read-only transaction of PostgreSQL may not lock rows.
        self._locks = writes and not store.is_sqlite

    @property
    def most_quiet(self) -> Period | None:
        """How long nothing may have been recorded before the machine's clock is doubted."""
        return self._store.most_quiet

    def now(self) -> Instant:
        """Return the recorder's clock, in whole seconds."""
        clock = self._store.clock
        seconds = self._value(sql.SERVER_CLOCK) if clock is None else clock().timestamp()
        return Instant.from_timestamp(int(seconds))

    def newest(self) -> Instant | None:
        """Return the newest moment recorded in any agreement; None if all are rehearsals."""
        newest = self._value(sql.NEWEST)
        try:
            return None if newest is None else Instant.parse_iso(newest)
        except ValueError:
            # One header cannot be read, and what is no moment sorts after all that are.
            every = (one.recorded_at for one in self.headers() if not one.is_rehearsal)
            return max(every, default=None)

    def add_definition(self, definition: Definition, source: bytes) -> None:
        """Keep the exact bytes of ``definition``; one that is there already stays."""
        if self._row(sql.SOURCE, this=definition.digest) is not None:
            return
        row = {"digest": definition.digest, "name": definition.name, "edition": definition.edition}
        self._run(sql.ADD_DEFINITION[self._dialect], row | {"source": source})

    def source(self, digest: str) -> bytes:
        """Return the exact bytes of the definition of that digest."""
        row = self._row(sql.SOURCE, this=digest)
        if row is None:
            raise no_definition(digest)
        return bytes(row.source)

    def create(self, header: Header, first: Append) -> None:
        """Begin an agreement with its entry 0.

        Raises:
            Conflict: the id or the label is taken.
        """
        self._labels[header.id] = header.label
        if self._dialect == "postgresql":
            sealed = {"label": header.label, "line": first.sealed.line}
            self._run(sql.OPEN_BY_FUNCTION, sealed | {"caches": self._caches(header.id, first)})
            self._note(header.id, first)
            return
        row = {
            "id": header.id,
            "label": header.label,
            "definition": header.definition,
            "is_rehearsal": header.is_rehearsal,
            # As before its first entry; appending that fills in the rest.
            "position": 0,
            "head": header.id,
            "leaf": "",
            "recorded_at": "",
            "state": "",
        }
        self._run(sql.BEGIN, row)
        self.append(header.id, first)

    def find(self, name: str) -> Sequence[Header]:
        """Return the agreements whose label or id is ``name``, else whose id begins with it."""
        found = self._rows(sql.BY_NAME, this=name)
        if not found and is_prefix(name):
            found = self._rows(sql.BY_PREFIX, this=name)
        return [header_of(row) for row in found]

    def headers(
        self, *, state: str | None = None, definition: str | None = None
    ) -> Iterator[Header]:
        """Yield the agreements, by label; ``definition`` is a digest."""
        for row in self._header_rows(state, definition):
            if unreadable_in(row) is None:
                yield header_of(row)

    def unreadable(self) -> Sequence[Unreadable]:
        """Return the agreements whose header cannot be read, by label."""
        found = map(unreadable_in, self._header_rows(None, None))
        return [one for one in found if one is not None]

    def labels(self) -> Sequence[tuple[str, str]]:
        """Return id and label of every agreement, by label, whether or not its header can be read."""
        return [(row.id, row.label) for row in self._rows(sql.LABELS)]

    def _header_rows(self, state: str | None, definition: str | None) -> Iterator[Any]:
        page = self._rows(sql.headers(state, definition, None))
        while page:
            yield from page
            page = self._rows(sql.headers(state, definition, page[-1].label))

    def due(self, at: Instant, limit: int) -> Sequence[Header]:
        """Return agreements, not rehearsals, whose ``next_due_at`` has come, the longest due first.

        On PostgreSQL, those that another transaction holds are passed over.
        """
        query = sql.DUE_AND_FREE if self._locks else sql.DUE
        found = self._rows(query, this=text_of(at), limit=limit)
        return [header_of(row) for row in found if unreadable_in(row) is None]

    def lock(self, agreement: str) -> Header:
        """Return the header, and keep others from appending until the transaction ends.

        On SQLite a transaction that writes holds the whole database anyway.
        """
        row = self._row(sql.LOCK if self._locks else sql.HEADER, this=agreement)
        if row is None:
            raise no_agreement(agreement)
        self._labels[agreement] = row.label
        return header_of(row)

    def state(self, agreement: str) -> Agreement:
        """Return the position of the agreement after its newest entry."""
        row = self._row(sql.STATE, this=agreement)
        if row is None:
            raise no_agreement(agreement)
        return projected(row.state, Agreement)

    def records(self, agreement: str) -> "SqlRecords":
        """Return what its reports came to."""
        return SqlRecords(self.scalars, agreement)

    def papers(self, agreement: str) -> SqlPapers:
        """Return what is kept beside its journal."""
        return SqlPapers(self._connection, self._store.url, agreement)

    def by_nonce(self, agreement: str, actor: str, nonce: str) -> Row | None:
        """Return the entry that ``actor`` filed under ``nonce``."""
        row = self._row(sql.BY_NONCE, this=agreement, actor=actor, nonce=nonce)
        return None if row is None else Row(**row._asdict())

    def append(self, agreement: str, append: Append) -> None:
        """Add an entry at the head, with its changes and projections.

        Raises:
            Conflict: it does not extend the head, or repeats a nonce.
        """
        if self._dialect == "postgresql":
            caches = self._caches(agreement, append)
            self._run(sql.APPEND_BY_FUNCTION, {"line": append.sealed.line, "caches": caches})
        else:
            self._extend(agreement, append)
        self._note(agreement, append)

    def _extend(self, agreement: str, append: Append) -> None:
        entry = append.entry
        where = {"this": agreement, "before": entry.seq, "prev": entry.prev}
        extended = self._run(sql.EXTEND, state_columns(append) | where)
        if extended.rowcount != 1:
            msg = f"entry {entry.seq} does not extend the head of its journal; look and try again"
            raise Conflict(msg)
        row = msgspec.structs.asdict(entry_row(append)) | {"agreement": agreement}
        self._run(sql.ADD_ENTRY, row)
        self._project(agreement, append)

    def _note(self, agreement: str, append: Append) -> None:
        entry = append.entry
        label = self._labels.get(agreement, agreement)
        self.appended.append(CommittedEntry(label, entry.seq, append.sealed.hash, entry.stmt.kind))

    def entry(self, agreement: str, seq: int) -> Row | None:
        """Return one entry."""
        row = self._row(sql.ENTRY, this=agreement, seq=seq) if seq <= LAST else None
        return None if row is None else Row(**row._asdict())

    def turning_lines(self, agreement: str) -> Sequence[str]:
        """Return the lines that tell whose key is whose, and which text is in effect."""
        rows = self._rows(sql.KEY_LINES, this=agreement)
        return [row.line for row in sorted(rows, key=lambda row: row.seq)]

    def entries(self, agreement: str, wanted: Filter = Filter()) -> Iterator[Row]:
        """Yield entries in order, a page at a time."""
        first, last = self._bounds(agreement, wanted)
        if wanted.newest is not None:
            first = self._nth_newest(agreement, wanted, first, last)
        while first <= last:
            query = sql.positions(agreement, wanted, (first, last))
            seqs = [row.seq for row in self._rows(query)]
            if not seqs:
                return
            for row in self._rows(sql.rows(agreement, seqs)):
                yield Row(**row._asdict())
            first = seqs[-1] + 1

    def obligations(self, *, standing: Standing | None = None) -> Iterator[ObligationRow]:
        """Yield obligations across agreements."""
        page = self._rows(sql.obligations(standing, None))
        while page:
            yield from map(obligation_of, page)
            after = (page[-1].agreement, page[-1].name)
            page = self._rows(sql.obligations(standing, after))

    def clear_projections(self, agreement: str) -> None:
        """Drop what can be computed anew from the entries: state, claims, changes, obligations."""
        for statement in sql.CLEAR:
            self._run(statement, {"this": agreement})
        empty = {"leaf": "", "state": "", "next_due_at": None}
        self._run(sql.SET_STATE, empty | {"this": agreement})

    def project(self, agreement: str, append: Append) -> None:
        """Write the projections of an entry that is in the journal already."""
        self._run(sql.SET_STATE, state_columns(append) | {"this": agreement})
        if append.entry.seq == 0:
            self._set_rehearsal(agreement, append.entry.stmt.body.get("rehearsal") is True)
        self._project(agreement, append)

    def dump_projections(self, agreement: str) -> dict[str, list[tuple[object, ...]]]:
        """Return every projected row by table, sorted, for comparison."""
        queries = {"agreement": sql.DUMP_STATE} | sql.DUMP
        return {
            table: [tuple(row) for row in self._rows(query, this=agreement)]
            for table, query in queries.items()
        }

    def _set_rehearsal(self, agreement: str, is_rehearsal: bool) -> None:  # noqa: FBT001  a column
        """Mend the column, which only the owner may write, where it is wrong."""
        if self._value(sql.IS_REHEARSAL, this=agreement) is not is_rehearsal:
            self._run(sql.SET_STATE, {"is_rehearsal": is_rehearsal, "this": agreement})

    def _caches(self, agreement: str, append: Append) -> str:
        """Return what the entry writes beside itself, as the function of PostgreSQL takes it."""
        state = state_columns(append)
        about = mentioned(append, lambda seq: self._claimed(agreement, seq))
        caches = {
            "leaf": state["leaf"],
            "next_due_at": state["next_due_at"],
            "state": state["state"],
            "changes": [change_columns(row) for row in change_rows(append)],
            "mentions": sorted(about),
            "claims": [claim_columns(claim) for claim in append.changes.claims.values()],
            "periods": period_columns(append),
            "obligations": [obligation_columns(row) for row in append.obligations],
        }
        return msgspec.json.encode(caches).decode()

    def _project(self, agreement: str, append: Append) -> None:
        key = {"agreement": agreement}
        changed = [key | change_columns(row) for row in change_rows(append)]
        self._many(sql.ADD_CHANGE, changed)
        about = mentioned(append, lambda seq: self._claimed(agreement, seq))
        seq = append.entry.seq
        self._many(
            sql.ADD_MENTION, [key | {"obligation": name, "seq": seq} for name in sorted(about)]
        )
        upsert = sql.UPSERT[self._dialect]
        changes = append.changes
        self._many(upsert["claim"], [key | claim_columns(c) for c in changes.claims.values()])
        self._many(upsert["period"], [key | period for period in period_columns(append)])
        self._many(upsert["obligation"], [obligation_columns(row) for row in append.obligations])
        if any(c.kind == "amended" for c in append.entry.then):
            kept = [row.name for row in append.obligations]
            self._run(sql.DROP_OBLIGATIONS, {"this": agreement, "names": kept})

    def scalars(self, statement: Any, values: dict[str, object]) -> Any:
        """Return the first column of what ``statement`` finds."""
        return self._run(statement, values).scalars()

    def _bounds(self, agreement: str, wanted: Filter) -> tuple[int, int]:
        first, last = wanted.first, LAST
        if wanted.since is not None:
            since = self._value(sql.seq_from(agreement, text_of(wanted.since)))
            first = LAST + 1 if since is None else max(first, since)
        if wanted.until is not None:
            until = self._value(sql.seq_from(agreement, text_of(wanted.until)))
            last = LAST if until is None else until - 1
        return first, last

    def _nth_newest(self, agreement: str, wanted: Filter, first: int, last: int) -> int:
        if wanted.newest == 0 or first > last:
            return LAST + 1
        newest = self._rows(sql.positions(agreement, wanted, (first, last), newest=True))
        return newest[-1].seq if newest else LAST + 1

    def _claimed(self, agreement: str, seq: int) -> str | None:
        return self._value(sql.CLAIMED, this=agreement, seq=seq) if seq <= LAST else None

    def _run(self, statement: Any, values: Any) -> Any:
        with failures(self._store.url):
            return self._connection.execute(statement, values)

    def _many(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._run(statement, rows)

    def _rows(self, statement: Any, **values: object) -> Any:
        return self._run(statement, values).all()

    def _row(self, statement: Any, **values: object) -> Any:
        return self._run(statement, values).first()

    def _value(self, statement: Any, **values: object) -> Any:
        return self._run(statement, values).scalar()


def _machine_clock() -> Instant:
    """Return the machine's clock: the recorder's, where the database is a file on it."""
    return Instant.now()
