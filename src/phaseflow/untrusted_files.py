"""Reading files that a stranger may have made: never more of one than its bound, and no pipes.

The file that is checked is the one that is read: it is opened without waiting,
and what was opened must be a regular file. Whatever is wrong is an OSError,
whose ``strerror`` says so.
"""

import codecs
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple


class Bound(NamedTuple):
    """What a file, or a line of one, is meant to be, and how many bytes that has at most."""

    what: str
    size: int


STATEMENT = Bound("a statement", 1 << 20)
DEFINITION = Bound("a definition", 1 << 20)
OPENINGS = Bound("a file of openings", 1 << 20)
CONVENIENCE = Bound("a file that is there for convenience", 1 << 20)
LINE = Bound("a line of the journal", 2 << 20)
SIGNATURE = Bound("a signature", 16 << 10)
KEY = Bound("a key", 64 << 10)
SETTINGS = Bound("a file of defaults", 64 << 10)
CHECKPOINT = Bound("a checkpoint", 1 << 10)
FILES_AT_MOST = 200_000
"""Names that a folder may hold."""

BLOCK = 1 << 20
# Neither is there on every system: where it is not, no pipe has a name in a folder.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def regular(path: Path, *, through_links: bool = True) -> Iterator[BinaryIO]:
    """Open a regular file for reading.

    Raises:
        OSError: there is none, it is something else, or a link where links are not followed.
    """
    if not through_links and path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, which could lead anywhere; take the file itself")

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | _AT_ONCE | (0 if through_links else _NO_LINK))

    with open(path, "rb", opener=opener) as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            what = "a pipe" if stat.S_ISFIFO(mode) else "a device"
            msg = f"it is {what}, which may never end; save it to a file, and name that"
            raise OSError(errno.ESPIPE, msg)
        yield file


def beginning(path: Path, count: int) -> bytes:
    """Return the first ``count`` bytes of a file, or all where it has fewer.

    Raises:
        OSError: it cannot be read.
    """
    with regular(path) as file:
        return file.read(count)


def read(path: Path, bound: Bound, *, through_links: bool = True) -> bytes:
    """Return the bytes of a file.

    Raises:
        OSError: it cannot be read, or is larger than ``bound``.
    """
    with regular(path, through_links=through_links) as file:
        content = file.read(bound.size + 1)
    _check_size(content, bound)
    return content


def lines(path: Path, bound: Bound) -> Iterator[bytes]:
    """Yield the lines of a file, each with its LF but perhaps the last; a link is not followed.

    Raises:
        OSError: it cannot be read, or a line is longer than ``bound``.
    """
    with regular(path, through_links=False) as file:
        while line := file.readline(bound.size + 1):
            _check_size(line, bound)
            yield line


def blocks(path: Path, *, through_links: bool = True) -> Iterator[bytes]:
    """Yield the bytes of a file of any size, block by block.

    Raises:
        OSError: it cannot be read.
    """
    with regular(path, through_links=through_links) as file:
        while block := file.read(BLOCK):
            yield block


def listed(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, by name.

    Raises:
        OSError: it cannot be read, or holds more names than a folder may.
    """
    with os.scandir(folder) as found:
        some = list(islice(found, FILES_AT_MOST + 1))
    if len(some) > FILES_AT_MOST:
        raise OSError(errno.EFBIG, f"it holds more than {FILES_AT_MOST} files")
    return sorted(some, key=lambda entry: entry.name)


def decoded(content: bytes, errors: str = "strict") -> str:
    """Return the text of a file over which nothing is signed, whichever system wrote it.

    UTF-8, with a byte-order mark or without, or UTF-16 with one; ``errors`` as of ``decode``.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf16 else "utf-8-sig", errors)


def restored(content: bytes) -> str:
    """Return the text of a file as it was before another system, or an editor, wrote it.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    return decoded(content).replace("\r\n", "\n").removesuffix("\n") + "\n"


def rewritten(content: bytes) -> str:
    """Return what another system, or an editor, did to a text that differs from :func:`restored`."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is in UTF-16"
    if content.startswith(codecs.BOM_UTF8):
        return "begins with a byte-order mark"
    if b"\r\n" in content:
        return "has CR LF line ends"
    return "lacks the line feed at its end"


def _check_size(content: bytes, bound: Bound) -> None:
    if len(content) > bound.size:
        msg = f"it has more than {bound.size} bytes, which {bound.what} never has"
        raise OSError(errno.EFBIG, msg)
