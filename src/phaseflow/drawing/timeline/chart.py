"""A timeline as a chart in SVG: phases and days across, a lane for each obligation.

Black, white and grey, letters of 7 points and more, as wide as a page of A4
between its margins. Nothing but the timeline decides what comes out.
"""

from collections.abc import Callable, Iterator

from phaseflow.drawing.fonts import fitted, width, wrapped
from phaseflow.drawing.svg import SMALL, Canvas
from phaseflow.drawing.timeline import chart_lanes
from phaseflow.drawing.timeline.day_axis import Field
from phaseflow.drawing.timeline.lanes import Lane, Timeline

ACROSS, MARGIN = 539.0, 8.0
_PAGE = 786.0
"""How high a page of A4 is between margins of 28 points."""
_LEFT, _RIGHT = 152.0, 448.0
_TOLD = _RIGHT + 8
_TITLE, _NAME = 13.0, 7.5
_LINE = 8.5
_ROW = _LINE + 1
_BAND = 13.0
_PAD = 4.0
_RULE = 'stroke="#c0c0c0" stroke-width="0.5"'
_GRID = 'stroke="#e4e4e4" stroke-width="0.5"'
_MOVE = 'stroke="#505050" stroke-width="0.9" stroke-dasharray="5 2"'
_NOW = 'stroke="#000000" stroke-width="0.8" stroke-dasharray="0.8 1.6"'
_BANDS = ('fill="#e0e0e0"', 'fill="#f4f4f4"')
_SAID = (
    "Standings and figures are arithmetic of the text on what was reported, not a finding of guilt."
)
Swatch = Callable[[Canvas, float, float], None]


def chart(line: Timeline) -> str:
    """Return the timeline as an SVG document; the same timeline gives the same bytes."""
    sheet, height = _drawn(line, is_dense=False)
    if height > _PAGE:
        sheet, height = _drawn(line, is_dense=True)
    return sheet.svg(height, f"{line.title}: what was due, and what was delivered")


def _drawn(line: Timeline, *, is_dense: bool) -> tuple[Canvas, float]:
    """Return the sheet and its height; a dense one gives up white space, not letters."""
    sheet, field = Canvas(ACROSS, MARGIN), Field(line, _LEFT, _RIGHT)
    y = _heading(sheet, line)
    top = _days(sheet, field, line, y)
    labels = list(_labels(field, line))
    y = top + _BAND + (1 + max((row for *_, row in labels), default=-1)) * _ROW + 5
    tables = [_Table(lane, is_dense=is_dense) for lane in line.lanes]
    bottom = y + sum(table.height for table in tables)
    _grid(sheet, field, line, top + _BAND, bottom)
    _phases(sheet, field, line, top)
    for x, text, row in labels:
        sheet.cleared((x, top + _BAND + (row + 1) * _ROW), text)
    for table in tables:
        table.draw(sheet, field, y)
        y += table.height
    sheet.line((0, y), (ACROSS, y), _RULE)
    if not line.lanes:
        y += 2 * _LINE
        sheet.words((0, y), "Nothing has fallen due or been delivered yet.")
    y = _legend(sheet, line, y + 14)
    return sheet, _foot(sheet, line, y + 4)


def _heading(sheet: Canvas, line: Timeline) -> float:
    y = 0.0
    for text in wrapped(line.title, ACROSS, _TITLE, bold=True, most=3):
        y += _TITLE + 1
        sheet.words((0, y), text, _TITLE, bold=True)
    under = f"What was due, and what was delivered: {line.subtitle}"
    for text in wrapped(under, ACROSS, SMALL + 1.5, most=3):
        y += _LINE + 2.5
        sheet.words((0, y), text, SMALL + 1.5)
    return y + 10


def _days(sheet: Canvas, field: Field, line: Timeline, y: float) -> float:
    """Write the days: their dates, and below them their numbers in the agreement."""
    heads = [f"Days in {line.time_zone}", *(["and of the agreement"] if line.first_day else [])]
    for place, text in enumerate(heads):
        sheet.words((0, y + (place + 1) * _LINE), text, ink="#505050")
    year = -1
    for tick in field.ticks():
        x = field.start(tick)
        name = field.name(tick, year)
        if x + width(name, SMALL) > ACROSS:
            continue
        year = tick.year
        sheet.words((x, y + _LINE), name)
        number = line.number(tick)
        if number is not None and number >= line.first_number:
            sheet.words((x, y + 2 * _LINE), f"day {number:,}")
    return y + len(heads) * _LINE + 3


def _phases(sheet: Canvas, field: Field, line: Timeline, y: float) -> None:
    """Draw a band for each state."""
    sheet.words((0, y + _BAND - 4), "State of the agreement", _NAME, bold=True)
    if line.lanes:
        sheet.words((_TOLD, y + _BAND - 4), "Standing", _NAME, bold=True)
    for place, (title, left, right) in enumerate(_stays(field, line)):
        if right > left:
            sheet.box((left, y), right - left, _BAND, _BANDS[place % 2], title)
            sheet.words((left + 3, y + _BAND - 4), fitted(title, right - left - 5, SMALL))


def _stays(field: Field, line: Timeline) -> Iterator[tuple[str, float, float]]:
    """Yield each state with the places from which to which the agreement was in it."""
    starts = [(line.beginning, field.left), *((s.title, field.middle(s.since)) for s in line.stays)]
    ends = [*(x for _, x in starts[1:]), field.right]
    for (title, left), right in zip(starts, ends, strict=True):
        yield title, left, right


def _labels(field: Field, line: Timeline) -> Iterator[tuple[float, str, int]]:
    """Yield the words on each move, with their place and the row in which nothing is in the way.

    A state whose band is too narrow for its name is named there.
    """
    rows: list[float] = []
    bands = list(_stays(field, line))[1:]
    for stay, (title, x, end) in zip(line.stays, bands, strict=True):
        text = f"{field.name(stay.since)}: {stay.by}"
        if fitted(title, end - x - 5, SMALL) != title:
            text = f"{text}; then: {title}"
        text = fitted(text, _RIGHT, SMALL)
        room = width(text, SMALL)
        left = x + 3 if x + 3 + room <= ACROSS else max(0, min(x, ACROSS) - 3 - room)
        row = next((n for n, taken in enumerate(rows) if left > taken + _PAD), len(rows))
        rows[row : row + 1] = [max(left + room, x)]
        yield left, text, row


def _grid(sheet: Canvas, field: Field, line: Timeline, top: float, bottom: float) -> None:
    """Draw the lines that run down all lanes: named days, moves, and now."""
    for tick in field.ticks():
        sheet.line((field.start(tick), top), (field.start(tick), bottom), _GRID)
    for stay in line.stays:
        x = field.middle(stay.since)
        sheet.line((x, top), (x, bottom), _MOVE, f"{stay.by} {stay.since}")
    if _is_now_apart(line):
        sheet.line((field.now, top), (field.now, bottom), _NOW, f"as of {line.now}")


def _is_now_apart(line: Timeline) -> bool:
    return all(stay.since != line.now for stay in line.stays)


class _Table:
    """One lane with the words at its sides: what and who at the left, what it came to at the right."""

    def __init__(self, lane: Lane, *, is_dense: bool) -> None:
        """Break the words into lines, and find how high the lane is."""
        self._lane = lane
        self._pad = 1.5 if is_dense else _PAD
        number = "" if (scale := chart_lanes.scale(lane)) is None else f"{scale:,}"
        room = _LEFT - 10 - width(number, SMALL)
        self._names = wrapped(lane.title, room, _NAME, bold=True, most=3)
        who = f"{lane.between} ({lane.unit})" if lane.unit else lane.between
        beside = width(self._names[-1], _NAME, bold=True) + 4
        self._shift = beside if is_dense and beside + width(who, SMALL) <= room else 0.0
        self._who = wrapped(who, room - self._shift, SMALL, most=2)
        self._told = list(chart_lanes.figures(lane))
        left = len(self._names) + len(self._who) - bool(self._shift)
        lines = max(left, 1 + len(self._told))
        self.height = max(
            chart_lanes.height(lane, is_dense=is_dense), lines * _LINE + 2 * self._pad
        )

    def draw(self, sheet: Canvas, field: Field, top: float) -> None:
        """Draw the lane with its top at ``top``."""
        sheet.line((0, top), (ACROSS, top), _RULE)
        first = top + self._pad + SMALL - 1
        for place, text in enumerate(self._names):
            sheet.words((0, first + place * _LINE), text, _NAME, bold=True)
        below = len(self._names) - bool(self._shift)
        for place, text in enumerate(self._who, below):
            sheet.words((self._shift, first + place * _LINE), text)
        sheet.words((_TOLD, first), self._lane.standing, _NAME, bold=True)
        for place, text in enumerate(self._told, 1):
            sheet.words((_TOLD, first + place * _LINE), text)
        chart_lanes.draw(sheet, field, self._lane, top, top + self.height)


def _legend(sheet: Canvas, line: Timeline, y: float) -> float:
    """Draw a sample of each kind of mark that occurs, with its meaning."""
    x = 0.0
    for draw, text in _samples(line):
        room = 18 + width(text, SMALL)
        if x and x + room > ACROSS:
            x, y = 0.0, y + _LINE + 3
        draw(sheet, x, y - 2.5)
        sheet.words((x + 18, y), text)
        x += room + 14
    return y + 4


def _samples(line: Timeline) -> Iterator[tuple[Swatch, str]]:
    """Yield the kinds of marks that occur in ``line``, each with its meaning."""
    drawn = line.lanes
    looks = {lane.look for lane in drawn}
    apart = {lane.look for lane in drawn if lane.is_claimed_apart}
    deeds = [deed for lane in drawn for deed in lane.deeds]
    if looks & {"sums", "periods"}:
        yield _due, "due, in all so far"
        yield _done, "delivered and counted"
    if apart & {"sums", "periods"}:
        yield _claimed, "claimed, where it differs"
    if any(mark.units is None for lane in drawn for mark in lane.done):
        yield _unknown, "unknown: no report counts"
    if deeds:
        yield _due_deed, "an act is due"
    if any(deed.done for deed in deeds):
        yield _done_deed, "done"
    if any(deed.claimed and deed.claimed != deed.done for deed in deeds):
        yield _claimed_deed, "claimed"
    if any(deed.is_late for deed in deeds):
        yield _late_deed, "past its day"
    if any(lane.held for lane in drawn):
        yield _held, "a restraint binds"
    if any(lane.look == "spans" and lane.done for lane in drawn):
        yield _violation, "a violation counted"
    if "spans" in apart:
        yield _alleged, "alleged, not counted"
    if line.stays:
        yield _rule(_MOVE), "the state changes"
    if _is_now_apart(line):
        yield _rule(_NOW), "the day as of which all is drawn"


def _due(sheet: Canvas, x: float, y: float) -> None:
    sheet.line((x, y), (x + 14, y), chart_lanes.DUE)
    sheet.dot((x + 7, y), chart_lanes.RADIUS + 0.4, chart_lanes.DUE_DOT)


def _done(sheet: Canvas, x: float, y: float) -> None:
    sheet.box((x, y), 14, 4, chart_lanes.DONE_AREA)
    sheet.line((x, y), (x + 14, y), chart_lanes.DONE)
    sheet.dot((x + 7, y), chart_lanes.RADIUS - 0.2, chart_lanes.DONE_DOT)


def _claimed(sheet: Canvas, x: float, y: float) -> None:
    sheet.line((x, y), (x + 14, y), chart_lanes.CLAIMED)


def _unknown(sheet: Canvas, x: float, y: float) -> None:
    sheet.box((x, y - 3), 14, 6, chart_lanes.UNKNOWN)


def _due_deed(sheet: Canvas, x: float, y: float) -> None:
    sheet.line((x + 7, y - 4), (x + 7, y + 4), chart_lanes.DUE)


def _done_deed(sheet: Canvas, x: float, y: float) -> None:
    sheet.dot((x + 7, y), chart_lanes.RADIUS + 0.5, chart_lanes.DONE_DOT)


def _claimed_deed(sheet: Canvas, x: float, y: float) -> None:
    sheet.dot((x + 7, y), chart_lanes.RADIUS + 0.5, chart_lanes.DASHED_RING)


def _late_deed(sheet: Canvas, x: float, y: float) -> None:
    sheet.box((x, y - 1.5), 14, 3, chart_lanes.LATE)


def _held(sheet: Canvas, x: float, y: float) -> None:
    sheet.box((x, y - 3), 14, 6, chart_lanes.HELD)


def _violation(sheet: Canvas, x: float, y: float) -> None:
    sheet.cross((x + 7, y), chart_lanes.ARM, chart_lanes.VIOLATION)


def _alleged(sheet: Canvas, x: float, y: float) -> None:
    sheet.cross((x + 7, y), chart_lanes.ARM, chart_lanes.ALLEGED)


def _rule(look: str) -> Swatch:
    def draw(sheet: Canvas, x: float, y: float) -> None:
        sheet.line((x, y), (x + 14, y), look)

    return draw


def _foot(sheet: Canvas, line: Timeline, y: float) -> float:
    silent = ", ".join(name.replace("_", " ").replace(".", " of ") for name in line.silent)
    texts = [*([f"Nothing to show of: {silent}."] if silent else []), _SAID]
    for text in texts:
        for part in wrapped(text, ACROSS, SMALL):
            y += _LINE
            sheet.words((0, y), part, ink="#505050")
    return y + 4
