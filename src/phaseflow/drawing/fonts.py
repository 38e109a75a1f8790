"""How much room words take: the widths of Helvetica's letters, and lines that fit."""

from collections.abc import Sequence
from unicodedata import east_asian_width

_GROUPS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[]\\ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTHS = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_OTHER, _WIDE = 611, 1000
_BOLD = 1.08
_CUT = "..."


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide ``text`` is, in the unit of ``size``; of bold letters at least that.

    >>> round(width("Helvetica", 10), 1)
    41.1
    """
    units = sum(_WIDTHS.get(letter) or _unlisted(letter) for letter in text)
    return units * size * (_BOLD if bold else 1) / 1000


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return ``text``, cut where it would be wider than ``room``; empty if nothing fits."""
    if width(text, size, bold=bold) <= room:
        return text
    for end in range(len(text) - 1, 1, -1):
        cut = text[:end].rstrip() + _CUT
        if width(cut, size, bold=bold) <= room:
            return cut
    return ""


def wrapped(
    text: str, room: float, size: float, *, bold: bool = False, most: int = 99
) -> Sequence[str]:
    """Return ``text`` in at most so many lines, none wider than ``room``."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(fitted(line, room, size, bold=bold))
    if words:
        lines.append(fitted(" ".join(words), room, size, bold=bold))
    return lines


def _unlisted(letter: str) -> int:
    return _WIDE if east_asian_width(letter) in "WF" else _OTHER
