"""A file of SQLite: made for its owner alone, and read also where nothing may be written.

A reader of a WAL database wants to write beside it: it keeps its locks in
``-shm``. Where it may not, there are three other ways to a view that is whole.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from phaseflow.errors import StoreUnavailable

COPIES = "phaseflow-reading-"
"""How the names of folders begin that hold a copy which is read."""

_TRIES = 3

Connect = Callable[[str], sqlite3.Connection]


def address(path: Path, query: str) -> str:
    """Return how SQLite is told to open ``path``, whatever bytes its name has."""
    return f"file:{quote(os.fsencode(path))}?{query}"


def real_path(path: Path) -> Path:
    """Return the file that links lead to; SQLite puts its own files beside that."""
    return Path(os.path.realpath(path))


def is_there(path: Path) -> bool:
    """Tell whether there is such a file, be it empty.

    Raises:
        StoreUnavailable: that cannot be told.
    """
    try:
        return path.exists()
    except OSError as error:
        msg = f"the database {path} cannot be reached: {error.strerror}"
        raise StoreUnavailable(msg) from error


def create(path: Path) -> None:
    """Create an empty file that only its owner may read, unless there is one.

    SQLite gives the files that it puts beside it the same rights.

    Raises:
        StoreUnavailable: it cannot be created.
    """
    try:
        descriptor = os.open(
            real_path(path), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode=0o600
        )
    except FileExistsError:
        return
    except OSError as error:
        msg = f"the database {path} cannot be created: {error.strerror}"
        raise StoreUnavailable(msg) from error
    # What the umask took from the owner is given back.
    os.fchmod(descriptor, 0o600)
    os.close(descriptor)


class Reader:
    """Opens one database to be read, in the way that the rights to it leave."""

    def __init__(self, path: Path, connect: Connect) -> None:
        """Open nothing yet; ``connect`` makes a connection to an address."""
        self._path = path
        self._connect = connect
        self._copy: TemporaryDirectory[str] | None = None
        self._seen: list[tuple[int, ...] | None] | None = None

    def open(self) -> sqlite3.Connection:
        """Return a connection.

        Raises:
            sqlite3.Error: it cannot be opened, or is damaged.
            StoreUnavailable: it is written to again and again while it is copied.
        """
        real = real_path(self._path)
        if os.access(real, os.W_OK) and os.access(real.parent, os.W_OK):
            # Not mode=ro: such a reader leaves -wal and -shm behind.
            return self._connect(address(real, "mode=rw"))
        if _beside(real, "-shm").exists():
            with suppress(sqlite3.OperationalError):
                return self._probed(address(real, "mode=ro"))
        if not os.access(real.parent, os.W_OK) and _size(_beside(real, "-wal")) == 0:
            self._seen = _traces(real)
            return self._connect(address(real, "mode=ro&immutable=1"))
        if self._copy is None:
            self._copy = _copied(self._path, real)
        return self._connect(address(Path(self._copy.name) / real.name, "mode=rw"))

    def check_unchanged(self) -> None:
        """Check that nobody wrote to a file that was read without a lock.

        Raises:
            StoreUnavailable: somebody did.
        """
        if self._seen is not None and self._seen != _traces(real_path(self._path)):
            msg = f"the database {self._path}: it was written to while it was read; try again"
            raise StoreUnavailable(msg)

    def close(self) -> None:
        """Delete the copy, if there is one."""
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _probed(self, where: str) -> sqlite3.Connection:
        """Return a connection with which something was read."""
        connection = self._connect(where)
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def _copied(path: Path, real: Path) -> TemporaryDirectory[str]:
    """Return a folder of one's own that holds the database as it was at one moment."""
    folder = TemporaryDirectory(prefix=COPIES)
    try:
        is_whole = any(_copy_at_once(real, Path(folder.name)) for _ in range(_TRIES))
    except OSError as error:
        folder.cleanup()
        msg = f"the database {path} cannot be copied to be read: {error.filename}: {error.strerror}"
        raise StoreUnavailable(msg) from error
    except BaseException:
        folder.cleanup()
        raise
    if is_whole:
        return folder
    folder.cleanup()
    msg = f"the database {path}: it was written to while it was copied to be read; try again"
    raise StoreUnavailable(msg)


def _copy_at_once(real: Path, folder: Path) -> bool:
    """Copy what holds the journal, and tell whether nobody wrote to it meanwhile."""
    before = _traces(real)
    for file in (real, _beside(real, "-wal")):
        copy = folder / file.name
        copy.unlink(missing_ok=True)
        if file.exists():
            _copy(file, copy)
    return _traces(real) == before


def _copy(file: Path, to: Path) -> None:
    with (
        file.open("rb") as source,
        os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600), "wb") as target,
    ):
        shutil.copyfileobj(source, target)


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _traces(database: Path) -> list[tuple[int, ...] | None]:
    """Return what tells whether the database or its -wal was written to."""
    return [_trace(database), _trace(_beside(database, "-wal"))]


def _trace(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
