"""A small plan, and a command line on a database of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from phaseflow.cli.main import cli

PLAN = Path(__file__).parent / "plan.yaml"
OPENED = "2025-03-01T09:00"
NONCE = "0123456789abcdef" * 2

Run = Callable[..., Result]
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory that holds the plan."""
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("PHASEFLOW_DATABASE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(here: Path) -> Run:
    """Runs a command; an exception that is no exit is a bug."""

    def runs(*arguments: object, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
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
