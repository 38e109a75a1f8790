"""What an operator wants to know of a database, asked without changing it."""

import os
import sqlite3
import stat
import tempfile
from pathlib import Path

import msgspec
from sqlalchemy import Connection, text

from phaseflow.model.calendar import Instant
from phaseflow.storage import schema_version, writer_turns
from phaseflow.storage.address import file_of, name_of, parse_url
from phaseflow.storage.connections import failures, make_engine
from phaseflow.storage.database_roles import reasons_against
from phaseflow.storage.port import NoDatabase
from phaseflow.storage.sqlite_file import COPIES, is_there, real_path
from phaseflow.storage.tables import REVISION

SQLITE = sqlite3.sqlite_version
"""The version of the library that reads files of SQLite."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A database that can be reached.

    ``revision`` is the version of its tables, None where there are none.
    ``clock`` is the server's, None where there is no server. ``mighty`` says why
    the record is not safe from the role that connects.
    """

    name: str
    software: str
    revision: str | None
    is_current: bool
    encoding: str
    role: str | None = None
    mighty: tuple[str, ...] = ()
    clock: Instant | None = None


class FileCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A file of SQLite and its folder: who else may use it, and what lies beside it."""

    path: Path
    folder: Path
    read_by_others: bool
    written_by_others: bool
    lock_fault: str | None
    wal_bytes: int
    free_bytes: int
    copies: tuple[Path, ...]


def look(url: str) -> Condition:
    """Return what a database is like; none is created.

    Raises:
        NoDatabase: there is none.
        StoreUnavailable: it is out of reach, or another program's.
    """
    address = parse_url(url)
    if address.drivername == "sqlite" and not is_there(file_of(address)):
        msg = f"there is no database {file_of(address)} yet; opening an agreement creates it"
        raise NoDatabase(msg)
    engine = make_engine(address, "read")
    try:
        with failures(address), engine.begin() as connection:
            found = schema_version.check_ours(connection, address)
            ask = _ask_sqlite if address.drivername == "sqlite" else _ask_postgresql
            return ask(connection, name_of(address), found)
    finally:
        engine.dispose()


def look_at_file(url: str) -> FileCondition | None:
    """Return what the file of a database is like; None where there is none, or a server.

    Raises:
        StoreUnavailable: the URL names no database that is supported.
    """
    address = parse_url(url)
    if address.drivername != "sqlite" or not is_there(file_of(address)):
        return None
    path = real_path(file_of(address))
    rights, folder = path.stat().st_mode, path.parent.stat().st_mode
    wal = path.with_name(f"{path.name}-wal")
    free = os.statvfs(path.parent)
    # Where a folder is sticky, only the owner of a file replaces it.
    is_open = bool(folder & stat.S_IWOTH) and not folder & stat.S_ISVTX
    return FileCondition(
        path=path,
        folder=path.parent,
        read_by_others=bool(rights & stat.S_IROTH),
        written_by_others=bool(rights & stat.S_IWOTH) or is_open,
        lock_fault=writer_turns.fault_of(path),
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
        free_bytes=free.f_bavail * free.f_frsize,
        copies=tuple(
            sorted(
                copy
                for copy in Path(tempfile.gettempdir()).glob(f"{COPIES}*")
                if copy.lstat().st_uid == os.geteuid()
            )
        ),
    )


def _ask_sqlite(connection: Connection, name: str, found: str | None) -> Condition:
    return Condition(
        name=name,
        software=f"SQLite {SQLITE}",
        revision=found,
        is_current=found == REVISION,
        encoding=str(connection.execute(text("PRAGMA encoding")).scalar()),
    )


def _ask_postgresql(connection: Connection, name: str, found: str | None) -> Condition:
    query = (
        "SELECT current_setting('server_version'), current_setting('server_encoding'),"
        " current_user, floor(extract(epoch FROM clock_timestamp()))"
    )
    version, encoding, role, seconds = connection.execute(text(query)).one()
    is_current = found == REVISION
    return Condition(
        name=name,
        software=f"PostgreSQL {version}",
        revision=found,
        is_current=is_current,
        encoding=encoding,
        role=role,
        mighty=tuple(reasons_against(connection, role)) if is_current else (),
        clock=Instant.from_timestamp(int(seconds)),
    )
