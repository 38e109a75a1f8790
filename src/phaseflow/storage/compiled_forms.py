"""Compiled forms of definitions, kept between runs in a folder that nobody else may write.

A text takes longer to read than a step takes. What was read is kept as JSON
under a name that tells from what and by what it was made, so it is never out
of date. It decides what follows from a text: so it does not lie in a database,
which others may write, and is believed only where nobody else can have put it.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import msgspec
import tzdata

from phaseflow import atomic_files
from phaseflow.model.definition import Definition, decode_definition, encode_definition

PACKAGE = Path(__file__).parents[1]
COMPILING = ("text", "language", "model")
"""The folders of the program of which a compiled form is made."""

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class CompiledForms:
    """The compiled forms in ``folder``, which need not be there."""

    def __init__(self, folder: Path) -> None:
        """Hold the folder; nothing is opened yet."""
        self.folder = folder

    @property
    def fault(self) -> str | None:
        """Why nothing that lies there is believed; None where it would be."""
        try:
            with self._opened():
                return None
        except FileNotFoundError:
            return "it is not there"
        except OSError as error:
            return error.strerror or str(error)

    def load(self, digest: str) -> Definition | None:
        """Return the compiled form of the text of that digest, if one can be believed."""
        with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            with self._opened() as folder:
                content = _read(_name(digest), folder)
            found = decode_definition(content.decode())
            return found if found.digest == digest else None
        return None

    def keep(self, definition: Definition) -> bool:
        """Keep a compiled form for later runs; tell whether that could be done.

        Whoever may read the folder may read it: a text may be confidential.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as folder:
                mode = 0o600 | os.fstat(folder).st_mode & 0o044
                path = self.folder / _name(definition.digest)
                atomic_files.write(path, encode_definition(definition).encode(), mode)
        except OSError:
            return False
        return True

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the folder.

        Raises:
            OSError: it cannot be opened, is a link, or is not to be believed.
        """
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _check_owner(handle, "the folder")
            yield handle
        finally:
            os.close(handle)


def _read(name: str, folder: int) -> bytes:
    # Without waiting: what lies there may be a pipe.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is no regular file")
        _check_owner(file.fileno(), "the file")
        return file.read()


def _check_owner(handle: int, what: str) -> None:
    found = os.fstat(handle)
    if found.st_uid not in {os.geteuid(), 0}:
        raise OSError(0, f"{what} belongs to somebody else")
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise OSError(0, f"others may write {what}")


def _name(digest: str) -> str:
    made_of = f"{digest}\n{tzdata.IANA_VERSION}\n{_code()}\n"
    return f"{hashlib.sha256(made_of.encode()).hexdigest()}.json"


@cache
def _code() -> str:
    """Return what tells one state of the compiling code from another.

    Of a wheel its version. In a checkout size and time of each file, by which
    Python too tells whether its bytecode is out of date.
    """
    wheel = next(PACKAGE.parent.glob("phaseflow-*.dist-info"), None)
    if wheel is not None:
        return wheel.name
    files = [path for part in COMPILING for path in sorted((PACKAGE / part).rglob("*.py"))]
    seen = ((path, path.stat()) for path in files)
    return "\n".join(f"{path} {found.st_size} {found.st_mtime_ns}" for path, found in seen)
