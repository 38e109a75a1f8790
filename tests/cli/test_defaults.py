"""Each person's defaults, and what comes before them."""

from pathlib import Path

import pytest
from tests.cli.conftest import Read, Run


@pytest.fixture
def config(here: Path) -> Path:
    """Where a person's own file is looked for."""
    path = here / "config" / "phaseflow" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_a_person_is_asked_only_once_who_it_is(
    signed: Run, read: Read, config: Path, here: Path
) -> None:
    config.write_text(
        f'by = "north"\nsign_with = "{here}/keys/north"\nrecorder_key = "../../keys/recorder"\n'
        'pins = "receipts"\n'
    )

    signed("note", "p", "--note", "x")

    assert read("show", "p", 1)["entry"]["stmt"]["actor"] == "north"
    assert len(list((config.parent / "receipts").rglob("00000002.txt"))) == 1
    assert read("audit", "verify", "p")["pins"] == 1
    assert '"actor":"north"' in signed("draft", "note", "p", "--note", "x").stdout
    assert '"actor":"north"' in signed("draft", "key", "revoke", "p").stdout
    signed("key", "revoke", "p")
    assert read("show", "p", 2)["entry"]["stmt"]["kind"] == "key.set"


def test_the_database_may_be_a_default(run: Run, config: Path, here: Path) -> None:
    config.write_text('database = "../../own.db"\n')
    run("open", "plan.yaml", "--label", "p")

    assert (here / "own.db").exists()
    assert "p " in run("list").stdout
    config.write_text('database = "postgresql://127.0.0.1:1/none"\n')
    run("list", code=5)


def test_the_command_line_comes_first_then_the_environment_then_the_file(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('database = "../../file.db"\n')
    monkeypatch.setenv("PHASEFLOW_DATABASE", "environment.db")

    run("open", "plan.yaml", "--label", "one", "--database", "line.db")
    run("open", "plan.yaml", "--label", "two")
    monkeypatch.delenv("PHASEFLOW_DATABASE")
    run("open", "plan.yaml", "--label", "three")

    for file in ("line.db", "environment.db", "file.db"):
        assert Path(file).exists()


def test_another_speaker_is_not_given_ones_own_key(
    signed: Run, read: Read, config: Path, here: Path
) -> None:
    config.write_text(f'by = "north"\nsign_with = "{here}/keys/north"\n')

    result = signed("note", "p", "--note", "x", "--by", "south", code=2)
    assert "south has a key and did not sign" in result.stderr
    signed("note", "p", "--note", "x", "--by", "south", "--sign-with", "keys/south")
    signed("note", "p", "--note", "x", "--by", "north")
    config.write_text(f'sign_with = "{here}/keys/north"\n')
    signed("note", "p", "--note", "x", "--by", "north")
    assert read("status", "p")["position"] == 4


def test_the_environment_names_another_file(
    signed: Run, config: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('by = "north"\n')
    (here / "mine.toml").write_text('by = "south"\n')
    monkeypatch.setenv("PHASEFLOW_CONFIG", str(here / "mine.toml"))

    assert '"actor":"south"' in signed("draft", "note", "p", "--note", "x").stdout

    monkeypatch.setenv("PHASEFLOW_CONFIG", str(here / "none.toml"))
    assert "is not there" in signed("list", code=2).stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'who = "north"', "there is no default 'who'; there are by, database"),
        (b"by = 3", "by is no text; write it in quotes"),
        (b'by = ""', "can be no name"),
        (b'sign_with = "a\\u0000b"', "can be no name"),
        (b"[by]\nx = 1", "by is no text"),
        (b"by" + b".x" * 5_000 + b" = 1", "by is no text"),
        (b"by = 0x" + b"f" * 5_000, "by is no text"),
        (b"by = north", "cannot be read"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_meant_is_told(
    run: Run, config: Path, text: bytes, words: str
) -> None:
    config.write_bytes(text)

    result = run("list", code=2)

    assert words in " ".join(result.stderr.split())
    assert "config.toml" in result.stderr
    assert len(result.stderr) < 1_000
    run("--help")


def test_a_directory_or_an_unknown_home_ends_in_words(run: Run, config: Path) -> None:
    config.mkdir()
    assert "cannot be read" in run("list", code=2).stderr
    config.rmdir()
    config.write_text('database = "~nobody_of_this_name/x.db"\n')
    run("list")
