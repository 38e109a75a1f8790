"""The version of a database's tables, and the way from one to another."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text

from phaseflow.errors import StoreUnavailable
from phaseflow.storage import writer_turns
from phaseflow.storage.address import file_of, name_of, parse_url
from phaseflow.storage.connections import failures, make_engine
from phaseflow.storage.sqlite_file import create, is_there
from phaseflow.storage.tables import METADATA, REVISION

if TYPE_CHECKING:
    from alembic.config import Config

OWNER = "phaseflow_owner"
"""The role of PostgreSQL that owns the tables once ``phaseflow db grant`` was run."""


_FORM = re.compile(r"\d{4}", re.ASCII)
_COLUMNS = {
    "sqlite": (
        "SELECT kept.name, its.name FROM sqlite_master AS kept"
        " JOIN pragma_table_info(kept.name) AS its"
        " WHERE kept.type = 'table' AND substr(kept.name, 1, 7) <> 'sqlite_'"
    ),
    "postgresql": (
        "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped"
        " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    ),
}
_IN_EVERY_VERSION = {
    "entry": {"agreement", "seq", "prev", "hash", "line"},
    "agreement": {"id", "label", "definition", "position", "head"},
}


def upgrade(url: str | URL) -> None:
    """Create the tables, or bring them to this version; one transaction.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    from alembic.command import upgrade as migrate  # noqa: PLC0415  slow, and seldom needed

    with locked(_address(url)) as connection:
        if revision_of(connection) != REVISION:
            _become_owner(connection)
            migrate(alembic_config(connection), "head")


def downgrade(url: str | URL, revision: str) -> None:
    """Take the tables back to ``revision``; ``base`` drops them all, with every journal.

    Raises:
        StoreUnavailable: the database is out of reach.
    """
    from alembic.command import downgrade as migrate  # noqa: PLC0415  as above

    with locked(_address(url)) as connection:
        _become_owner(connection)
        migrate(alembic_config(connection), revision)


def current_revision(url: str | URL) -> str | None:
    """Return the version of the tables; None where there are none, or no database.

    Raises:
        StoreUnavailable: the database is out of reach.
    """
    address = _address(url)
    if address.drivername == "sqlite" and not is_there(file_of(address)):
        return None
    with _looking(address) as connection:
        return revision_of(connection)


def is_behind(url: URL) -> bool:
    """Tell whether an upgrade is due.

    Raises:
        StoreUnavailable: the database is out of reach, of a newer version or another program's.
    """
    with _looking(url) as connection:
        return check_ours(connection, url) != REVISION


@contextmanager
def _looking(url: URL) -> Iterator[Connection]:
    engine = make_engine(url, "read")
    try:
        with failures(url), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check(connection: Connection, url: URL) -> None:
    """Check that the tables are those of this version.

    Raises:
        StoreUnavailable: they are older, newer or missing, or of another program.
    """
    found = revision_of(connection)
    if found is None:
        msg = f"the database {name_of(url)} has no tables yet; run phaseflow db upgrade"
        raise StoreUnavailable(msg)
    _check_version(found, url)
    if found < REVISION:
        msg = f"the database {name_of(url)} is out of date; run phaseflow db upgrade"
        raise StoreUnavailable(msg)


def check_ours(connection: Connection, url: URL) -> str | None:
    """Return the version of the tables, None if there are none.

    A file of SQLite is one program's; a database of PostgreSQL may be shared by
    several, so there only our own names count.

    Raises:
        StoreUnavailable: they are newer, or there are tables of another program.
    """
    found = revision_of(connection)
    kept = _columns(connection)
    if found is None:
        foreign = kept.keys() - {"alembic_version"}
        if url.drivername != "sqlite":
            foreign &= METADATA.tables.keys()
    else:
        _check_version(found, url)
        foreign = {
            name
            for name, columns in _IN_EVERY_VERSION.items()
            if not columns <= kept.get(name, set())
        }
    if foreign:
        msg = (
            f"the database {name_of(url)} is another program's: its table {min(foreign)} is not"
            " phaseflow's; name another database"
        )
        raise StoreUnavailable(msg)
    return found


def _check_version(found: str, url: URL) -> None:
    if not _FORM.fullmatch(found):
        msg = (
            f"the database {name_of(url)} is another program's: its tables have the version"
            f" {found!r}; name another database"
        )
        raise StoreUnavailable(msg)
    if found > REVISION:
        msg = f"the database {name_of(url)} was made by a newer phaseflow; install that"
        raise StoreUnavailable(msg)


def _columns(connection: Connection) -> dict[str, set[str]]:
    kept: dict[str, set[str]] = {}
    for table, column in connection.execute(text(_COLUMNS[connection.dialect.name])):
        kept.setdefault(table, set()).add(column)
    return kept


def alembic_config(connection: Connection) -> "Config":
    """Return what Alembic needs to work on ``connection``."""
    from alembic.config import Config  # noqa: PLC0415  slow to import, and seldom needed

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
    return config


@contextmanager
def locked(url: URL) -> Iterator[Connection]:
    """Hold off everybody else who changes the tables; all is done, or nothing.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    with ExitStack() as held:
        if url.drivername == "sqlite":
            path = file_of(url)
            create(path)
            held.enter_context(writer_turns.turn(path))
            with _looking(url) as looking:
                # First: a writer sets the journal mode, which changes the file.
                check_ours(looking, url)
        engine = make_engine(url, "write")
        held.callback(engine.dispose)
        held.enter_context(failures(url))
        connection = held.enter_context(engine.begin())
        if url.drivername != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('phaseflow'))"))
        check_ours(connection, url)
        yield connection


def _become_owner(connection: Connection) -> None:
    """Act as the owner of the tables, so that new ones belong to it too."""
    if connection.dialect.name == "sqlite":
        return
    query = (
        "SELECT 1 FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
        " WHERE pg_class.oid = to_regclass('entry') AND rolname = :owner"
    )
    if connection.execute(text(query), {"owner": OWNER}).first() is not None:
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))


@contextmanager
def lifted_guards(connection: Connection, *names: str) -> Iterator[None]:
    """Let the owner delete rows of the tables called ``names``, within the transaction."""
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
            " AND name LIKE '%deletes_nothing'"
        )
        found = [
            row for table in names for row in connection.execute(text(query), {"table": table})
        ]
        for name, _ in found:
            connection.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _, command in found:
            connection.exec_driver_sql(command)
        return
    _become_owner(connection)
    for table in names:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_stays"))
    yield
    for table in names:
        connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_stays"))


def _address(url: str | URL) -> URL:
    return url if isinstance(url, URL) else parse_url(url)


def _migrations() -> Path:
    """Return the folder of the migrations: in the wheel, else in the repository."""
    shipped = Path(str(files("phaseflow"))) / "migrations"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "migrations"
