"""What is written in a file is on the disk before it is in its place, and before anybody is told."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run


class Disk:
    """Sees what the disk was told to keep, and what was moved before it was."""

    def __init__(self) -> None:
        self.kept: set[int] = set()
        self.moved_early: list[str] = []
        self.changed: set[int] = set()
        """Folders into which something was moved, and that were not kept since."""

    def keep(self, handle: int) -> None:
        number = os.fstat(handle).st_ino
        self.kept.add(number)
        self.changed.discard(number)

    def move(self, source: Path, target: Path) -> None:
        parts = (source, *source.rglob("*"))
        self.moved_early += [part.name for part in parts if part.stat().st_ino not in self.kept]
        self.changed.add(target.parent.stat().st_ino)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()

    def before(note: Callable[..., None], act: Callable[..., None]) -> Callable[..., None]:
        def both(*arguments: Any) -> None:
            note(*arguments)
            act(*arguments)

        return both

    def moves(source: Any, target: Any) -> None:
        disk.move(Path(source), Path(target).absolute())

    monkeypatch.setattr(os, "fsync", before(disk.keep, os.fsync))
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, before(moves, getattr(os, name)))
    return disk


def mirrored(signed: Run, id_: str) -> None:
    signed("audit", "export", "p", "older")
    signed("mirror", "copy", "older", "--id", id_)
    signed("note", "p", "--note", "news", "--by", "north", "--sign-with", "keys/north")
    signed("audit", "export", "p", "newer")
    signed("mirror", "copy", "newer")


def exported(signed: Run, _id: str) -> None:
    signed("audit", "checkpoint", "p", "--recorder-key", "keys/recorder")
    signed("audit", "export", "p", "older")


def formatted(signed: Run, _id: str) -> None:
    plan = Path("plan.yaml")
    plan.write_text(plan.read_text() + "\n\n")
    signed("fmt", "plan.yaml")


@pytest.mark.parametrize("act", [mirrored, exported, formatted])
def test_what_is_moved_to_its_place_outlives_a_loss_of_power(
    signed: Run, disk: Disk, act: Callable[[Run, str], None]
) -> None:
    id_ = signed("status", "p", "--json").stdout.partition('"id": "')[2][:64]

    act(signed, id_)

    assert disk.kept
    assert (disk.moved_early, disk.changed) == ([], set())


def test_what_discloses_private_words_outlives_a_loss_of_power(signed: Run, disk: Disk) -> None:
    words = ("--private", "--note", "a name", "--openings", "mine")

    signed("note", "p", *words, "--by", "north", "--sign-with", "keys/north")

    assert {path.stat().st_ino for path in (Path("mine"), Path.cwd())} <= disk.kept
