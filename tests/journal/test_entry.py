"""An entry has exactly its members, and each is well formed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.storage.filing import DIGEST, Filing, standing

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.canonical import canonical, tagged_hash
from phaseflow.journal.entry import agreement_id, genesis_body, read_entry, seal, statement_line
from phaseflow.model.statement import Consequence, GenesisParty, Policy

AT = "2025-01-15T12:00:00Z"


@pytest.fixture
def value() -> dict[str, Any]:
    """The value of entry 1: a report with consequences of every kind but a refusal."""
    filing = Filing()
    filing.keep(filing.next("open", filing.body, actor="recorder"))
    move = {"transition": "enter", "from": "talks", "to": "running", "cause": "automatic"}
    then = [
        standing("release"),
        Consequence(at=AT, kind="move", body=move),
        Consequence(at=AT, kind="amended", body={"definition": DIGEST}),
    ]
    append = filing.next("perform", {"obligation": "release", "amount": 3}, then=then)
    read: dict[str, Any] = json.loads(append.sealed.line)
    return read


def test_an_entry_comes_back_from_its_line(value: dict[str, Any]) -> None:
    entry = read_entry(canonical(value))

    assert seal(entry).line == canonical(value)
    assert seal(entry).hash == tagged_hash("phaseflow-entry-v1", canonical(value))


def test_a_statement_is_signed_as_it_stands_in_its_entry(value: dict[str, Any]) -> None:
    entry = read_entry(canonical(value))

    assert statement_line(entry.stmt) == canonical(value["stmt"])
    assert value["stmt"]["v"] == "phaseflow-statement-v1"


def test_the_agreement_id_commits_to_definition_parties_and_policy() -> None:
    def genesis(**changed: Any) -> str:
        plain: dict[str, Any] = {
            "definition": DIGEST,
            "nonce": "0" * 32,
            "parties": {"israel": GenesisParty(key=None, role="signatory")},
        }
        return agreement_id(genesis_body(**plain | changed))

    policy = Policy(cosigners=["israel"], cosign_quorum=1, recovery=[], recovery_quorum=0)
    keyed = {"israel": GenesisParty(key="ssh-ed25519 AAAA", role="signatory")}
    ids = {
        genesis(),
        genesis(definition="1" * 64),
        genesis(nonce="1" * 32),
        genesis(parties=keyed),
        genesis(policy=policy),
        genesis(is_rehearsal=True),
    }
    assert len(ids) == 6
    assert genesis() == agreement_id(
        {
            "definition": DIGEST,
            "nonce": "0" * 32,
            "parties": {
                "israel": {"key": None, "role": "signatory"},
                "recorder": {"key": None, "role": "recorder"},
            },
            "policy": {
                "cosign_quorum": 0,
                "cosigners": [],
                "recovery": [],
                "recovery_quorum": 0,
            },
        }
    )


def test_a_malformed_genesis_is_refused() -> None:
    with pytest.raises(StatementInvalid, match="malformed"):
        genesis_body(definition="x", nonce="0" * 32, parties={})


def changed(path: str, new: object) -> Callable[[dict[str, Any]], None]:
    """Return what sets the member at ``path``; ``...`` takes it away."""

    def change(value: Any) -> None:
        *way, last = path.split("/")
        for step in way:
            value = value[int(step) if step.isdigit() else step]
        if new is ...:
            del value[last]
        else:
            value[last] = new

    return change


@pytest.mark.parametrize(
    ("path", "new"),
    [
        *((name, ...) for name in ("seq", "prev", "recorded_at", "sig", "stmt", "then")),
        *((f"stmt/{name}", ...) for name in ("v", "agreement", "actor", "nonce", "seen", "body")),
        ("extra", 1),
        ("stmt/extra", 1),
        ("stmt/seen/extra", 1),
        ("then/0/extra", 1),
        ("then/0/at", ...),
        ("seq", "1"),
        ("seq", None),
        ("seq", True),
        ("prev", "0" * 63),
        ("prev", "A" * 64),
        ("prev", "0" * 64 + "\n"),
        ("prev", "\u0660" * 64),
        ("recorded_at", "2025-01-15"),
        ("recorded_at", "2025-01-15T12:00:00+00:00"),
        ("recorded_at", "2025-01-15T12:00:00.5Z"),
        ("recorded_at", "2025-02-30T12:00:00Z"),
        ("recorded_at", "2025-01-15T12:00:00Z\n"),
        ("sig", ""),
        ("sig", "not base64"),
        ("sig", "AAAA\n"),
        ("stmt", None),
        ("stmt/v", "phaseflow-statement-v2"),
        ("stmt/agreement", "x"),
        ("stmt/definition", "x"),
        ("stmt/actor", "Israel"),
        ("stmt/actor", "israel\n"),
        ("stmt/kind", "propose"),
        ("stmt/kind", "advance"),
        ("stmt/nonce", "0" * 31),
        ("stmt/occurred_at", "yesterday"),
        ("stmt/seen", {}),
        ("stmt/seen/hash", "x"),
        ("stmt/seen/seq", "0"),
        ("stmt/body", []),
        ("stmt/body/extra", 1),
        ("stmt/body/amount", "3"),
        ("then", None),
        ("then", {}),
        ("then/0/at", "2025-01-15"),
        ("then/0/kind", "wish"),
        ("then/0/body/to", "late"),
        ("then/0/body/to", ...),
        ("then/0/body/extra", 1),
        ("then/1/body/cause", "chance"),
        ("then/2/body/definition", "x"),
        ("then/2/kind", "refused"),
        ("then/2", {"at": AT, "kind": "refused", "body": {"reasons": []}}),
    ],
)
def test_a_malformed_entry_is_not_read(value: dict[str, Any], path: str, new: object) -> None:
    if isinstance(new, dict) and path == "then/2":
        value["then"][2] = new
    else:
        changed(path, new)(value)

    with pytest.raises(JournalBroken):
        read_entry(canonical(value))


def test_only_reports_may_name_a_whole_day(value: dict[str, Any]) -> None:
    value["stmt"]["occurred_at"] = "2025-01-15"
    assert read_entry(canonical(value)).stmt.occurred.is_day

    value["stmt"] |= {"kind": "advance", "body": {"transition": "enter"}}
    with pytest.raises(JournalBroken, match="no instant"):
        read_entry(canonical(value))


@pytest.mark.parametrize("line", ["[]\n", "1\n", '"x"\n', "null\n", "{}\n"])
def test_what_is_no_object_is_no_entry(line: str) -> None:
    with pytest.raises(JournalBroken):
        read_entry(line)


def test_an_act_on_record_keeps_its_reasons(value: dict[str, Any]) -> None:
    reason = {"rule": "guard", "text": "talks go on", "values": {"talks": "true"}}
    value["stmt"] |= {"kind": "advance", "body": {"transition": "enter"}}
    value["then"] = [{"at": AT, "kind": "refused", "body": {"reasons": [reason]}}]

    assert read_entry(canonical(value)).then[0].body == {"reasons": [reason]}
