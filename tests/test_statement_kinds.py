"""Every kind of statement has an effect, words, a command, and its place in each verifier.

Each test names the kinds that lack something, and where it is to be added.
"""

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phaseflow.cli.main import COMMANDS
from phaseflow.engine.acts import is_given
from phaseflow.engine.step import EFFECTS
from phaseflow.model.calendar import Instant
from phaseflow.model.state import Agreement
from phaseflow.model.statement import KINDS, Body, Statement, parse_body
from phaseflow.service.words.sentences import said

ROOT = Path(__file__).parents[1]
DIGEST = "ab" * 32
BY_THE_CLOCK = {"open": "begin", "tick": "catch_up"}
"""What is no step: what the engine calls in place of one, which is also its command's name."""
EXAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "advance": ({"transition": "accept"}, "north advances accept"),
    "withdraw": ({"transition": "accept"}, "north takes back its consent to accept"),
    "waive": ({"obligation": "toll", "amount": 3}, "north waives 3 of toll"),
    "amend": ({"definition": DIGEST}, "north consents to the edition abababababab"),
    "perform": ({"obligation": "toll", "amount": 3}, "north performed toll: 3"),
    "attest": ({"entry": 7}, "north attests all that is open of entry 7"),
    "reject": ({"entry": 7, "amount": 2}, "north rejects 2 of entry 7"),
    "contest": ({"entry": 7}, "north contests the whole of entry 7"),
    "allege": ({"obligation": "peace.south"}, "north alleges a violation of peace.south"),
    "measure": (
        {"obligation": "toll", "amount": 9, "from": "2025-01-19", "to": "2025-01-25"},
        "north measured toll: 9, 2025-01-19 to 2025-01-25",
    ),
    "find": ({"finding": "calm", "value": True}, "north finds calm: true"),
    "notify": (
        {"subject": "dispute", "ends": 3},
        "north gives notice: dispute ending entry 3",
    ),
    "correct": ({"entry": 7, "amount": 2}, "north corrects entry 7: 2"),
    "note": ({"about": [1, 2]}, "north notes about entry 1, 2"),
    "key.set": (
        {"actor": "north", "key": None, "replaces": None},
        "north sets a key: north, none",
    ),
    "open": (
        {
            "definition": DIGEST,
            "nonce": "0" * 32,
            "parties": {},
            "policy": {"cosigners": [], "cosign_quorum": 0, "recovery": [], "recovery_quorum": 0},
        },
        "north opens the journal",
    ),
    "tick": ({}, "time has passed"),
    "redact": (
        {"commitment": DIGEST},
        "north destroyed what discloses the private value abababababab",
    ),
}


def a(kind: str, body: dict[str, Any]) -> Statement:
    return Statement(
        agreement=DIGEST,
        definition=DIGEST,
        actor="north",
        kind=kind,
        body=body,
        nonce="0" * 32,
        occurred_at="2025-01-19T09:15:00Z",
    )


def test_every_kind_has_an_example_here() -> None:
    assert not KINDS.keys() ^ EXAMPLES.keys(), "without a line of EXAMPLES in this file"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_of_each_kind_is_well_formed(kind: str) -> None:
    assert type(parse_body(kind, EXAMPLES[kind][0])) is KINDS[kind].body


def test_every_kind_has_an_effect_in_the_engine() -> None:
    missing = [kind for kind in KINDS if kind not in EFFECTS.keys() | BY_THE_CLOCK]

    assert not missing, "without a line of EFFECTS in src/phaseflow/engine/step.py"


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.awaits_others])
def test_of_every_kind_that_awaits_others_it_is_known_who_has_said_it(kind: str) -> None:
    agreement = Agreement(definition=DIGEST, leaf="open", clock=Instant.from_utc(2025, 1, 19))

    assert not is_given(agreement, a(kind, EXAMPLES[kind][0]))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_is_told_in_a_sentence(kind: str) -> None:
    body, sentence = EXAMPLES[kind]

    assert said(a(kind, body)) == sentence


def filed() -> Iterator[str]:
    """Yield the kinds that some command files, as its module in cli/commands/ says."""
    for module in sorted((ROOT / "src/phaseflow/cli/commands").glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(attr="file"), [ast.Constant(str(kind)), *_]):
                    yield kind
                case _:
                    pass


def test_every_kind_is_filed_by_a_command() -> None:
    missing = KINDS.keys() - {*filed()} - BY_THE_CLOCK.keys()

    assert not missing, "without a command in src/phaseflow/cli/commands/"
    assert BY_THE_CLOCK.keys() <= {name for section in COMMANDS.values() for name in section}


def members(body: type[Body]) -> set[str]:
    """Return the members of a body as the verifier of tools/ writes them, ``?`` where free."""
    own = msgspec.structs.fields(body)[len(msgspec.structs.fields(Body)) :]
    return {field.encode_name if field.required else f"{field.encode_name}?" for field in own}


def test_the_verifier_that_needs_no_installation_knows_every_kind_and_its_members() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "verify_bundle.py"))

    for kind, row in KINDS.items():
        assert kind in tool["SPOKEN"], "without a line in tools/verify_bundle.py"
        assert set(tool["SPOKEN"][kind].split()) == members(row.body), kind
    for name, sort in {"ACTS": "act", "REPORTS": "report", "RECORDED": "record"}.items():
        assert set(tool[name]) == {kind for kind, row in KINDS.items() if row.sort == sort}


def test_the_reference_explains_every_kind() -> None:
    reference = ROOT / "docs" / "reference"
    text = "".join((reference / name).read_text("utf-8") for name in ("language.md", "journal.md"))
    missing = [kind for kind in KINDS if f"`{kind}`" not in text]

    assert not missing, "without a word in docs/reference/"
