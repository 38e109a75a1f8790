"""A good history, written once, and a place to write what became of it."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.forge import History, history
from tests.attacks.verdicts import Found, verdict

Judge = Callable[..., Found]


@pytest.fixture(scope="session")
def original() -> History:
    return history()


@pytest.fixture
def good(original: History) -> History:
    return deepcopy(original)


@pytest.fixture
def judge(original: History, tmp_path: Path) -> Judge:
    """What all verifiers find about a history, told the id of the good one.

    ``raw`` is an entry that is no UTF-8, and whose characters stand for bytes.
    """
    directory = original.write(tmp_path / "bundle")

    def find(
        made: History,
        known: str | None = original.id,
        pins: Sequence[Path] = (),
        raw: int | None = None,
    ) -> Found:
        for path in (directory / "checkpoints").iterdir():
            path.unlink()
        made.write(directory)
        if raw is not None:
            # Of that entry, each character is one byte.
            lines = [
                line.encode("latin-1" if n == raw else "utf-8") for n, line in enumerate(made.lines)
            ]
            (directory / "entries.jsonl").write_bytes(b"".join(lines))
        return verdict(directory, known, pins)

    return find


@pytest.fixture
def pin(original: History, tmp_path: Path) -> Path:
    """A checkpoint over all of the good history, which the auditor kept."""
    whole = deepcopy(original)
    whole.fix("recorder")
    path = tmp_path / "pin.txt"
    path.write_text(whole.points[f"{len(whole.entries):08}"][0])
    return path


def broken(rule: str, entry: int | None) -> dict[str, Any]:
    return {"holds": False, "rule": rule, "entry": entry}
