"""Canonical text (journal format, §1): each value has exactly one spelling."""

import hashlib
import re
from functools import lru_cache
from typing import Any

import msgspec

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.model.visible import quoted

DEPTH = 32
LARGEST = 2**53 - 1

_NAME = re.compile(r"[@a-z][a-z0-9_.]{0,63}", re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_write = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder().decode


def canonical(value: Any) -> str:
    r"""Return ``value`` as one line: members sorted, no spaces, ended by LF.

    Nothing is escaped but ``"``, ``\``, TAB and LF. Encoded as UTF-8 the line is
    what is hashed and signed.

    >>> canonical({"b": [1, None], "a": "é\t"})
    '{"a":"é\\t","b":[1,null]}\n'

    Raises:
        StatementInvalid: it holds a value that the format does not allow.
    """
    _check(value, DEPTH)
    return _write(value).decode() + "\n"


def parse_canonical(line: str) -> Any:
    """Return the value of ``line``, which must be its own canonical form.

    A repeated member, a space or another spelling of a number is found by that
    comparison alone. Nothing is repaired.

    Raises:
        JournalBroken: it is not canonical.
    """
    try:
        # The final LF is cut by hand: a JSON reader would pass over any white space.
        value = _read(line[:-1])
        spelled = canonical(value)
    except (ValueError, msgspec.DecodeError, RecursionError, StatementInvalid) as error:
        msg = f"the line is not canonical JSON: {error}"
        raise JournalBroken(msg, rule="canonical") from error
    if spelled != line:
        msg = "the line differs from its own canonical form"
        raise JournalBroken(msg, rule="canonical")
    return value


def tagged_hash(tag: str, text: str) -> str:
    r"""Return the lowercase hex SHA-256 of ``tag``, LF, ``text``, in UTF-8.

    In a shell: ``{ echo TAG; cat; } | sha256sum``.

    >>> tagged_hash("phaseflow-entry-v1", "{}\n")[:16]
    '07fdc97812630dc3'
    """
    return hashlib.sha256(f"{tag}\n{text}".encode()).hexdigest()


def _check(value: Any, depth: int) -> None:
    # Most of what verifying a journal costs beside its signatures is spent here,
    # and most of its values are plain text.
    kind = type(value)
    if kind is str:
        if not (value.isascii() and value.isprintable()):
            _check_text(value)
    elif kind is dict:
        _check_depth(depth)
        for name, member in value.items():
            if type(name) is not str or not _is_name(name):
                msg = f"{quoted(str(name))} cannot name a member; write lower-case letters, digits, _ and ."
                raise StatementInvalid(msg)
            if type(member) is not str or not (member.isascii() and member.isprintable()):
                _check(member, depth - 1)
    elif kind is list or kind is tuple:
        _check_depth(depth)
        for item in value:
            _check(item, depth - 1)
    elif kind is int:
        if not 0 <= value <= LARGEST:
            msg = f"{value} lies outside 0 to 2^53-1; write it as a decimal string"
            raise StatementInvalid(msg)
    elif value is not None and kind is not bool:
        msg = f"{value!r} has no canonical form; write fractions as decimal strings"
        raise StatementInvalid(msg)


@lru_cache(maxsize=1024)
def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _check_text(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        msg = (
            f"the text {text[:40]!r} holds U+{ord(found.group()):04X};"
            " of the control characters only TAB and LF may stand in it"
        )
        raise StatementInvalid(msg)


def _check_depth(depth: int) -> None:
    if depth == 0:
        msg = f"the value is nested more than {DEPTH} deep"
        raise StatementInvalid(msg)
