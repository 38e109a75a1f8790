"""What is advised: each of these is a rule that told too much, or too little."""

from pathlib import Path

from phaseflow.language.parse import examine

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")


def told(code: str, text: str) -> list[tuple[str, str]]:
    """Return message and remedy of all that the rule of ``code`` finds."""
    _, found = examine(text.encode(), "d.yaml")
    return [(d.message, d.remedy) for d in found if d.code == code]


def test_a_state_behind_one_that_cannot_be_reached_is_told_with_the_way_to_mend() -> None:
    astray = SOUND.replace("from: proposed, to: running", "from: proposed, to: proposed")

    assert told("PF308", astray) == [
        (
            "no way leads from 'proposed' to 'running': the agreement is never there",
            "add a transition to it, or remove it",
        ),
        (
            "no way leads from 'proposed' to 'halted': the agreement is never there",
            "'halt' enters it from 'running': mend the way to that",
        ),
        (
            "no way leads from 'proposed' to 'ended': the agreement is never there",
            "'end' enters it from 'running': mend the way to that",
        ),
    ]


def rows(*drivers: str) -> str:
    """Return SOUND with ``drivers`` in place of the one of money."""
    start, end = SOUND.index("      - obligation: goods"), SOUND.index("  peace:")
    lines = "".join(f"      - {{obligation: goods, within: PT24H, {one}}}\n" for one in drivers)
    return SOUND[:start] + lines + SOUND[end:]


def test_all_rows_of_a_driver_together_name_its_categories() -> None:
    boats, carts = "each: {boats: {silver: 2}}", "shared: {carts: {silver: 5}}"
    other = "  thanks: {obligor: south, in_return_for: [{obligation: goods, each: {carts: 1}}]}\n"

    assert told("PF422", rows(boats, carts)) == []
    assert told("PF422", rows(boats).replace("  peace:\n", other + "  peace:\n")) == []
    assert told("PF422", rows(boats, boats)) == [
        ("'carts' of 'goods' calls for nothing in return", "name it under each: or shared:")
    ]


def titled(north: str, south: str) -> list[str]:
    text = SOUND.replace("north: {", f"north: {{title: {north}, ")
    text = text.replace("south: {role", f"south: {{title: {south}, role")
    return [message for message, _ in told("PF219", text)]


def test_parties_are_told_apart_by_their_titles() -> None:
    assert titled("The North", "The South") == []
    assert titled("North", "Watch") == [
        "'south' is titled as 'watch': who reads it cannot tell them apart"
    ]
    assert titled("The Republic", "the republic") == [
        "'south' is titled as 'north': who reads it cannot tell them apart"
    ]
    assert titled("All the signatories", "South") == [
        "'north' is titled as the group 'signatories': who reads it cannot tell them apart"
    ]
