"""Connections to SQLite and PostgreSQL, and what their failures mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from phaseflow.errors import Conflict, StoreUnavailable

PATIENCE = 10
"""How many seconds to wait for a lock that somebody else holds, or for a server."""

Mode = Literal["write", "read", "upgrade"]

_PRAGMAS: dict[Mode, tuple[str, ...]] = {
    "write": (
        "journal_mode = WAL",
        "synchronous = FULL",
        "recursive_triggers = ON",
        "secure_delete = ON",
    ),
    "read": ("query_only = ON",),
}
_PRAGMAS["upgrade"] = _PRAGMAS["write"]

# Failures of the machine or of other processes; any other error of SQLite is a bug.
_SQLITE_FAILURES = {
    sqlite3.SQLITE_BUSY: "another process has locked it; try again",
    sqlite3.SQLITE_LOCKED: "another process has locked it; try again",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "it cannot be read or written",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_PERM: "its permissions do not allow that",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore it from a backup or an export",
}
_BROKEN_RULES = {
    # as SQLite says it, as PostgreSQL's constraints are called
    "entry.nonce": "its author used this nonce before",
    "entry: it must replace no other": "its author used this nonce before",
    "entry_agreement_actor_nonce_key": "its author used this nonce before",
    "agreement.label": "the label is taken; choose another",
    "agreement_label_key": "the label is taken; choose another",
    "agreement.id": "the agreement is there already",
    "agreement_pkey": "the agreement is there already",
    "entry: ": "an entry only ever extends the head of its journal; look and try again",
    "entry.": "an entry only ever extends the head of its journal; look and try again",
    "entry_": "an entry only ever extends the head of its journal; look and try again",
}


def parse_url(text: str) -> URL:
    """Return the address of a database: a URL, or the path of an SQLite file.

    Raises:
        StoreUnavailable: it names neither SQLite nor PostgreSQL.
    """
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        msg = f"{text!r} is no address of a database; write a path or postgresql://..."
        raise StoreUnavailable(msg) from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        msg = (
            f"{url.drivername} databases are not supported; use sqlite:///PATH or postgresql://..."
        )
        raise StoreUnavailable(msg)
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        msg = "an SQLite database needs a file; write sqlite:///PATH"
        raise StoreUnavailable(msg)
    return url


def name_of(url: URL) -> str:
    """Return what people call the database: its path, or its URL without the password."""
    if url.drivername == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def make_engine(url: URL, mode: Mode) -> Engine:
    """Return the engine for ``mode``; it connects when first used.

    A reader of SQLite never creates the file. It is not opened ``mode=ro``: such
    a reader of a WAL database leaves ``-wal`` and ``-shm`` files behind.
    """
    if url.drivername == "sqlite":
        return _sqlite(Path(str(url.database)), mode)
    engine = create_engine(url, connect_args={"connect_timeout": PATIENCE})
    event.listen(engine, "connect", _prepare_postgresql)
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
        msg = f"the database {name_of(url)}: {failure}"
        raise StoreUnavailable(msg) from error
    except NoConnectionLeft as error:
        msg = f"the database {name_of(url)}: too many of this program's own connections are open"
        raise StoreUnavailable(msg) from error


def _sqlite(path: Path, mode: Mode) -> Engine:
    access = "rwc" if mode == "upgrade" else "rw"
    address = f"file:{quote(str(path))}?mode={access}"

    def connect() -> sqlite3.Connection:
        # Autocommit: SQLAlchemy's own BEGIN, below, is the only one.
        connection = sqlite3.connect(
            address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            for pragma in _PRAGMAS[mode]:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    begin = "BEGIN" if mode == "read" else "BEGIN IMMEDIATE"
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
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


def _failure(error: BaseException | None) -> str | None:
    """Return what failed in words, or None where it is a bug of ours."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_FAILURES.get(code)
    import psycopg  # noqa: PLC0415  takes longer to import than a command on SQLite takes

    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"its role does not allow that: {error.diag.message_primary}"
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return "another process has locked it; try again"
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return "it cannot be written to"
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return str(error).strip()
    return None
