"""The reference of the language leaves nothing out."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from phaseflow.language import document as form
from phaseflow.language.parse import parse_definition
from phaseflow.language.scenario import parse_scenario
from phaseflow.model.guard import BOOLEAN_ATTRIBUTES, NUMBER_ATTRIBUTES, PARTY_ATTRIBUTES
from phaseflow.model.state import Standing
from phaseflow.model.statement import ACTS, REPORTS, Subject

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "language.md"
TEXT = REFERENCE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def forms(kind: type[form.FormPart] = form.FormPart) -> Iterator[type[form.FormPart]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from forms(inner)


@pytest.mark.parametrize("part", list(forms()), ids=lambda part: part.__name__)
def test_every_key_of_a_definition_has_an_example(part: type[form.FormPart]) -> None:
    missing = [
        key
        for key in part.known_keys()
        if not any(re.search(rf"(?<!\w){key}:", example) for example in EXAMPLES)
    ]

    assert not missing


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_read(example: str) -> None:
    assert yaml.safe_load(example)


def test_the_table_of_standings_is_in_the_order_in_which_they_are_judged() -> None:
    rows = re.findall(r"^\| (\d) \| `(\w+)` \|", TEXT, re.MULTILINE)

    assert [name for _, name in rows] == list(Standing.__args__)  # type: ignore[attr-defined]


def test_every_kind_subject_and_attribute_is_explained() -> None:
    subjects = Subject.__args__  # type: ignore[attr-defined]
    words = [*ACTS, *REPORTS, *subjects, *NUMBER_ATTRIBUTES, *BOOLEAN_ATTRIBUTES, *PARTY_ATTRIBUTES]

    assert not [word for word in words if f"`{word}`" not in TEXT]


HEAD = """
phaseflow: 1
name: together
edition: "1"
calendar: {day_1: phase_1}
parties:
  hamas: {role: signatory}
  seller: {role: signatory}
  buyer: {role: signatory}
  forensic_institute: {role: verifier}
"""


def plain(value: Any) -> Any:
    """Return ``value`` with dates as the text that the language takes them for."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def starting(*keys: str) -> Any:
    read = (yaml.safe_load(text) for text in EXAMPLES)
    return next(example for example in read if isinstance(example, dict) and [*example] == [*keys])


def test_the_examples_together_are_one_definition_without_a_fault() -> None:
    obligations: dict[str, Any] = {}
    for example in EXAMPLES:
        read = yaml.safe_load(example)
        obligations |= read if example.startswith("  ") else read.get("obligations") or {}
    states = next(text for text in EXAMPLES if text.startswith("initial: draft"))
    document = yaml.safe_load(HEAD) | yaml.safe_load(states)
    people = starting("groups", "parties")
    document["groups"] = people["groups"]
    document["parties"] |= people["parties"]
    document["findings"] = starting("findings")["findings"]
    document["obligations"] = obligations
    document["transitions"] = starting("transitions")["transitions"]
    document["transitions"][0]["guards"] = starting("guards")["guards"]
    document |= starting("amendments", "renames")

    source = yaml.safe_dump(plain(document), sort_keys=False).encode()

    assert set(parse_definition(source, "together.yaml").obligations) >= {"hostages", "aid"}


def test_the_first_example_is_a_definition_and_the_last_a_scenario() -> None:
    assert parse_definition(EXAMPLES[0].encode(), "first.yaml").name == "delivery"
    assert parse_scenario(EXAMPLES[-1].encode(), "last.yaml").label == "corridor"
