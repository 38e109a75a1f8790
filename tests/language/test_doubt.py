"""What could not be read is unknown, and nothing is said of what rests on it."""

from pathlib import Path

import pytest

from phaseflow.language.parse import examine

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")
LIGHT = """\
  grain: {obligor: south, amount: 4, cure: P3D, verified_by: north}
  salt: {obligor: south, obligee: north, in_return_for: [{obligation: grain, each: 1}], cure: P3D}
"""
TEXT = SOUND.replace("obligations:\n", "obligations:\n" + LIGHT)

WHOLE = ("418:18", "429:18", "315:18", "420:19", "418:19", "429:19")


def told(text: str) -> list[str]:
    """Return the code and the line of all that is told, without what SOUND has itself."""
    _, found = examine(text.encode(), "d.yaml")
    return [f"{d.code}:{d.line}" for d in found if d.line in {11, 18, 19} or d.severity == "error"]


def test_what_is_sound_is_judged() -> None:
    assert told(TEXT) == [f"PF{one}" for one in WHOLE]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("amount: 4, cure", "amount: 4, by: dayy 7, cure", "PF111:18"),
        ("amount: 4, cure", "amount: 4, bye: day 7, cure", "PF106:18"),
        ("verified_by: north", "verified_by: norht", "PF204:18"),
    ],
)
def test_of_a_faulty_duty_and_of_what_names_it_only_the_fault_is_told(
    old: str, new: str, error: str
) -> None:
    assert told(TEXT.replace(old, new, 1)) == [error]


def test_a_fault_elsewhere_leaves_the_advice_on_a_duty_in_place() -> None:
    spoilt = TEXT.replace("by: north, guards", "by: norht, guards")

    assert set(told(TEXT)) < set(told(spoilt))


def test_who_would_verify_alone_is_not_said_where_a_role_could_not_be_read() -> None:
    text = TEXT.replace("verified_by: north", "verified_by: {any: 1, of: signatories}")
    assert "PF421:18" in told(text)

    assert told(text.replace("{role: verifier}", "{role: verifyer}")) == ["PF109:11"]


@pytest.mark.parametrize("section", ["parties", "findings", "obligations", "states"])
def test_a_misspelt_section_is_one_slip(section: str) -> None:
    found = told(TEXT.replace(f"\n{section}:\n", f"\n{section}z:\n", 1))

    assert [one[:5] for one in found if one[:5] != "PF107"] == ["PF106"]
    assert sum(one.startswith("PF107") for one in found) <= 1


def test_a_section_that_is_no_mapping_is_one_slip() -> None:
    start, end = SOUND.index("parties:"), SOUND.index("findings:")

    assert told(SOUND[:start] + "parties: [north, south, watch]\n" + SOUND[end:]) == ["PF108:8"]


def test_names_are_still_looked_up_where_a_plain_key_of_the_whole_is_misspelt() -> None:
    spoilt = SOUND.replace("title: Exchange", "titel: Exchange").replace("[goods.d", "[guds.d")

    assert [one[:5] for one in told(spoilt)] == ["PF106", "PF209"]
