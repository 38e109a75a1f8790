"""Each line of the table of threats names a test, and that test is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TEXT = (TESTS.parent / "docs" / "reference" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| to ")]


def test_every_test_that_is_named_is_there() -> None:
    there = {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    named = set(re.findall(r"`(test_\w+)`", TEXT))

    assert len(named) > 40
    assert named - there == set()


def test_what_is_prevented_or_found_is_shown_by_a_test() -> None:
    unshown = [row for row in ROWS if "`test_" not in row]

    assert len(ROWS) > 40
    assert all("**neither**" in row for row in unshown)
