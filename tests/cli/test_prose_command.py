"""Reading a definition back from the command line."""

from pathlib import Path

from tests.cli.conftest import Run


def test_a_definition_is_read_back_as_markdown(run: Run) -> None:
    said = run("prose", "plan.yaml").stdout

    assert said.startswith("# Small plan\n")
    assert "### 1. Rules that hold throughout\n" in said


def test_what_is_read_back_can_be_written_to_a_file(run: Run, here: Path) -> None:
    printed = run("prose", "plan.yaml").stdout

    run("prose", "plan.yaml", "--output", "plan.md")

    assert (here / "plan.md").read_text(encoding="utf-8") == printed


def test_a_faulty_definition_is_not_read_back(run: Run, here: Path) -> None:
    (here / "bad.yaml").write_text((here / "plan.yaml").read_text().replace("to: done", "to: dome"))

    result = run("prose", "bad.yaml", "--output", "bad.md", code=1)

    assert "dome" in result.stderr
    assert not (here / "bad.md").exists()


def test_a_place_that_cannot_be_written_is_a_usage_error(run: Run) -> None:
    result = run("prose", "plan.yaml", "--output", "nowhere/plan.md", code=2)

    assert "nowhere/plan.md cannot be written" in result.stderr
