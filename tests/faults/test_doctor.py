"""The doctor: what it finds, and that it looks without touching."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from tests.journal.signer import signer

from phaseflow.cli.main import cli
from phaseflow.model.calendar import Instant
from phaseflow.service.doctor import Observation, Surroundings, choose, examine
from phaseflow.storage.port import Header
from phaseflow.storage.sql import open_store
from phaseflow.storage.writer_turns import lock_file

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("PHASEFLOW_CONFIG", "PHASEFLOW_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.fixture
def database(here: Path) -> Path:
    opened = run("open", PLAN, "--label", "p")
    assert opened.exit_code == 0, opened.output
    return here / "phaseflow.db"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


def consult(*arguments: object, code: int) -> dict[str, Any]:
    result = run("doctor", *arguments, "--json")
    assert result.exit_code == code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["schema"] == "phaseflow-doctor-v1"
    return document


def wrong(document: dict[str, Any]) -> list[str]:
    findings = [found for found in document["findings"] if found["state"] == "wrong"]
    assert all(found["remedy"] for found in findings)
    return [found["subject"] for found in findings]


def test_all_is_well_with_a_new_database(database: Path) -> None:
    before = contents(database.parent)

    document = consult(code=0)

    assert document["well"] is True
    assert wrong(document) == []
    assert (document["verified"], document["agreements"]) == (1, 1)
    subjects = {found["subject"] for found in document["findings"]}
    assert subjects >= {
        *("versions", "encoding", "rights", "free space"),
        *("database", "tables", "clock", "journals"),
    }
    assert contents(database.parent) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_page_fits_a_terminal_and_says_what_to_do(database: Path) -> None:
    database.chmod(0o666)
    lock_file(database).chmod(0o666)

    result = run("doctor")

    assert result.exit_code == 1
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert "-> chmod o-w" in result.stdout
    assert "1 to see to; 1 of 1 journals" in result.stdout


def test_no_database_is_made_and_the_rest_is_still_seen(here: Path) -> None:
    document = consult(code=5)

    assert wrong(document) == ["database"]
    assert "versions" in {found["subject"] for found in document["findings"]}
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["postgresql://u@127.0.0.1:1/d", "host=x dbname=y", "mysql://x/y", "/dev/null/x"]
)
def test_a_database_out_of_reach_is_one_finding_among_others(here: Path, address: str) -> None:
    document = consult("--database", address, code=5)

    assert wrong(document) == ["database"]


def test_a_broken_journal_ends_with_three(database: Path) -> None:
    with closing(sqlite3.connect(database)) as plain, plain:
        triggers = plain.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            plain.execute(f"DROP TRIGGER {name}")
        plain.execute("UPDATE entry SET line = replace(line, 'north', 'south')")

    document = consult(code=3)

    assert wrong(document) == ["journals"]


def test_nothing_helps_where_all_is_broken_and_the_doctor_still_comes(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "phaseflow.db").write_bytes(os.urandom(8192))
    (here / "config").mkdir()
    (here / "config" / "phaseflow").mkdir()
    (here / "config" / "phaseflow" / "config.toml").write_bytes(b"by = \xff")
    monkeypatch.delenv("HOME", raising=False)

    document = consult(code=5)

    assert wrong(document) == ["defaults", "database"]


def test_a_damaged_config_stops_every_other_command(here: Path) -> None:
    (here / "config" / "phaseflow").mkdir(parents=True)
    (here / "config" / "phaseflow" / "config.toml").write_bytes(b"by = \xff")

    assert run("list").exit_code == 2


def test_a_lock_file_that_shuts_others_out_is_named(database: Path) -> None:
    database.chmod(0o660)

    document = consult(code=1)

    assert wrong(document) == ["lock file"]
    assert lock_file(database).exists()


def test_old_tables_are_named_and_not_upgraded(database: Path) -> None:
    with closing(sqlite3.connect(database)) as plain, plain:
        plain.execute("UPDATE alembic_version SET version_num = '0001'")

    document = consult(code=1)

    assert wrong(document) == ["tables"]
    with closing(sqlite3.connect(database)) as plain:
        assert plain.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_the_recorders_key_is_looked_at(here: Path) -> None:
    for name in ("recorder", "other"):
        signer(name).write(here, name)
    run("open", PLAN, "--label", "p", "--key", f"recorder={here}/recorder.pub")
    (here / "recorder").chmod(0o644)

    assert wrong(consult("--recorder-key", "nowhere", code=1)) == ["recorder's key"]
    assert wrong(consult("--recorder-key", "recorder", code=1)) == ["recorder's key"]
    (here / "recorder").chmod(0o600)
    assert wrong(consult("--recorder-key", "recorder", code=0)) == []
    (here / "other").chmod(0o600)
    assert wrong(consult("--recorder-key", "other", code=1)) == ["recorder's key"]


def test_a_clock_behind_the_newest_entry_is_wrong_and_one_far_ahead_is_noted(
    database: Path,
) -> None:
    with closing(open_store(str(database))) as store, store.read() as tx:
        [header] = tx.find("p")

    def seen(days: int) -> str:
        now = Instant.from_timestamp(header.recorded_at.timestamp() + days * 86_400)
        found = examine(str(database), Surroundings(now=now, encodings={}), 1).findings
        return next(finding.state for finding in found if finding.subject == "clock")

    assert [seen(-1), seen(1), seen(400)] == ["wrong", "well", "note"]


def test_a_role_that_can_change_the_record_is_named(here: Path, postgres_url: str) -> None:
    document = consult("--database", postgres_url, code=1)

    assert wrong(document) == ["rights"]
    [found] = [found for found in document["findings"] if found["subject"] == "rights"]
    assert "superuser" in found["seen"]
    assert "db grant" in found["remedy"]


def test_a_role_that_only_appends_is_well(here: Path, postgres_url: str) -> None:
    role = "phaseflow_patient"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if connection.execute(query, [role]).fetchone() is None:
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())
    granted = run("db", "grant", role, "--database", postgres_url)
    assert granted.exit_code == 0, granted.output

    document = consult("--database", postgres_url.replace("postgres@", f"{role}@"), code=0)

    assert wrong(document) == []


def test_the_sample_holds_the_newest_and_the_same_others_each_time() -> None:
    headers = [
        Header(
            id=f"{n:064x}",
            label=f"a{n}",
            definition="d",
            state="s",
            position=1,
            head="h",
            recorded_at=Instant.from_timestamp(n * 86_400),
            next_due_at=None,
            is_rehearsal=False,
        )
        for n in range(20)
    ]

    chosen = choose(headers, 5)

    assert [header.label for header in chosen[:3]] == ["a19", "a18", "a17"]
    assert len({header.id for header in chosen}) == 5
    assert choose(headers[::-1], 5) == chosen
    assert choose(headers, 0) == []
    assert len(choose(headers, 100)) == 20


def test_a_finding_that_is_well_asks_for_nothing(database: Path) -> None:
    found = examine(str(database), Surroundings(now=Instant.now(), encodings={}), 8).findings

    assert all(isinstance(finding, Observation) for finding in found)
    assert all(not finding.remedy for finding in found if finding.state == "well")
