"""A small plan, and a command line on a database of its own."""

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.journal.signer import signer

from phaseflow.cli.commands.draft import SPOKEN
from phaseflow.cli.main import cli

PLAN = Path(__file__).parent / "plan.yaml"
OPENED = "2025-03-01T09:00"
PARTIES = ("north", "south", "watch", "guide")
NONCE = "0123456789abcdef" * 2

WRITING = {*SPOKEN, "key", "redact", "file", "tick"}

Run = Callable[..., Result]
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory that holds the plan."""
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("PHASEFLOW_DATABASE", "PHASEFLOW_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    # Nobody's own defaults count here, and no receipt is left elsewhere.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


class Rehearsals:
    """The clocks of rehearsals, where a test has nothing to say of them.

    A statement is recorded when it is said to have happened, or when the one before was.
    """

    def __init__(self) -> None:
        self.newest: dict[str, str] = {}

    def timed(self, command: list[str]) -> list[str]:
        """Return ``command`` with ``--now``, if it writes to a rehearsal and has none."""
        told = {name: value for name, value in pairwise(command) if name.startswith("--")}
        if command[0] == "open":
            if "--rehearsal" in command and "--label" in told and "--now" in told:
                self.newest[told["--label"]] = told["--now"]
            return command
        named = [part for part in command[1:4] if part in self.newest]
        if not named or not {*command[:2]} & WRITING:
            return command
        now = told.get("--now") or max(told.get("--at", ""), self.newest[named[0]])
        self.newest[named[0]] = max(now, self.newest[named[0]])
        return command if "--now" in told else [*command, "--now", now]


@pytest.fixture
def run(here: Path) -> Run:
    """Runs a command; an exception that is no exit is a bug."""
    rehearsals = Rehearsals()

    def runs(*arguments: object, code: int = 0) -> Result:
        command = rehearsals.timed([str(a) for a in arguments])
        result = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return runs


@pytest.fixture
def read(run: Run) -> Read:
    """Runs a reading command with --json, and gives its document."""

    def reads(*arguments: object, code: int = 0) -> dict[str, Any]:
        document = json.loads(run(*arguments, "--json", code=code).stdout)
        assert isinstance(document, dict)
        return document

    return reads


@pytest.fixture
def keys(here: Path) -> Path:
    """A folder with a key of each party, and of the recorder."""
    (here / "keys").mkdir()
    for party in (*PARTIES, "recorder"):
        signer(party).write(here / "keys", party)
    return here / "keys"


@pytest.fixture
def signed(run: Run, keys: Path) -> Run:
    """An agreement ``p``, no rehearsal, in which everybody has a key and some may cosign."""
    given = [part for p in (*PARTIES, "recorder") for part in ("--key", f"{p}={keys / p}.pub")]
    rules = ("--cosigners", "north,south,watch", "--cosign-quorum", 3)
    recovery = ("--recovery", "guide,watch", "--recovery-quorum", 2)
    run("open", "plan.yaml", "--label", "p", *given, *rules, *recovery)
    return run


@pytest.fixture
def proposed(run: Run) -> Run:
    """A rehearsal ``p`` that was opened, and nothing else."""
    run("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", OPENED)
    return run


@pytest.fixture
def running(proposed: Run) -> Run:
    """A rehearsal ``p`` that both have accepted: entries 0 to 2, day 1 is 2025-03-01."""
    proposed("advance", "p", "accept", "--by", "north", "--at", "2025-03-01T10:00")
    proposed("advance", "p", "accept", "--by", "south", "--at", "2025-03-01T11:00")
    return proposed


@pytest.fixture
def released(running: Run) -> Run:
    """Two women released on day 2, entry 3, and attested, entry 4."""
    at = ("--at", "2025-03-02T12:00")
    running("perform", "p", "release", "--amount", "women=2", "--by", "north", *at)
    running("attest", "p", 3, "--by", "watch")
    return running
