"""A small plan, and a command line on a database of its own."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

Words = Sequence[object]
Run = Callable[..., Result]
Once = Callable[[str, Sequence[Words]], None]
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


@dataclass(frozen=True)
class Made:
    """What came of commands, in a folder for each name, and the clocks after them."""

    place: Path
    clocks: dict[str, dict[str, str]]


@pytest.fixture
def rehearsals() -> Rehearsals:
    return Rehearsals()


@pytest.fixture
def run(here: Path, rehearsals: Rehearsals) -> Run:
    """Runs a command; an exception that is no exit is a bug."""

    def runs(*arguments: object, code: int = 0) -> Result:
        return _say(rehearsals, arguments, code)

    return runs


def _say(rehearsals: Rehearsals, arguments: Words, code: int = 0) -> Result:
    command = rehearsals.timed([str(a) for a in arguments])
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What was made in working directories, by name, and the clocks there."""
    return Made(tmp_path_factory.mktemp("made"), {})


@pytest.fixture
def once(here: Path, made: Made, rehearsals: Rehearsals) -> Once:
    """Does what is named, or copies what came of it for another test.

    In a directory or an environment that a test has changed, it is always done.
    """

    def does(name: str, commands: Sequence[Words]) -> None:
        kept = made.place / name
        is_bare = {path.name for path in here.iterdir()} <= {"plan.yaml", "keys"}
        is_bare = is_bare and not any(name.startswith("PHASEFLOW_") for name in os.environ)
        if is_bare and name in made.clocks:
            shutil.copytree(kept, here, dirs_exist_ok=True)
            rehearsals.newest = dict(made.clocks[name])
            return
        for words in commands:
            _say(rehearsals, words)
        if is_bare:
            shutil.copytree(here, kept)
            made.clocks[name] = dict(rehearsals.newest)

    return does


@pytest.fixture
def signed(run: Run, keys: Path, once: Once) -> Run:
    """An agreement ``p``, no rehearsal, in which everybody has a key and some may cosign."""
    given = [part for p in (*PARTIES, "recorder") for part in ("--key", f"{p}={keys / p}.pub")]
    rules = ("--cosigners", "north,south,watch", "--cosign-quorum", 3)
    recovery = ("--recovery", "guide,watch", "--recovery-quorum", 2)
    once("signed", [("open", "plan.yaml", "--label", "p", *given, *rules, *recovery)])
    return run


PROPOSED = [("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", OPENED)]
RUNNING = [
    *PROPOSED,
    ("advance", "p", "accept", "--by", "north", "--at", "2025-03-01T10:00"),
    ("advance", "p", "accept", "--by", "south", "--at", "2025-03-01T11:00"),
]
RELEASED = [
    *RUNNING,
    ("perform", "p", "release", "--amount", "women=2", "--by", "north", "--at", "2025-03-02T12:00"),
    ("attest", "p", "3", "--by", "watch"),
]


@pytest.fixture
def proposed(run: Run, once: Once) -> Run:
    """A rehearsal ``p`` that was opened, and nothing else."""
    once("proposed", PROPOSED)
    return run


@pytest.fixture
def running(run: Run, once: Once) -> Run:
    """A rehearsal ``p`` that both have accepted: entries 0 to 2, day 1 is 2025-03-01."""
    once("running", RUNNING)
    return run


@pytest.fixture
def released(run: Run, once: Once) -> Run:
    """Two women released on day 2, entry 3, and attested, entry 4."""
    once("released", RELEASED)
    return run
