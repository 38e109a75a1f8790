"""What the check accepts never fails: not when it is opened, told about, or looked at."""

import copy
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from tests.lengths import examples

from phaseflow.errors import Conflict, DefinitionInvalid, PhaseflowError, Refused, StatementInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.statement import ACTS, REPORTS
from phaseflow.service import tick
from phaseflow.service.compose import Filing
from phaseflow.service.json.next import outlook_document
from phaseflow.service.json.status import status_document
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import record, try_out
from phaseflow.service.status import outlook, status
from phaseflow.storage.memory import MemoryStore
from phaseflow.text.source import read

TESTS = Path(__file__).parents[1]
SHIPPED = ("escrow", "grant_tranches", "disarmament", "handover", "lease")
"""Whose words our own examples lack: moments that hang on others, shares, months, notices."""
FILES = (
    *(TESTS / "language" / "sound.yaml",) * 5,
    TESTS / "cli" / "plan.yaml",
    *(TESTS.parent / "definitions" / name / "definition.yaml" for name in SHIPPED),
)
LARGE = TESTS / "language" / "three_phase_plan.yaml"
TREES = {file: read(file.read_bytes(), file.name).data for file in dict.fromkeys((*FILES, LARGE))}
ROUNDS, COURSES = 4, examples(15)
STATEMENTS = 14
KINDS = (*ACTS, *REPORTS)
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    3,
    2**60,
    "",
    "day 7",
    "2025-02-30",
    "2025-03-02",
    [],
    {},
    [1],
    "total",
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, value in items:
        found.append((tree, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


def values_by_key() -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for tree in TREES.values():
        for around, key in places(tree):
            found.setdefault(key, []).append(around[key])
    return found


VALUES = values_by_key()


def mutate(random: Random, tree: Any) -> None:
    """Change a few things so that the outcome is often still sound."""
    for _ in range(random.randint(1, 4)):
        around, key = random.choice(places(tree))
        value = around[key]
        match random.randrange(5):
            case 0 if isinstance(around, dict):
                around[key] = copy.deepcopy(random.choice(VALUES.get(key, [value])))
            case 1 if type(value) is int:
                around[key] = random.randint(0, 2 * value)
            case 2:
                del around[key]
            case 3 if isinstance(value, list):
                random.shuffle(value)
            case _ if isinstance(value, dict):
                added = random.choice(list(VALUES))
                if isinstance(added, str):
                    value[added] = copy.deepcopy(random.choice(VALUES[added]))
            case _:
                pass


def accepted(random: Random) -> tuple[Definition, bytes]:
    """Return a definition that the check accepts, made from one of ours."""
    while True:
        name = LARGE if random.random() < 0.03 else random.choice(FILES)
        tree = copy.deepcopy(TREES[name])
        mutate(random, tree)
        source = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False).encode()
        try:
            return parse_definition(source, "d.yaml"), source
        except DefinitionInvalid:
            continue


def amount(random: Random, categories: tuple[str, ...]) -> Any:
    if not categories or random.random() < 0.3:
        return random.choice([0, 1, 2, 5, 10, 50, 2**53])
    return {name: random.randint(0, 6) for name in random.sample(categories, 1)}


def body(random: Random, definition: Definition, kind: str, position: int) -> dict[str, Any]:
    """Return a body that mostly fits its kind."""
    name = random.choice([*definition.obligations, "goods"])
    owed = definition.obligations.get(name)
    categories = owed.categories if owed else ()
    day = random.choice(["2025-03-01", "2025-03-05", "2025-03-04T12:00", "2025-04-20"])
    wanted: dict[str, Any] = {
        "obligation": name,
        "amount": amount(random, categories),
        "step": random.choice([*categories, "hill"]),
        "transition": random.choice([*definition.transitions, "begin"]),
        "finding": random.choice([*definition.findings, "ready"]),
        "value": random.choice([True, False, 3, "agreed", "2025-03-04", "2025-03-04T12:00:00Z"]),
        "entry": random.randint(0, position),
        "from": "2025-03-03",
        "to": "2025-03-03",
        "subject": random.choice(["withholding", "intention", "ultimatum"]),
        "until": day,
        "due": "day 7",
        "happened": day,
        "occurred_at": day,
        "guard": 1,
        "text": "words",
        "withdrawn": True,
    }
    keys = {
        "advance": ["transition"],
        "withdraw": ["transition"],
        "waive": random.choice(
            [
                ["obligation"],
                ["obligation", "amount"],
                ["obligation", "until"],
                ["transition", "guard"],
            ]
        ),
        "perform": random.choice(
            [["obligation"], ["obligation", "amount"], ["obligation", "step"]]
        ),
        "measure": ["obligation", "amount", "from", "to"],
        "attest": random.choice([["entry"], ["entry", "amount"], ["entry", "happened"]]),
        "reject": ["entry"],
        "contest": random.choice([["entry"], ["entry", "withdrawn"]]),
        "allege": ["obligation"],
        "find": ["finding", "value"],
        "notify": ["subject", "obligation"],
        "correct": random.choice([["entry", "amount"], ["entry", "occurred_at"]]),
    }.get(kind, ["text"])
    found = {key: wanted[key] for key in keys}
    if random.random() < 0.1:
        found[random.choice([*wanted])] = random.choice(JUNK)
    return found


class World:
    """An agreement in memory, and its clock."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = Instant.parse_iso("2025-03-01T09:00:00Z")
        self.definition, self.source = accepted(random)
        self.store = MemoryStore(lambda: self.now)
        opening = OpeningRequest(source=self.source, file="d.yaml", nonce="0" * 32)
        self.id = open_agreement(self.store, opening).place.header.id

    def say(self, count: int) -> None:
        """File a statement, or try to."""
        random = self.random
        kind = random.choice((*KINDS, "advance", "advance", "perform", "perform"))
        filing = Filing(
            agreement=self.id,
            actor=random.choice([*self.definition.parties]),
            kind=kind,
            body=body(random, self.definition, kind, count),
            nonce=f"{count:032x}",
            occurred_at=random.choice([None, None, "2025-03-01", "2025-03-04"]),
            is_on_record=random.random() < 0.2,
        )
        with suppress(Refused, StatementInvalid, Conflict):
            (try_out if random.random() < 0.1 else record)(self.store, filing)

    def wait(self) -> None:
        """Let time pass, and look at what became of the agreement."""
        hours = self.random.choice([0, 0, 1, 13, 24, 24 * 6, 24 * 30])
        self.now = self.now.add(seconds=3_600 * hours)
        if self.random.random() < 0.3:
            tick.tick(self.store, self.id)
        if self.random.random() < 0.2:
            assert status_document(status(self.store, self.id))
            assert outlook_document(outlook(self.store, self.id))


def run_course(seed: str | int) -> None:
    """Let anything be said in an agreement by a definition that the check accepts."""
    world = World(Random(seed))  # noqa: S311  no secret
    try:
        for count in range(1, STATEMENTS):
            world.wait()
            world.say(count)
    except Exception as error:
        error.add_note(f"seed {seed}\n{world.source.decode()}")
        raise


@pytest.mark.parametrize("first", range(ROUNDS))
def test_what_the_check_accepts_never_fails_when_it_runs(first: int) -> None:
    for seed in range(first * COURSES, (first + 1) * COURSES):
        run_course(seed)


def spoilt(random: Random, found: dict[str, Any]) -> dict[str, Any]:
    kept = {key: random.choice(JUNK) if random.random() < 0.15 else v for key, v in found.items()}
    if random.random() < 0.1:
        kept[random.choice(["x", "amount", "until"])] = random.choice(JUNK)
    return kept


def test_a_statement_of_any_form_is_filed_or_refused() -> None:
    random = Random(1)  # noqa: S311  no secret
    world, filed = World(random), 0
    for count in range(1, examples(600)):
        if count % 100 == 0:
            world = World(random)
        kind = random.choice([*KINDS, *KINDS, "open", "tick", "amend", ""])
        filing = Filing(
            agreement=random.choice([world.id] * 9 + ["nowhere"]),
            actor=random.choice([*world.definition.parties] * 5 + ["nobody", "recorder", ""]),
            kind=kind,
            body=spoilt(random, body(random, world.definition, kind, count % 100)),
            nonce=random.choice([f"{count:032x}"] * 9 + ["0" * 32]),
            occurred_at=random.choice([None] * 9 + ["", "day 7", "\x00", "9999-12-31"]),
        )
        with suppress(PhaseflowError):
            record(world.store, filing)
            filed += 1
    assert filed > 30
