"""Doubt in a clock: on SQLite it is that of whoever runs the command, and may be wrong.

What falls due by it is recorded for good. So where nothing was recorded for long,
and something would fall due, somebody has to say that the clock is right.
"""

from itertools import islice

import msgspec

from phaseflow.errors import Unconfirmed
from phaseflow.model.calendar import Instant, Period, When, Zone
from phaseflow.model.statement import Consequence
from phaseflow.service.drafting import draft_tick
from phaseflow.service.place import look
from phaseflow.service.words.sentences import followed
from phaseflow.storage.port import Header, Transaction

_UTC = Zone("UTC")
_LOOKED_AT = 50
_SHOWN = 5


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Why a clock is doubted: it says ``at``, ``quiet`` and more after ``newest``.

    ``newest`` is the newest moment recorded in any agreement that is no rehearsal.
    ``passing`` are the first of what would fall due, each with its agreement's label.
    """

    at: Instant
    newest: Instant
    quiet: Period
    passing: tuple[tuple[str, Consequence], ...]

    def __str__(self) -> str:
        """Return both times, and what would fall due between them."""
        falls_due = "\n".join(f"  {label}: {_told(then)}" for label, then in self.passing)
        return (
            f"this machine's clock says {self.at}, and the newest moment recorded in this "
            f"database is {self.newest}, more than {self.quiet} before; by that clock this "
            f"falls due\n{falls_due}"
        )


def refuse_doubtful(transaction: Transaction, header: Header | None) -> None:
    """Do nothing if the clock may be recorded, in the agreement of ``header`` or in a new one.

    Whatever is recorded by a wrong clock anywhere would lend it credit everywhere.

    Raises:
        Unconfirmed: it is in doubt.
    """
    found = doubt(transaction, header)
    if found is not None:
        msg = f"{found}\nNothing was filed; set the clock, or if it is right add --clock-is-right"
        raise Unconfirmed(msg)


def doubt(transaction: Transaction, header: Header | None) -> Doubt | None:
    """Return why the recorder's clock is in doubt, or None.

    Asked from what costs nothing to what costs more.
    """
    quiet = transaction.most_quiet
    if quiet is None or (header is not None and header.is_rehearsal):
        return None
    at = transaction.now()
    if header is not None and _is_near(header.recorded_at, at, quiet):
        return None
    due = transaction.due(at, _LOOKED_AT)
    newest = transaction.newest() if due else None
    if newest is None or _is_near(newest, at, quiet):
        return None
    passing = (
        (one.label, then)
        for one in due
        if (tick := draft_tick(look(transaction, one.id), at)) is not None
        for then in tick.append.entry.then
    )
    shown = tuple(islice(passing, _SHOWN))
    return Doubt(at=at, newest=newest, quiet=quiet, passing=shown) if shown else None


def _is_near(newest: Instant, at: Instant, quiet: Period) -> bool:
    return at <= _UTC.closing(_UTC.plus(When(newest), quiet))


def _told(then: Consequence) -> str:
    return f"{then.at}  {followed(then)}"
