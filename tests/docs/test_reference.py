"""The reference of the language leaves nothing out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from phaseflow.language import form
from phaseflow.model.agreement import Standing
from phaseflow.model.guard import BOOLEAN_ATTRIBUTES, NUMBER_ATTRIBUTES, PARTY_ATTRIBUTES
from phaseflow.model.statement import ACTS, REPORTS, Subject

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "language.md"
TEXT = REFERENCE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def forms(kind: type[form.Part] = form.Part) -> Iterator[type[form.Part]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from forms(inner)


@pytest.mark.parametrize("part", list(forms()), ids=lambda part: part.__name__)
def test_every_key_of_a_definition_has_an_example(part: type[form.Part]) -> None:
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
