"""What is written beyond all measure in a definition, or as a finding, is a fault like any other."""

from pathlib import Path

import pytest

from phaseflow.errors import StatementInvalid
from phaseflow.language.parse import examine, parse_definition
from phaseflow.model.statement import parse_body, parse_when
from phaseflow.service.words.arguments import settled

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DIGITS = "9" * 5000


def test_a_share_of_any_length_is_told_as_no_share() -> None:
    source = (DEFINITIONS / "disarmament" / "definition.yaml").read_text(encoding="utf-8")

    _, found = examine(source.replace("60%", f"{DIGITS}%").encode(), "long.yaml")

    assert any("is no share" in fault.message for fault in found)


def test_a_finding_of_any_length_is_told_as_no_whole_number() -> None:
    source = (DEFINITIONS / "disarmament" / "definition.yaml").read_bytes()
    definition = parse_definition(source, "definition.yaml")
    said = {"finding": "stock", "value": DIGITS}

    with pytest.raises(StatementInvalid, match="takes a whole number") as told:
        settled(definition, "commission", "find", said)

    assert len(str(told.value)) < 200


def test_a_key_that_stands_twice_in_a_part_that_stands_twice_is_told() -> None:
    source = b"phaseflow: 1\nparties:\n  a: {role: b}\nparties:\n  a: 1\n  a: 2\n"

    _, found = examine(source, "twice.yaml")

    assert [fault.line for fault in found if "stands here twice" in fault.message] == [4, 6]


@pytest.mark.parametrize("member", ["occurred_at", "kind"])
def test_of_a_long_word_a_message_quotes_the_beginning(member: str) -> None:
    with pytest.raises(StatementInvalid) as told:
        parse_when(DIGITS, member) if member == "occurred_at" else parse_body(DIGITS, {})

    assert len(str(told.value)) < 500
