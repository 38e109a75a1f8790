"""No command loads what it does not use: for each, the libraries and packages that it may load.

Commands that may load the same run one after another in one fork.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli import loads
from tests.cli.conftest import Run

from phaseflow.cli.main import cli

SOURCE = Path(__file__).parents[2] / "src"
EVENT = "  - {at: 2025-03-01T10:00, by: north, advance: {transition: accept}}\n"

FACE = {"cli", "model", "storage"}
"""What every command loads: `model` shows text safely, `storage` notes what was committed."""
TEXT = FACE | {"language", "msgspec", "pydantic", "text", "whenever", "yaml"}
CHECKED = TEXT | {"journal", "service"}
JOURNAL = FACE | {"journal", "msgspec", "service", "whenever"}
STORE = JOURNAL | {"sqlalchemy"}
MOVED = STORE | {"engine", "transitions"}

MAY_LOAD: list[tuple[set[str], list[str]]] = [
    (FACE, ["--help", "completion bash"]),
    (TEXT, ["new begun", "schema"]),
    (TEXT | {"service"}, ["explain PF418", "explain"]),
    (CHECKED, ["check plan.yaml", "fmt --check plan.yaml"]),
    (CHECKED | {"compare"}, ["compare plan.yaml plan.yaml"]),
    (CHECKED | {"prose"}, ["prose plan.yaml"]),
    (CHECKED | {"drawing", "engine", "transitions"}, ["draw plan.yaml"]),
    (CHECKED | {"engine", "transitions"}, ["rehearse plan.yaml course.yaml"]),
    (
        CHECKED | MOVED,
        [
            "open plan.yaml --label q",
            "amend u plan.yaml --plan",
            "db rebuild u",
            "audit replay u",
        ],
    ),
    (
        STORE,
        [
            "list",
            "keys u",
            "history u",
            "show u 1",
            "text u",
            "audit verify u",
            "doctor --sample 0",
            "db sweep u",
        ],
    ),
    (CHECKED | STORE, ["cache fill"]),
    (STORE | {"alembic"}, ["db upgrade"]),
    (CHECKED | MOVED | {"alembic"}, ["demo"]),
    (STORE | {"cryptography"}, ["audit verify p", "audit collect PIN", "audit export p copied"]),
    (
        JOURNAL | {"cryptography"},
        [
            "mirror mirrored exported --id ID",
            "audit verify exported",
            "audit compare exported exported",
        ],
    ),
    (
        CHECKED | JOURNAL | {"cryptography", "engine", "transitions"},
        [
            "audit replay exported",
            "audit cosign exported --id ID --by north --sign-with keys/north",
        ],
    ),
    (CHECKED | MOVED | {"cryptography"}, ["audit checkpoint p --recorder-key keys/recorder"]),
    (
        MOVED,
        [
            "status u",
            "next u",
            "tick u",
            "advance u accept --by north",
            "withdraw u accept --by north",
            "waive u release --by south",
            "perform u withdrawal --step road --by south",
            "measure u release --amount 1 --from 2025-03-01 --to 2025-03-01 --by north",
            "attest u 1 --by watch",
            "reject u 1 --by watch",
            "contest u 1 --by south",
            "allege u calm.south --by north",
            "find u talks false --by guide",
            "notify u intention --by north",
            "correct u 1 --amount 1 --by north",
            "note u --by north --note x",
            f"redact u {'0' * 64} --by recorder",
            "key set u keys/south.pub --by south",
            "key revoke u --by south",
            "draft note u --by north --note x",
        ],
    ),
    (MOVED | {"drawing"}, ["draw u", "timeline u"]),
    (
        MOVED | {"cryptography"},
        [
            "note p --by north --note x --sign-with keys/north",
            "file stmt.json",
        ],
    ),
]
NOT_RUN = {"db grant"}
"""What needs PostgreSQL."""


@pytest.fixture
def house(signed: Run, keys: Path, here: Path) -> dict[str, str]:
    """A signed agreement ``p``, exported, and an unsigned one, ``u``; what stands for the rest."""
    (here / "course.yaml").write_text("title: It is accepted\nevents:\n" + EVENT)
    signed("open", "plan.yaml", "--label", "u")
    signed("note", "u", "--by", "north", "--note", "x")
    signed("draft", "note", "u", "--by", "north", "--note", "y", "--output", "stmt.json")
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder", "--pins", "pins")
    signed("audit", "export", "p", "exported")
    signed("cache", "fill")
    [pin] = here.glob("pins/*/*.txt")
    return {"ID": (here / "exported/AGREEMENT_ID").read_text().strip(), "PIN": str(pin)}


def commands(group: click.Group, *path: str) -> Iterator[str]:
    """Yield each command below ``group``; what can be drafted is one."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group) and name != "draft":
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name))


def test_every_command_of_the_help_is_in_the_table() -> None:
    listed = [command for _, row in MAY_LOAD for command in row]
    missing = [
        command
        for command in commands(cli)
        if not any(f"{one} ".startswith(f"{command} ") for one in listed)
    ]

    assert {*missing} == NOT_RUN


def test_no_command_loads_what_it_does_not_use(house: dict[str, str], here: Path) -> None:
    rows = [
        [[house.get(word, word) for word in shlex.split(command)] for command in row]
        for _, row in MAY_LOAD
    ]
    done = subprocess.run(
        [sys.executable, loads.__file__],
        input="".join(f"{json.dumps(row)}\n" for row in rows),
        env=os.environ | {"PYTHONPATH": str(SOURCE), "XDG_CONFIG_HOME": str(here / "config")},
        capture_output=True,
        text=True,
        check=True,
    )

    for (allowed, row), line in zip(MAY_LOAD, done.stdout.splitlines(), strict=True):
        answers = json.loads(line)
        for command, (code, *loaded) in zip(row, answers, strict=True):
            assert code in (0, 1, 2), command
            assert {*loaded} - allowed == set(), command
        assert {*answers[-1][1:]} == allowed, f"{row} load less by now"
