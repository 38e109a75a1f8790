"""A timeline as text of 80 columns: two rows for each obligation, what was due and what was done."""

import textwrap
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from phaseflow.drawing.timeline.lanes import Deed, Lane, Level, Timeline, days_between
from phaseflow.model.calendar import Date

_WIDTH = 80
_NAME = 20
_ROW = 5
_LEFT = _NAME + 1 + _ROW
_FIELD = _WIDTH - _LEFT
_TICK = 8


class _Scale:
    """Which column a day stands in: a day is at least a column, or some share one."""

    def __init__(self, line: Timeline) -> None:
        """Fit the days of ``line`` into the field."""
        self.first = line.first
        self.span = max(days_between(line.first, line.last), 1)
        self.step = min((_FIELD - 4) / self.span, 4.0)

    def column(self, day: Date) -> int:
        return int(days_between(self.first, day) * self.step)

    def day(self, column: int) -> Date:
        """Return the first day that stands in ``column``."""
        return next(
            day
            for n in range(self.span * 2 + _FIELD)
            if self.column(day := self.first.add(days=n)) >= column
        )


def strip(line: Timeline) -> str:
    """Return the timeline as text; nothing in it is wider than 80 columns."""
    scale = _Scale(line)
    lines = [*textwrap.wrap(line.title, _WIDTH), *textwrap.wrap(line.subtitle, _WIDTH), ""]
    lines += _axis(line, scale)
    for lane in line.lanes:
        lines += ["", *_rows(lane, scale)]
    if not line.lanes:
        lines += ["", "Nothing has fallen due or been delivered yet."]
    if line.silent:
        text = "Nothing to show of: " + ", ".join(line.silent)
        lines += ["", *textwrap.wrap(text, _WIDTH, subsequent_indent="  ")]
    lines += ["", *_legend(line)]
    return "\n".join(row.rstrip() for row in lines) + "\n"


def _axis(line: Timeline, scale: _Scale) -> Iterator[str]:
    labels: list[tuple[int, str]] = []
    for column in range(0, scale.column(line.last) + 1, _TICK):
        day = scale.day(column)
        number = line.number(day)
        text = f"{day.month:02}-{day.day:02}" if number is None else str(number)
        labels.append((scale.column(day), text))
    heading = "Date" if line.first_day is None else "Day"
    yield _row(heading, "", _written(labels))
    ruler = ["-"] * (scale.column(line.last) + 1)
    for column, _ in labels:
        ruler[column] = "+"
    ruler[scale.column(line.now)] = "^"
    yield _row("", "", "".join(ruler))
    if line.stays:
        stays = [
            (column, f"|{stay.state}"[: _FIELD - column])
            for stay in line.stays
            for column in [scale.column(stay.since)]
        ]
        yield _row("State", "", _written(stays))


def _rows(lane: Lane, scale: _Scale) -> Iterator[str]:
    under = f"  {lane.standing}"
    match lane.form:
        case "steps":
            yield _row(lane.obligation, "due", _letters(scale, lane.deeds, is_done=False))
            yield _row(under, "done", _letters(scale, lane.deeds, is_done=True))
            for letter, deed in zip(ascii_lowercase, lane.deeds, strict=False):
                yield _row("", "", f"{letter} {deed.name}: {_told(deed)}")
        case "rate":
            due = {mark.day: mark.units for mark in lane.due}
            yield _row(lane.obligation, "due", _written(_changes(scale, lane.due)))
            yield _row(under, "done", _fills(scale, lane.done, due))
        case "restraint":
            yield _row(lane.obligation, "not", _bound(scale, lane))
            yield from _done_and_said(lane, scale)
        case "amount":
            yield _row(lane.obligation, "due", _written(_counted(scale, lane.due)))
            yield from _done_and_said(lane, scale)


def _done_and_said(lane: Lane, scale: _Scale) -> Iterator[str]:
    yield _row(f"  {lane.standing}", "done", _written(_counted(scale, lane.done)))
    if lane.is_claimed_apart:
        yield _row("", "said", _written(_counted(scale, lane.claimed)))


def _row(name: str, kind: str, field: str) -> str:
    cut = name if len(name) <= _NAME else name[: _NAME - 1] + "…"
    return f"{cut:<{_NAME}} {kind:<{_ROW}}{field}"[:_WIDTH]


def _counted(scale: _Scale, marks: Iterable[Level]) -> list[tuple[int, str]]:
    return [(scale.column(mark.day), str(mark.units)) for mark in marks]


def _changes(scale: _Scale, marks: Iterable[Level]) -> list[tuple[int, str]]:
    """Return what a period owes, wherever that changes."""
    found: list[tuple[int, str]] = []
    for column, text in _counted(scale, marks):
        if not found or found[-1][1] != text:
            found.append((column, text))
    return found


def _written(marks: list[tuple[int, str]]) -> str:
    """Return each text from its column on; the last are kept, an earlier one in the way is a dot."""
    field = [" "] * _FIELD
    free = _FIELD
    for column, text in sorted(marks, key=lambda mark: mark[0], reverse=True):
        if column + len(text) < free or (free == _FIELD and column + len(text) <= free):
            field[column : column + len(text)] = text
            free = column
        elif column < free:
            field[column] = "."
            free = column
    return "".join(field)


def _letters(scale: _Scale, deeds: Iterable[Deed], *, is_done: bool) -> str:
    """Return a letter for each step on its day; several on a day stand side by side."""
    field = [" "] * _FIELD
    for letter, deed in zip(ascii_lowercase, deeds, strict=False):
        day = deed.done if is_done else deed.due
        if day is not None:
            free = (c for c in range(scale.column(day), _FIELD) if field[c] == " ")
            field[next(free, _FIELD - 1)] = letter
    return "".join(field)


def _fills(scale: _Scale, marks: Iterable[Level], due: dict[Date, int | None]) -> str:
    """Return how far each period was met; of several in one column the worst known."""
    worst = "?#+-"
    field = [" "] * _FIELD
    for mark in marks:
        owed = due.get(mark.day)
        if mark.units is None or owed is None:
            sign = "?"
        elif mark.units >= owed:
            sign = "#"
        else:
            sign = "+" if mark.units else "-"
        column = scale.column(mark.day)
        if field[column] == " " or worst.index(sign) > worst.index(field[column]):
            field[column] = sign
    return "".join(field)


def _bound(scale: _Scale, lane: Lane) -> str:
    """Return the days on which a restraint bound."""
    field = [" "] * _FIELD
    for span in lane.held:
        for column in range(scale.column(span.first), scale.column(span.last) + 1):
            field[column] = "="
    return "".join(field)


def _told(deed: Deed) -> str:
    if deed.done is not None:
        return f"done {deed.done}, late" if deed.is_late else f"done {deed.done}"
    said = ["missed"] if deed.is_late else []
    said.append(deed.standing)
    if deed.is_disarmed:
        said.append("no longer due")
    if deed.claimed is not None:
        said.append(f"claimed {deed.claimed}")
    return ", ".join(said)


def _legend(line: Timeline) -> Iterator[str]:
    yield "Figures are sums so far; a dot is one that has no room. ^ is now."
    if any(lane.is_claimed_apart and lane.look != "periods" for lane in line.lanes):
        yield "done is what counts, said what was claimed, verified or not."
    if any(lane.held for lane in line.lanes):
        yield "A restraint binds on the days marked =; below, violations counted so far."
    if any(lane.look == "periods" for lane in line.lanes):
        yield "Rates, by period, the worst that is known where several share a place:"
        yield "# met, + in part, - nothing delivered, ? unknown, as no report counts."
    yield "Standings are arithmetic of the text, not a finding of guilt."
