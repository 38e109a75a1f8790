"""Which of two moments comes first, where their text alone can tell."""

from phaseflow.model.calendar import AgreementDay, CalendarDay, Moment, Offset, Period

_END_OF_DAY = "24:00"


def compare(first: Moment, second: Moment) -> int | None:
    """Return a negative number when ``first`` comes first, 0 when neither, None if unknown.

    >>> compare(AgreementDay(1), AgreementDay(7)) < 0
    True
    """
    match first, second:
        case AgreementDay(), AgreementDay():
            return _sign((first.number, _time(first.time)), (second.number, _time(second.time)))
        case CalendarDay(), CalendarDay():
            return _sign(
                (str(first.date), _time(first.time)), (str(second.date), _time(second.time))
            )
        case _ if first == second:
            return 0
        case _:
            return _compare_offsets(first, second)


def _time(time: str | None) -> str:
    return _END_OF_DAY if time is None else time


def _sign(
    first: tuple[int, str] | tuple[str, str], second: tuple[int, str] | tuple[str, str]
) -> int:
    return (first > second) - (first < second)


def _compare_offsets(first: Moment, second: Moment) -> int | None:
    base = second.base if isinstance(second, Offset) else second
    if first == base:
        return -second.sign if isinstance(second, Offset) else 0
    if isinstance(first, Offset) and first.base == second:
        return first.sign
    if isinstance(first, Offset) and isinstance(second, Offset) and first.base == second.base:
        lengths = _lengths(first.period, second.period)
        if lengths is not None:
            one, other = first.sign * lengths[0], second.sign * lengths[1]
            return (one > other) - (one < other)
    return None


def _lengths(first: Period, second: Period) -> tuple[int, int] | None:
    """Return both lengths in the one unit that both are written in, or None."""
    for unit in ("months", "days", "seconds"):
        one, other = getattr(first, unit), getattr(second, unit)
        if first == Period(**{unit: one}) and second == Period(**{unit: other}):
            return one, other
    return None
