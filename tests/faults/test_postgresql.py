"""PostgreSQL at its edges: encodings, addresses that are written wrong, other people's tables."""

import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, Pool, event
from tests.warm import python

from phaseflow.cli.main import cli
from phaseflow.errors import StoreUnavailable
from phaseflow.storage.address import name_of, parse_url
from phaseflow.storage.schema_version import current_revision
from phaseflow.storage.sql import open_store
from phaseflow.storage.tables import REVISION

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def odd_url(request: pytest.FixtureRequest, postgres: str) -> Iterator[str]:
    """A database that is not UTF-8."""
    name = f"test_{uuid.uuid4().hex}"
    make = (
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{request.param}'"
        " LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(make.encode())
        try:
            yield postgres.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("PHASEFLOW_CONFIG", raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def one_line(result: Result) -> str:
    [line] = [said for said in result.stderr.splitlines() if not said.startswith("nonce ")]
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize("command", [("db", "upgrade"), ("list",), ("tick",)])
def test_a_database_that_is_not_utf8_is_refused(
    here: Path, odd_url: str, command: tuple[str, ...]
) -> None:
    result = run(*command, "--database", odd_url)

    assert result.exit_code == 5
    assert "createdb --encoding=UTF8 --template=template0 NAME" in one_line(result)
    with psycopg.connect(odd_url) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (0,)


@pytest.mark.parametrize("where", ["environment", "address"])
def test_the_encoding_of_the_client_is_not_the_environments_to_choose(
    postgres_url: str, tmp_path: Path, where: str
) -> None:
    environment = {"PYTHONPATH": ":".join(sys.path), "HOME": str(tmp_path), "PATH": os.defpath}
    url = postgres_url
    if where == "environment":
        environment["PGCLIENTENCODING"] = "LATIN1"
    else:
        url = f"{url}&client_encoding=LATIN1"

    def phaseflow(*arguments: str) -> str:
        return subprocess.run(
            [python(), "-m", "phaseflow.cli", *arguments, "--database", url],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    phaseflow("open", str(PLAN), "--label", "p")
    phaseflow("note", "p", "--by", "north", "--note", "Zürich, 北京, 𝄞")

    assert "Zürich, 北京, 𝄞" in phaseflow("show", "p", "1")
    assert phaseflow("audit", "verify", "p")


SECRET = "Sw0rdf1sh"  # noqa: S105  nobody's
WRONG = [
    "postgresql://u@127.0.0.1:abc/d",
    f"postgresql://u:{SECRET}@127.0.0.1:abc/d",
    "postgresql://u@127.0.0.1:/d",
    f"postgresql://u:{SECRET}@127.0.0.1:/d",
    "postgresql://[::1/d",
    f"postgresql://u:{SECRET}@[::1/d",
    f"postgresql://u:p@{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:p/{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:p?{SECRET}=1@127.0.0.1:1/d",
    f"postgresql://u:p#{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:p:{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:%ff{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:%00{SECRET}@127.0.0.1:1/d",
    f"postgresql://u:p%0a{SECRET}@127.0.0.1:1/d",
    "postgresql://u@127.0.0.1:1/d?nosuch=1",
    f"postgresql://u:{SECRET}@127.0.0.1:1/d?nosuch=1",
    f"postgresql://u@127.0.0.1:1/d?password={SECRET}",
    f"postgresql://u@127.0.0.1:1/d?password=p&{SECRET}=x",
    f"postgresql://u:{SECRET}@127.0.0.1:99999/d",
    f"postgres://u:{SECRET}@127.0.0.1:1/d",
    f"POSTGRESQL://u:{SECRET}@127.0.0.1:1/d",
    f"mysql://u:{SECRET}@127.0.0.1/d",
    f"sqlite://u:{SECRET}@127.0.0.1/d",
    f"://u:{SECRET}@127.0.0.1/d",
    f"u:p@{SECRET}@127.0.0.1",
    f"host=127.0.0.1 port=1 dbname=d password={SECRET}",
    f"host=127.0.0.1 password=p {SECRET}",
    f"password='{SECRET}' host=127.0.0.1",
    "host=127.0.0.1 dbname=d",
    "sqlite:///phaseflow.db?mode=ro",
    ":memory:",
    "",
]


@pytest.mark.parametrize("address", WRONG)
@pytest.mark.parametrize("command", [("list",), ("db", "upgrade")])
def test_a_wrong_address_is_said_in_one_line_without_any_part_of_a_password(
    here: Path, address: str, command: tuple[str, ...]
) -> None:
    result = run(*command, "--database", address)

    assert result.exit_code == 5
    assert SECRET not in one_line(result)
    assert list(here.iterdir()) == []


def test_settings_of_libpq_are_answered_with_the_url_to_write(here: Path) -> None:
    result = run("list", "--database", "host=db.example port=5433 dbname='plans' user=desk")

    assert "postgresql://desk@db.example:5433/plans" in one_line(result)


def test_a_password_from_the_environment_is_in_no_message(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)

    result = run("list", "--database", "postgresql://u@127.0.0.1:1/d")

    assert result.exit_code == 5
    assert SECRET not in one_line(result)


@pytest.mark.parametrize("option", [False, True])
def test_a_password_may_hold_any_letter(option: bool) -> None:
    written = "p%40s%3As%2F%3F%23%5B%5D%25%20%C3%A9"
    url = (
        f"postgresql://u@[::1]:5433/d?password={written}&sslmode=require"
        if option
        else f"postgresql://u:{written}@[::1]:5433/d?sslmode=require"
    )

    address = parse_url(url)

    assert address.password == "p@s:s/?#[]% é"  # noqa: S105  as above
    assert (address.host, address.port, address.database) == ("::1", 5433, "d")
    assert dict(address.query) == {"sslmode": "require"}
    assert name_of(address) == "postgresql://u:***@[::1]:5433/d"


@pytest.mark.parametrize("table", ["entry", "agreement"])
def test_a_table_of_another_program_with_our_name_is_left_alone(
    here: Path, empty_postgres_url: str, table: str
) -> None:
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {table} (mine int)".encode())

    for command in (["db", "upgrade"], ["list"], ["open", str(PLAN), "--label", "p"]):
        result = run(*command, "--database", empty_postgres_url)
        assert result.exit_code == 5
        one_line(result)

    assert _tables(empty_postgres_url) == {table}


@pytest.mark.parametrize("version", ["1975ea83b712", "0001", REVISION])
def test_a_database_that_another_program_migrates_is_left_alone(
    here: Path, empty_postgres_url: str, version: str
) -> None:
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        connection.execute(b"CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [version])
        connection.execute(b"CREATE TABLE agreement (id int, signed_on date)")

    for command in (["db", "upgrade"], ["list"], ["open", str(PLAN), "--label", "p"]):
        result = run(*command, "--database", empty_postgres_url)
        if command == ["db", "upgrade"] and version == REVISION:
            # It looks like ours until a table of it is used.
            continue
        assert result.exit_code == 5, result.output
        one_line(result)

    assert _tables(empty_postgres_url) == {"alembic_version", "agreement"}
    assert current_revision(empty_postgres_url) == version


def _tables(url: str) -> set[str]:
    query = b"SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute(query)}


def test_the_store_itself_refuses_what_is_not_utf8(odd_url: str) -> None:
    with closing(open_store(odd_url)) as store:
        for transaction in (store.read, store.write, store.prepare):
            with pytest.raises(StoreUnavailable, match="is UTF-8"), transaction():
                pass


@contextmanager
def listening(target: type[Any], happens: str, act: Callable[..., None]) -> Iterator[None]:
    event.listen(target, happens, act)
    try:
        yield
    finally:
        event.remove(target, happens, act)


def test_where_the_server_leaves_in_the_middle_only_our_line_says_so(
    here: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody has said where logs go, as it is with the command line.
    monkeypatch.setattr(logging.root, "handlers", [])

    def lose(*arguments: Any) -> None:
        _, _, statement, *_ = arguments
        if "open_agreement" in statement:
            with psycopg.connect(postgres_url) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with listening(Engine, "before_cursor_execute", lose):
        result = run("open", str(PLAN), "--label", "p", "--database", postgres_url)

    assert result.exit_code == 5
    assert f"the database {name_of(parse_url(postgres_url))}: " in one_line(result)


def test_a_connection_that_is_lost_after_all_was_done_is_not_told(
    here: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody has said where logs go, as it is with the command line.
    monkeypatch.setattr(logging.root, "handlers", [])

    def lose(connection: Any, *_: object) -> None:
        connection.close()

    with listening(Pool, "reset", lose):
        result = run("list", "--database", postgres_url)

    assert (result.exit_code, result.stderr) == (0, "")
