"""The version of a database's tables, and the way from one to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text

from phaseflow.errors import StoreUnavailable
from phaseflow.storage.engines import failures, make_engine, name_of, parse_url
from phaseflow.storage.tables import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

OWNER = "phaseflow_owner"
"""The role of PostgreSQL that owns the tables once ``phaseflow db grant`` was run."""


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
    if address.drivername == "sqlite" and not Path(str(address.database)).exists():
        return None
    engine = make_engine(address, "read")
    try:
        with failures(address), engine.begin() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def is_behind(url: URL) -> bool:
    """Tell whether an upgrade is due.

    Raises:
        StoreUnavailable: the database is out of reach.
    """
    found = current_revision(url)
    return found is None or found < REVISION


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check(connection: Connection, url: URL) -> None:
    """Check that the tables are those of this version.

    Raises:
        StoreUnavailable: they are older, newer or missing.
    """
    found = revision_of(connection)
    if found == REVISION:
        return
    if found is None:
        msg = f"the database {name_of(url)} has no tables yet; run phaseflow db upgrade"
    elif found < REVISION:
        msg = f"the database {name_of(url)} is out of date; run phaseflow db upgrade"
    else:
        msg = f"the database {name_of(url)} was made by a newer phaseflow; install that"
    raise StoreUnavailable(msg)


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
    engine = make_engine(url, "upgrade")
    try:
        with failures(url), engine.begin() as connection:
            if url.drivername != "sqlite":
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('phaseflow'))"))
            found = revision_of(connection)
            if found is not None and found > REVISION:
                check(connection, url)
            yield connection
    finally:
        engine.dispose()


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


def _address(url: str | URL) -> URL:
    return url if isinstance(url, URL) else parse_url(url)


def _migrations() -> Path:
    """Return the folder of the migrations: in the wheel, else in the repository."""
    shipped = Path(str(files("phaseflow"))) / "migrations"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "migrations"
