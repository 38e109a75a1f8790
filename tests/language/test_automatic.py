"""Automatic transitions come to rest, or the definition is refused."""

from pathlib import Path

import pytest

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")


def codes(*transitions: str) -> list[str]:
    lines = "".join(f"  - {{by: automatic, {line}}}\n" for line in transitions)
    try:
        parse_definition(
            SOUND.replace("transitions:\n", "transitions:\n" + lines).encode(), "d.yaml"
        )
    except DefinitionInvalid as invalid:
        return [fault.code for fault in invalid.faults]
    return []


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("", ""),
        ("guards: [ready]", "guards: [extra > 3]"),
        ("guards: [ready]", "guards: [goods.discharged]"),
        ("guards: [goods.discharged]", "guards: [not goods.discharged]"),
        ("after: day 3", "after: day 4"),
        ("guards: [outcome == agreed]", "guards: [outcome != failed]"),
        ("after: {earlier_of: [running + P1D, day 3]}", ""),
    ],
)
def test_two_that_could_go_round_at_one_moment_are_refused(there: str, back: str) -> None:
    assert codes(
        f"name: out, from: running, to: halted, {there}",
        f"name: back, from: halted, to: running, {back}",
    ) == ["PF305"]


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("guards: [ready]", "guards: [not ready]"),
        ("guards: [ready and extra > 3]", "guards: [extra <= 3]"),
        ("guards: [outcome == agreed]", "guards: [outcome == failed]"),
        ("after: running + P1D", ""),
        ("after: {later_of: [running + PT1H, day 3]}", ""),
    ],
)
def test_two_that_exclude_each_other_or_take_time_are_accepted(there: str, back: str) -> None:
    assert not codes(
        f"name: out, from: running, to: halted, {there}",
        f"name: back, from: halted, to: running, {back}",
    )


def test_one_that_returns_to_itself_is_refused() -> None:
    assert codes("name: again, from: running, to: running") == ["PF305"]


def test_one_that_returns_to_the_previous_state_can_go_round_too() -> None:
    assert "PF305" in codes(
        "name: out, from: running, to: halted, guards: [ready]",
        "name: back, from: halted, to: previous, guards: [ready]",
    )


def test_one_behind_a_stricter_one_is_accepted() -> None:
    assert not codes(
        "name: out, from: running, to: ended, guards: [ready and extra > 3]",
        "name: late, from: running, to: halted, guards: [extra > 3]",
    )
