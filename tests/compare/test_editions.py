"""What changed between two editions, and for whom."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from tests.stateful.definitions import definitions

from phaseflow.compare.change import Change
from phaseflow.compare.editions import compare
from phaseflow.compare.written import written
from phaseflow.language.parse import parse_definition
from phaseflow.model.definition import Definition

PLAN = Path(__file__).parents[2] / "definitions" / "three_phase_plan" / "definition.yaml"
DEFINITIONS = sorted(PLAN.parents[1].glob("*/*.yaml"))
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


GOODS = """\
phaseflow: 1
name: goods
edition: "1"
parties:
  seller: {role: signatory}
  buyer: {role: signatory}
obligations:
  goods: {obligor: seller, obligee: buyer, amount: 20, WHEN}
initial: running
states: {running: {}, done: {final: success}}
transitions: [{name: close, from: running, to: done, by: buyer}]
"""


@pytest.mark.parametrize(
    ("old", "new", "key", "kind", "before", "after"),
    [
        ("by: 2025-03-07", "by: 2025-03-10", "by", "lighter", "2025-03-07", "2025-03-10"),
        ("cure: P1D", "cure: P1D, by: 2025-03-10", "by", "heavier", None, "2025-03-10"),
        (
            "by: 2025-03-07",
            "schedule: [{by: 2025-03-06, total: 10}, {by: 2025-03-07, total: 100%}]",
            "schedule",
            "heavier",
            "by 2025-03-07: 100%",
            "by 2025-03-06: 10; by 2025-03-07: 100%",
        ),
    ],
)
def test_one_day_for_all_of_it_is_told_as_the_file_says_it(  # noqa: PLR0917 - a row of a table
    old: str, new: str, key: str, kind: str, before: str | None, after: str
) -> None:
    (change,) = compare(read(GOODS.replace("WHEN", old)), read(GOODS.replace("WHEN", new)))

    assert (change.key, change.kind, change.before, change.after) == (key, kind, before, after)


def test_guards_that_ask_the_same_are_compared_each_with_its_own() -> None:
    guard = "- that: hostages.discharged\n"
    twice = guard + "        else: they must be out\n      " + guard + "        else: all of them\n"
    source = PLAN.read_text(encoding="utf-8")
    plain = guard + "        else: all 33 hostages of phase one must be out\n"
    both = read(source.replace(plain, twice, 1))

    assert plain in source
    assert compare(both, both) == ()
    assert [c.kind for c in compare(read(source), both)] == ["wording", "heavier"]


def changed(old: str, new: str) -> tuple[Change, ...]:
    """Return what changes in the plan where ``old`` reads ``new``."""
    source = PLAN.read_text(encoding="utf-8")
    assert old in source
    return compare(read(source), read(source.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("prisoners.discharged\n", "prisoners.discharged and women_released\n", "heavier"),
        ("prisoners.discharged\n", "prisoners.delivered >= 1000\n", "structure"),
        ("- that: prisoners.discharged\n", "- that: not not prisoners.discharged\n", "wording"),
        ("that: hamas.in_breach", "that: hamas.in_breach or hostages.breached", "lighter"),
        ("that: not talks_continue", "that: not talks_continue and women_released", "structure"),
    ],
)
def test_a_guard_that_holds_more_rarely_is_heavier_for_who_must_meet_it(
    old: str, new: str, kind: str
) -> None:
    assert [c.kind for c in changed(old, new)] == [kind]


def test_a_higher_bound_is_a_harder_guard_among_others() -> None:
    source = PLAN.read_text(encoding="utf-8")
    low = "- that: prisoners.delivered >= 1000\n"
    old = source.replace("- that: prisoners.discharged\n", low, 1)

    (change,) = compare(read(old), read(old.replace(">= 1000", ">= 1500")))

    assert (change.kind, change.whom) == ("heavier", ("hamas", "israel"))
    assert (change.before, change.after) == (
        "prisoners.delivered >= 1000",
        "prisoners.delivered >= 1500",
    )


def test_two_conditions_written_as_two_guards_ask_the_same() -> None:
    joint = (
        "      - that: phase_two_talks.israel.discharged and phase_two_talks.hamas.discharged\n"
        "        else: phase two begins upon agreement of the parties on its terms\n"
        "        clause: S/RES/2735, 2 b\n"
    )
    apart = "      - phase_two_talks.hamas.discharged\n      - phase_two_talks.israel.discharged\n"

    assert [(c.key, c.kind) for c in changed(joint, apart)] == [("guards", "wording")]


def test_what_changes_alike_for_all_who_owe_it_is_one_change() -> None:
    (change,) = changed(
        "name: started, title: Talks started, by: day 16", "name: started, by: day 20"
    )[:1]

    assert (change.name, change.kind) == ("phase_two_talks", "lighter")
    assert change.whom == ("hamas", "israel")


def test_a_duty_that_another_comes_to_owe_too_is_new_for_him_alone() -> None:
    found = changed(
        "obligor: hamas\n    obligee: israel\n    during: phase_1\n    refrain: true",
        "obligor: [hamas, israel]\n    obligee: israel\n    during: phase_1\n    refrain: true",
    )

    assert [(c.name, c.key, c.kind, c.whom) for c in found] == [
        ("names.israel", "", "heavier", ("israel",))
    ]


def test_what_one_comes_to_owe_with_another_is_told_under_his_own_name() -> None:
    source = PLAN.read_text(encoding="utf-8")
    alone = "obligor: hamas\n    obligee: israel\n    during: phase_1\n    refrain: true"
    both = alone.replace("obligor: hamas", "obligor: [hamas, israel]") + "\n    cure: P1D"
    assert alone in source

    found = compare(read(source.replace(alone, both, 1)), read(source))

    assert [(c.name, c.key, c.kind, c.whom) for c in found] == [
        ("names.hamas", "cure", "heavier", ("hamas",)),
        ("names.israel", "", "lighter", ("israel",)),
    ]


def test_whose_claim_a_duty_is_stands_beside_it() -> None:
    (change,) = changed("        by: day 50\n", "        by: day 60\n")

    assert (change.kind, change.whom, change.owed_to) == ("lighter", ("israel",), ("hamas",))


def test_a_title_and_a_note_are_told_apart() -> None:
    found = changed("title: Full withdrawal from Gaza", "title: Withdrawal")

    assert [(c.key, c.kind, c.before, c.after) for c in found] == [
        ("title", "wording", "Full withdrawal from Gaza", "Withdrawal")
    ]


def test_the_title_of_the_whole_is_told_once() -> None:
    found = changed("title: Three-phase cease-fire plan", "title: Plan in three phases")

    assert [(c.section, c.key, c.kind) for c in found] == [("agreement", "title", "wording")]


def test_a_key_is_called_what_the_file_calls_it() -> None:
    source = (PLAN.parents[1] / "grant_tranches" / "definition.yaml").read_text(encoding="utf-8")
    other = source.replace("{all: signatories}", "foundation").replace(
        "obligee: [foundation, water_board]", "obligee: foundation"
    )

    keys = {(c.section, c.key) for c in compare(read(source), read(other))}

    assert keys == {
        ("agreement", "amendments, by"),
        ("obligations", "obligee"),
        ("transitions", "by"),
    }


def test_a_transition_that_leads_elsewhere_is_one_change_for_each_end() -> None:
    source = (PLAN.parents[1] / "grant_tranches" / "definition.yaml").read_text(encoding="utf-8")
    other = source.replace(
        "    from: final_review\n    to: completed", "    from: second_year\n    to: terminated"
    )

    assert [c.key for c in compare(read(source), read(other))] == ["from", "to"]


def test_values_read_as_in_the_file() -> None:
    found = changed("{by: day 7, total: 7}", "{by: day 8, total: 30%}")
    found += changed("      - {name: started, title: Talks started, by: day 16}\n", "")
    found += changed(
        "requires: women_released", "requires: not (women_released and talks_continue)"
    )

    shown = [text for c in found for text in (c.before, c.after)]
    assert str(shown[0]).startswith("by day 1: 3; by day 7: 7; by day 14: 10")
    assert str(shown[1]).startswith("by day 1: 3; by day 8: 30%;")
    assert shown[2:4] == ["Talks started, by day 16", None]
    assert shown[4:] == ["women_released", "not (women_released and talks_continue)"]


def test_a_state_that_is_renamed_is_the_same_state() -> None:
    source = PLAN.read_text(encoding="utf-8")
    new = source.replace("suspended", "interrupted").replace("was interrupted", "was suspended")
    new += "renames: {suspended: interrupted}\n"

    found = compare(read(source), read(new))

    assert {(c.section, c.key, c.kind) for c in found} == {("agreement", "renames", "wording")}


def test_a_state_that_is_dropped_without_a_new_name_is_structure() -> None:
    source = PLAN.read_text(encoding="utf-8")

    found = compare(read(source), read(source.replace("suspended", "interrupted")))

    assert ("states", "suspended") in {(c.section, c.name) for c in found if c.kind == "structure"}


def test_what_changed_is_named_as_the_file_names_it() -> None:
    source = PLAN.read_text(encoding="utf-8")
    new = source.replace("    judged: in_total\n", "", 1).replace(
        "day_1: phase_1", "day_0: phase_1"
    )

    found = {c.key: (c.before, c.after) for c in compare(read(source), read(new))}

    assert found == {
        "calendar, numbering of days": ("day_1: phase_1", "day_0: phase_1"),
        "judged": ("in_total", "by_category"),
    }


def parts(definition: Definition) -> Iterator[msgspec.Struct]:
    """Yield every part of ``definition`` whose keys are compared one by one."""
    yield from definition.parties.values()
    yield from definition.findings.values()
    yield from definition.states.values()
    for obligation in definition.obligations.values():
        yield obligation
        yield obligation.form
    for transition in definition.transitions.values():
        yield transition
        yield from transition.guards


@pytest.mark.parametrize("file", DEFINITIONS, ids=lambda file: file.stem)
def test_whatever_a_definition_holds_can_be_told(file: Path) -> None:
    for part in parts(read(file.read_text(encoding="utf-8"))):
        # A form and a guard are told by their own parts, and are yielded themselves.
        keys = set(part.__struct_fields__) - {"form", "guards"}
        values = [getattr(part, key) for key in keys]
        assert [value is None for value in values] == [written(value) is None for value in values]
