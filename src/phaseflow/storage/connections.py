"""Connections to SQLite and PostgreSQL, and what their failures mean."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from phaseflow.errors import Conflict, StoreUnavailable
from phaseflow.storage import sqlite_file
from phaseflow.storage.address import file_of, name_of
from phaseflow.storage.port import Busy

PATIENCE = 10
"""How many seconds to wait for a lock that somebody else holds, or for a server."""

LOOKING = "phaseflow_looking"
"""The execution option with which a connection that may write takes no lock, and only looks."""

# What these tell beside their exceptions goes where a program sends its logs. Where it sends
# them nowhere, it would go to stderr, beside the one line that says what failed.
for _library in ("psycopg", "sqlalchemy"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

Mode = Literal["write", "read"]

_PRAGMAS: dict[Mode, tuple[str, ...]] = {
    "write": (
        "journal_mode = WAL",
        "synchronous = FULL",
        "recursive_triggers = ON",
        "secure_delete = ON",
    ),
    "read": ("query_only = ON",),
}

_LOCKED = "another process has locked it; try again"
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# Failures of the machine or of other processes; any other error of SQLite is a bug.
_SQLITE_FAILURES = {
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "it cannot be read or written",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_PERM: "its permissions do not allow that",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore it from a backup or an export",
}
# As SQLite says that a table is another than ours.
_OTHER_TABLES = ("no such table", "no such column", "has no column named")
_BROKEN_RULES = {
    # as SQLite says it, as PostgreSQL's constraints are called
    "entry.nonce": "its author used this nonce before",
    "entry: it must replace no other": "its author used this nonce before",
    "entry_agreement_actor_nonce_key": "its author used this nonce before",
    "agreement.label": "the label is taken; choose another",
    "agreement_label_key": "the label is taken; choose another",
    "agreement.id": "the agreement is there already",
    "agreement_pkey": "the agreement is there already",
    "recorded_at: ": "by the server's clock it is still to come, or it is before the newest entry",
    "entry: ": "an entry only ever extends the head of its journal; look and try again",
    "entry.": "an entry only ever extends the head of its journal; look and try again",
    "entry_": "an entry only ever extends the head of its journal; look and try again",
}


def make_engine(url: URL, mode: Mode) -> Engine:
    """Return the engine for ``mode``; it connects when first used.

    No engine creates a file of SQLite; :func:`phaseflow.storage.sqlite_file.create` does.
    """
    if url.drivername == "sqlite":
        return _sqlite(file_of(url), mode)
    # The journal is UTF-8, whatever the environment or the address says of the terminal.
    settings = {"connect_timeout": PATIENCE, "client_encoding": "utf8"}
    engine = create_engine(url, connect_args=settings)
    event.listen(engine, "connect", partial(_prepare_postgresql, name_of(url)))
    if mode == "read":
        event.listen(engine, "begin", _begin_reading)
    return engine


@contextmanager
def failures(url: URL) -> Iterator[None]:
    """Turn the database's errors into those that somebody can act on.

    Raises:
        Conflict: a rule of the tables was broken: somebody else was faster.
        StoreUnavailable: the database is out of reach, locked or damaged.
    """
    try:
        yield
    except IntegrityError as error:
        broken = _broken_rule(error.orig)
        if broken is None:
            raise
        raise Conflict(broken) from error
    except DBAPIError as error:
        failure = _failure(error.orig)
        if failure is None:
            raise
        kind, words = failure
        msg = f"the database {name_of(url)}: {words}"
        raise kind(msg) from error
    except NoConnectionLeft as error:
        msg = f"the database {name_of(url)}: too many of this program's own connections are open"
        raise StoreUnavailable(msg) from error


def _sqlite(path: Path, mode: Mode) -> Engine:
    connect = partial(_connect, pragmas=_PRAGMAS[mode])
    if mode == "read":
        reader = sqlite_file.Reader(path, connect)
        engine = create_engine("sqlite://", creator=reader.open, poolclass=QueuePool)
        event.listen(engine, "commit", lambda _: reader.check_unchanged())
        event.listen(engine, "engine_disposed", lambda _: reader.close())
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        address = sqlite_file.address(path, "mode=rw")
        engine = create_engine("sqlite://", creator=lambda: connect(address), poolclass=QueuePool)
        event.listen(engine, "begin", _begin_writing)
    return engine


def _begin_writing(connection: Connection) -> None:
    looks = LOOKING in connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")


def _connect(address: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    # Autocommit: SQLAlchemy's own BEGIN, above, is the only one.
    connection = sqlite3.connect(
        address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare_postgresql(name: str, connection: Any, _record: object) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        msg = (
            f"the database {name} keeps text as {encoding}, and a journal is UTF-8; make another"
            " with createdb --encoding=UTF8 --template=template0 NAME"
        )
        raise StoreUnavailable(msg)
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.commit()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _broken_rule(error: BaseException | None) -> str | None:
    """Return the broken rule in words, or None where only a bug can break it."""
    diagnosis = getattr(error, "diag", None)
    said = str(error)
    if diagnosis is not None:
        # Not the whole message: its details quote the values.
        said = diagnosis.constraint_name or diagnosis.message_primary
    return next((words for sign, words in _BROKEN_RULES.items() if sign in said), None)


def _failure(error: BaseException | None) -> tuple[type[StoreUnavailable], str] | None:
    """Return what failed in words, and what kind of failure it is; None where it is a bug of ours."""
    if isinstance(error, sqlite3.Error):
        return _sqlite_failure(error)
    import psycopg  # noqa: PLC0415  takes longer to import than a command on SQLite takes

    errors = psycopg.errors
    if isinstance(error, errors.InsufficientPrivilege):
        return StoreUnavailable, f"its role does not allow that: {error.diag.message_primary}"
    if isinstance(error, errors.LockNotAvailable):
        return Busy, _LOCKED
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return StoreUnavailable, "it cannot be written to"
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return StoreUnavailable, _not_ours(str(error.diag.message_primary))
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable, " ".join(str(error).split())
    return None


def _sqlite_failure(error: sqlite3.Error) -> tuple[type[StoreUnavailable], str] | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_BUSY:
        return Busy, _LOCKED
    if code == sqlite3.SQLITE_ERROR and any(sign in str(error) for sign in _OTHER_TABLES):
        return StoreUnavailable, _not_ours(str(error))
    if str(error).startswith("Could not decode to UTF-8"):
        # The module says so itself; SQLite has no code for it.
        return StoreUnavailable, _SQLITE_FAILURES[sqlite3.SQLITE_CORRUPT]
    words = _SQLITE_FAILURES.get(code)
    return None if words is None else (StoreUnavailable, words)


def _not_ours(said: str) -> str:
    return f"its tables are not those of phaseflow ({said}); name another database"
