"""The command that compares two editions."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phaseflow.cli.main import cli

PLAN = Path(__file__).parents[2] / "definitions" / "three_phase_plan" / "definition.yaml"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The plan, with one date put off, and one title changed."""
    text = PLAN.read_text(encoding="utf-8")
    text = text.replace("        by: day 50\n", "        by: day 60\n")
    text = text.replace("title: Humanitarian deliveries", "title: Deliveries")
    path = tmp_path / "later.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in ("compare", *arguments)])


def test_a_later_date_is_lighter_for_who_owes_it(later: Path) -> None:
    result = run(PLAN, later)

    assert result.exit_code == 0
    assert "lighter for israel" in result.stdout
    assert "wording only" in result.stdout
    assert "2 changes. lighter for israel: 1; wording only: 1." in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_what_is_only_in_one_edition_is_told_by_its_name(tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    fewer = tmp_path / "fewer.yaml"
    fewer.write_text(text.replace("  who: {title: World Health", "  iom: {title: World Health"))

    printed = run(PLAN, fewer).stdout

    assert "  parties who: structure\n      before: who\n      after: nothing\n" in printed
    assert "  parties iom: structure\n      before: nothing\n      after: iom\n" in printed


def test_the_other_way_round_it_is_heavier(later: Path) -> None:
    assert "heavier for israel" in run(later, PLAN).stdout


def test_an_edition_against_itself_has_not_changed() -> None:
    assert "Nothing has changed." in run(PLAN, PLAN).stdout


def test_programs_get_one_document(later: Path) -> None:
    document = json.loads(run(PLAN, later, "--json").stdout)

    kinds = [(change["kind"], change["whom"]) for change in document["changes"]]
    assert document["schema"] == "phaseflow-comparison-v1"
    assert sorted(kinds) == [("lighter", ["israel"]), ("wording", [])]


def test_a_file_with_faults_is_not_compared(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("phaseflow: 1\n", encoding="utf-8")

    result = run(PLAN, faulty)

    assert result.exit_code == 1
    assert "PF107" in result.stderr
