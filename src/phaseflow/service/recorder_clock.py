"""The recorder's clock: what it says, where somebody sets that of a rehearsal, and doubt in it.

On SQLite it is the clock of whoever runs the command, and may be wrong. What falls
due by it is recorded for good. So where nothing was recorded for long, and something
would fall due, somebody has to say that the clock is right.
"""

from itertools import islice

import msgspec

from phaseflow.errors import StatementInvalid, Unconfirmed
from phaseflow.model.calendar import Instant, Period, When, Zone
from phaseflow.model.statement import Consequence
from phaseflow.service.agreement import Place, look
from phaseflow.service.next_entry import draft_tick
from phaseflow.service.vouched import signed_checkpoints
from phaseflow.service.words.moments import moment
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


def read_clock(transaction: Transaction, header: Header) -> Instant:
    """Return the recorder's clock, but never a moment before a checkpoint that is signed.

    An entry after a checkpoint is not older than it (journal format, §7), even
    where the clock was set back in between. One that does not verify sets no clock.
    """
    moments = [
        Instant.parse_iso(signed.checkpoint.at)
        for signed in signed_checkpoints(transaction, header.id, header.position)
        if signed.checkpoint.head == header.head
    ]
    return max([transaction.now(), *moments])


def recorded_at(place: Place, clock: Instant, now: str | None) -> Instant:
    """Return the moment of recording: the clock, but never before the newest entry.

    The clock of a rehearsal is its ``now``.

    Raises:
        StatementInvalid: it is a rehearsal without ``now``, or as :func:`set_clock`.
    """
    if now is not None:
        return set_clock(place, now)
    if place.header.is_rehearsal:
        newest = place.definition.calendar.zone.local(place.header.recorded_at)
        msg = (
            f"{place.header.label} is a rehearsal, and its clock stands where you say; add --now "
            f"MOMENT, not before its newest entry, which was recorded {newest}"
        )
        raise StatementInvalid(msg)
    return max(clock, place.header.recorded_at)


def set_clock(place: Place, now: str) -> Instant:
    """Return the moment to which somebody sets the clock of a rehearsal.

    A day is its beginning, or the newest entry if that is of the same day.

    Raises:
        StatementInvalid: it is no rehearsal; ``now`` is no moment, or before the newest entry.
    """
    header, zone = place.header, place.definition.calendar.zone
    if not header.is_rehearsal:
        msg = (
            "the clock of this agreement is the recorder's; --now is for agreements "
            "opened with --rehearsal"
        )
        raise StatementInvalid(msg)
    said = moment(zone, now, "now")
    if zone.closing(said) < header.recorded_at:
        msg = (
            f"--now {now} is before the newest entry, recorded "
            f"{zone.local(header.recorded_at)}; a clock does not go back"
        )
        raise StatementInvalid(msg)
    return max(zone.opening(said), header.recorded_at)


def moment_of_reading(transaction: Transaction, place: Place, now: str | None) -> Instant:
    """Return the moment at which it is looked at, never before the newest entry.

    A rehearsal's clock is ``now``, else it stands at the newest entry.

    Raises:
        StatementInvalid: as :func:`set_clock`.
    """
    if now is not None:
        return set_clock(place, now)
    newest = place.header.recorded_at
    if place.header.is_rehearsal:
        return newest
    return max(read_clock(transaction, place.header), newest)


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
