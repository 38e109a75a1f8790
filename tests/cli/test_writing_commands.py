"""Writing a definition from the command line: new, fmt, schema."""

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.conftest import Read, Run

from phaseflow.cli.main import cli
from phaseflow.language.document.json_schema import schema_text
from phaseflow.language.parse import examine
from phaseflow.language.starter import starter
from phaseflow.service.format_text import put_in_order

TIDY = "    to: in_force\n    by: {all: signatories}  # each of them must consent\n"
UNTIDY = "    by: {all: signatories}      # each of them must consent\n    to: in_force\n"


@pytest.fixture
def untidy(here: Path) -> Path:
    """A definition that holds, and is not in order."""
    path = here / "untidy.yaml"
    path.write_text(starter("untidy").decode().replace(TIDY, UNTIDY))
    return path


def piped(text: str, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["fmt", "-", *arguments], input=text, catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_what_new_writes_holds_leaves_nothing_open_and_is_in_order(run: Run, here: Path) -> None:
    run("new", "delivery")

    source = (here / "delivery.yaml").read_bytes()
    definition, found = examine(source, "delivery.yaml")
    assert definition is not None
    assert definition.name == "delivery"
    assert found == ()
    assert put_in_order(source, "delivery.yaml").is_in_order


def test_an_agreement_on_what_new_writes_comes_to_its_good_end(run: Run, read: Read) -> None:
    run("new")
    run("open", "agreement.yaml", "--label", "a", "--rehearsal", "--now", "2025-03-03T09:00")
    for party in ("seller", "buyer"):
        run("advance", "a", "sign", "--by", party, "--now", "2025-03-03T10:00")
    run("perform", "a", "goods", "--amount", 20, "--by", "seller", "--now", "2025-03-05T10:00")
    run("attest", "a", 3, "--by", "surveyor", "--now", "2025-03-06T10:00")

    status = read("status", "a", "--now", "2025-03-06T10:00")

    assert status["state"] == "completed"
    assert status["is_final"]


def test_what_new_writes_can_be_stepped_back_from_once_it_is_breached(run: Run, read: Read) -> None:
    run("new")
    run("open", "agreement.yaml", "--label", "a", "--rehearsal", "--now", "2025-03-03T09:00")
    for party in ("seller", "buyer"):
        run("advance", "a", "sign", "--by", party, "--now", "2025-03-03T10:00")

    early = run("advance", "a", "rescind", "--by", "buyer", "--now", "2025-03-12T10:00", code=1)
    run("advance", "a", "rescind", "--by", "buyer", "--now", "2025-03-16T10:00")

    assert "the seller still has time to deliver" in early.stderr
    assert read("status", "a", "--now", "2025-03-16T10:00")["state"] == "rescinded"


def test_new_overwrites_nothing(run: Run, here: Path) -> None:
    (here / "delivery.yaml").write_text("mine")

    result = run("new", "delivery", code=2)

    assert "delivery.yaml is there already; name another with --output" in result.stderr
    assert (here / "delivery.yaml").read_text() == "mine"


def test_new_writes_where_it_is_told_to(run: Run, here: Path) -> None:
    run("new", "delivery", "--output", "other.yaml")
    printed = run("new", "delivery", "--output", "-").stdout

    assert (here / "other.yaml").read_text() == printed
    assert (
        "nowhere/x.yaml cannot be written"
        in run("new", "--output", "nowhere/x.yaml", code=2).stderr
    )


@pytest.mark.parametrize("name", ["Delivery", "a: b", "../up", "9", "", "x" * 65, "a\nb"])
def test_a_name_that_no_definition_can_have_is_refused(run: Run, here: Path, name: str) -> None:
    result = run("new", name, code=2)

    assert "cannot name a definition: use a-z, 0-9 and _" in result.stderr
    assert [path.name for path in here.iterdir()] == ["plan.yaml"]


def test_a_name_that_yaml_would_take_for_something_else_is_quoted(run: Run, here: Path) -> None:
    run("new", "true")

    assert run("check", "true.yaml").stdout.startswith("true.yaml holds")
    assert '\nname: "true"\n' in (here / "true.yaml").read_text()


def test_a_file_is_put_in_order_and_then_is_in_order(run: Run, untidy: Path) -> None:
    before = untidy.read_text()

    first = run("fmt", "untidy.yaml").stdout
    second = run("fmt", "untidy.yaml", "--check").stdout

    assert first == "untidy.yaml is put in order\n"
    assert untidy.read_text() == before.replace(UNTIDY, TIDY)
    assert second == ""
    assert run("fmt", "untidy.yaml").stdout == "untidy.yaml is in order\n"


def test_check_names_what_would_change_and_writes_nothing(run: Run, untidy: Path) -> None:
    before = untidy.read_bytes()
    run("new")

    result = run("fmt", "agreement.yaml", "untidy.yaml", "--check", code=1)

    assert result.stdout == "untidy.yaml would change\n"
    assert untidy.read_bytes() == before


def test_diff_shows_what_would_change_and_writes_nothing(run: Run, untidy: Path) -> None:
    untidy.write_text(untidy.read_text().rstrip("\n"))
    before = untidy.read_bytes()

    shown = run("fmt", "untidy.yaml", "--diff").stdout
    checked = run("fmt", "untidy.yaml", "--diff", "--check", code=1)

    assert shown.startswith("--- untidy.yaml\n+++ untidy.yaml in order\n@@")
    assert "\n-    by: {all: signatories}      # each" in shown
    assert "\n+    by: {all: signatories}  # each" in shown
    assert "\n\\ No newline at end of file\n" in shown
    assert checked.stdout == shown
    assert untidy.read_bytes() == before


def test_a_file_with_faults_of_form_is_left_and_its_faults_are_told(run: Run, here: Path) -> None:
    bad = here / "bad.yaml"
    bad.write_text((here / "plan.yaml").read_text().replace("edition:", "editoin:"))
    run("new")
    before = bad.read_bytes()

    told = run("fmt", "bad.yaml", "agreement.yaml", code=1)

    assert told.stderr == run("check", "bad.yaml", code=1).stderr
    assert "did you mean 'edition'?" in told.stderr
    assert told.stdout == "agreement.yaml is in order\n"
    assert bad.read_bytes() == before


def test_a_file_with_other_faults_is_put_in_order(run: Run, untidy: Path) -> None:
    untidy.write_text(untidy.read_text().replace("to: in_force", "to: inforce"))

    run("fmt", "untidy.yaml")

    assert "    to: inforce\n    by: {all" in untidy.read_text()


def test_a_stream_is_put_in_order(run: Run, untidy: Path) -> None:
    before = untidy.read_text()

    assert piped(before) == (0, before.replace(UNTIDY, TIDY), "")
    assert piped(before, "--check") == (1, "- would change\n", "")
    assert piped("x: 1\n")[0] == 1


def test_permissions_stay_and_a_symbolic_link_stays_one(run: Run, untidy: Path) -> None:
    untidy.chmod(0o640)
    link = untidy.parent / "link.yaml"
    link.symlink_to("untidy.yaml")

    run("fmt", "link.yaml")

    assert link.is_symlink()
    assert TIDY in untidy.read_text()
    assert stat.S_IMODE(untidy.stat().st_mode) == 0o640
    assert sorted(path.name for path in untidy.parent.iterdir()) == [
        "link.yaml",
        "plan.yaml",
        "untidy.yaml",
    ]


def test_a_file_that_cannot_be_written_is_as_it_was(
    run: Run, untidy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = untidy.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)

    result = run("fmt", "untidy.yaml", code=74)

    assert "untidy.yaml cannot be written: No space left on device" in result.stderr
    assert untidy.read_bytes() == before
    assert sorted(path.name for path in untidy.parent.iterdir()) == ["plan.yaml", "untidy.yaml"]


def test_a_file_that_nobody_may_write_is_left(
    run: Run, untidy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)

    result = run("fmt", "untidy.yaml", code=2)

    assert "untidy.yaml cannot be written: it is no file that you may write" in result.stderr
    assert UNTIDY in untidy.read_text()


def test_what_is_no_file_is_a_usage_error(run: Run) -> None:
    assert "nowhere.yaml cannot be read" in run("fmt", "nowhere.yaml", code=2).stderr
    assert ". is a folder, not a definition" in run("fmt", ".", code=2).stderr


def test_the_schema_is_printed_as_it_is_shipped(run: Run) -> None:
    printed = run("schema").stdout

    assert printed == schema_text()
    assert json.loads(printed)["title"] == "phaseflow definition"
