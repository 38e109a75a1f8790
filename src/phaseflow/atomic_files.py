"""What is written whole or not at all: made beside its place under a name of ours, then moved.

All of it is on the disk before it is moved, and the move before anybody is told.

A process that is killed leaves the unfinished part behind. Each part is locked
by whoever writes it, and a lock ends with its process, however that ends; so
the next one in the same folder sweeps what nobody holds any more.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover  Windows: nothing is locked there, so nothing is swept
    fcntl = None  # type: ignore[assignment]
_HAS_LOCKS = bool(fcntl)

_NAME = re.compile(r"\..*\.[0-9a-f]{16}\.phaseflow", re.DOTALL)
_NONE = -1
"""In place of a handle, where a folder cannot be locked, or is gone again."""


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Let a file have this content; whoever reads it meanwhile sees the old or the new.

    A link at ``path`` is replaced, not followed.

    Raises:
        OSError: it cannot be written, and is as it was; or it is written, and may be as it
            was after a loss of power.
    """
    with _held(path, _new_file) as (part, handle):
        with open(handle, "wb", closefd=False) as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        part.chmod(mode)
        part.replace(path)
    sync(path.parent)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Give a new folder beside ``path``, for its owner alone; what is not moved away is deleted.

    Raises:
        OSError: it cannot be made.
    """
    with _held(path, _new_folder) as (part, _):
        yield part


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a new folder for copies of one's own, which is deleted afterwards.

    Raises:
        OSError: it cannot be made.
    """
    with folder(Path(tempfile.gettempdir()) / "work") as part:
        yield part


def sync(path: Path) -> None:
    """Have the disk keep what was written to a file; of a folder, which names are in it.

    A folder that may not be opened, as on Windows, is left to the system.

    Raises:
        OSError: the disk cannot keep it.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(folder: Path) -> None:
    """Have the disk keep a folder and all that is in it, before it is moved to its place.

    Raises:
        OSError: the disk cannot keep it.
    """
    for path in (*folder.rglob("*"), folder):
        sync(path)


@contextmanager
def _held(path: Path, new: Callable[[Path], int]) -> Iterator[tuple[Path, int]]:
    """Make an unfinished part of ``path``, and hold it until it was moved or is deleted."""
    _sweep(path.parent)
    part, handle = _made(path, new)
    try:
        yield part, handle
    finally:
        _delete(part)
        if handle != _NONE:
            os.close(handle)


def _made(path: Path, new: Callable[[Path], int]) -> tuple[Path, int]:
    while True:
        part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.phaseflow")
        handle = new(part)
        if _HAS_LOCKS and handle != _NONE:
            # Where there are no locks, nobody can sweep either.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        if part.exists():
            return part, handle
        # It was swept before it was locked.
        if handle != _NONE:
            os.close(handle)


def _new_file(part: Path) -> int:
    return os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def _new_folder(part: Path) -> int:
    part.mkdir(mode=0o700)
    with suppress(FileNotFoundError):
        return os.open(part, os.O_RDONLY) if _HAS_LOCKS else _NONE
    return _NONE


def _sweep(place: Path) -> None:
    """Delete the parts in ``place`` that a process of the same user left when it was killed."""
    if not _HAS_LOCKS:  # pragma: no cover
        return
    with suppress(OSError), os.scandir(place) as found:
        for part in [Path(entry.path) for entry in found if _NAME.fullmatch(entry.name)]:
            with suppress(OSError):
                _delete_if_left(part)


def _delete_if_left(part: Path) -> None:
    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _delete(part)
    finally:
        os.close(handle)


def _delete(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)
