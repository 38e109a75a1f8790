"""Days, instants and periods, and what is reckoned with them; the only door to local time.

Time belongs to the agreement: a *day* is a day of its time zone, from midnight
to midnight there, whatever the clock of the server says.
"""

import re
from datetime import date as stdlib_date
from typing import Literal

import msgspec
from whenever import Date, Instant, PlainDateTime, Time, TimeZoneNotFoundError

from phaseflow.model.visible import quoted

__all__ = ["Date", "Instant", "TimeZoneNotFoundError"]

Every = Literal["day", "week", "month"]
"""The calendar periods of a rate: a day, an ISO week, a month."""

_PERIOD = re.compile(
    r"P(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)


class Period(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An ISO 8601 duration: calendar units, or exact ones, never both.

    ``months`` holds years too; ``days`` holds weeks. ``seconds`` is exact time.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether it is a length of exact time (``PT24H``), not of whole days (``P1D``)."""
        return self.seconds > 0

    def words(self) -> tuple[str, ...]:
        """Return what it is made of, longest units first.

        >>> parse_period("P1Y2M").words(), parse_period("P14D").words()
        (('1 year', '2 months'), ('14 days',))
        >>> parse_period("PT25H30M").words()
        ('25 hours', '30 minutes')
        """
        years, months = divmod(self.months, 12)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = (
            (years, "year"),
            (months, "month"),
            (self.days, "day"),
            (hours, "hour"),
            (minutes, "minute"),
            (seconds, "second"),
        )
        return tuple(f"{n} {unit}" if n == 1 else f"{n} {unit}s" for n, unit in parts if n)

    def __str__(self) -> str:
        """Return the shortest ISO 8601 form.

        >>> str(parse_period("P2W")), str(parse_period("PT24H")), str(parse_period("P1Y"))
        ('P14D', 'PT24H', 'P12M')
        """
        if self.is_exact:
            hours, rest = divmod(self.seconds, 3600)
            minutes, seconds = divmod(rest, 60)
            exact = ((hours, "H"), (minutes, "M"), (seconds, "S"))
            return "PT" + "".join(f"{n}{unit}" for n, unit in exact if n)
        whole = ((self.months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{n}{unit}" for n, unit in whole if n) or "0D")


def order_of_periods(first: Period, second: Period) -> int | None:
    """Return 1 if ``first`` is the longer, -1 if the shorter, 0 if neither; None if unknown.

    Months, days and hours have no order among them: a period is longer if it
    has more of something and less of nothing.

    >>> order_of_periods(parse_period("P1M2D"), parse_period("P1M1D"))
    1
    >>> order_of_periods(parse_period("P1M"), parse_period("P30D")) is None
    True
    """
    sides = (
        (first.months, second.months),
        (first.days, second.days),
        (first.seconds, second.seconds),
    )
    orders = {(one > other) - (one < other) for one, other in sides if one != other}
    if not orders:
        return 0
    return orders.pop() if len(orders) == 1 else None


def parse_period(text: str) -> Period:
    """Return the period that an ISO 8601 duration names.

    Raises:
        ValueError: it is no duration, mixes days with hours, or has no length.
    """
    found = _PERIOD.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        msg = f"{quoted(text)} is no ISO 8601 period; write for example P2D, P1M or PT24H"
        raise ValueError(msg)
    unit = {name: int(value or 0) for name, value in found.groupdict().items()}
    period = Period(
        months=unit["years"] * 12 + unit["months"],
        days=unit["weeks"] * 7 + unit["days"],
        seconds=unit["hours"] * 3600 + unit["minutes"] * 60 + unit["seconds"],
    )
    if period.seconds and (period.months or period.days):
        msg = f"{quoted(text)} mixes whole days with hours; write it in one of them, P1D or PT24H"
        raise ValueError(msg)
    if not (period.seconds or period.months or period.days):
        msg = f"{quoted(text)} has no length"
        raise ValueError(msg)
    return period


class When:
    """A whole day of the agreement's calendar, or an instant.

    ``opening`` and ``closing`` give the instants between which it lies; a day
    is closed by the *exclusive* start of the next one.
    """

    __slots__ = ("value",)

    def __init__(self, value: Date | Instant) -> None:
        """Hold ``value``; an instant keeps whole seconds."""
        self.value = value

    @classmethod
    def parse(cls, text: str) -> "When":
        """Return what ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM:SSZ`` names.

        >>> When.parse("2025-02-09"), When.parse("2025-01-19T09:15:00Z")
        (When('2025-02-09'), When('2025-01-19T09:15:00Z'))
        """
        return cls(Instant.parse_iso(text) if "T" in text else Date.parse_iso(text))

    def __str__(self) -> str:
        """Return the form that :meth:`parse` reads."""
        return self.value.format_iso()

    def __repr__(self) -> str:
        """Return the form with its type."""
        return f"When({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same day, or the same instant."""
        return isinstance(other, When) and self.value == other.value

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self.value)

    @property
    def is_day(self) -> bool:
        """Whether it is a whole day."""
        return isinstance(self.value, Date)


class Zone(msgspec.Struct, frozen=True):
    """A time zone of the IANA database, and the day arithmetic in it."""

    name: str

    def midnight(self, day: Date) -> Instant:
        """Return the first instant of ``day``."""
        plain = day.at(Time.MIDNIGHT)
        return plain.assume_tz(self.name, disambiguation="compatible").to_instant()

    def day_of(self, instant: Instant) -> Date:
        """Return the day in which ``instant`` lies."""
        return instant.to_tz(self.name).date()

    def at(self, day: Date, time: str) -> Instant:
        """Return the instant of a wall-clock ``time`` (``HH:MM[:SS]``) on ``day``.

        A time that the clock shows twice is the earlier one; a time that is
        skipped moves forward by the length of the gap.
        """
        plain = PlainDateTime.parse_iso(f"{day.format_iso()}T{time}")
        return plain.assume_tz(self.name, disambiguation="compatible").to_instant()

    def local(self, instant: Instant) -> str:
        """Return ``instant`` as people of the agreement read it, ``2025-01-19 11:15``."""
        local = instant.to_tz(self.name).to_plain()
        time = local.time().format_iso(unit="second")
        return f"{local.date()} {time.removesuffix(':00')}"

    def opening(self, when: When) -> Instant:
        """Return the first instant of ``when``."""
        return self.midnight(when.value) if isinstance(when.value, Date) else when.value

    def closing(self, when: When) -> Instant:
        """Return the instant at which ``when`` is over: of a day, the next midnight."""
        if isinstance(when.value, Date):
            return self.midnight(when.value.add(days=1))
        return when.value

    def day(self, when: When) -> Date:
        """Return the day of ``when``."""
        return when.value if isinstance(when.value, Date) else self.day_of(when.value)

    def plus(self, when: When, period: Period, sign: int = 1) -> When:
        """Return ``when`` plus (or minus) ``period``.

        Days, weeks, months and years give a whole day, counted from the day of
        ``when``; a month that is too short gives its last day. Hours give an
        instant; of a whole day they run from its end.

        >>> zone = Zone("Europe/Berlin")
        >>> zone.plus(When.parse("2025-01-31"), parse_period("P1M"))
        When('2025-02-28')
        >>> zone.plus(When.parse("2025-03-29T12:00:00Z"), parse_period("PT24H"))
        When('2025-03-30T12:00:00Z')
        """
        if period.is_exact:
            return When(self.closing(when).add(seconds=sign * period.seconds))
        start = self.day(when)
        return When(start.add(months=sign * period.months, days=sign * period.days))

    def later(self, when: When, start: Instant, end: Instant) -> When:
        """Return ``when`` moved by the time from ``start`` to ``end``.

        An instant moves by the exact time, a whole day by the days begun: two
        days and an hour are three days.
        """
        if end <= start:
            return when
        if isinstance(when.value, Date):
            return When(when.value.add(days=self.days_begun(start, end)))
        return When(when.value.add(seconds=end.timestamp() - start.timestamp()))

    def shifted(self, when: When, days: int, seconds: int) -> When:
        """Return a whole day moved by ``days``, or an instant moved by ``seconds``."""
        if isinstance(when.value, Date):
            return When(when.value.add(days=days))
        return When(when.value.add(seconds=seconds))

    def days_begun(self, start: Instant, end: Instant) -> int:
        """Return how many days the time from ``start`` to ``end`` has begun.

        Days of the calendar are counted from the clock time of ``start``, so
        that a change of the clock adds or loses no day.
        """
        from_, to = start.to_tz(self.name), end.to_tz(self.name)
        days = int(from_.date().until(to.date(), total="days"))
        return days if from_.time() >= to.time() else days + 1


def period_of(day: Date, every: Every) -> tuple[Date, Date]:
    """Return the first and the last day of the calendar period in which ``day`` lies.

    A week is an ISO week, from Monday to Sunday.

    >>> [str(edge) for edge in period_of(Date(2025, 1, 22), "week")]
    ['2025-01-20', '2025-01-26']
    >>> [str(edge) for edge in period_of(Date(2024, 2, 29), "month")]
    ['2024-02-01', '2024-02-29']
    """
    match every:
        case "day":
            return day, day
        case "week":
            first = day.subtract(days=day.day_of_week().value - 1)
            return first, first.add(days=6)
        case "month":
            first = day.replace(day=1)
            return first, first.add(months=1).subtract(days=1)


def period_name(first: Date, every: Every) -> str:
    """Return the name of the period that begins on ``first``.

    >>> [period_name(Date(2025, 1, 20), every) for every in ("day", "week", "month")]
    ['2025-01-20', '2025-W04', '2025-01']
    """
    match every:
        case "day":
            return first.format_iso()
        case "week":
            year, week = first.to_stdlib().isocalendar()[:2]
            return f"{year}-W{week:02}"
        case "month":
            return first.format_iso()[:7]


def period_named(name: str, every: Every) -> tuple[Date, Date] | None:
    """Return the first and last day of the period that :func:`period_name` calls so.

    >>> [str(edge) for edge in period_named("2025-W04", "week")]
    ['2025-01-20', '2025-01-26']
    """
    text = {"day": name, "week": f"{name}-1", "month": f"{name}-01"}[every]
    try:
        first = Date(stdlib_date.fromisoformat(text))
    except ValueError:
        return None
    return period_of(first, every) if period_name(first, every) == name else None


def encode_hook(value: object) -> str:
    """Return the text of a calendar value, for msgspec."""
    if isinstance(value, When):
        return str(value)
    if isinstance(value, Date | Instant):
        return value.format_iso()
    msg = f"cannot be written: {value!r}"
    raise NotImplementedError(msg)


def decode_hook(kind: type, text: str) -> object:
    """Return the calendar value that :func:`encode_hook` wrote, for msgspec."""
    return When.parse(text) if kind is When else kind.parse_iso(text)  # type: ignore[attr-defined]
