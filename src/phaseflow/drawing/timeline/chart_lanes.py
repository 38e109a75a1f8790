"""One obligation of a chart, in its own form: lines, rows of acts, periods, spans."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from phaseflow.drawing.fonts import fitted, width
from phaseflow.drawing.svg import SMALL, Canvas, Coordinates, stairs
from phaseflow.drawing.timeline.day_axis import Field
from phaseflow.drawing.timeline.lanes import Deed, Lane, Level
from phaseflow.model.calendar import Date, period_of

DUE = 'fill="none" stroke="#000000" stroke-width="1"'
DUE_DOT = 'fill="#ffffff" stroke="#000000" stroke-width="0.8"'
DONE = 'fill="none" stroke="#606060" stroke-width="1.4"'
DONE_AREA = 'fill="#000000" fill-opacity="0.17"'
DONE_DOT = 'fill="#404040"'
CLAIMED = 'fill="none" stroke="#404040" stroke-width="0.9" stroke-dasharray="2.5 1.8"'
RING = 'fill="#ffffff" stroke="#404040" stroke-width="0.8"'
DASHED_RING = f'{RING} stroke-dasharray="1.4 1"'
LATE = 'fill="#c4c4c4"'
UNKNOWN = 'fill="none" stroke="#909090" stroke-width="0.6" stroke-dasharray="1 1.5"'
HELD = 'fill="#000000" fill-opacity="0.08" stroke="#a0a0a0" stroke-width="0.5"'
ALLEGED = 'fill="none" stroke="#606060" stroke-width="0.8" stroke-dasharray="1.2 0.8"'
VIOLATION = 'fill="none" stroke="#000000" stroke-width="1.3"'
RADIUS = 1.7
ARM = 2.4
_BASE = 'stroke="#b0b0b0" stroke-width="0.5"'
_ROW = 11.0
_PAD = 4.0
_BAR = 7.0
_GAP = 5.0
_TELLING = 2


def height(lane: Lane, *, is_dense: bool) -> float:
    """Return how much room the marks of a lane need."""
    match lane.look:
        case "deeds":
            return len(lane.deeds) * _ROW + (2 if is_dense else 2 * _PAD)
        case "sums":
            return 32.0 if is_dense else 44.0
        case "periods":
            return 30.0 if is_dense else 38.0
        case "spans":
            return 13.0 if is_dense else 16.0


def scale(lane: Lane) -> int | None:
    """Return the number of units that a lane's scale names, None if it has none.

    It is what is due in all, or where there is no room to tell that from nothing,
    the largest number.
    """
    match lane.look:
        case "deeds" | "spans":
            return None
        case "sums" | "periods":
            named = _most(lane.due) or _most(lane.done)
            most = _most((*lane.due, *lane.done, *lane.claimed))
            return named if named * _TELLING >= most > 0 else most or 1


def figures(lane: Lane) -> Iterator[str]:
    """Yield what the marks of a lane come to, in short lines."""
    match lane.form:
        case "steps":
            done = sum(deed.done is not None for deed in lane.deeds)
            yield f"{done} of {len(lane.deeds)} steps done"
            yield from _told_violations(lane)
        case "amount":
            if not lane.deeds:
                yield from _told_sums(lane)
            yield from _told_violations(lane)
        case "rate":
            known = [mark for mark in lane.done if mark.units is not None]
            yield f"{len(known):,} of {len(lane.done):,} {lane.every}s known"
            if lane.periods_short:
                yield f"short in {lane.periods_short:,}"
        case "restraint":
            yield from _told_violations(lane)
            if not lane.violations:
                yield "no violation counted"
            if lane.is_claimed_apart:
                yield f"{lane.claimed[-1].units:,} alleged"


def _told_sums(lane: Lane) -> Iterator[str]:
    if lane.due:
        yield f"{lane.due_so_far:,} due so far"
    yield f"{lane.delivered:,} delivered" if lane.is_reported else "nothing reported"
    if lane.is_claimed_apart:
        yield f"{lane.claimed[-1].units:,} claimed"


def _told_violations(lane: Lane) -> Iterator[str]:
    if lane.violations:
        yield "1 violation" if lane.violations == 1 else f"{lane.violations:,} violations"


def draw(sheet: Canvas, field: Field, lane: Lane, top: float, bottom: float) -> None:
    """Draw the marks of a lane between ``top`` and ``bottom``."""
    sheet.begin("lane", lane.obligation)
    match lane.look:
        case "deeds":
            _draw_deeds(sheet, field, lane, top, bottom)
        case "sums":
            _draw_sums(_Plot(sheet, field, lane, top, bottom))
        case "periods":
            _draw_periods(_Plot(sheet, field, lane, top, bottom))
        case "spans":
            _draw_spans(sheet, field, lane, (top + bottom) / 2)
    sheet.end()


def _draw_deeds(sheet: Canvas, field: Field, lane: Lane, top: float, bottom: float) -> None:
    """Draw a row for each deed; a single act has no name but that of its lane."""
    pad = (bottom - top - len(lane.deeds) * _ROW) / 2
    pad = min(pad, _PAD) if len(lane.deeds) > 1 else pad
    is_act = lane.form != "steps"
    for place, deed in enumerate(lane.deeds):
        _draw_deed(sheet, field, deed, top + pad + (place + 0.5) * _ROW, is_act=is_act)


class _Plot:
    """The scale of a lane in units; the largest number stands near its top."""

    def __init__(self, sheet: Canvas, field: Field, lane: Lane, top: float, bottom: float) -> None:
        self.sheet, self.field, self.lane = sheet, field, lane
        self.top, self.bottom = top + _PAD + SMALL / 2, bottom - _PAD - 1
        self.named = scale(lane) or 1
        self._most = max(self.named, _most((*lane.due, *lane.done, *lane.claimed)))
        for units in (0, self.named):
            y = self.height(units)
            sheet.line((field.left, y), (field.right, y), _BASE)
            sheet.words((field.left - 3, y + SMALL / 3), f"{units:,}", anchor="end", ink="#505050")

    def height(self, units: int) -> float:
        return self.bottom - (self.bottom - self.top) * units / self._most

    def points(self, marks: Iterable[Level]) -> Sequence[Coordinates]:
        """Return where marks stand, from nothing at the left edge on."""
        known = [(mark.day, mark.units) for mark in marks if mark.units is not None]
        return [
            (self.field.left, self.bottom),
            *((self.field.middle(day), self.height(units)) for day, units in known),
        ]

    def dots(self, marks: Sequence[Level], radius: float, look: str, told: str) -> None:
        """Draw a dot at each mark, small enough that neighbours do not hide each other."""
        xs = [self.field.middle(mark.day) for mark in marks]
        nearest = min((b - a for a, b in pairwise(xs)), default=radius * 9)
        radius = min(radius, max(0.5, nearest * 0.3))
        for mark in marks:
            if mark.units is not None:
                at = (self.field.middle(mark.day), self.height(mark.units))
                unit = f" {self.lane.unit}" if self.lane.unit else ""
                self.sheet.dot(at, radius, look, f"{mark.units}{unit} {told} by {mark.day}")

    def period(self, last: Date) -> Coordinates:
        """Return where the period that ends on ``last`` begins and ends."""
        assert self.lane.every is not None
        first, _ = period_of(last, self.lane.every)
        return max(self.field.left, self.field.start(first)), self.field.end(last)


def _draw_sums(plot: _Plot) -> None:
    sheet, lane, field = plot.sheet, plot.lane, plot.field
    if lane.done:
        corners = stairs(plot.points(lane.done), field.now)
        floor = [(corners[-1][0], plot.bottom), (corners[0][0], plot.bottom)]
        sheet.path([*corners, *floor], DONE_AREA, closed=True)
        sheet.path(corners, DONE)
    if lane.is_claimed_apart:
        sheet.path(stairs(plot.points(lane.claimed), field.now), CLAIMED)
    if lane.due:
        sheet.path(stairs(plot.points(lane.due), field.right), DUE)
    if lane.is_claimed_apart:
        plot.dots([m for m in lane.claimed if m not in lane.done], RADIUS - 0.4, RING, "claimed")
    plot.dots(lane.due, RADIUS + 0.4, DUE_DOT, "due")
    plot.dots(lane.done, RADIUS - 0.2, DONE_DOT, "delivered")


def _draw_deed(sheet: Canvas, field: Field, deed: Deed, y: float, *, is_act: bool) -> None:
    """Draw a step in a row of its own: when it was due, claimed and done, and the words beside."""
    sheet.line((field.left, y), (field.right, y), UNKNOWN)
    marked = [day for day in (deed.due, deed.claimed, deed.done) if day is not None]
    xs = [field.middle(day) for day in marked]
    end = max(xs, default=field.left - _GAP + 2)
    if deed.due is not None:
        x = field.middle(deed.due)
        until = field.now if deed.done is None else field.middle(deed.done)
        if deed.is_late and until > x:
            sheet.box((x, y - 1.5), until - x, 3, LATE)
            end = max(end, until)
        sheet.line((x, y - 4), (x, y + 4), DUE, f"{deed.name} due {deed.due}")
    if deed.claimed is not None and deed.claimed != deed.done:
        sheet.dot(
            (field.middle(deed.claimed), y),
            RADIUS + 0.5,
            DASHED_RING,
            f"{deed.name} claimed {deed.claimed}",
        )
    if deed.done is not None:
        sheet.dot(
            (field.middle(deed.done), y), RADIUS + 0.5, DONE_DOT, f"{deed.name} done {deed.done}"
        )
    text = _said(field, deed) if is_act else f"{deed.name.replace('_', ' ')}: {_said(field, deed)}"
    _beside(sheet, field, (sorted(xs), end), y, text)


def _beside(
    sheet: Canvas, field: Field, marks: tuple[Sequence[float], float], y: float, text: str
) -> None:
    """Write beside the marks of a row: after all of them, before them, or where most room is.

    ``marks`` are their places, and where a bar behind the last of them ends, which
    words may cover.
    """
    xs, end = marks
    edges = [field.left - _GAP + 2, *xs, field.right + _GAP]
    gaps = [(left + _GAP, right - _GAP) for left, right in pairwise(edges)]
    room = width(text, SMALL)
    fits = [gap for gap in ((end + _GAP, field.right), *gaps) if room <= gap[1] - gap[0]]
    gap = fits[0] if fits else max(gaps, key=lambda gap: gap[1] - gap[0])
    cut = fitted(text, gap[1] - gap[0], SMALL)
    # Before the marks, it ends where they begin.
    x = gap[1] - width(cut, SMALL) if xs and gap == gaps[0] else gap[0]
    sheet.cleared((x, y + SMALL / 3), cut)


def _said(field: Field, deed: Deed) -> str:
    said = [] if deed.due is None else [f"due {field.name(deed.due)}"]
    if deed.done is not None:
        said.append(f"done {field.name(deed.done)}")
    elif deed.claimed is not None:
        said.append(f"claimed {field.name(deed.claimed)}, not verified")
    elif deed.standing in ("waived", "lapsed"):
        said.append(deed.standing)
    elif deed.is_late:
        said.append("not reported")
    return ", ".join(said) or ("no longer due" if deed.is_disarmed else "no date yet")


def _draw_periods(plot: _Plot) -> None:
    """Draw what each period owed and had; where no report counts, an empty frame."""
    sheet, lane = plot.sheet, plot.lane
    said = {mark.day: mark.units for mark in lane.claimed}
    for mark in lane.done:
        if mark.units is None:
            continue
        (left, right), y = plot.period(mark.day), plot.height(mark.units)
        told = f"{mark.units} {lane.unit} delivered in the {lane.every} to {mark.day}"
        sheet.box((left, y), right - left, plot.bottom - y, DONE_AREA, told)
        sheet.line((left, y), (right, y), DONE)
        claimed = said.get(mark.day, mark.units) or 0
        if claimed != mark.units:
            y, told = plot.height(claimed), f"{claimed} claimed for the {lane.every} to {mark.day}"
            sheet.line((left, y), (right, y), CLAIMED, told)
    for first, last in _unknown(lane):
        _draw_silence(plot, first, last)
    for mark in lane.due:
        if mark.units is not None:
            (left, right), y = plot.period(mark.day), plot.height(mark.units)
            told = f"{mark.units} {lane.unit} due for the {lane.every} to {mark.day}"
            sheet.line((left, y), (right, y), DUE, told)


def _unknown(lane: Lane) -> Iterator[tuple[Date, Date]]:
    """Yield the runs of periods that are unknown, by the last days of their ends."""
    first = last = None
    for mark in lane.done:
        if mark.units is None:
            first, last = first or mark.day, mark.day
        elif first is not None and last is not None:
            yield first, last
            first = last = None
    if first is not None and last is not None:
        yield first, last


def _draw_silence(plot: _Plot, first: Date, last: Date) -> None:
    left, right = plot.period(first)[0], plot.field.end(last)
    top, bottom = plot.height(plot.named), plot.bottom
    told = f"unknown, from the {plot.lane.every} to {first} on, until {last}"
    plot.sheet.box((left, top), right - left, bottom - top, UNKNOWN, told)
    for text in ("unknown", "?"):
        if width(text, SMALL) + 4 <= right - left:
            x = (left + right - width(text, SMALL)) / 2
            plot.sheet.cleared((x, (top + bottom) / 2 + SMALL / 3), text, italic=True)
            return


def _draw_spans(sheet: Canvas, field: Field, lane: Lane, y: float) -> None:
    """Draw the days on which a restraint bound, and each day with a violation."""
    for span in lane.held:
        left, right = field.start(span.first), min(field.end(span.last), field.right)
        told = f"bound from {span.first} to {span.last}"
        sheet.box((left, y - _BAR / 2), right - left, _BAR, HELD, told)
    counted = {mark.day for mark in lane.done}
    for mark in lane.claimed:
        if mark.day not in counted:
            told = f"{mark.units} alleged by {mark.day}"
            sheet.cross((field.middle(mark.day), y), ARM, ALLEGED, told)
    for mark in lane.done:
        told = f"{mark.units} in all by {mark.day}"
        sheet.cross((field.middle(mark.day), y), ARM, VIOLATION, told)


def _most(marks: Iterable[Level]) -> int:
    return max((mark.units for mark in marks if mark.units is not None), default=0)
