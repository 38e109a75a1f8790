"""Text on a terminal of 80 columns: tables, wrapped lines, documents for programs."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from phaseflow.cli.safe_streams import BOLD, GREEN, PLAIN, RED, YELLOW, SafeStream
from phaseflow.model.visible import clean, escaped

WIDTH = 80
_GAP = "  "
_NARROWEST = 8
_SHRUNK = 14


def emit(document: dict[str, Any]) -> None:
    """Write a document for programs to stdout."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    click.echo(escaped(json.dumps(document, ensure_ascii=encoding != "utf8", indent=2)))


def exactly(content: bytes, visible: Callable[[str], str] = clean) -> bool:
    """Write ``content`` to stdout byte for byte; to a terminal, what ``visible`` makes of it.

    Return whether it arrived, so that nobody writes on for a reader who has left.
    """
    out = sys.stdout
    assert isinstance(out, SafeStream)
    out.write_exactly(content, visible)
    return out.failure is None


def wrapped(text: str, *, indent: int = 0, first: str | None = None) -> list[str]:
    """Return ``text`` in lines of at most 80 columns; ``first`` begins the first of them."""
    margin = " " * indent
    return [
        line
        for part in clean(text).splitlines() or [""]
        for line in textwrap.wrap(
            part,
            WIDTH,
            initial_indent=margin if first is None else first,
            subsequent_indent=margin,
            break_on_hyphens=False,
        )
    ]


def items(texts: Iterable[str]) -> list[str]:
    """Return each of ``texts`` as it stands below a heading: indented, its further lines more."""
    return [line for text in texts for line in wrapped(text, indent=4, first="  ")]


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    flexible: int,
    right: Sequence[int] = (),
    indent: int = 0,
    lines: int | None = None,
    shrink: int | None = None,
) -> list[str]:
    """Return a table of at most 80 columns, the headings first.

    The column ``flexible`` takes what the others leave, and wraps, to at most
    ``lines`` lines; those in ``right`` hold figures. The column ``shrink`` is cut
    to 14 columns.

    >>> for line in table(["Who", "Units"], [["israel", "3"], ["un", "12"]], flexible=0, right=[1]):
    ...     print(line)
    Who     Units
    israel      3
    un         12
    """
    cells = [[clean(cell).replace("\n", " ") for cell in row] for row in rows]
    if shrink is not None:
        for row in cells:
            row[shrink] = _cut(row[shrink])
    widths = [max(len(row[i]) for row in [headings, *cells]) for i in range(len(headings))]
    spare = WIDTH - indent - len(_GAP) * (len(widths) - 1) - sum(widths) + widths[flexible]
    widths[flexible] = min(widths[flexible], max(spare, _NARROWEST))

    def set_row(row: Sequence[str]) -> list[str]:
        parts = textwrap.wrap(
            row[flexible],
            widths[flexible],
            max_lines=lines,
            placeholder=" …",
            break_on_hyphens=False,
        ) or [""]
        set_lines = []
        for n, part in enumerate(parts):
            line = [part if i == flexible else "" if n else cell for i, cell in enumerate(row)]
            padded = (
                cell.rjust(width) if i in right else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            set_lines.append((" " * indent + _GAP.join(padded)).rstrip())
        return set_lines

    return [line for row in [headings, *cells] for line in set_row(row)]


def _cut(text: str) -> str:
    return text if len(text) <= _SHRUNK else text[: _SHRUNK - 1] + "…"


def heading(text: str) -> str:
    """Return a heading, bold on a terminal."""
    return "\n".join(f"{BOLD}{line}{PLAIN}" for line in wrapped(text))


_COLOURS = {"breached": RED, "overdue": YELLOW, "discharged": GREEN}


def coloured(line: str) -> str:
    """Return a line of a table with its standing in colour on a terminal."""
    for word, colour in _COLOURS.items():
        if f" {word} " in line:
            return line.replace(f" {word} ", f" {colour}{word}{PLAIN} ", 1)
    return line
