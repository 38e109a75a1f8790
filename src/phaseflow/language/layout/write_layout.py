"""A layout as text: canonical spacing, each comment at its part."""

import json
from collections.abc import Iterable
from itertools import dropwhile, groupby

from phaseflow.language.layout.arrange_keys import is_spoken_of
from phaseflow.language.layout.read_layout import Collection, Item, LaidOut, Scalar

WIDTH = 100
"""What is written in braces or brackets stays on one line up to here."""
INDENT = 2
_LONE_INDICATORS = frozenset({"-", "?", ":"})


def write_layout(sheet: LaidOut) -> str:
    """Return the text of ``sheet``, which ends in a line feed."""
    body = _block(sheet.root, 0) if sheet.root.entries else ["{}", *sheet.root.after]
    lines = [*_comments(sheet.head, 0), *body]
    return "\n".join([*_evened(lines), ""])


def _evened(lines: Iterable[str]) -> list[str]:
    """Return ``lines`` without blank ones at the beginning."""
    return list(dropwhile(lambda line: not line, lines))


def _comments(lines: list[str], indent: int) -> list[str]:
    """Return comments and blank lines at ``indent``, never two blank lines in a row."""
    single = [line for line, same in groupby(lines) for line in (same if line else [line])]
    return [" " * indent + line if line else "" for line in single]


def _block(found: Collection, indent: int, lead: str | None = None) -> list[str]:
    """Return the lines of ``found``, one entry under another.

    ``lead`` stands before the first entry in place of the indentation; then
    what goes above that entry is left to whoever gave it.
    """
    lines: list[str] = []
    for entry in found.entries:
        if lead is None or lines:
            lines += _comments(_above(entry, indent), indent)
            lines += _entry(entry, indent, " " * indent)
        else:
            lines += _entry(entry, indent, lead)
        lines += _comments(entry.below, indent + INDENT)
    return lines + _comments(found.after, indent)


def _above(entry: Item, indent: int) -> list[str]:
    """Return what goes above ``entry``, with what has no place within it."""
    inner = entry.value
    if entry.key is not None or not isinstance(inner, Collection) or _is_inline(entry, indent):
        return entry.above + entry.beside[1:]
    return entry.above + entry.beside + _above(inner.entries[0], indent + INDENT)


def _entry(entry: Item, indent: int, start: str) -> list[str]:
    value = entry.value
    head = start + (f"{_spelt(entry.key)}:" if entry.key is not None else "-")
    beside = f"  {entry.beside[0]}" if entry.beside else ""
    if isinstance(value, Scalar):
        return _scalar(value, head, beside, indent + INDENT)
    if _is_inline(entry, indent):
        return [f"{head} {_inline(value)}{beside}"]
    if entry.key is None:
        return _block(value, indent + INDENT, f"{start}- ")
    return [head + beside, *_block(value, indent + INDENT)]


def _is_inline(entry: Item, indent: int) -> bool:
    """Tell whether the collection of ``entry`` stays on its line."""
    value = entry.value
    assert isinstance(value, Collection)
    if not value.entries:
        return True
    if not value.is_flow or _is_remarked(value):
        return False
    head = len(_spelt(entry.key)) + 1 if entry.key is not None else 1
    return is_spoken_of(entry) or indent + head + 1 + len(_inline(value)) <= WIDTH


def _is_remarked(found: Collection) -> bool:
    """Tell whether any comment stands within ``found``."""
    return any(found.after) or any(
        any(entry.above)
        or entry.beside
        or (isinstance(entry.value, Collection) and _is_remarked(entry.value))
        for entry in found.entries
    )


def _inline(value: Scalar | Collection) -> str:
    if isinstance(value, Scalar):
        return _spelt(value)
    parts = []
    for entry in value.entries:
        key = _spelt(entry.key) if entry.key is not None else ""
        item = _inline(entry.value)
        parts.append(f"{key}: {item}" if entry.key is not None else item)
    inner = ", ".join(parts)
    return f"{{{inner}}}" if value.is_mapping else f"[{inner}]"


def _spelt(scalar: Scalar) -> str:
    """Return ``scalar`` on one line, spelt as it was where that is one."""
    raw = scalar.raw
    if "\n" not in raw:
        return _quoted(raw) if not scalar.style and raw in _LONE_INDICATORS else raw
    if not scalar.style and "\n" not in scalar.value:
        return scalar.value
    return _quoted(scalar.value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scalar(scalar: Scalar, head: str, beside: str, indent: int) -> list[str]:
    """Return the lines of ``scalar`` after ``head``; those after the first at ``indent``."""
    raw, value = scalar.raw, scalar.value
    if not raw:
        return [head + beside]
    if "\n" not in raw or not value.strip():
        return [f"{head} {_spelt(scalar)}{beside}"]
    if scalar.style in {"|", ">"}:
        header, *content = _block_scalar(scalar)
        first, rest = f"{head} {header}{beside}", [" " * indent + t if t else "" for t in content]
        return [first, *rest]
    lines = [_trimmed(line, scalar.style) for line in raw.split("\n")]
    rest = [" " * indent + line if line else "" for line in lines[1:]]
    return [f"{head} {lines[0]}", *rest[:-1], rest[-1] + beside]


def _trimmed(line: str, style: str) -> str:
    """Return a line of text without the blanks around it, but for one that is escaped."""
    kept = line.strip(" \t")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    is_escaped = style == '"' and backslashes % 2 == 1 and not line.endswith(kept)
    return kept + line.rpartition(kept)[2][0] if is_escaped else kept


def _block_scalar(scalar: Scalar) -> list[str]:
    """Return the header and the lines, without indentation, of a literal or folded text."""
    value = scalar.value
    lines = scalar.raw.split("\n")[1:]
    shown = next(line for line in value.split("\n") if line)
    first = next(line for line in lines if line.strip(" "))
    deeper = len(shown) - len(shown.lstrip(" "))
    depth = len(first) - len(first.lstrip(" ")) - deeper
    content = [line[depth:] for line in lines]
    while content and not content[-1]:
        del content[-1]
    final = len(value) - len(value.rstrip("\n"))
    header = scalar.style + (str(INDENT) if deeper else "") + _chomping(final)
    return [header, *content, *[""] * (final - 1)]


def _chomping(final: int) -> str:
    """Return the sign that keeps as many line ends as text of a block has at its end."""
    if final == 1:
        return ""
    return "-" if final == 0 else "+"
