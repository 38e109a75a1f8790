"""Scenarios as written and as read."""

from pathlib import Path

import pytest

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.language.scenario import parse_scenario, spoken
from phaseflow.model.calendar import Zone
from phaseflow.model.scenario import Event, TickEvent

WHOLE = """\
title: Two days
definition: ../other.yaml
label: trial
names: {IDF: israel, Al-Qassam: hamas}
events:
  - {at: 2025-01-19T11:15, by: IDF, advance: {transition: accept}, added: our order}
  - at: 2025-01-19
    by: Al-Qassam
    recorded: 2025-01-19T21:00
    as: first
    record: [4, 5]
    perform: {obligation: hostages, amount: {female_soldiers: 3}}
  - {at: 2025-01-20, by: icrc, attest: {entry: first, happened: 2025-01-19T17:00}}
  - {tick: 2025-01-26, expect: {state: phase_1}}
  - {at: 2025-01-27T10:00:00Z, by: hamas, advance: {transition: resume}, refused: [state, guard]}
  - {at: 2025-01-28, by: usa, note: {about: [first, 2], text: both sides}}
then: {state: phase_1}
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_scenario(text.encode(), "s.yaml")
    return [(fault.line, fault.code) for fault in caught.value.faults]


def test_a_scenario_is_read_as_written() -> None:
    scenario = parse_scenario(WHOLE.encode(), "s.yaml")

    assert (scenario.title, scenario.definition, scenario.label) == (
        "Two days",
        "../other.yaml",
        "trial",
    )
    assert scenario.then == {"state": "phase_1"}
    assert scenario.events[0] == Event(
        line=6,
        at="2025-01-19T11:15",
        by="israel",
        kind="advance",
        body={"transition": "accept"},
        added="our order",
    )
    assert scenario.events[1] == Event(
        line=7,
        at="2025-01-19",
        by="hamas",
        kind="perform",
        body={"obligation": "hostages", "amount": {"female_soldiers": 3}},
        name="first",
        recorded="2025-01-19T21:00",
        record=(4, 5),
    )
    assert scenario.events[3] == TickEvent(line=14, at="2025-01-26", expect={"state": "phase_1"})


def test_what_is_filed_names_entries_by_number_and_moments_in_utc() -> None:
    scenario = parse_scenario(WHOLE.encode(), "s.yaml")
    attest, note = scenario.events[2], scenario.events[5]
    zone = Zone("Asia/Jerusalem")
    assert isinstance(attest, Event)
    assert isinstance(note, Event)

    assert spoken(attest, {"first": 7}, zone) == {"entry": 7, "happened": "2025-01-19T15:00:00Z"}
    assert spoken(note, {"first": 7}, zone) == {"about": [7, 2], "text": "both sides"}


def test_a_scenario_lies_beside_its_definition_unless_it_says_otherwise() -> None:
    assert parse_scenario(b"events: []", "s.yaml").definition == "../definition.yaml"


def test_all_its_faults_are_reported_at_once() -> None:
    spoilt = WHOLE.replace("by: IDF", "by: IDFs").replace("entry: first", "entry: frist")
    spoilt = spoilt.replace("amount:", "amonut:").replace("guard]", "gard]")
    spoilt = spoilt.replace("tick: 2025-01-26", "tick: next week").replace("label:", "lable:")

    assert faults(spoilt) == [
        (3, "PF106"),
        (6, "PF204"),
        (12, "PF417"),
        (13, "PF206"),
        (14, "PF111"),
        (15, "PF109"),
    ]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("{by: usa, note: {}}", "PF107"),
        ("{at: 2025-01-01, note: {}}", "PF107"),
        ("{at: 2025-01-01, by: usa}", "PF107"),
        ("{at: 2025-01-01, by: usa, note: {}, advance: {transition: x}}", "PF402"),
        ("{at: 2025-01-01, by: usa, notes: {}}", "PF106"),
        ("{at: 2025-13-01, by: usa, note: {}}", "PF111"),
        ("{at: 2025-01-01, by: U S A, note: {}}", "PF204"),
        ("{at: 2025-01-01, by: usa, note: {}, as: A}", "PF201"),
        ("{at: 2025-01-01, by: usa, note: {}, record: one}", "PF108"),
        ("{at: 2025-01-01, by: usa, note: {}, expect: 3}", "PF108"),
        ("{at: 2025-01-01, by: usa, advance: {}}", "PF417"),
        ("{at: 2025-01-01, by: usa, attest: {entry: 1, happened: soon}}", "PF417"),
        ("{tick: 2025-01-01, by: usa}", "PF106"),
        ("3", "PF108"),
    ],
)
def test_an_event_that_cannot_be_filed_is_refused(event: str, code: str) -> None:
    assert code in {code for _, code in faults(f"events:\n  - {event}\n")}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "begin a definition with phaseflow: 1, a scenario with events:"),
        ("events: [{tick: 2025-1-9}]", "did you mean '2025-01-09'?"),
        ("events: [{tick: day 9}]", "write 2025-01-19, 2025-01-19T11:15 or 2025-01-19T09:15:00Z"),
    ],
)
def test_a_fault_of_a_scenario_says_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_scenario(text.encode(), "s.yaml")

    assert [fault.remedy for fault in caught.value.faults] == [remedy]


def test_two_events_of_one_name_are_refused() -> None:
    event = "  - {at: 2025-01-01, by: usa, note: {}, as: first}\n"

    assert faults("events:\n" + event + event) == [(3, "PF203")]


def test_a_scenario_and_a_definition_are_told_from_each_other_in_one_fault() -> None:
    plan = (Path(__file__).parent / "sound.yaml").read_bytes()

    assert faults(plan.decode()) == [(plan.split(b"phaseflow:")[0].count(b"\n") + 1, "PF108")]
    with pytest.raises(DefinitionInvalid, match="this is a scenario, not a definition") as caught:
        parse_definition(WHOLE.encode(), "d.yaml")
    assert len(caught.value.faults) == 1
