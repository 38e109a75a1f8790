"""Files that a command writes: whole or not at all, and none that is in the way."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from phaseflow import atomic_files
from phaseflow.cli.run import unusable
from phaseflow.cli.terminal import exactly

F = TypeVar("F")

_AS_IT_IS: int = getattr(os, "O_BINARY", 0)


def create(path: Path, content: bytes, option: str, *, is_private: bool = False) -> None:
    """Write a file that is not there yet; ``is_private``: for nobody else to read.

    ``option`` is the one with which another file is named.

    Raises:
        click.UsageError: it is there, or cannot be written.
    """
    mode = 0o600 if is_private else 0o666
    with _told(path, option):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, mode)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(handle)
            atomic_files.sync(path.parent)
        except BaseException:
            path.unlink()
            raise


def replace(path: Path, content: bytes) -> None:
    """Write what a file holds anew; whoever reads it meanwhile sees the old or the new.

    Its permissions stay. A symbolic link stays one: what it leads to is written.

    Raises:
        click.ClickException: it cannot be written; see :func:`phaseflow.atomic_files.write`.
    """
    with _told(path):
        target = path.resolve(strict=True)
        if not target.is_file() or not os.access(target, os.W_OK):
            msg = f"{path} cannot be written: it is no file that you may write"
            raise click.UsageError(msg)
        atomic_files.write(target, content, stat.S_IMODE(target.stat().st_mode))


def write(path: str | Path, content: bytes) -> None:
    """Write ``content`` over whatever is there.

    Raises:
        click.ClickException: it cannot be written.
    """
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise unusable(path, "written", error) from error


def write_or_print(output: str | None, content: bytes) -> None:
    """Write ``content`` to a file, or to stdout where none is named, or ``-``.

    Raises:
        click.ClickException: it cannot be written.
    """
    if output is None or output == "-":
        exactly(content)
    else:
        write(output, content)


def form_of(output: str | None, forms: Mapping[str, F]) -> F:
    """Return the form that the ending of a file name means.

    Raises:
        click.UsageError: it means none.
    """
    ending = Path(output or "").suffix.lower()
    if ending not in forms:
        known = ", ".join(sorted(filter(None, forms)))
        msg = f"{output} ends in none of {known}: name the form with --format"
        raise click.UsageError(msg)
    return forms[ending]


@contextmanager
def _told(path: Path, option: str = "") -> Iterator[None]:
    """Tell in one message why a file cannot be written."""
    try:
        yield
    except FileExistsError as error:
        msg = f"{path} is there already; name another with {option}"
        raise click.UsageError(msg) from error
    except OSError as error:
        raise unusable(path, "written", error) from error
