"""Moments as the text writes them: what they are made of, which is first, when they come.

A :class:`Moment` is the expression; the :class:`When` that it comes to is
settled by the :class:`Calendar` of the agreement.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from phaseflow.model.calendar import Date, Period, When, Zone, order_of_periods


class AgreementDay(msgspec.Struct, frozen=True, tag=True):
    """``day N`` of the agreement's own numbering, or a clock time on it."""

    number: int
    time: str | None = None

    def __str__(self) -> str:
        """Return it as written."""
        return f"day {self.number}" + (f"T{self.time}" if self.time else "")


class CalendarDay(msgspec.Struct, frozen=True, tag=True):
    """A date, or a clock time on it, in the agreement's time zone."""

    date: Date
    time: str | None = None

    def __str__(self) -> str:
        """Return it as written."""
        return str(self.date) + (f"T{self.time}" if self.time else "")


class Anchor(msgspec.Struct, frozen=True, tag=True):
    """Something that happens: a state entered, a finding made, a duty discharged.

    ``name`` of a step is ``OBLIGATION.STEP``.
    """

    kind: Literal["state", "finding", "obligation", "step"]
    name: str

    def __str__(self) -> str:
        """Return it as written."""
        return self.name


class Offset(msgspec.Struct, frozen=True, tag=True):
    """A moment plus or minus a period."""

    base: "Moment"
    period: Period
    sign: int = 1

    def __str__(self) -> str:
        """Return it as written."""
        return f"{self.base} {'+' if self.sign > 0 else '-'} {self.period}"


class Choice(msgspec.Struct, frozen=True, tag=True):
    """The earlier, or the later, of several moments.

    ``later_of`` is undetermined while any of them is. ``earlier_of`` is
    determined as soon as one of them is: what has not happened cannot be the
    earlier one. If another comes to be earlier still, the moment moves.
    """

    pick: Literal["earlier_of", "later_of"]
    of: "tuple[Moment, ...]"

    def __str__(self) -> str:
        """Return it as written."""
        return f"{self.pick}: [{', '.join(map(str, self.of))}]"


Moment = AgreementDay | CalendarDay | Anchor | Offset | Choice


def moments_in(moment: Moment) -> Iterator[Moment]:
    """Yield ``moment`` and every moment that it is made of, in the order written."""
    yield moment
    match moment:
        case AgreementDay() | CalendarDay() | Anchor():
            return
        case Offset(base):
            yield from moments_in(base)
        case Choice(_, of):
            for one in of:
                yield from moments_in(one)


def order(first: Moment, second: Moment) -> int | None:
    """Return 1 if ``first`` is the later, -1 if the earlier, 0 if neither; None if unknown.

    Their text alone decides. A whole day counts as its end: a clock time on it
    is before it.

    >>> order(AgreementDay(1), AgreementDay(7)), order(AgreementDay(7), AgreementDay(7, "16:00"))
    (-1, 1)
    >>> order(Anchor("state", "phase_1"), AgreementDay(7)) is None
    True
    """
    if first == second:
        return 0
    if isinstance(first, AgreementDay) and isinstance(second, AgreementDay):
        is_later = (first.number, _clock(first)) > (second.number, _clock(second))
        return 1 if is_later else -1
    if isinstance(first, CalendarDay) and isinstance(second, CalendarDay):
        is_later = (first.date, _clock(first)) > (second.date, _clock(second))
        return 1 if is_later else -1
    return _order_about_an_anchor(first, second)


def _clock(day: AgreementDay | CalendarDay) -> str:
    return "24:00" if day.time is None else day.time


def _order_about_an_anchor(first: Moment, second: Moment) -> int | None:
    if isinstance(second, Offset) and first == second.base:
        return -second.sign
    if not isinstance(first, Offset):
        return None
    if first.base == second:
        return first.sign
    if not isinstance(second, Offset) or first.base != second.base:
        return None
    if first.sign != second.sign:
        return first.sign
    longer = order_of_periods(first.period, second.period)
    return None if longer is None else longer * first.sign


class Calendar(msgspec.Struct, frozen=True):
    """The agreement's time zone and the numbering of its days.

    ``first_number`` is 1 for ``day_1`` and 0 for ``day_0``; ``anchor`` is the
    state (the day it is first entered) or the date finding that fixes it.
    """

    zone: Zone
    first_number: Literal[0, 1] | None = None
    anchor: Anchor | None = None

    def resolve(
        self,
        moment: Moment,
        happened: Callable[[Anchor], When | None],
        first_day: Date | None,
        *,
        closing: bool,
    ) -> When | None:
        """Return the point that ``moment`` names, or None while it is undetermined.

        ``happened`` tells when an anchor happened, ``first_day`` is the day that
        bears ``first_number``. ``closing`` says which edge of a whole day
        counts when days and instants are compared: its end, or its beginning.
        """
        match moment:
            case AgreementDay(number, time):
                if first_day is None or self.first_number is None:
                    return None
                return self._on(first_day.add(days=number - self.first_number), time)
            case CalendarDay(date, time):
                return self._on(date, time)
            case Anchor():
                return happened(moment)
            case Offset(base, period, sign):
                start = self.resolve(base, happened, first_day, closing=closing)
                return None if start is None else self.zone.plus(start, period, sign)
            case Choice(pick, of):
                edge = self.zone.closing if closing else self.zone.opening
                found = [self.resolve(m, happened, first_day, closing=closing) for m in of]
                known = [when for when in found if when is not None]
                if pick == "earlier_of":
                    return min(known, key=edge) if known else None
                return max(known, key=edge) if len(known) == len(found) else None

    def _on(self, day: Date, time: str | None) -> When:
        return When(day) if time is None else When(self.zone.at(day, time))

    def number_of(self, day: Date, first_day: Date | None) -> int | None:
        """Return the number that ``day`` bears, or None while numbering has not begun."""
        if first_day is None or self.first_number is None:
            return None
        return int(first_day.until(day, total="days")) + self.first_number
