"""The exit code tells the truth, also where the text of a command cannot be shown."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.faults.program import Ended, run
from tests.journal.signer import signer

from phaseflow.cli.main import cli

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"
NOW = ("--now", "2025-03-01T09:00")
OPENED = ("--rehearsal", *NOW)
NOTE = ("note", "p", "--by", "north", "--note", "x", *NOW)
UNSHOWN = {
    "a full disk": '"$@" > /dev/full',
    "a reader that left": '"$@" | true; exit ${PIPESTATUS[0]}',
    "no output at all": '"$@" >&-',
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a rehearsal ``p``."""
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("PHASEFLOW_DATABASE", "PHASEFLOW_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    invoke("open", "plan.yaml", "--label", "p", *OPENED)
    return tmp_path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def entries() -> list[dict[str, Any]]:
    return [json.loads(line) for line in invoke("history", "p", "--json").stdout.splitlines()]


def newest_hash() -> str:
    return str(json.loads(invoke("show", "p", len(entries()) - 1, "--json").stdout)["hash"])


@pytest.mark.parametrize("shell", UNSHOWN.values(), ids=UNSHOWN)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["page", "json"])
def test_what_is_filed_and_not_shown_ends_with_6_and_is_named(
    shell: str, form: tuple[str, ...]
) -> None:
    done = run(*NOTE, *form, shell=shell)

    assert done.code == 6
    assert len(entries()) == 2
    assert f"entry 1 of p IS filed (note): hash {newest_hash()}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", UNSHOWN.values(), ids=UNSHOWN)
def test_an_agreement_that_is_opened_and_not_shown_is_named(shell: str) -> None:
    done = run("open", "plan.yaml", "--label", "q", *OPENED, shell=shell)

    assert done.code == 6
    assert "entry 0 of q IS filed (open): hash " in done.stderr


def test_a_refused_act_on_record_that_is_not_shown_ends_with_6() -> None:
    act = ("advance", "p", "finish", "--by", "north", "--on-record", *NOW)
    shown = run(*act)

    done = run(*act, shell=UNSHOWN["a full disk"])

    assert (shown.code, done.code) == (1, 6)
    assert "entry 2 of p IS filed (advance)" in done.stderr


def test_time_recorded_before_a_refused_act_leaves_it_refused() -> None:
    invoke("advance", "p", "accept", "--by", "north", *NOW)
    invoke("advance", "p", "accept", "--by", "south", *NOW)

    done = run("advance", "p", "accept", "--by", "north", *NOW, shell=UNSHOWN["a full disk"])

    assert done.code == 1
    assert "IS filed" not in done.stderr


def test_a_receipt_that_cannot_be_kept_leaves_its_statement_filed(here: Path) -> None:
    for name in ("desk", "north"):
        signer(name).write(here, name)
    keys = ("--key", "recorder=desk.pub", "--key", "north=north.pub")
    invoke("open", "plan.yaml", "--label", "q", *OPENED, *keys)
    (here / "kept").write_text("a file where a folder is wanted")
    signing = ("--sign-with", "north", "--recorder-key", "desk", "--pins", "kept/pins")

    done = run("note", "q", "--by", "north", "--note", "x", *NOW, *signing)

    assert done.code == 6
    assert "entry 1 of q IS filed (note)" in done.stderr
    assert "the receipt cannot be kept" in done.stderr


def test_a_reading_command_whose_reader_left_is_no_failure() -> None:
    done = run("history", "p", "--json", shell=UNSHOWN["a reader that left"])

    assert done == Ended(141, "", "")


@pytest.mark.parametrize("arguments", [("list",), ("--help",), ("check", "plan.yaml")])
def test_a_reading_command_on_a_full_disk_is_neither_refused_nor_wrong_use(
    arguments: tuple[str, ...],
) -> None:
    done = run(*arguments, shell=UNSHOWN["a full disk"])

    assert done.code == 74
    assert done.stderr == "error: the text could not be shown: No space left on device\n"


def test_faults_that_were_told_count_before_a_reader_that_left() -> None:
    Path("bad.yaml").write_text("phaseflow: 1\n")

    done = run("check", "bad.yaml", "--json", shell=UNSHOWN["a reader that left"])

    assert done.code == 1


@pytest.mark.parametrize("shell", ['"$@" 2>/dev/full', '"$@" 2>&-', '"$@" 2>&1 >/dev/null | true'])
def test_nobody_to_tell_of_a_nonce_keeps_nothing_from_being_filed(shell: str) -> None:
    done = run(*NOTE, shell=shell)

    assert done.code == 0
    assert len(entries()) == 2


def test_a_bug_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        msg = "unforeseen"
        raise KeyError(msg)

    monkeypatch.setattr("phaseflow.api.status", fail)

    done = invoke("status", "p")

    assert done.exit_code == 70
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("This is a bug in phaseflow: please report it, with these lines.\n")


def test_an_entry_that_was_filed_before_a_bug_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        msg = "unforeseen"
        raise KeyError(msg)

    monkeypatch.setattr("phaseflow.cli.statement_options.filed_page", fail)

    done = invoke(*NOTE)

    assert done.exit_code == 70
    assert f"entry 1 of p IS filed (note): hash {newest_hash()}" in done.stderr


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_filing_says_that_nothing_was_filed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("phaseflow.storage.sql.SqlTransaction._project", interrupt)

    done = invoke(*NOTE)

    assert done.exit_code == 130
    assert done.stderr.endswith("interrupted\nnothing was filed\n")
    assert len(entries()) == 1


def test_a_filing_that_is_interrupted_afterwards_says_that_it_is_filed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("phaseflow.cli.statement_options.filed_page", interrupt)

    done = invoke(*NOTE)

    assert done.exit_code == 130
    assert "entry 1 of p IS filed (note)" in done.stderr


def test_a_filing_that_is_interrupted_as_it_is_committed_says_that_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("phaseflow.storage.committed.Committed.settle", interrupt)

    done = invoke(*NOTE)

    assert done.exit_code == 130
    assert "whether entry 1 of p was filed is not known" in done.stderr


def test_every_code_is_in_the_reference() -> None:
    from phaseflow.cli import exit_codes  # noqa: PLC0415

    text = (PLAN.parents[2] / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    codes = [value for name, value in vars(exit_codes).items() if name.isupper()]

    assert [code for code in codes if f"\n| {code} |" not in text] == []
