"""Rules of the two databases: their triggers, versions, failures and crashes."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from tests.storage.filing import DIGEST, OPENING, SOURCE, START, Filing
from tests.warm import python

from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.model.calendar import Date, Instant
from phaseflow.storage.address import parse_url
from phaseflow.storage.connections import make_engine
from phaseflow.storage.port import Filter, NoDatabase
from phaseflow.storage.schema_version import alembic_config, current_revision, downgrade, upgrade
from phaseflow.storage.sql import SqlStore, open_store
from phaseflow.storage.tables import METADATA, REVISION

COLUMNS = "agreement, seq, prev, hash, actor, nonce, kind, occurred_at, recorded_at, line"


@pytest.fixture
def database(database_url: str) -> Iterator[SqlStore]:
    with closing(open_store(database_url)) as store:
        yield store


@pytest.fixture
def filing(database: SqlStore) -> Filing:
    """A journal of three entries."""
    filing = Filing()
    filing.open(database)
    filing.file(database, nonce="a" * 32)
    filing.file(database)
    return filing


def raw(url: str, work: Callable[[Connection], Any]) -> Any:
    """Do ``work`` on a connection that knows nothing of the port."""
    engine = make_engine(parse_url(url), "write")
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


def rows(url: str) -> list[tuple[Any, ...]]:
    query = text(f"SELECT {COLUMNS} FROM entry ORDER BY seq")
    found = raw(url, lambda c: c.execute(query).all())
    return [tuple(row) for row in found]


def insert(url: str, values: str, verb: str = "INSERT", pragma: str = "SELECT 1") -> None:
    """Insert a copy of entry 2 in which some columns are replaced."""
    changed = dict(part.split(" AS ")[::-1] for part in values.split(", "))
    columns = ", ".join(changed.get(name, name) for name in COLUMNS.split(", "))
    extra, value = ("rowid, ", "2, ") if "rowid" in changed else ("", "")
    command = (
        f"{verb} INTO entry ({extra}{COLUMNS}) SELECT {value}{columns} FROM entry WHERE seq = 2"
    )

    def work(connection: Connection) -> None:
        connection.execute(text(pragma))
        connection.execute(text(command))

    raw(url, work)


# What extends the head of the three entries, but for its nonce.
NEXT = "seq + 1 AS seq, hash AS prev, 'h' AS hash"


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE entry SET line = 'x'",
        "UPDATE entry SET recorded_at = recorded_at WHERE seq = 1",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE seq = 2",
    ],
)
def test_an_entry_is_never_changed_or_deleted(
    database_url: str, filing: Filing, command: str
) -> None:
    before = rows(database_url)

    with pytest.raises(IntegrityError, match="entry: it is never"):
        raw(database_url, lambda c: c.execute(text(command)))

    assert rows(database_url) == before


@pytest.mark.parametrize(
    "values",
    [
        "seq + 2 AS seq, hash AS prev, 'n' AS nonce",
        "seq AS seq, 'n' AS nonce",
        "0 AS seq, 'n' AS nonce, agreement AS prev",
        "seq - 5 AS seq, hash AS prev, 'n' AS nonce",
        "seq + 1 AS seq, 'f' AS prev, 'n' AS nonce",
        "seq + 1 AS seq, agreement AS prev, 'n' AS nonce",
    ],
)
def test_an_entry_only_extends_the_head(database_url: str, filing: Filing, values: str) -> None:
    with pytest.raises(IntegrityError, match="entry: it must"):
        insert(database_url, values)

    assert len(rows(database_url)) == 3


def test_what_extends_the_head_is_let_in(database_url: str, filing: Filing) -> None:
    insert(database_url, f"{NEXT}, 'n' AS nonce")

    assert len(rows(database_url)) == 4


@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize(
    "values",
    [
        "seq AS seq",
        "1 AS seq",
        f"{NEXT}, '{'a' * 32}' AS nonce",
        f"{NEXT}, 'n' AS nonce, 2 AS rowid",
    ],
)
def test_replace_of_sqlite_replaces_nothing(sqlite_url: str, values: str, recursive: bool) -> None:
    with closing(open_store(sqlite_url)) as store:
        filing = Filing()
        filing.open(store)
        filing.file(store, nonce="a" * 32)
        filing.file(store)
    before = rows(sqlite_url)

    pragma = f"PRAGMA recursive_triggers = {int(recursive)}"
    for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        with pytest.raises(IntegrityError, match="entry: it must"):
            insert(sqlite_url, values, verb, pragma)

    assert rows(sqlite_url) == before


@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        "UPDATE definition SET source = x''",
        "UPDATE definition SET digest = 'x'",
        "UPDATE definition SET name = 'x'",
        "UPDATE OR REPLACE definition SET rowid = 1 WHERE rowid = 2",
        "DELETE FROM definition",
        "REPLACE INTO definition SELECT digest, name, edition, x'' FROM definition",
        (
            "INSERT OR REPLACE INTO definition (rowid, digest, name, edition, source)"
            " VALUES (1, 'x', 'x', 'x', x'')"
        ),
        (
            "INSERT INTO definition SELECT * FROM definition WHERE true"
            " ON CONFLICT (digest) DO UPDATE SET source = x''"
        ),
    ],
)
def test_the_bytes_of_a_definition_are_never_changed_in_sqlite(
    sqlite_url: str, command: str, recursive: bool
) -> None:
    with closing(open_store(sqlite_url)) as store:
        Filing().open(store)
    path = sqlite_url.removeprefix("sqlite:///")
    every = "SELECT rowid, digest, name, edition, source FROM definition"
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("INSERT INTO definition VALUES ('b', 'b', '1', x'62')")
        before = plain.execute(every).fetchall()
        plain.execute(f"PRAGMA recursive_triggers = {int(recursive)}")

        with pytest.raises(sqlite3.IntegrityError, match="definition: it"):
            plain.execute(command)

        assert plain.execute(every).fetchall() == before


def test_postgresql_neither_empties_nor_overwrites(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        Filing().open(store)

    with pytest.raises(IntegrityError, match="entry: it is never"):
        raw(postgres_url, lambda c: c.execute(text("TRUNCATE entry CASCADE")))
    again = (
        f"INSERT INTO entry ({COLUMNS}) SELECT {COLUMNS} FROM entry"
        " ON CONFLICT (agreement, seq) DO UPDATE SET line = 'x'"
    )
    with pytest.raises(IntegrityError, match="entry: it must"):
        raw(postgres_url, lambda c: c.execute(text(again)))

    assert len(rows(postgres_url)) == 1


def test_postgresql_takes_the_privilege_to_change_entries_from_the_owner(
    empty_postgres_url: str,
) -> None:
    owner = "phaseflow_maker"

    def make(connection: Connection) -> None:
        known = connection.execute(
            text("SELECT 1 FROM pg_roles WHERE rolname = :owner"), {"owner": owner}
        ).first()
        if known is None:
            connection.execute(text(f"CREATE ROLE {owner} LOGIN"))
        connection.execute(text(f"GRANT ALL ON SCHEMA public TO {owner}"))

    raw(empty_postgres_url, make)
    url = empty_postgres_url.replace("postgres@", f"{owner}@")
    upgrade(url)
    with closing(open_store(url)) as store:
        filing = Filing()
        filing.open(store)
        filing.file(store)

    for command in ("UPDATE entry SET line = 'x'", "DELETE FROM entry", "TRUNCATE entry"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            raw(url, partial(Connection.execute, statement=text(command)))


def test_migrations_make_the_tables(empty_url: str) -> None:
    assert current_revision(empty_url) is None

    upgrade(empty_url)

    assert current_revision(empty_url) == REVISION
    assert raw(empty_url, difference) == []


def test_a_populated_database_goes_down_and_up_again(
    database: SqlStore, database_url: str, filing: Filing
) -> None:
    database.close()
    upgrade(database_url)
    assert len(rows(database_url)) == 3
    assert raw(database_url, difference) == []

    downgrade(database_url, "base")
    assert current_revision(database_url) is None
    upgrade(database_url)

    assert rows(database_url) == []
    assert raw(database_url, difference) == []
    again = Filing()
    again.open(database)
    again.file(database)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_populated_database_goes_to_an_earlier_version_and_back_with_all_its_entries(
    database: SqlStore, database_url: str, receipted: Filing, revision: str
) -> None:
    filing = receipted
    with database.write() as transaction:
        transaction.papers(filing.id).keep(1, filing.checkpoint(at="2025-01-15T13:00:00Z"), {})
        transaction.papers(filing.id).keep(1, filing.checkpoint(), {"recorder": "B", "egypt": "C"})
    database.close()
    before = rows(database_url)

    downgrade(database_url, revision)
    assert current_revision(database_url) == revision
    assert rows(database_url) == before
    upgrade(database_url)

    assert rows(database_url) == before
    assert raw(database_url, difference) == []
    with database.read() as transaction:
        assert transaction.source(DIGEST) == SOURCE
        found = transaction.papers(filing.id).checkpoints()
        kept = [(one.text, [party for party, _ in one.signatures]) for one in found]
        # Of each place the one that most have signed, and of each party one signature.
        expected = {"0001": [], "0002": [(filing.checkpoint(), ["egypt", "recorder"])]}
        assert kept == expected[revision] if revision in expected else len(kept) == 2
    filing.file(database)


def difference(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    found: list[Any] = compare_metadata(context, METADATA)
    return found


def test_the_newest_migration_is_the_one_that_a_start_looks_for(sqlite_url: str) -> None:
    upgrade(sqlite_url)

    def head(connection: Connection) -> str | None:
        return ScriptDirectory.from_config(alembic_config(connection)).get_current_head()

    assert raw(sqlite_url, head) == REVISION


def test_a_failed_upgrade_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "phaseflow.db") as connection:
        connection.execute("CREATE TABLE obligation (mine)")
    connection.close()

    with pytest.raises(Exception, match="obligation"):
        upgrade(sqlite_url)

    tables = raw(sqlite_url, lambda c: c.execute(text("SELECT name FROM sqlite_master")).all())
    assert tables == [("obligation",)]


def test_postgresql_is_never_upgraded_silently(empty_postgres_url: str) -> None:
    with closing(open_store(empty_postgres_url)) as store:
        for transaction in (store.read, store.write):
            with pytest.raises(StoreUnavailable, match="run phaseflow db upgrade"), transaction():
                pass

    assert current_revision(empty_postgres_url) is None


@pytest.mark.parametrize(("found", "words"), [("0000", "out of date"), ("9999", "newer")])
def test_another_version_of_the_tables_is_named(
    database: SqlStore, database_url: str, filing: Filing, found: str, words: str
) -> None:
    database.close()
    raw(
        database_url,
        lambda c: c.execute(text(f"UPDATE alembic_version SET version_num = {found!r}")),
    )

    with pytest.raises(StoreUnavailable, match=words), database.read():
        pass


def test_a_reader_creates_no_file(sqlite_url: str, tmp_path: Path) -> None:
    with closing(open_store(sqlite_url)) as store:
        with pytest.raises(NoDatabase, match="there is no database"), store.read():
            pass
        assert list(tmp_path.iterdir()) == []

        filing = Filing()
        filing.open(store)
    path = tmp_path / "phaseflow.db"
    before = path.read_bytes()
    with closing(open_store(sqlite_url)) as store, store.read() as tx:
        assert [row.seq for row in tx.entries(filing.id)] == [0]

    assert {file.name for file in tmp_path.iterdir()} == {"phaseflow.db", "phaseflow.db-lock"}
    assert path.read_bytes() == before


def test_a_path_with_odd_letters_names_a_file(tmp_path: Path) -> None:
    path = tmp_path / "50% é?#.db"

    with closing(open_store(str(path))) as store:
        Filing().open(store)

    assert path.exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://x/y", "not supported"),
        ("://", "no address"),
    ],
)
def test_an_address_that_cannot_be_used_is_named(url: str, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words):
        open_store(url)


def test_a_server_out_of_reach_is_named_without_the_password() -> None:
    store = open_store("postgresql://me:secret@127.0.0.1:1/plan")

    with pytest.raises(StoreUnavailable, match=r"me:.*@127.0.0.1:1/plan") as raised, store.read():
        pass

    assert "secret" not in str(raised.value)


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "phaseflow.db"
    path.write_bytes(b"hello " * 1000)

    with closing(open_store(str(path))) as store:
        for transaction in (store.read, store.write):
            with pytest.raises(StoreUnavailable, match="no SQLite database"), transaction():
                pass


def test_a_locked_database_is_named(
    database: SqlStore, database_url: str, filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phaseflow.storage.connections.PATIENCE", 1)
    monkeypatch.setattr("phaseflow.storage.writer_turns.NAMED_AFTER", 0.1)
    monkeypatch.setattr("phaseflow.storage.writer_turns.GIVEN_UP_AFTER", 0.2)

    with closing(open_store(database_url)) as other, database.write() as tx:
        tx.lock(filing.id)
        words = "has locked it.*; try again"
        with pytest.raises(StoreUnavailable, match=words), other.write() as second:
            second.lock(filing.id)


def test_of_two_writers_one_waits_and_meets_a_conflict(
    database: SqlStore, database_url: str, filing: Filing
) -> None:
    mine = filing.next("note", {"text": "first"})
    theirs = filing.next("note", {"text": "second"}, nonce="c" * 32)
    met: list[BaseException] = []

    def race() -> None:
        with closing(open_store(database_url)) as other:
            try:
                with other.write() as tx:
                    tx.append(filing.id, theirs)
            except Conflict as error:
                met.append(error)

    rival = threading.Thread(target=race)
    with database.write() as tx:
        tx.lock(filing.id)
        rival.start()
        time.sleep(0.2)
        tx.append(filing.id, mine)
    rival.join()

    with database.read() as tx:
        assert [row.hash for row in tx.entries(filing.id, Filter(first=3))] == [mine.sealed.hash]
    assert [type(error) for error in met] == [Conflict]


def test_a_reader_sees_one_consistent_view(database: SqlStore, filing: Filing) -> None:
    with database.read() as tx:
        before = tx.lock(filing.id)
        filing.file(database)
        assert tx.lock(filing.id) == before
        assert len(list(tx.entries(filing.id))) == 3


def test_workers_pass_over_what_another_holds(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        for label in ("a", "b", "c"):
            Filing(label).open(store, START)

        with closing(open_store(postgres_url)) as other, store.write() as tx:
            held = {header.label for header in tx.due(START, 2)}
            with other.write() as second:
                free = {header.label for header in second.due(START, 10)}
    assert len(held) == 2
    assert free == {"a", "b", "c"} - held


def test_the_machine_and_the_server_give_the_time(database_url: str) -> None:
    with closing(open_store(database_url)) as store, store.write() as tx:
        now = tx.now()

    assert abs((Instant.now() - now).total("seconds")) < 5
    assert now.round("second") == now


CRASH = """
import os, sys
from phaseflow.storage.sql import open_store
from tests.storage.filing import Filing
store = open_store(sys.argv[1])
filing = Filing()
filing.open(store)
filing.file(store)
with store.write() as tx:
    tx.append(filing.id, filing.next("perform", {"obligation": "release", "amount": 1}))
    print("appended", flush=True)
    if sys.argv[2] == "before":
        os.kill(os.getpid(), 9)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(("moment", "kept"), [("before", 2), ("after", 3)])
def test_a_killed_process_leaves_all_or_nothing(database_url: str, moment: str, kept: int) -> None:
    done = subprocess.run(
        [python(), "-c", CRASH, database_url, moment],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "appended\n"), done.stderr

    filing = Filing()
    with closing(open_store(database_url)) as store, store.read() as tx:
        [header] = tx.find(filing.id)
        positions = [row.seq for row in tx.entries(filing.id)]
        claims = len(tx.dump_projections(filing.id)["claim"])
    assert header.position == kept
    assert positions == list(range(kept))
    assert claims == kept - 2


FIRST_USE = """
import sys
from phaseflow.storage.sql import open_store
from tests.storage.filing import Filing
store = open_store(sys.argv[1])
sys.stdin.readline()
Filing(sys.argv[2]).open(store)
store.close()
"""


def test_processes_that_create_the_database_at_once_all_succeed(sqlite_url: str) -> None:
    labels = ["a", "b", "c", "d"]
    rivals = [
        subprocess.Popen(
            [python(), "-c", FIRST_USE, sqlite_url, label],
            env={"PYTHONPATH": ":".join(sys.path)},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for label in labels
    ]
    time.sleep(1)
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    errors = [rival.communicate()[1] for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0] * 4, errors

    with closing(open_store(sqlite_url)) as store, store.read() as tx:
        assert [header.label for header in tx.headers()] == labels


QUESTIONS: dict[str, Callable[[Any, str], object]] = {
    "find": lambda tx, _: (tx.find("plan"), tx.find("01234567")),
    "headers": lambda tx, _: (list(tx.headers()), list(tx.headers(state="running"))),
    "due": lambda tx, _: tx.due(START, 5),
    "entry": lambda tx, id_: (tx.entry(id_, 1), tx.by_nonce(id_, "israel", "a" * 32)),
    "entries": lambda tx, id_: list(tx.entries(id_)),
    "kind": lambda tx, id_: list(tx.entries(id_, Filter(kinds=("note",), newest=2))),
    "kinds": lambda tx, id_: list(tx.entries(id_, Filter(kinds=("note", "open"), newest=2))),
    "actor": lambda tx, id_: list(tx.entries(id_, Filter(actor="israel", newest=2))),
    "both": lambda tx, id_: list(tx.entries(id_, Filter(actor="israel", kinds=("note", "open")))),
    "obligation": lambda tx, id_: list(tx.entries(id_, Filter(obligation="release"))),
    "period": lambda tx, id_: list(tx.entries(id_, Filter(since=START, until=START))),
    "keys": lambda tx, id_: tx.turning_lines(id_),
    "papers": lambda tx, id_: (tx.papers(id_).checkpoints(1), tx.papers(id_).disclosures()),
    "claims": lambda tx, id_: tx.records(id_).claims_between(
        "release", Date(2025, 1, 1), Date(2025, 1, 2)
    ),
    "obligations": lambda tx, _: (
        list(tx.obligations()),
        list(tx.obligations(standing="overdue")),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_from_an_index(sqlite_url: str, question: str) -> None:
    asked: list[tuple[str, Any]] = []
    with closing(open_store(sqlite_url)) as store:
        filing = Filing()
        filing.open(store)
        filing.file(store, nonce="a" * 32)
        filing.file(store, "perform", {"obligation": "release", "amount": 1})
        with store.read() as tx:
            connection = tx._connection
            event.listen(
                connection,
                "before_cursor_execute",
                lambda _c, _k, statement, values, *_: asked.append((statement, values)),
            )
            QUESTIONS[question](tx, filing.id)

    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as plain:
        plans = [
            (statement, plain.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
            for statement, values in asked
            if statement.startswith("SELECT")
        ]
    assert plans
    for statement, plan in plans:
        for step in plan:
            walk = step[-1]
            assert not walk.startswith("SCAN") or "USING INDEX" in walk or "anon_" in walk, (
                statement,
                plan,
            )
            # By its agreement alone, a search would walk the whole journal.
            if question == "keys" and walk.startswith("SEARCH"):
                assert "kind=?" in walk or "seq=?" in walk, (statement, plan)
            # Only claims of a few days, due agreements and merged kinds are sorted.
            if question not in {"claims", "kinds", "find"}:
                assert "TEMP B-TREE" not in walk, (statement, plan)


PAPERS = {
    "checkpoint": "agreement, size, text",
    "signature": "agreement, size, party, signature",
}
REWRITTEN = [
    "UPDATE checkpoint SET text = 'x'",
    "UPDATE checkpoint SET size = size WHERE size = 1",
    "DELETE FROM checkpoint WHERE size = 1",
    "UPDATE signature SET signature = 'x'",
    "UPDATE signature SET party = 'south'",
    "DELETE FROM signature",
]


@pytest.fixture
def receipted(database: SqlStore, filing: Filing) -> Filing:
    """The journal with a signed checkpoint, and the opening of a private value."""
    with database.write() as transaction:
        papers = transaction.papers(filing.id)
        papers.keep(1, filing.checkpoint(), {"recorder": "A"})
        papers.disclose(OPENING.commitment, OPENING.line)
    return filing


def emptied(connection: Connection, table: str) -> None:
    connection.execute(text(f"TRUNCATE {table}"))


def papers_of(url: str) -> Any:
    queries = [f"SELECT {columns} FROM {table}" for table, columns in PAPERS.items()]
    return raw(url, lambda c: [c.execute(text(query)).all() for query in queries])


@pytest.mark.parametrize("command", REWRITTEN)
def test_a_checkpoint_or_a_signature_is_never_changed_or_deleted(
    database_url: str, receipted: Filing, command: str
) -> None:
    before = papers_of(database_url)

    with pytest.raises(IntegrityError, match=r"(checkpoint|signature): it is never"):
        raw(database_url, lambda c: c.execute(text(command)))

    assert papers_of(database_url) == before


@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        "REPLACE INTO checkpoint SELECT agreement, size, digest, 'x' FROM checkpoint",
        "REPLACE INTO signature SELECT agreement, size, checkpoint, party, digest, 'x' FROM signature",
        (
            "INSERT OR REPLACE INTO checkpoint (rowid, agreement, size, digest, text)"
            " SELECT rowid, agreement, 9, 'x', 'x' FROM checkpoint"
        ),
        (
            "INSERT OR REPLACE INTO signature"
            " (rowid, agreement, size, checkpoint, party, digest, signature)"
            " SELECT rowid, agreement, size, checkpoint, 'south', 'x', 'x' FROM signature"
        ),
        (
            "INSERT INTO checkpoint SELECT agreement, size, digest, 'x' FROM checkpoint WHERE true"
            " ON CONFLICT (agreement, size, digest) DO UPDATE SET text = 'x'"
        ),
    ],
)
def test_replace_of_sqlite_replaces_no_checkpoint(
    sqlite_url: str, command: str, recursive: bool
) -> None:
    with closing(open_store(sqlite_url)) as store:
        filing = Filing()
        filing.open(store)
        with store.write() as transaction:
            transaction.papers(filing.id).keep(1, filing.checkpoint(), {"recorder": "A"})
    before = papers_of(sqlite_url)
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        plain.execute(command)

    assert papers_of(sqlite_url) == before


def test_postgresql_empties_no_checkpoint_and_no_signature(
    postgres_url: str,
) -> None:
    with closing(open_store(postgres_url)) as store:
        filing = Filing()
        filing.open(store)
        with store.write() as transaction:
            transaction.papers(filing.id).keep(1, filing.checkpoint(), {})
    for table in PAPERS:
        with pytest.raises(IntegrityError, match=f"{table}: it is never"):
            raw(postgres_url, partial(emptied, table=table))

    assert len(papers_of(postgres_url)[0]) == 1


def test_an_opening_may_be_destroyed(database_url: str, receipted: Filing) -> None:
    raw(database_url, lambda c: c.execute(text("DELETE FROM disclosure")))

    assert raw(database_url, lambda c: c.execute(text("SELECT * FROM disclosure")).all()) == []
