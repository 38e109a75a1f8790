"""The JSON Schema that editors read says what the check will say of the form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from phaseflow.language.document.json_schema import schema_text
from phaseflow.text.source import read

DEFINITIONS = Path(__file__).parents[2] / "definitions"
FILE = DEFINITIONS / "definition.schema.json"
SHIPPED = sorted(DEFINITIONS.glob("*/*.yaml"))
SCHEMA = json.loads(schema_text())
VALIDATOR = Draft202012Validator(SCHEMA)
SOUND: dict[str, Any] = {
    "phaseflow": 1,
    "name": "sale",
    "edition": "1",
    "parties": {"buyer": {"role": "signatory"}},
    "obligations": {"payment": {"obligor": "buyer", "by": "day 7"}},
    "initial": "draft",
    "states": {"draft": None, "done": {"final": "success"}},
    "transitions": [{"name": "close", "from": "draft", "to": "done", "by": "buyer"}],
}


def keys(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key that a definition may have, with its schema."""
    for part, body in [("definition", node), *node.get("$defs", {}).items()]:
        for name, key in body.get("properties", {}).items():
            yield f"{part}.{name}", key


KEYS = dict(keys(SCHEMA))


def faults(document: Any) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(document)]


def with_(path: tuple[str | int, ...], value: Any) -> Any:
    document = json.loads(json.dumps(SOUND))
    around = document
    for step in path[:-1]:
        around = around[step]
    around[path[-1]] = value
    return document


def test_the_shipped_schema_is_the_one_that_the_form_gives() -> None:
    shipped = FILE.read_text(encoding="utf-8")

    assert shipped == schema_text(), "the form has changed: run `make schema`"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("place", "key"), list(KEYS.items()), ids=list(KEYS))
def test_every_key_is_described_and_has_an_example_that_fits_it(place: str, key: Any) -> None:
    assert key.get("description"), place
    assert key.get("examples"), place
    held_against = Draft202012Validator({**key, "$defs": SCHEMA["$defs"]})
    for example in key["examples"]:
        held_against.validate(example)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name + "/" + path.name)
def test_the_shipped_definitions_fit_the_schema(path: Path) -> None:
    document = read(path.read_bytes(), str(path))

    assert document.is_readable
    assert faults(document.data) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name + "/" + path.name)
def test_the_shipped_definitions_lead_editors_to_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == FILE


def test_a_small_definition_fits() -> None:
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tilte",), "Sale"),
        (("obligations", "payment", "obligour"), "buyer"),
        (("parties", "buyer", "rôle"), "signatory"),
        (("states", "done", "finale"), "success"),
        (("transitions", 0, "guard"), ["payment.discharged"]),
        (("obligations", "payment", "verified_by"), {"any": 1, "off": "verifiers"}),
        (("calendar",), {"timezone": "UTC"}),
    ],
)
def test_a_misspelt_key_does_not_fit(path: tuple[str | int, ...], value: Any) -> None:
    assert faults(with_(path, value)) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("phaseflow",), 2),
        (("title",), None),
        (("obligations", "payment", "by"), None),
        (("obligations", "payment", "refrain"), "yes"),
        (("obligations", "payment", "every"), "days"),
        (("obligations", "payment", "amount"), True),
        (("obligations", "payment", "tolerated"), -1),
        (("parties", "Buyer"), {"role": "signatory"}),
        (("parties", "buyer", "role"), "seller"),
        (("states", "done", "final"), True),
    ],
)
def test_a_value_that_the_check_refuses_for_its_form_does_not_fit(
    path: tuple[str | int, ...], value: Any
) -> None:
    assert faults(with_(path, value)) != []
