"""A sheet of SVG: shapes and words at places given in points, from the top left."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from phaseflow.drawing.fonts import width
from phaseflow.model.visible import clean

Coordinates = tuple[float, float]
SMALL = 7.0
"""The size of the smallest letters, in points."""
_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


class Canvas:
    """What has been drawn so far; the later lies above the earlier."""

    def __init__(self, across: float, margin: float) -> None:
        """Begin a sheet that is ``across`` wide within its margins, where places count from."""
        self._across, self._margin = across, margin
        self._parts: list[str] = []

    def svg(self, height: float, title: str) -> str:
        """Return the sheet, ``height`` high, as a document."""
        across, down = _n(self._across + 2 * self._margin), _n(height + 2 * self._margin)
        corner = _n(-self._margin)
        size = f'width="{across}pt" height="{down}pt"'
        box = f'viewBox="{corner} {corner} {across} {down}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{_FONT}">',
            f"<title>{_escaped(title)}</title>",
            f'<rect x="{corner}" y="{corner}" width="{across}" height="{down}" fill="#ffffff"/>',
            *self._parts,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def begin(self, kind: str, name: str) -> None:
        """Begin a group of shapes, which :meth:`end` ends."""
        self._parts.append(f'<g class="{kind}" data-name="{escape(name)}">')

    def end(self) -> None:
        """End the group that was begun last."""
        self._parts.append("</g>")

    def words(
        self,
        at: Coordinates,
        text: str,
        size: float = SMALL,
        *,
        bold: bool = False,
        italic: bool = False,
        anchor: Literal["start", "middle", "end"] = "start",
        ink: str = "#000000",
    ) -> None:
        """Write ``text`` with its base line at ``at``."""
        if not text:
            return
        more = [f'font-size="{_n(size)}"', f'fill="{ink}"']
        more += ['font-weight="bold"'] if bold else []
        more += ['font-style="italic"'] if italic else []
        more += [f'text-anchor="{anchor}"'] if anchor != "start" else []
        place = f'x="{_n(at[0])}" y="{_n(at[1])}"'
        self._parts.append(f"<text {place} {' '.join(more)}>{_escaped(text)}</text>")

    def cleared(self, at: Coordinates, text: str, *, italic: bool = False) -> None:
        """Write small ``text`` on white, so that no line runs through it."""
        room = width(text, SMALL)
        self.box((at[0] - 1.5, at[1] - SMALL + 0.5), room + 3, SMALL + 1.5, 'fill="#ffffff"')
        self.words(at, text, italic=italic)

    def box(self, at: Coordinates, across: float, down: float, look: str, told: str = "") -> None:
        """Draw a box whose top left is ``at``."""
        place = f'x="{_n(at[0])}" y="{_n(at[1])}" width="{_n(across)}" height="{_n(down)}"'
        self._shape("rect", f"{place} {look}", told)

    def line(self, start: Coordinates, end: Coordinates, look: str, told: str = "") -> None:
        """Draw a straight line."""
        place = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self._shape("line", f"{place} {look}", told)

    def dot(self, at: Coordinates, radius: float, look: str, told: str = "") -> None:
        """Draw a circle around ``at``."""
        self._shape("circle", f'cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" {look}', told)

    def path(self, points: Iterable[Coordinates], look: str, *, closed: bool = False) -> None:
        """Draw straight lines from each point to the next."""
        steps = " L".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._shape("path", f'd="M{steps}{" Z" if closed else ""}" {look}', "")

    def cross(self, at: Coordinates, arm: float, look: str, told: str = "") -> None:
        """Draw a diagonal cross over ``at``."""
        x, y = at
        ends = [(x - arm, y - arm), (x + arm, y + arm), (x - arm, y + arm), (x + arm, y - arm)]
        a, b, c, d = (f"{_n(p)},{_n(q)}" for p, q in ends)
        self._shape("path", f'd="M{a} L{b} M{c} L{d}" {look}', told)

    def _shape(self, kind: str, attributes: str, told: str) -> None:
        if told:
            self._parts.append(f"<{kind} {attributes}><title>{_escaped(told)}</title></{kind}>")
        else:
            self._parts.append(f"<{kind} {attributes}/>")


def stairs(points: Sequence[Coordinates], end: float) -> list[Coordinates]:
    """Return the corners of steps up to each point, level from there, up to ``end`` across."""
    found: list[Coordinates] = []
    for x, y in points:
        if found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    if found and end > found[-1][0]:
        found.append((end, found[-1][1]))
    return found


def _escaped(text: str) -> str:
    """Return ``text`` as XML holds it: what does not show may not stand there."""
    return escape(clean(text))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
