"""Whoever names the wrong thing is told what it is, and what to run instead."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phaseflow.cli.main import cli

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"
SCENARIO = "title: t\ndefinition: plan.yaml\nevents: []\n"
THINGS = {
    "s.yaml": (SCENARIO.encode(), "a scenario"),
    "d.db": (b"SQLite format 3\0rest", "an SQLite database"),
    "d.pdf": (b"%PDF-1.7\n", "a PDF"),
    "d.docx": (b"PK\x03\x04rest", "a DOCX"),
    "s.json": (b'{"actor":"north","agreement":"0"}', "a statement in JSON"),
    "key": (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "a PRIVATE KEY"),
    "key.pub": (b"ssh-ed25519 AAAAC3Nz me\n", "a public key"),
    "s.sig": (b"-----BEGIN SSH SIGNATURE-----\n", "a signature"),
    "1.txt": (b"phaseflow-checkpoint-v1\n", "a checkpoint"),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the plan, and one of each thing that is no definition."""
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    for name, (content, _) in THINGS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("PHASEFLOW_DATABASE", "PHASEFLOW_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["check", "fmt", "prose", "open", "draw"])
@pytest.mark.parametrize("thing", THINGS)
def test_what_is_no_definition_is_named(command: str, thing: str) -> None:
    done = invoke(command, thing)

    assert done.exit_code == 2
    assert f"{thing} is {THINGS[thing][1]}" in done.stderr
    assert "not a definition; " in done.stderr


@pytest.mark.parametrize("arguments", [("check", "folder"), ("compare", "plan.yaml", "s.yaml")])
def test_a_folder_and_a_scenario_are_no_editions(arguments: tuple[str, ...]) -> None:
    done = invoke(*arguments)

    assert done.exit_code == 2
    assert "not a definition" in done.stderr


def test_a_rehearsal_with_its_files_swapped_says_which_comes_first() -> None:
    done = invoke("rehearse", "s.yaml", "plan.yaml")

    assert done.exit_code == 2
    assert "phaseflow rehearse DEFINITION SCENARIO" in done.stderr


def test_prose_writes_no_word_processor_document() -> None:
    done = invoke("prose", "plan.yaml", "--output", "plan.docx")

    assert done.exit_code == 2
    assert "Markdown" in done.stderr
    assert not Path("plan.docx").exists()


def test_an_exported_journal_is_replayed_and_verified_and_drawn_from_no_database() -> None:
    invoke("open", "plan.yaml", "--label", "p")
    invoke("audit", "export", "p", "exported")

    assert invoke("audit", "replay", "exported").exit_code == 0
    done = invoke("timeline", "exported")

    assert done.exit_code == 2
    assert "exported is an exported journal" in done.stderr
    assert "phaseflow audit verify" in done.stderr


def test_an_agreement_may_have_the_name_of_a_folder() -> None:
    invoke("open", "plan.yaml", "--label", "folder")

    assert invoke("audit", "replay", "folder").exit_code == 0
    assert invoke("timeline", "folder").exit_code == 0


@pytest.mark.parametrize(
    "settings",
    [
        b"by = " + b"[" * 5000 + b"]" * 5000,
        b"by = " + b"9" * 5000,
        b'by = "' + b"x" * 100_000 + b'"',
        b'by = "\xff"',
    ],
    ids=["deep", "digits", "huge", "not UTF-8"],
)
def test_settings_that_nobody_would_write_are_one_line(settings: bytes) -> None:
    Path("config.toml").write_bytes(settings)

    done = CliRunner().invoke(cli, ["list"], env={"PHASEFLOW_CONFIG": "config.toml"})

    assert done.exit_code == 2
    assert "config.toml" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", "p", "--newest", 2**63),
        ("status", "p", "--now", "9999-12-31"),
        ("history", "p", "--until", "9999-12-31"),
        ("history", "p", "--since", "0001-01-01"),
        ("note", "p", "--by", "north", "--note", "x", "--at", "0001-01-01"),
        ("waive", "p", "--transition", "accept", "--guard", 10**30, "--by", "north"),
        ("note", "p", "--by", "north", "--note", os.fsdecode(b"\xe4")),
    ],
    ids=lambda arguments: ascii(arguments)[:60],
)
def test_values_beyond_all_measure_are_wrong_use(arguments: tuple[object, ...]) -> None:
    invoke("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", "2025-03-01T09:00")

    done = invoke(*arguments)

    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_whoever_has_no_home_has_no_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        msg = "Could not determine home directory."
        raise RuntimeError(msg)

    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setattr(Path, "home", homeless)
    invoke("open", "plan.yaml", "--label", "p")

    listed, verified = invoke("list"), invoke("audit", "verify", "p")

    assert listed.exit_code == 0
    assert verified.exit_code == 2
    assert "set HOME" in verified.stderr
