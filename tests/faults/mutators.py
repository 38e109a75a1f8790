"""Changes to files and values such as accidents, other programs and ill will make."""

import base64
import binascii
import copy
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

ODD = (
    "\ufeff", "\u200b", "\u202e", "\u2028", "\x00", "\x1b[31m", "\x7f", "\x85", "\r", "\n", "\t",
    "\u0430", "e\u0301", "\U0001f600", "\U000e0041", "\uffff", "\u0660", "\u00b2", "\u0131", "\u0130",
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2**31, 2**53, 2**53 - 1, 2**63, 2**64, -(2**63), 10**40, 10**400, 0.1, -0.0, 1e308,
    float("inf"), float("nan"),
)  # fmt: skip
TEXTS = (
    "", " ", "null", "true", "~", "yes", "0x10", "1e3", "1:30", "2025-02-30", "9999-12-31",
    "0000-00-00", "10000-01-01", "2025-03-01T25:00", "P1D", "P99999999D", "P-1D", "day 0",
    "day 99999999999", "=", "!!python/object:os.system", "*a", "&a", "<<", "../../etc/passwd",
    "a" * 300, "-----BEGIN", "%s%n", "{}", "[", "'", '"', "\\", "#", ": ", "- ", "|", ">", "@", "`",
)  # fmt: skip
DEEP = 3_000
_NUMBER = re.compile(rb"\d+")


def drawing(words: str) -> random.Random:
    """Return what draws, always the same after the same words."""
    return random.Random(words)  # noqa: S311  nothing here is to be secret


def bytes_changed(draw: random.Random, source: bytes, others: Sequence[bytes]) -> bytes:
    """Return ``source`` with one to four changes to its bytes."""
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        source = draw.choice(_BYTES)(draw, source, others)
    return source


def _flip(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    if not source:
        return b"\x00"
    at = draw.randrange(len(source))
    return source[:at] + bytes([source[at] ^ (1 << draw.randrange(8))]) + source[at + 1 :]


def _cut(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _span(draw, source)
    return source[:start] + source[end:]


def _repeat(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _span(draw, source)
    return source[:end] + source[start:end] * draw.choice((1, 1, 2, 40)) + source[end:]


def _truncate(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    return source[: draw.randint(0, len(source))]


def _splice(draw: random.Random, source: bytes, others: Sequence[bytes]) -> bytes:
    other = draw.choice(others)
    at, (start, end) = draw.randint(0, len(source)), _span(draw, other)
    return source[:at] + other[start:end] + source[at + draw.choice((0, end - start)) :]


def _join(draw: random.Random, source: bytes, others: Sequence[bytes]) -> bytes:
    """The beginning of one file, and the end of another."""
    other = draw.choice(others)
    return source[: draw.randint(0, len(source))] + other[draw.randint(0, len(other)) :]


def _insert(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    text = draw.choice(ODD + TEXTS)
    at = draw.randint(0, len(source))
    return source[:at] + text.encode("utf-8", "surrogatepass") + source[at:]


def _number(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(source))
    if not found:
        return source + b"9" * draw.choice((1, 20, 5_000))
    at = draw.choice(found)
    value = draw.choice((b"0", b"-1", b"9" * 20, b"9" * 5_000, b"1e999", b"00", b"1_0"))
    return source[: at.start()] + value + source[at.end() :]


def _nest(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    at = draw.randint(0, len(source))
    pair = draw.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"- ", b""), (b"(", b")"), (b"a.", b"")))
    deep = draw.choice((3, 65, DEEP))
    return source[:at] + pair[0] * deep + pair[1] * draw.choice((0, deep)) + source[at:]


def _encode(draw: random.Random, source: bytes, _others: Sequence[bytes]) -> bytes:
    """What editors and other systems make of a text without being asked."""
    text = source.decode("utf-8", "replace")
    match draw.randrange(7):
        case 0:
            return source.replace(b"\n", b"\r\n")
        case 1:
            return source.replace(b"\n", b"\r")
        case 2:
            return b"\xef\xbb\xbf" + source
        case 3:
            return text.encode("utf-16")
        case 4:
            return text.encode("utf-16-be", "replace")
        case 5:
            return text.encode("latin-1", "replace") + b"\xe9"
        case _:
            return source.rstrip(b"\n")


_BYTES: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _flip, _flip, _cut, _repeat, _truncate, _splice, _join, _insert, _insert, _number, _nest,
    _encode,
)  # fmt: skip


def _span(draw: random.Random, source: bytes) -> tuple[int, int]:
    start = draw.randint(0, len(source))
    return start, min(len(source), start + draw.choice((1, 2, 8, 60, 400)))


def tree_changed(draw: random.Random, tree: Any) -> Any:
    """Return a copy of a tree of lists and dicts with one to three of its parts changed."""
    tree = copy.deepcopy(tree)
    for _ in range(draw.choice((1, 1, 2, 3))):
        places = _places(tree)
        if not places:
            return value(draw)
        around, key = draw.choice(places)
        match draw.randrange(6):
            case 0:
                del around[key]
            case 1:
                around[key] = value(draw)
            case 2:
                other, place = draw.choice(places)
                if _is_there(other, place) and _is_there(around, key):
                    around[key] = copy.deepcopy(other[place])
            case 3 if isinstance(around, dict):
                around[draw.choice((str(key) + "x", *TEXTS, *ODD))] = around.pop(key)
            case 4 if isinstance(around, list):
                around.insert(draw.randint(0, len(around)), copy.deepcopy(around[key]))
            case _:
                around[key] = _altered(draw, around[key])
    return tree


def value(draw: random.Random) -> Any:
    """Return a value that is seldom meant."""
    match draw.randrange(6):
        case 0:
            return draw.choice(NUMBERS)
        case 1:
            return draw.choice((None, True, False, [], {}, [[]], {"": None}, [None] * 30))
        case 2:
            return draw.choice(ODD) * draw.choice((1, 3))
        case 3:
            deep: Any = 1
            for _ in range(draw.choice((3, 70, 200))):
                deep = [deep] if draw.random() < 0.5 else {"a": deep}
            return deep
        case _:
            return draw.choice(TEXTS)


def _altered(draw: random.Random, was: Any) -> Any:
    """Return something of the kind of what was there, or the same as another type."""
    if isinstance(was, str):
        at = draw.randint(0, len(was))
        return was[:at] + draw.choice(ODD + TEXTS) + was[at + draw.choice((0, 1)) :]
    if isinstance(was, bool) or was is None:
        return not was
    if isinstance(was, int | float):
        return draw.choice(
            (was + 1, -was, str(was), was * 10**20, was / 2 if abs(was) < 2**53 else 0.5, [was])
        )
    if isinstance(was, list):
        return draw.choice((was[::-1], was * 2, dict(enumerate(was)), was[:1]))
    if isinstance(was, dict):
        return draw.choice((list(was), [was], dict(reversed(list(was.items()))), str(was)))
    return draw.choice((str(was), [was]))


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting and len(found) < 5_000:
        around = waiting.pop()
        if not isinstance(around, dict | list):
            # The whole was exchanged for a single value.
            continue
        items = around.items() if isinstance(around, dict) else enumerate(around)
        for key, inner in items:
            found.append((around, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return found


def _is_there(around: Any, key: Any) -> bool:
    return key in around if isinstance(around, dict) else key < len(around)


def yaml_of(tree: Any, draw: random.Random) -> bytes:
    """Return a tree as YAML, in block or flow style."""
    flow = draw.choice((None, False, True))
    text = yaml.dump(
        tree, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=flow, allow_unicode=True
    )
    return text.encode("utf-8", "surrogatepass")


def json_of(tree: Any, draw: random.Random) -> bytes:
    """Return a tree as JSON, mostly as the journal spells it."""
    compact = draw.random() < 0.8
    separators = (",", ":") if compact else (", ", ": ")
    text = json.dumps(
        tree,
        sort_keys=compact and _sorts(tree),
        separators=separators,
        ensure_ascii=draw.random() < 0.1,
    )
    return (text + draw.choice(("\n", "\n", "\n", "", "\r\n"))).encode("utf-8", "surrogatepass")


def _sorts(tree: Any) -> bool:
    return all(isinstance(key, str) for around, key in _places(tree) if isinstance(around, dict))


def blob_changed(draw: random.Random, text: str, others: Sequence[bytes]) -> str:
    """Return base64 of changed bytes."""
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        blob = text.encode()
    return base64.b64encode(bytes_changed(draw, blob, others)).decode()
