"""What looks after the journal: tick, audit, db; rehearse, demo; and the face itself."""

import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner
from tests.cli.conftest import Read, Run
from tests.warm import python

from phaseflow.cli.main import cli

SCENARIO = """
title: Two are released
events:
  - {at: 2025-03-01T10:00, by: north, advance: {transition: accept}}
  - {at: 2025-03-01T11:00, by: south, advance: {transition: accept}, expect: {state: running}}
  - {at: 2025-03-02, by: north, as: first, perform: {obligation: release, amount: {women: 2}}}
  - {at: 2025-03-02, by: watch, attest: {entry: first}}
  - {at: 2025-03-02, by: south, advance: {transition: finish}, refused: [guard]}
  - {tick: 2025-03-05, expect: {obligations: {withdrawal: {standing: breached}}}}
then:
  state: running
  obligations: {release: {delivered: 2, dues: [{name: day 2, standing: discharged}]}}
"""


def tamper(here: Path, statement: str) -> None:
    with sqlite3.connect(here / "phaseflow.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()


def test_time_is_recorded_once(running: Run, read: Read) -> None:
    first = running("tick", "p", "--now", "2025-03-05")
    again = running("tick", "p", "--now", "2025-03-05")

    assert "withdrawal, due road: was pending, is breached" in first.stdout
    assert "nothing has fallen due" in again.stdout
    assert len(read("tick", "p", "--now", "2025-03-30")["ticks"]) == 1


def test_ticking_all_leaves_rehearsals_alone(running: Run, read: Read) -> None:
    running("open", "plan.yaml", "--label", "real")

    assert read("tick")["ticks"] == []
    running("tick", "--now", "2025-03-05", code=2)
    running("tick", "nobody", code=2)


def test_a_whole_journal_is_verified_and_anchored_by_the_id(released: Run, read: Read) -> None:
    identity = read("status", "p")["id"]

    assert "NOT ANCHORED" in released("audit", "verify", "p").stdout
    assert "anchored: the id" in released("audit", "verify", identity).stdout
    assert read("audit", "verify", "p", "--id", identity)["is_anchored"] is True
    released("audit", "verify", "p", "--id", "0" * 64, code=3)
    released("audit", "verify", code=2)


def test_an_export_is_verified_without_a_database(released: Run, read: Read, here: Path) -> None:
    identity = read("status", "p")["id"]
    released("audit", "export", "p", "out")
    (here / "phaseflow.db").unlink()

    assert read("audit", "verify", "--bundle", "out", "--id", identity)["entries"] == 5
    (here / "out" / "entries.jsonl").write_text("{}\n")
    released("audit", "verify", "--bundle", "out", code=3)


def test_an_export_overwrites_nothing(released: Run) -> None:
    released("audit", "export", "p", "out")

    released("audit", "export", "p", "out", code=4)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET line = replace(line, 'women\":2', 'women\":1') WHERE seq = 3",
        "UPDATE entry SET actor = 'south' WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 4",
        "UPDATE definition SET source = x'00'",
    ],
)
def test_a_journal_that_was_changed_is_broken_evidence(
    released: Run, here: Path, change: str
) -> None:
    tamper(here, change)

    result = released("audit", "verify", "p", code=3)

    assert result.stderr.startswith("error: ")


def test_a_replay_gives_every_consequence_again(released: Run, read: Read) -> None:
    released("tick", "p", "--now", "2025-03-05")
    released("advance", "p", "finish", "--by", "south", "--on-record", code=1)

    document = read("audit", "replay", "p")

    assert document["entries"] == 7
    assert document["differing"] == []
    assert "follows from its definition" in released("audit", "replay", "p").stdout


@pytest.mark.parametrize(
    ("change", "command"),
    [
        ("UPDATE agreement SET state = '{\"leaf\": 1}'", ("status", "p")),
        ("UPDATE claim SET body = '{}'", ("contest", "p", 3, "--by", "south")),
    ],
)
def test_present_state_of_another_version_is_rebuilt(
    released: Run, here: Path, change: str, command: tuple[object, ...]
) -> None:
    tamper(here, change)

    result = released(*command, code=5)
    released("db", "rebuild", "p")

    assert "`phaseflow db rebuild`" in result.stderr
    released(*command)


def test_a_replay_finds_present_state_that_differs_and_a_rebuild_mends_it(
    released: Run, here: Path
) -> None:
    tamper(here, "UPDATE obligation SET delivered = 99")

    assert "obligation" in released("audit", "replay", "p", code=1).stdout
    assert "rebuilt p from 5 entries" in released("db", "rebuild", "p").stdout
    released("audit", "replay", "p")


def test_all_agreements_are_rebuilt_if_none_is_named(released: Run) -> None:
    released("open", "plan.yaml", "--label", "q")

    assert released("db", "rebuild").stdout.count("rebuilt") == 2
    released("db", "rebuild", "nobody", code=2)


def test_an_upgrade_creates_the_tables_and_then_has_nothing_to_do(run: Run) -> None:
    assert "is now" in run("db", "upgrade").stdout
    assert "up to date" in run("db", "upgrade").stdout


def test_a_shared_database_is_used_from_the_command_line(
    run: Run, read: Read, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setenv("PHASEFLOW_DATABASE", empty_postgres_url)

    assert "phaseflow db upgrade" in run("open", "plan.yaml", code=5).stderr
    run("db", "upgrade")
    run("open", "plan.yaml", "--label", "p")
    run("advance", "p", "accept", "--by", "north")
    run("audit", "verify", "p")
    run("audit", "replay", "p")

    assert read("status", "p")["position"] == 2
    assert not (here / "phaseflow.db").exists()


def test_a_role_that_may_only_append_does_everything_that_filing_needs(
    run: Run, read: Read, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"desk_{uuid.uuid4().hex[:12]}"
    monkeypatch.setenv("PHASEFLOW_DATABASE", empty_postgres_url)
    assert "run phaseflow db upgrade" in run("db", "grant", role, code=5).stderr
    run("db", "upgrade")
    assert f"no role {role}" in run("db", "grant", role, code=5).stderr
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())

        assert "cannot change or delete" in run("db", "grant", role).stdout
        monkeypatch.setenv(
            "PHASEFLOW_DATABASE", empty_postgres_url.replace("postgres@", f"{role}@")
        )
        run("open", "plan.yaml", "--label", "p")
        run("advance", "p", "accept", "--by", "north")
        run("advance", "p", "accept", "--by", "north", "--dry-run")
        run("advance", "p", "accept", "--by", "south")
        run("perform", "p", "release", "--amount", "women=2", "--by", "north")
        run("tick")
        run("db", "upgrade")
        run("audit", "verify", "p")
        run("audit", "replay", "p")

        assert read("status", "p")["position"] >= 4
        for command in ("rebuild", "sweep"):
            assert "its role does not allow that" in run("db", command, code=5).stderr
        assert "permission denied" in run("db", "grant", "postgres", code=5).stderr
        connection.execute(f"DROP OWNED BY {role}".encode())
        connection.execute(f"DROP ROLE {role}".encode())


@pytest.mark.parametrize(
    "url", ["postgresql://localhost:1/none", "oracle://x", "plan.yaml", "no/such/folder/x.db"]
)
def test_a_database_out_of_reach_is_told_without_a_traceback(run: Run, url: str) -> None:
    result = run("open", "plan.yaml", "--database", url, code=5)

    assert "error: " in result.stderr


def test_a_scenario_that_goes_as_it_says(run: Run, read: Read, here: Path) -> None:
    (here / "good.yaml").write_text(SCENARIO)

    assert "went as it says" in run("rehearse", "plan.yaml", "good.yaml").stdout
    document = read("rehearse", "plan.yaml", "good.yaml")
    assert (document["state"], document["mismatches"]) == ("running", [])
    assert not (here / "phaseflow.db").exists()


def test_a_scenario_that_goes_otherwise_tells_every_mismatch_with_its_line(
    run: Run, read: Read, here: Path
) -> None:
    bad = SCENARIO.replace("refused: [guard]", "refused: [state]").replace(
        "delivered: 2", "delivered: 3"
    )
    (here / "bad.yaml").write_text(bad)

    result = run("rehearse", "plan.yaml", "bad.yaml", code=1)

    assert "bad.yaml:8: advance by south is refused, expected with state" in result.stderr
    told = read("rehearse", "plan.yaml", "bad.yaml", code=1)["mismatches"]
    assert [mismatch["line"] for mismatch in told] == [8, 10]


def test_a_refusal_that_does_not_come_is_a_mismatch(run: Run, here: Path) -> None:
    bad = SCENARIO.replace("attest: {entry: first}", "attest: {entry: first}, refused: [guard]")
    (here / "bad.yaml").write_text(bad)

    assert "and was not" in run("rehearse", "plan.yaml", "bad.yaml", code=1).stderr


def test_a_statement_that_cannot_be_filed_does_not_end_the_play(run: Run, here: Path) -> None:
    bad = SCENARIO.replace("obligation: release, amount", "obligation: releases, amount")
    (here / "bad.yaml").write_text(bad)

    result = run("rehearse", "plan.yaml", "bad.yaml", code=1)

    assert "perform by north was not filed" in result.stderr
    assert "refers to the event 'first', which was not filed" in result.stderr


def test_a_faulty_scenario_shows_its_faults(run: Run, here: Path) -> None:
    (here / "bad.yaml").write_text(SCENARIO.replace("entry: first", "entry: frist"))

    assert "bad.yaml:" in run("rehearse", "plan.yaml", "bad.yaml", code=1).stderr
    (here / "none.yaml").write_text("title: None\nevents: []\n")
    run("rehearse", "plan.yaml", "none.yaml", code=2)


def test_the_demonstration_shows_the_record_and_its_audits(run: Run) -> None:
    result = run("demo")

    for line in (
        "phase_1       2025-01-19 11:15 (day 1)   2025-03-18 02:00 (day 59)",
        "2025-02-22 (day 35)  end of 2025-02-23 (day 36)   602        643",
        "in all                                          1737       1778",
        "the tables of present state are those that follow from it",
    ):
        assert " ".join(line.split()) in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert run("demo").stdout == result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(run: Run, shell: str) -> None:
    assert "_PHASEFLOW_COMPLETE" in run("completion", shell).stdout


def commands(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, *path, name)
    return found


@pytest.mark.parametrize("command", commands(cli), ids=" ".join)
def test_the_help_of_every_command_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    # What can be said can be drafted: the help is that of saying it.
    said = command[1:] if command[0] == "draft" and len(command) > 1 else command

    assert f"phaseflow {' '.join(said)}" in " ".join(result.stdout.split("Example:")[1].split())
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_misspelled_command_gets_a_near_miss(run: Run) -> None:
    assert "status" in run("statsu", code=2).stderr


def test_colour_is_for_terminals_and_not_where_it_is_unwanted(
    running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    running("tick", "p", "--now", "2025-03-05")

    def shown() -> str:
        return CliRunner().invoke(cli, ["status", "p"], color=True).stdout

    assert "\x1b" not in shown()
    monkeypatch.setattr("phaseflow.cli.safe_streams.SafeStream.isatty", lambda _: True)
    assert "\x1b[31mbreached\x1b[0m" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown()


def test_an_interrupted_command_ends_quietly(running: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("phaseflow.api.status", interrupt)

    assert running("status", "p", code=130).stderr == "\ninterrupted\n"


def test_too_little_memory_ends_in_a_message(running: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("phaseflow.api.status", interrupt)

    assert (
        running("status", "p", code=74).stderr
        == "error: this takes more memory than the machine has\n"
    )


def test_a_full_disk_is_told_without_a_traceback(
    running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phaseflow.cli.commands.status.status_page", fail)

    assert "No space left" in running("status", "p", code=74).stderr


def test_a_reader_that_goes_away_causes_no_traceback(released: Run, here: Path) -> None:
    released("status", "p")
    program = f"{python()} -m phaseflow.cli history p --json | true"
    source = Path(__file__).parents[2] / "src"

    done = subprocess.run(
        ["sh", "-c", program],
        env=os.environ | {"PYTHONPATH": str(source)},
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr


def test_a_terminal_of_an_odd_encoding_shows_what_it_can(released: Run, here: Path) -> None:
    released("note", "p", "--by", "guide", "--note", "\u05e9\u05dc\u05d5\u05dd")
    source = Path(__file__).parents[2] / "src"

    done = subprocess.run(
        [sys.executable, "-m", "phaseflow.cli", "show", "p", "5"],
        env=os.environ | {"PYTHONPATH": str(source), "PYTHONIOENCODING": "ascii"},
        cwd=here,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Its words" in done.stdout


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout.startswith("phaseflow")


def test_compiled_texts_are_kept_where_the_environment_says(
    released: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASEFLOW_CACHE", str(here / "compiled"))
    assert "each run compiles the texts anew" in " ".join(released("doctor").stdout.split())

    assert released("cache", "fill").stdout == "kept the compiled form of 1 text\n"

    assert len(list((here / "compiled").iterdir())) == 1
    assert "compiled texts are found again" in " ".join(released("doctor").stdout.split())
    (here / "compiled").chmod(0o777)
    assert "others may write the folder" in " ".join(
        released("cache", "fill", code=5).stderr.split()
    )


def test_a_header_that_is_broken_is_listed_as_such_and_mended(
    released: Run, read: Read, here: Path
) -> None:
    before = read("list")
    released("open", "plan.yaml", "--label", "sound")
    tamper(here, "UPDATE agreement SET next_due_at = 'x' WHERE label = 'p'")

    listed = read("list")
    page = released("list").stdout

    assert [one["label"] for one in listed["agreements"]] == ["sound"]
    assert [one["label"] for one in listed["broken"]] == ["p"]
    assert "BROKEN p: " in page
    assert "phaseflow db rebuild p" in " ".join(page.split())
    released("db", "rebuild", "p")
    assert read("list")["agreements"][0] == before["agreements"][0]


def test_what_proves_nothing_is_named_and_swept(released: Run, read: Read, here: Path) -> None:
    tamper(here, "INSERT INTO checkpoint SELECT id, 1, 'x', 'junk' FROM agreement")

    assert "ignored" in released("audit", "verify", "p").stdout
    assert len(read("audit", "verify", "p")["ignored"]) == 1
    assert "deleted 1 row beside the journal of p" in released("db", "sweep", "p").stdout
    assert read("audit", "verify", "p")["ignored"] == []


def test_a_journal_that_does_not_verify_is_exported_under_a_mark(released: Run, here: Path) -> None:
    tamper(here, "UPDATE entry SET line = replace(line, 'women', 'men') WHERE seq = 3")

    told = released("audit", "export", "p", "taken_home", code=3).stderr

    assert "marked as BROKEN" in " ".join(told.split())
    assert (here / "taken_home" / "README").read_text().startswith("BROKEN")
    released("audit", "verify", "taken_home", code=3)
    replayed = released("audit", "replay", "taken_home", code=3).stderr
    assert "entry" in replayed
