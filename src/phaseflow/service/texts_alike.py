"""Texts that read alike and differ in bytes: whoever consents to one does not consent to the other."""

import re
from collections.abc import Callable

import msgspec

from phaseflow.model.definition import Definition
from phaseflow.service import definitions
from phaseflow.service.agreement import Place
from phaseflow.storage.port import Transaction

_MARKS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("begins with a byte-order mark", lambda text: text.removeprefix(b"\xef\xbb\xbf")),
    ("ends its lines with CR LF", lambda text: text.replace(b"\r\n", b"\n")),
    ("has blanks at the ends of lines", lambda text: re.sub(rb"[ \t]+(?=\n|\Z)", b"", text)),
    ("ends without a line feed", lambda text: text if text.endswith(b"\n") else text + b"\n"),
)
_REST = "they differ in what has no meaning: comments, spacing, quotes, order, or their edition"


def reads_like(one: Definition, other: Definition) -> bool:
    """Tell whether two texts of different digests mean the same in everything."""
    same = msgspec.structs.replace(one, digest=other.digest) == other
    return same and one.digest != other.digest


def pending_like(transaction: Transaction, place: Place, edition: Definition) -> Definition | None:
    """Return the text that is in effect, or awaits consents, and reads like ``edition``."""
    if edition.digest in place.agreement.amendments:
        return None
    known = (place.header.definition, *place.agreement.amendments)
    texts = (definitions.stored(transaction, digest) for digest in known)
    return next((text for text in texts if reads_like(text, edition)), None)


def differences(
    one: bytes, other: bytes, called: tuple[str, str] = ("the first", "the second")
) -> tuple[str, ...]:
    r"""Return in what two texts differ that mean the same; ``called`` is how people know them.

    >>> differences(b"a: 1\n", b"a: 1\r\n")
    ('the second ends its lines with CR LF',)
    """
    found = []
    for told, without in _MARKS:
        plain = (without(one), without(other))
        is_marked = (plain[0] != one, plain[1] != other)
        if is_marked[0] is not is_marked[1]:
            found.append(f"{called[0] if is_marked[0] else called[1]} {told}")
        one, other = plain
    return tuple(found) if one == other else (*found, _REST)
