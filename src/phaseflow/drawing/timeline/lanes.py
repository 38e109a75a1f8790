"""What was due against what was delivered, obligation by obligation, before it is drawn."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from phaseflow.model.calendar import Date, Every
from phaseflow.model.state import Standing


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """So many units in all by a day; ``units`` None: unknown, no report counts."""

    day: Date
    units: int | None


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """A step, or a single act: the days on which it is due and was done, None where there is none.

    ``claimed`` is the first day on which it is said to have been done, attested or not.
    Where the agreement ended before it was due, ``is_disarmed``, and no day stands.
    """

    name: str
    due: Date | None
    done: Date | None
    claimed: Date | None
    standing: Standing
    is_late: bool
    is_disarmed: bool = False


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A state, the day on which the agreement entered it, and by which transition."""

    state: str
    title: str
    since: Date
    by: str


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Days from ``first`` to ``last``, inclusive."""

    first: Date
    last: Date


LaneForm = Literal["amount", "steps", "rate", "restraint"]
Look = Literal["sums", "deeds", "periods", "spans"]


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation along the days.

    ``due``, ``done`` (what counts, verified where the text wants that) and
    ``claimed`` (what was said) are cumulative, of a rate for each period, which
    is as long as ``every``. Violations of a restraint are ``done``, ``claimed``
    those that were alleged, ``held`` the days on which it bound. Steps and single acts
    have ``deeds``. ``form`` is the one whose marks it has: debts in return, and rates that
    are averaged, have those of an amount. ``periods_short`` of a rate are short, those of
    an unverified one without a report included. What is due so far and delivered in all
    stands at the end; ``is_reported`` tells whether anybody ever reported on it.
    """

    obligation: str
    who: str
    between: str
    title: str
    unit: str
    standing: Standing
    form: LaneForm
    every: Every | None = None
    due: tuple[Level, ...] = ()
    done: tuple[Level, ...] = ()
    claimed: tuple[Level, ...] = ()
    deeds: tuple[Deed, ...] = ()
    held: tuple[Stretch, ...] = ()
    violations: int = 0
    due_so_far: int = 0
    delivered: int = 0
    periods_short: int = 0
    is_reported: bool = False

    @property
    def days(self) -> Iterator[Date]:
        """The days on which something stands."""
        yield from (mark.day for mark in (*self.due, *self.done, *self.claimed))
        for span in self.held:
            yield from (span.first, span.last)
        for deed in self.deeds:
            yield from (day for day in (deed.due, deed.done, deed.claimed) if day is not None)

    @property
    def look(self) -> Look:
        """How a chart draws it: a single act as the deed that it is."""
        match self.form:
            case "amount":
                return "deeds" if self.deeds else "sums"
            case "steps":
                return "deeds"
            case "rate":
                return "periods"
            case "restraint":
                return "spans"

    @property
    def is_claimed_apart(self) -> bool:
        """Whether what was said differs from what counts, and is shown beside it."""
        match self.look:
            case "deeds":
                return False
            case "periods":
                done = {mark.day: mark.units for mark in self.done}
                return any(done.get(mark.day) not in {None, mark.units} for mark in self.claimed)
            case "sums" | "spans":
                return self.claimed not in {(), self.done}


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Lanes from the day ``first`` to the day ``last``, inclusive; ``now`` lies between.

    ``first_day`` bears ``first_number`` in the agreement's own numbering. All days
    are those of ``time_zone``. ``beginning`` is the state before the first move.
    ``silent`` are the obligations of which nothing can be shown yet.
    """

    title: str
    subtitle: str
    time_zone: str
    first: Date
    last: Date
    now: Date
    first_day: Date | None
    first_number: int
    beginning: str
    stays: tuple[Stay, ...]
    lanes: tuple[Lane, ...]
    silent: tuple[str, ...]

    def number(self, day: Date) -> int | None:
        """Return the number that ``day`` bears, None while numbering has not begun."""
        if self.first_day is None:
            return None
        return days_between(self.first_day, day) + self.first_number


def days_between(first: Date, last: Date) -> int:
    """Return how many days ``last`` lies after ``first``."""
    return int(first.until(last, total="days"))
