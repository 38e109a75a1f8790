"""The record of 2025 tells every one of its 67 events, and says where it has them from."""

import re
from collections import Counter
from pathlib import Path

import pytest

from phaseflow.language.parse import parse_definition
from phaseflow.language.scenario import parse_scenario
from phaseflow.model.definition import Definition
from phaseflow.model.scenario import Event

FOLDER = Path(__file__).parents[2] / "definitions" / "three_phase_plan"
EVENTS_OF_THE_RECORD = 67
SEVERAL_AUTHORS = {1: 3, 5: 2, 14: 2, 26: 2, 43: 3, 60: 4}


@pytest.fixture(scope="module")
def definition() -> Definition:
    path = FOLDER / "definition.yaml"
    return parse_definition(path.read_bytes(), str(path))


@pytest.fixture(scope="module")
def events() -> list[Event]:
    path = FOLDER / "scenarios" / "record_2025.yaml"
    told = parse_scenario(path.read_bytes(), str(path)).events
    return [event for event in told if isinstance(event, Event)]


def test_every_event_of_the_record_is_told(events: list[Event]) -> None:
    told = {number for event in events for number in event.record}

    assert told == set(range(1, EVENTS_OF_THE_RECORD + 1))


def test_an_event_is_one_statement_for_each_of_its_authors(events: list[Event]) -> None:
    # The second acceptance is Israel's part of event 5, though its form is ours.
    own = [e for e in events if not e.added or e.name == "israel_accepts"]

    statements = Counter(number for event in own for number in event.record)

    expected = {n: SEVERAL_AUTHORS.get(n, 1) for n in range(1, EVENTS_OF_THE_RECORD + 1)}
    assert statements == expected


def test_what_belongs_to_no_event_is_marked_as_added(events: list[Event]) -> None:
    assert all(event.record or event.added for event in events)


def test_every_author_is_a_party(definition: Definition, events: list[Event]) -> None:
    assert {event.by for event in events} <= set(definition.parties)


def test_every_statement_has_a_text_and_sources(events: list[Event]) -> None:
    assert all(event.body.get("text") and event.body.get("sources") for event in events)


def test_every_source_has_an_address_and_is_cited(events: list[Event]) -> None:
    table = (FOLDER / "README.md").read_text().split("## Sources of the record")[1]
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE))

    cited = {key for event in events for key in event.body["sources"]}

    assert cited == listed


def test_statements_stand_in_the_order_of_their_recording(events: list[Event]) -> None:
    moments = [event.recorded or event.at for event in events]

    assert moments == sorted(moments)
