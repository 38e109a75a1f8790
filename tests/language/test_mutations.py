"""Whatever is done to a definition, its author is told what is wrong, and nothing breaks."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lengths import IS_LONG, examples

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import examine
from phaseflow.language.scenario import parse_scenario
from phaseflow.model.definition import decode_definition, encode_definition
from phaseflow.text.source import read

HERE = Path(__file__).parent
TEXTS = [(HERE / name).read_bytes() for name in ("sound.yaml", "three_phase_plan.yaml")]
WORDS = sorted({word for text in TEXTS for word in text.decode().replace(":", " ").split()})
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from([None, True, 0, -1, 7, [], {}, "", "day 7", "P1D", "open", "30%", "previous"]),
    st.sampled_from(["automatic", "north", "hostages.discharged", {"all": "signatories"}]),
    st.text(max_size=8),
    st.lists(st.sampled_from(WORDS), max_size=3),
)
FEW = settings(
    max_examples=examples(150),
    suppress_health_check=list(HealthCheck),
)


def outcome(source: bytes) -> None:
    definition, found = examine(source, "d.yaml")
    assert (definition is None) == any(d.severity == "error" for d in found)
    assert all(str(d) for d in found)
    if definition is not None:
        assert decode_definition(encode_definition(definition)) == definition


def places(tree: Any) -> list[tuple[Any, Any]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, value in items:
        found.append((tree, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


@FEW
@given(st.data())
def test_a_definition_with_parts_exchanged_is_read_or_explained(data: st.DataObject) -> None:
    tree = read(data.draw(st.sampled_from(TEXTS)), "d.yaml").data
    for _ in range(data.draw(st.integers(1, 3))):
        around, key = data.draw(st.sampled_from(places(tree)))
        match data.draw(st.sampled_from(["replace", "remove", "rename", "swap"])):
            case "replace":
                # Never the strategy's own list or mapping: the next round would find it changed.
                around[key] = copy.deepcopy(data.draw(VALUES))
            case "remove":
                del around[key]
            case "rename" if isinstance(around, dict):
                around[data.draw(st.sampled_from(WORDS))] = around.pop(key)
            case _:
                other, place = data.draw(st.sampled_from(places(tree)))
                if not isinstance(around[key], dict | list):
                    other[place] = around[key]

    outcome(yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False).encode())


@FEW
@given(st.sampled_from(TEXTS), st.data())
def test_a_definition_with_characters_exchanged_is_read_or_explained(
    text: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 9)))
    spoilt = (
        text[:start]
        + data.draw(st.binary(max_size=5) | st.text(max_size=5).map(str.encode))
        + text[end:]
    )

    outcome(spoilt)


@FEW
@given(
    st.recursive(
        VALUES,
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(WORDS), inner),
        max_leaves=8,
    )
)
def test_any_scenario_is_read_or_explained(tree: Any) -> None:
    events = {
        "events": tree
        if isinstance(tree, list)
        else [tree, {"at": tree, "by": "north", "perform": tree}]
    }
    text = yaml.dump(events, Dumper=yaml.CSafeDumper).encode()

    try:
        parse_scenario(text, "s.yaml")
    except DefinitionInvalid as invalid:
        is_explained = bool(invalid.faults)
    else:
        is_explained = True
    assert is_explained


@pytest.mark.parametrize("text", TEXTS)
def test_every_beginning_of_a_definition_is_read_or_explained(text: bytes) -> None:
    for end in range(0, len(text), 7 if IS_LONG else 23):
        outcome(text[:end])
