"""Files that a person names to be read: whole, bounded, and what was meant."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phaseflow import untrusted_files
from phaseflow.cli.run import unusable
from phaseflow.errors import StatementInvalid

if TYPE_CHECKING:  # --help is quick
    from phaseflow.service.file_kinds import FileKind
    from phaseflow.service.rehearse import Script

_LONG = 256
"""Blocks of a file from which on it takes long enough to be watched."""


def read(path: Path, bound: untrusted_files.Bound) -> bytes:
    """Return the bytes of a file that a person named.

    Raises:
        click.UsageError: it cannot be read, or is larger than ``bound``.
    """
    with _told(path):
        return untrusted_files.read(path, bound)


def document(path: Path, wanted: str = "a definition") -> bytes:
    """Return the bytes of a definition or a scenario; of one that is too large, enough to tell.

    Raises:
        click.UsageError: it cannot be read, or is clearly something else than ``wanted``.
    """
    from phaseflow.service.file_kinds import kind_of, kind_of_folder  # noqa: PLC0415  slow to load

    refuse_kind(path, kind_of_folder(path), wanted)
    with _told(path):
        content = untrusted_files.beginning(path, untrusted_files.DEFINITION.size + 1)
    refuse_kind(path, kind_of(content), wanted)
    return content


def script(definition: Path, scenario: Path) -> "Script":
    """Return a definition with the scenario that is to be played on it.

    Raises:
        click.UsageError: one cannot be read, or is clearly something else.
    """
    from phaseflow.service.rehearse import Script  # noqa: PLC0415  slow to load

    return Script(
        definition=document(definition),
        definition_file=str(definition),
        scenario=document(scenario, "a scenario"),
        scenario_file=str(scenario),
    )


def public_key(path: Path) -> str:
    """Return the key in a ``.pub`` file.

    Raises:
        click.UsageError: it cannot be read.
        StatementInvalid: it is no key that a party may have.
    """
    from phaseflow.journal.keyfile import read_public_key  # noqa: PLC0415

    try:
        return read_public_key(
            untrusted_files.decoded(read(path, untrusted_files.KEY), errors="replace")
        )
    except StatementInvalid as error:
        msg = f"{path}: {error}"
        raise StatementInvalid(msg) from error


def refuse_folder(name: str) -> None:
    """Say so where what should name an agreement names an exported journal, or can be no label.

    Raises:
        click.UsageError: it does.
    """
    from phaseflow.service.file_kinds import EXPORT, kind_of_folder  # noqa: PLC0415

    kind = kind_of_folder(Path(name))
    if kind is EXPORT or not name.strip("./") or "/" in name:
        refuse_kind(name, kind, "an agreement of a database")


def refuse_file(name: str) -> None:
    """Say so where what should name an agreement is clearly meant as a file.

    No label holds a slash, and hardly one ends as a definition does.

    Raises:
        click.UsageError: it is.
    """
    path = Path(name)
    refuse_folder(name)
    if path.is_file():
        msg = f"{name} is a file: name a scenario to play on it with --scenario"
        raise click.UsageError(msg)
    if path.suffix in {".yaml", ".yml"} or len(path.parts) > 1:
        msg = f"there is no file {name}"
        raise click.UsageError(msg)


def refuse_kind(path: Path | str, kind: "FileKind | None", wanted: str) -> None:
    """Say what a file is, and what to do with it, unless it may be what is wanted.

    Raises:
        click.UsageError: it is something else.
    """
    if kind is not None and kind.name != wanted:
        msg = f"{path} is {kind.name}, not {wanted}; {kind.instead}"
        raise click.UsageError(msg)


def digests(paths: tuple[Path, ...]) -> list[str]:
    """Return the SHA-256 of each file, of whatever size; on a terminal it is told how far it is.

    Raises:
        click.UsageError: one cannot be read.
    """
    return [_digest(path) for path in paths]


def _digest(path: Path) -> str:
    hashing = hashlib.sha256()
    with _told(path):
        blocks = untrusted_files.blocks(path)
        count = path.stat().st_size // untrusted_files.BLOCK
        hidden = count < _LONG or not sys.stderr.isatty()
        label = f"reading {path.name}"
        with click.progressbar(
            blocks, length=count, label=label, file=sys.stderr, hidden=hidden
        ) as shown:
            for block in shown:
                hashing.update(block)
    return hashing.hexdigest()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in one message why a file cannot be read."""
    try:
        yield
    except OSError as error:
        raise unusable(path, "read", error) from error
