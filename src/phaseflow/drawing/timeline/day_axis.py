"""Days laid out from left to right: where each stands, and which of them are named."""

from collections.abc import Iterator

from phaseflow.drawing.fonts import width
from phaseflow.drawing.svg import SMALL
from phaseflow.drawing.timeline.lanes import Timeline, days_between
from phaseflow.model.calendar import Date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_APART = width("30 Nov 2025", SMALL) + 4
_DAYS_APART = (1, 2, 7, 14)
_MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000)
_SHORTEST = 28


class Field:
    """The part of a sheet from ``left`` to ``right`` on which the days of a timeline stand."""

    def __init__(self, line: Timeline, left: float, right: float) -> None:
        """Give each day of ``line`` the same room."""
        self.left, self.right = left, right
        self._line = line
        self._room = (right - left) / (days_between(line.first, line.last) + 1)

    def start(self, day: Date) -> float:
        """Return where ``day`` begins."""
        return self.left + days_between(self._line.first, day) * self._room

    def end(self, day: Date) -> float:
        """Return where ``day`` ends."""
        return self.start(day) + self._room

    def middle(self, day: Date) -> float:
        """Return where what happened on ``day`` is drawn."""
        return self.start(day) + self._room / 2

    @property
    def now(self) -> float:
        """Where the day stands as of which all is drawn."""
        return self.middle(self._line.now)

    def name(self, day: Date, year: int | None = None) -> str:
        """Return a day in words, ``9 Jan``; with its year where that is not ``year``, else the first."""
        short = f"{day.day} {_MONTHS[day.month - 1]}"
        return short if day.year == (year or self._line.first.year) else f"{short} {day.year}"

    def ticks(self) -> Iterator[Date]:
        """Yield the days that are named, so far apart that their names do not touch."""
        first, last = self._line.first, self._line.last
        apart = _APART / self._room
        days = next((days for days in _DAYS_APART if days >= apart), None)
        if days is not None:
            day = first
            while day <= last:
                yield day
                day = day.add(days=days)
            return
        months = next((n for n in _MONTHS_APART if n * _SHORTEST >= apart), _MONTHS_APART[-1])
        day = first.replace(month=1, day=1)
        while day <= last:
            if day >= first:
                yield day
            day = day.add(months=months)
