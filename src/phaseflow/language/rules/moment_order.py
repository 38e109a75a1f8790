"""Which of two moments comes first, as far as a rule finds fault with it."""

from phaseflow.model.calendar import Period
from phaseflow.model.moment import Moment, Offset, order


def compare(first: Moment, second: Moment) -> int | None:
    """Return a negative number when ``first`` comes first, 0 when neither, None if unknown.

    Periods from one anchor are compared only where all are of one unit.
    """
    if isinstance(first, Offset) and isinstance(second, Offset) and first != second:
        is_mixed = len(_units(first.period, second.period)) > 1
        if first.base == second.base and is_mixed:
            return None
    return order(first, second)


def _units(*periods: Period) -> set[str]:
    units = ("months", "days", "seconds")
    return {unit for period in periods for unit in units if getattr(period, unit)}
