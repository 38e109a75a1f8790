"""The subject of a commit begins with its area."""

import pytest
from commit_subject import fault


@pytest.mark.parametrize(
    "subject",
    ["engine: settle excuses by occurrence", "service/json: one file", "Merge branch 'a'"],
)
def test_a_subject_with_an_area_is_taken(subject: str) -> None:
    assert fault(f"{subject}\n\nThe reason.\n") is None


@pytest.mark.parametrize("subject", ["settle excuses", "Engine: settle", "engine:settle", ""])
def test_a_subject_without_an_area_is_not(subject: str) -> None:
    assert "names no area" in str(fault(f"{subject}\n"))


def test_a_subject_is_one_line_of_bounded_length() -> None:
    assert "101 characters" in str(fault("engine: " + "x" * 93))
