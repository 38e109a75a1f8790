"""Writers of an SQLite file wait in turn, at a lock file beside it.

SQLite itself lets those who wait ask again and again: who is next is chance, and
one may never be. Here the kernel keeps the queue. Its lock belongs to the
process, which would lose it by closing any descriptor of the file; so a process
has one, and its threads queue at a lock of their own. The file is never removed:
who waits at one that is gone and who finds a new one would both go in.

The queue is for order. That only one writes is SQLite's own lock's business,
which also holds off whoever knows nothing of the queue.
"""

import fcntl
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from phaseflow.errors import StoreUnavailable
from phaseflow.model.calendar import Instant
from phaseflow.storage import sqlite_file
from phaseflow.storage.port import Busy

NAMED_AFTER = 10
"""After how many seconds who waits is told for whom."""

GIVEN_UP_AFTER = 60
"""After how many seconds in all who waits gives up."""

_LONGEST_MARK = 200
_log = logging.getLogger("phaseflow")


def lock_file(database: Path) -> Path:
    """Return where those who write to ``database`` wait: beside the file that links lead to."""
    real = sqlite_file.real_path(database)
    return real.with_name(f"{real.name}-lock")


@contextmanager
def turn(database: Path) -> Iterator[None]:
    """Wait until it is this one's turn to write to the file ``database``, which is there.

    Raises:
        Busy: another did not end in time; the message says who.
        StoreUnavailable: the lock file cannot be used.
    """
    gate = _gate(lock_file(database))
    gate.enter(database)
    try:
        yield
    finally:
        gate.leave()


def fault_of(database: Path) -> str | None:
    """Return what is wrong with the lock file, in words, if anything is.

    It is not opened: closing it again would give up the lock of this process.
    """
    path = lock_file(database)
    try:
        found, wanted = path.lstat(), database.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        return f"the lock file {path} is no file of its own; remove it"
    if found.st_mode != wanted.st_mode or found.st_gid != wanted.st_gid:
        return (
            f"the lock file {path} has other rights than the database, so that some who may write"
            " to that cannot; give it the same group and mode"
        )
    return None


class _Gate:
    """The lock file of one database, open once in this process."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._threads = threading.Lock()
        self._descriptor = -1

    def enter(self, database: Path) -> None:
        """Wait in turn, first among the threads, then among the processes."""
        self._wait(database, lambda seconds: self._threads.acquire(timeout=seconds))
        try:
            self._open(database)
            is_free = _is_free(self._descriptor)
        except BaseException as error:
            self._threads.release()
            if not isinstance(error, OSError):
                raise
            msg = f"the lock file {self._path} cannot be used: {error.strerror}"
            raise StoreUnavailable(msg) from error
        if not is_free:
            queue = _Queue(self._descriptor, self._threads.release)
            try:
                self._wait(database, queue.has_come)
            except BaseException:
                queue.leave()
                raise
        self._mark()

    def leave(self) -> None:
        """Let the next one in."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._threads.release()

    def _wait(self, database: Path, has_come: Callable[[float], bool]) -> None:
        if has_come(NAMED_AFTER):
            return
        _log.warning("the database %s: %s; waiting for it to end", database, self._holder())
        if not has_come(GIVEN_UP_AFTER - NAMED_AFTER):
            msg = f"the database {database}: {self._holder()}; try again"
            raise Busy(msg)

    def _open(self, database: Path) -> None:
        """Open the file if it is not open, or another is there by now; as open to others as the database."""
        if self._descriptor != -1:
            held = os.fstat(self._descriptor)
            with suppress(FileNotFoundError):
                if os.path.samestat(held, self._path.lstat()):
                    return
            os.close(self._descriptor)
            self._descriptor = -1
        descriptor = os.open(
            self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode=0o600
        )
        try:
            _check_plain(self._path, descriptor)
            _resemble(descriptor, database)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _mark(self) -> None:
        """Say in the file who holds it; the file's time says since when."""
        words = [Path(sys.argv[0]).name, *(word for word in sys.argv[1:2] if word.isalpha())]
        mark = f"process {os.getpid()} ({' '.join(words)})".encode(errors="replace")
        # Who waits is told less where the disk is full; nothing else depends on it.
        with suppress(OSError):
            os.pwrite(self._descriptor, mark[:_LONGEST_MARK], 0)
            os.ftruncate(self._descriptor, min(len(mark), _LONGEST_MARK))

    def _holder(self) -> str:
        """Return who holds the lock, and since when, as they left it in the file."""
        with suppress(OSError):
            mark = os.pread(self._descriptor, _LONGEST_MARK, 0).decode(errors="replace")
            since = Instant.from_timestamp(int(os.fstat(self._descriptor).st_mtime))
            if mark and mark.isprintable():
                return f"{mark} has locked it since {since.format_iso()}"
        return "another process has locked it"


class _Queue:
    """A place in the kernel's queue, kept by a thread of its own.

    So whoever waits can be told for whom, can give up and be interrupted.
    """

    def __init__(self, descriptor: int, let_in: Callable[[], None]) -> None:
        """Stand in the queue for the lock; ``let_in`` is called if nobody waits for it any more."""
        self._descriptor = descriptor
        self._let_in = let_in
        self._decided = threading.Lock()
        self._come = threading.Event()
        self._failure: OSError | None = None
        threading.Thread(target=self._stand, daemon=True).start()

    def has_come(self, seconds: float) -> bool:
        """Wait that long at most, and tell whether the lock is held."""
        if not self._come.wait(seconds):
            return False
        if self._failure is not None:
            msg = f"the lock file cannot be used: {self._failure.strerror}"
            raise StoreUnavailable(msg) from self._failure
        return True

    def leave(self) -> None:
        """Give the place up, or the lock, if it came at the last moment."""
        if not self._decided.acquire(blocking=False):
            self._give_back()

    def _stand(self) -> None:
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
        except OSError as error:
            self._failure = error
        if self._decided.acquire(blocking=False):
            self._come.set()
        else:
            self._give_back()

    def _give_back(self) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._let_in()


_gates: dict[Path, _Gate] = {}
_making = threading.Lock()


def _gate(path: Path) -> _Gate:
    with _making:
        return _gates.setdefault(path, _Gate(path))


def _forget() -> None:
    """Begin anew in a child: it holds none of its parent's locks, and has none of its threads."""
    global _making  # noqa: PLW0603  a thread of the parent may have held it
    _making = threading.Lock()
    _gates.clear()


os.register_at_fork(after_in_child=_forget)


def _is_free(descriptor: int) -> bool:
    """Take the lock if nobody holds it; tell whether it was taken."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _check_plain(path: Path, descriptor: int) -> None:
    """Check that it is a file of its own: what is written into it shall be in no other."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        msg = f"the lock file {path} is no file of its own; remove it"
        raise StoreUnavailable(msg)


def _resemble(descriptor: int, database: Path) -> None:
    """Give the file the owner, group and mode of the database, as far as this user may."""
    wanted = database.stat()
    # Whoever may write to the database and yet cannot open this file is told so then.
    with suppress(PermissionError):
        os.fchown(descriptor, wanted.st_uid, -1)
    with suppress(PermissionError):
        os.fchown(descriptor, -1, wanted.st_gid)
    with suppress(PermissionError):
        os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))
