"""What may be said, in which form; a malformed body is refused in words that help."""

from typing import Any

import pytest

from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Date, When
from phaseflow.model.statement import (
    ACTS,
    KINDS,
    REPORTS,
    Measure,
    Notify,
    Perform,
    Statement,
    Verify,
    parse_body,
    parse_day,
    parse_when,
)

DIGEST = "ab" * 32
GENESIS = {
    "definition": DIGEST,
    "nonce": "0" * 32,
    "parties": {"israel": {"key": None, "role": "signatory"}},
    "policy": {"cosigners": [], "cosign_quorum": 0, "recovery": [], "recovery_quorum": 0},
}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("advance", {"transition": "accept"}),
        ("withdraw", {"transition": "accept"}),
        ("withdraw", {"definition": DIGEST}),
        ("waive", {"obligation": "hostages"}),
        ("waive", {"obligation": "hostages", "amount": {"men": 2}}),
        ("waive", {"obligation": "withdrawal", "due": "coast_road", "until": "2025-02-01"}),
        ("waive", {"transition": "begin_phase_2", "guard": 1}),
        ("amend", {"definition": DIGEST}),
        ("perform", {}),
        ("perform", {"obligation": "hostages", "amount": 3}),
        ("perform", {"obligation": "aid", "amount": {"total": 600, "fuel": 50}}),
        ("perform", {"obligation": "withdrawal", "step": "coast_road"}),
        ("perform", {"obligation": "cease_fire.israel"}),
        ("attest", {"entry": 7, "amount": {"men": 3}, "happened": "2025-02-08"}),
        ("reject", {"entry": 7}),
        ("contest", {"entry": 7, "amount": 41}),
        ("contest", {"entry": 7, "withdrawn": True}),
        ("allege", {"obligation": "cease_fire.israel"}),
        ("measure", {"obligation": "aid", "amount": 9, "from": "2025-01-19", "to": "2025-02-01"}),
        ("find", {"finding": "talks_continue", "value": False}),
        ("find", {"finding": "degrees", "value": "-5"}),
        ("notify", {"subject": "withholding", "obligation": ["a", "b"], "effective": "2025-02-01"}),
        ("notify", {"subject": "suspension", "ends": 30}),
        ("correct", {"entry": 7, "occurred_at": "2025-01-19T09:15:00Z"}),
        ("note", {"about": [1, 2], "text": "Heard.", "sources": ["un"], "evidence": [DIGEST]}),
        ("tick", {}),
        ("open", GENESIS),
    ],
)
def test_a_well_formed_body_is_taken(kind: str, body: dict[str, Any]) -> None:
    assert type(parse_body(kind, body)) is KINDS[kind].body


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("advance", {}, "missing required field `transition`"),
        ("advance", {"transition": 7}, "Expected `str`, got `int` at `transition`"),
        ("advance", {"transition": "Accept"}, "matching regex"),
        ("advance", {"transition": "accept\n"}, "matching regex"),
        ("advance", {"transition": "accept", "amount": 1}, "unknown field `amount`"),
        ("withdraw", {"definition": "abc"}, "matching regex"),
        ("waive", {"transition": "begin", "guard": 0}, "Expected `int` >= 1 at `guard`"),
        ("perform", {"obligation": "a.b.c"}, "matching regex"),
        ("perform", {"amount": -1}, "Expected `int` >= 0 at `amount`"),
        ("perform", {"amount": 2**53}, "Expected `int` <= 9007199254740991 at `amount`"),
        ("perform", {"amount": 1.5}, "got `float` at `amount`"),
        ("perform", {"amount": "3"}, "got `str` at `amount`"),
        ("perform", {"amount": True}, "got `bool` at `amount`"),
        ("perform", {"amount": {"men": -1}}, "Expected `int` >= 0 at `amount[...]`"),
        ("perform", {"amount": {"Men": 1}}, "matching regex"),
        ("perform", {"text": None}, "got `null` at `text`"),
        ("perform", {"evidence": ["abc"]}, "at `evidence[0]`"),
        ("attest", {}, "missing required field `entry`"),
        ("attest", {"entry": "7"}, "Expected `int`, got `str` at `entry`"),
        ("attest", {"entry": -1}, "Expected `int` >= 0 at `entry`"),
        ("attest", {"entry": 7, "happened": "8 February"}, "happened '8 February' is no moment"),
        ("contest", {"entry": 7, "withdrawn": False}, "Invalid enum value False"),
        ("measure", {"obligation": "aid", "amount": 9, "from": "2025-01-19"}, "field `to`"),
        ("find", {"finding": "degrees", "value": -5}, "Expected `int` >= 0 at `value`"),
        ("find", {"finding": "degrees", "value": None}, "got `null` at `value`"),
        ("notify", {"subject": "weather"}, "Invalid enum value 'weather' at `subject`"),
        ("note", {"about": [1, "2"]}, "Expected `int`, got `str` at `about[1]`"),
        ("tick", {"obligation": "aid"}, "unknown field `obligation`"),
        ("open", GENESIS | {"rehearsal": False}, "Invalid enum value False at `rehearsal`"),
        ("open", GENESIS | {"nonce": "0" * 31}, "matching regex"),
    ],
)
def test_a_malformed_body_is_refused_with_its_kind_the_fault_and_the_place(
    kind: str, body: dict[str, Any], message: str
) -> None:
    with pytest.raises(StatementInvalid) as caught:
        parse_body(kind, body)

    assert message in str(caught.value)
    assert kind in str(caught.value) or "is no moment" in str(caught.value)


def test_an_unknown_kind_is_refused_with_the_kinds_that_there_are() -> None:
    with pytest.raises(StatementInvalid, match="'deliver' is no kind of statement; there are adv"):
        parse_body("deliver", {})


def test_every_kind_is_an_act_a_report_a_change_of_key_or_the_recorders() -> None:
    assert list(KINDS) == [*ACTS, *REPORTS, "key.set", "open", "tick", "redact"]
    assert list(ACTS) == ["advance", "withdraw", "waive", "amend"]


def test_what_is_not_said_is_left_out_and_counts_as_false() -> None:
    body = parse_body("perform", {"obligation": "hostages"})

    assert isinstance(body, Perform)
    assert not body.amount
    assert not body.step


def test_the_members_of_a_body_keep_their_types() -> None:
    measure = parse_body(
        "measure",
        {"obligation": "aid", "amount": {"fuel": 50}, "from": "2025-01-19", "to": "2025-02-01"},
    )
    notice = parse_body("notify", {"subject": "withholding", "obligation": "aid"})
    attested = parse_body("attest", {"entry": 7, "happened": "2025-02-08"})

    assert isinstance(measure, Measure)
    assert (measure.amount, measure.from_, measure.to) == ({"fuel": 50}, "2025-01-19", "2025-02-01")
    assert isinstance(notice, Notify)
    assert notice.obligation == "aid"
    assert isinstance(attested, Verify)
    assert attested.happened == "2025-02-08"


@pytest.mark.parametrize("text", ["2025-02-09", "2025-01-19T09:15:00Z", "1648-10-24", "2999-12-31"])
def test_a_moment_is_a_day_or_a_second_of_universal_time(text: str) -> None:
    assert parse_when(text, "until") == When.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "20250209",
        "2025-02-30",
        "2025-2-9",
        "2025-02-09\n",
        "2025-02-09T09:15Z",
        "2025-02-09T24:00:00Z",
        "2025-02-09T09:15:60Z",
        "2025-02-09T09:15:00",
        "2025-02-09T09:15:00+02:00",
        "2025-02-09T09:15:00.5Z",
        "2025-02-09 09:15:00Z",
        "٢٠٢٥-02-09",
        "0999-12-31",
        "3000-01-01",
        "9999-12-31",
    ],
)
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(StatementInvalid, match=r"^until '.*' is no moment; write YYYY-MM-DD"):
        parse_when(text, "until")


def test_a_span_is_of_whole_days() -> None:
    assert parse_day("2025-02-09", "from") == Date(2025, 2, 9)
    with pytest.raises(StatementInvalid, match="'2025-02-09T00:00:00Z' is no day"):
        parse_day("2025-02-09T00:00:00Z", "from")
    with pytest.raises(StatementInvalid, match=r"^from '2025-02-09T00:00:00Z' is no day"):
        parse_body(
            "measure",
            {"obligation": "a", "amount": 1, "from": "2025-02-09T00:00:00Z", "to": "2025-02-09"},
        )


def test_a_statement_happened_when_it_says() -> None:
    said = Statement(
        agreement=DIGEST,
        definition=DIGEST,
        actor="hamas",
        kind="perform",
        body={},
        nonce="0" * 32,
        occurred_at="2025-02-08",
    )

    assert said.occurred == When.parse("2025-02-08")
    assert said.occurred.is_day
