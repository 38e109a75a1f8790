"""What the program says, on its way to a terminal, a file or another program."""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from phaseflow.model.visible import MARK, UNSHOWN, clean

BOLD, RED, YELLOW, GREEN, PLAIN = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4"
"""They begin and end what is bold or coloured: characters that Unicode keeps for such use.

No text of others has them, as :func:`phaseflow.model.visible.clean` lets none through.
"""
_PAINT = {
    BOLD: "\x1b[1m",
    RED: "\x1b[31m",
    YELLOW: "\x1b[33m",
    GREEN: "\x1b[32m",
    PLAIN: "\x1b[0m",
}


class SafeStream(io.TextIOBase):
    """A stream of text without a character that would steer a terminal, wherever it leads.

    Nothing that is written raises OSError: the first ``failure`` is kept, and
    what follows it is dropped, so that no command is cut short by its reader.
    """

    def __init__(self, stream: TextIO | None) -> None:
        """Write to ``stream``; None is one that is closed."""
        self._stream = stream
        self.failure: OSError | None = None
        if isinstance(stream, io.TextIOWrapper):
            # What an odd encoding does not have is shown as a mark.
            stream.reconfigure(errors="replace")

    @property
    def encoding(self) -> str:  # type: ignore[override]  # what is written is never bytes
        """The name of the encoding."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether a person looks at it."""
        return self._stream is not None and self._stream.isatty()

    def write(self, text: str) -> int:
        """Write ``text``, bold and in colour where that can be seen."""
        paint = _PAINT if self.isatty() and not os.environ.get("NO_COLOR") else {}
        drawn = UNSHOWN.sub(
            lambda found: paint.get(found[0], "") if found[0] in _PAINT else MARK, text
        )
        self._attempt(lambda stream: stream.write(drawn))
        return len(text)

    def write_exactly(self, content: bytes, visible: Callable[[str], str] = clean) -> None:
        """Write ``content`` byte for byte; to a terminal, what ``visible`` makes of its text."""
        if self.isatty():
            self.write(visible(content.decode(errors="replace")))
            self.flush()
            return
        self.flush()
        self._attempt(lambda stream: stream.buffer.write(content))
        self._attempt(lambda stream: stream.buffer.flush())

    def flush(self) -> None:
        """Hand on what is held back."""
        self._attempt(lambda stream: stream.flush())

    def _attempt(self, act: Callable[[TextIO], object]) -> None:
        if self.failure is not None:
            return
        try:
            if self._stream is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # noqa: TRY301  as the system would
            act(self._stream)
        except OSError as error:
            self.failure = error
            _let_go(self._stream)


def _let_go(stream: TextIO | None) -> None:
    """Let what a stream still holds go nowhere, or Python tries once more when it ends."""
    try:
        number = stream.fileno() if stream is not None else None
    except OSError:
        return
    if number is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


@contextmanager
def shown() -> Iterator[SafeStream]:
    """Have all that is said until the end go through :class:`SafeStream`; yield stdout."""
    before = sys.stdout, sys.stderr
    out = SafeStream(sys.stdout)
    sys.stdout, sys.stderr = out, SafeStream(sys.stderr)
    try:
        yield out
    finally:
        out.flush()
        sys.stdout, sys.stderr = before
