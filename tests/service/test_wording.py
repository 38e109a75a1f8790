"""What people write, and what is said back to them."""

from pathlib import Path
from typing import Any

import pytest

from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Zone
from phaseflow.model.statement import Consequence, Statement
from phaseflow.service import definitions
from phaseflow.service.words.arguments import full_name, settled
from phaseflow.service.words.moments import moment
from phaseflow.service.words.sentences import amount, content, followed, said

DEFINITION = definitions.check(
    (Path(__file__).parents[1] / "cli" / "plan.yaml").read_bytes(), "plan.yaml"
)
FINDINGS = b"""\
phaseflow: 1
name: findings
edition: "1"
title: Findings
calendar: {time_zone: Asia/Jerusalem}
parties: {guide: {role: mediator}}
findings:
  number: {type: integer, by: guide}
  date_of: {type: date, by: guide}
  hour: {type: instant, by: guide}
  choice: {type: [red, green], by: guide}
initial: one
states: {one: {}, two: {final: success}}
transitions:
  - {name: end, from: one, to: two, by: guide}
"""
ZONE = Zone("Asia/Jerusalem")


@pytest.mark.parametrize(
    ("actor", "kind", "name"),
    [
        ("north", "perform", "calm.north"),
        ("south", "notify", "calm.south"),
        ("north", "allege", "calm.south"),
        ("south", "waive", "calm.north"),
    ],
)
def test_a_short_name_means_ones_own_or_in_an_accusation_the_others(
    actor: str, kind: str, name: str
) -> None:
    assert full_name(DEFINITION, "calm", actor, kind) == name


def test_a_short_name_that_could_be_several_is_refused_with_all_of_them() -> None:
    with pytest.raises(StatementInvalid, match=r"calm\.north, calm\.south"):
        full_name(DEFINITION, "calm", "guide", "allege")


def test_a_misspelled_obligation_gets_a_near_miss() -> None:
    with pytest.raises(StatementInvalid, match="did you mean 'release'"):
        full_name(DEFINITION, "relese")


def test_a_list_of_obligations_is_spelled_out_one_by_one() -> None:
    body = settled(DEFINITION, "north", "notify", {"obligation": ["calm", "release"]})

    assert body["obligation"] == ["calm.north", "release"]


@pytest.mark.parametrize(
    ("finding", "written", "value"),
    [
        ("number", "7", 7),
        ("number", "-7", "-7"),
        ("date_of", "2025-02-08", "2025-02-08"),
        ("hour", "2025-02-08T12:00", "2025-02-08T10:00:00Z"),
        ("choice", "red", "red"),
    ],
)
def test_the_value_of_a_finding_takes_its_type(finding: str, written: str, value: object) -> None:
    definition = definitions.check(FINDINGS, "findings.yaml")

    body = settled(definition, "guide", "find", {"finding": finding, "value": written})

    assert body["value"] == value


@pytest.mark.parametrize(
    ("finding", "written"),
    [("number", "many"), ("date_of", "2025-02-08T12:00"), ("hour", "2025-02-08"), ("nothing", "1")],
)
def test_a_value_of_another_type_is_refused(finding: str, written: str) -> None:
    definition = definitions.check(FINDINGS, "findings.yaml")

    with pytest.raises(StatementInvalid):
        settled(definition, "guide", "find", {"finding": finding, "value": written})


@pytest.mark.parametrize(
    "text", ["", "today", "2025-02-30", "2025-2-8", "2025-02-08T25:00", "2025-02-08T12:00+02:00"]
)
def test_what_is_no_moment_is_refused_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(StatementInvalid, match="Asia/Jerusalem"):
        moment(ZONE, text, "at")


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        ("open", {}, "opens the journal"),
        ("withdraw", {"transition": "accept"}, "takes back its consent to accept"),
        ("amend", {"definition": "ab"}, "consents to the edition ab"),
        ("waive", {"transition": "finish", "guard": 1}, "waives guard 1 of finish"),
        ("waive", {"obligation": "release", "amount": 2}, "waives 2 of release"),
        (
            "waive",
            {"obligation": "release", "due": "day 2", "until": "2025-03-05"},
            "waives release, due day 2, until 2025-03-05",
        ),
        ("perform", {"amount": 5}, "performed outside the agreement: 5"),
        ("perform", {"obligation": "calm"}, "performed calm"),
        (
            "measure",
            {"obligation": "aid", "amount": 1, "from": "2025-03-01", "to": "2025-03-02"},
            "measured aid: 1, 2025-03-01 to 2025-03-02",
        ),
        ("attest", {"entry": 3}, "attests all that is open of entry 3"),
        (
            "reject",
            {"entry": 3, "amount": {"men": 1}, "happened": "2025-03-01"},
            "rejects 1 men of entry 3, happened 2025-03-01",
        ),
        ("contest", {"entry": 3, "withdrawn": True}, "contests the whole of entry 3, no longer"),
        ("allege", {"obligation": "calm.south"}, "alleges a violation of calm.south"),
        ("find", {"finding": "talks", "value": False}, "finds talks: false"),
        (
            "notify",
            {
                "subject": "withholding",
                "obligation": ["a", "b"],
                "amount": 3,
                "transition": "t",
                "effective": "2025-03-01",
                "ends": 2,
            },
            (
                "gives notice: withholding of a, b (3) of the transition t "
                "effective 2025-03-01 ending entry 2"
            ),
        ),
        (
            "correct",
            {"entry": 3, "amount": 1, "occurred_at": "2025-03-01"},
            "corrects entry 3: 1, occurred 2025-03-01",
        ),
        ("note", {"about": [1, 2]}, "notes about entry 1, 2"),
        ("note", {}, "notes"),
    ],
)
def test_a_statement_is_told_in_a_sentence(kind: str, body: dict[str, Any], sentence: str) -> None:
    statement = Statement(
        agreement="",
        definition="",
        actor="north",
        kind=kind,
        body=body,
        nonce="",
        occurred_at="2025-03-01",
    )

    assert said(statement) == f"north {sentence}"


def test_a_tick_has_no_author_worth_naming() -> None:
    tick = Statement(
        agreement="",
        definition="",
        actor="recorder",
        kind="tick",
        body={},
        nonce="",
        occurred_at="",
    )

    assert (said(tick), content(tick)) == ("time has passed", "")


def test_an_amount_names_its_parts() -> None:
    assert amount({"total": 5}) == "5"


def test_an_edition_that_takes_effect_is_told() -> None:
    amended = Consequence(at="", kind="amended", body={"definition": "ab"})

    assert followed(amended) == "the edition ab takes effect"
