"""What changed between two editions, and for whom."""

from pathlib import Path

import pytest
from hypothesis import given
from tests.stateful.definitions import definitions

from phaseflow.language.compare import compare
from phaseflow.language.parse import parse_definition
from phaseflow.model.definition import Definition

PLAN = Path(__file__).parents[2] / "definitions" / "three_phase_plan" / "definition.yaml"
TURNED = {"heavier": "lighter", "lighter": "heavier"}


def read(source: str) -> Definition:
    return parse_definition(source.encode(), "plan.yaml")


@pytest.mark.parametrize(
    ("old", "new", "kind", "whom"),
    [
        ("        by: day 50\n", "        by: day 45\n", "heavier", ("israel",)),
        ("        by: day 50\n", "        by: day 60\n", "lighter", ("israel",)),
        ("civilian_women_and_children: 7", "civilian_women_and_children: 8", "heavier", ("hamas",)),
        ("within: PT24H", "within: PT12H", "heavier", ("israel",)),
        ("    verified_by: icrc\n", "    verified_by: un\n", "authority", ()),
        ("title: Release of 33 hostages", "title: Return of 33 hostages", "wording", ()),
        ("deadlines: toll", "deadlines: restart", "structure", ()),
    ],
)
def test_a_change_is_classified_by_whom_it_burdens(
    old: str, new: str, kind: str, whom: tuple[str, ...]
) -> None:
    source = PLAN.read_text(encoding="utf-8")

    found = compare(read(source), read(source.replace(old, new, 1)))

    assert {(c.kind, c.whom) for c in found} == {(kind, whom)}


@given(definitions)
def test_an_edition_differs_in_nothing_from_itself(drawn: tuple[Definition, str]) -> None:
    assert compare(drawn[0], drawn[0]) == ()


@given(definitions, definitions)
def test_swapping_the_editions_swaps_heavier_and_lighter(
    one: tuple[Definition, str], other: tuple[Definition, str]
) -> None:
    there, back = compare(one[0], other[0]), compare(other[0], one[0])

    assert sorted(
        (c.section, c.name, c.key, TURNED.get(c.kind, c.kind), c.whom) for c in there
    ) == sorted((c.section, c.name, c.key, c.kind, c.whom) for c in back)


def test_guards_that_ask_the_same_are_compared_each_with_its_own() -> None:
    guard = "- that: hostages.discharged\n"
    twice = guard + "        else: they must be out\n      " + guard + "        else: all of them\n"
    source = PLAN.read_text(encoding="utf-8")
    plain = guard + "        else: all 33 hostages of phase one must be out\n"
    both = read(source.replace(plain, twice, 1))

    assert plain in source
    assert compare(both, both) == ()
    assert [c.kind for c in compare(read(source), both)] == ["wording", "heavier"]
