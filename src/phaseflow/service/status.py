"""Where an agreement stands, and what may come next."""

import msgspec

from phaseflow.engine.clock import next_due_at
from phaseflow.engine.outcome import Account, Option
from phaseflow.engine.outlook import account, options
from phaseflow.engine.step import foresee
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.state import Due
from phaseflow.model.statement import Consequence
from phaseflow.service import definitions
from phaseflow.service.agreement import Place, look
from phaseflow.service.recorder_clock import Doubt, doubt, moment_of_reading
from phaseflow.storage.port import Store, Transaction

_SETTLED = ("waived", "lapsed", "discharged")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it stands at the moment ``at``.

    ``place`` is caught up to it; ``not_yet_recorded`` is what fell due since
    the newest entry, and stands in no entry yet. ``accounts`` are in the order
    of the file. ``proposals`` are the editions that await consents. ``doubt``
    is why the clock by which something fell due is doubted.
    """

    place: Place
    at: Instant
    not_yet_recorded: tuple[Consequence, ...]
    accounts: tuple[Account, ...]
    proposals: "tuple[Proposal, ...]" = ()
    doubt: Doubt | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An edition to which somebody has consented, and that is not in effect yet."""

    edition: Definition
    given: tuple[str, ...]
    awaited: tuple[str, ...]


class Upcoming(msgspec.Struct, frozen=True, kw_only=True):
    """A due of an obligation whose moment ``at`` is yet to come."""

    account: Account
    due: Due
    at: When


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What may come next, seen from ``view``.

    ``owed`` are the obligations that are short now, ``unverified`` those of
    which something awaits its verifier, ``upcoming`` the dues to come, the
    nearest first.
    """

    view: View
    options: tuple[Option, ...]
    owed: tuple[Account, ...]
    unverified: tuple[Account, ...]
    upcoming: tuple[Upcoming, ...]
    next_due_at: Instant | None


def status(store: Store, name: str, now: str | None = None) -> View:
    """Return the agreement as it stands now, what fell due meanwhile included.

    ``now`` is the clock of a rehearsal, which else stands at the newest entry.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal.
    """
    with store.read() as transaction:
        place = look(transaction, name)
        seen = view(place, moment_of_reading(transaction, place, now))
        return msgspec.structs.replace(
            seen,
            proposals=proposals(transaction, seen.place),
            doubt=doubt(transaction, place.header) if seen.not_yet_recorded else None,
        )


def proposals(transaction: Transaction, place: Place) -> tuple[Proposal, ...]:
    """Return the editions that somebody has consented to, and that are not in effect."""
    by = place.definition.amended_by
    return tuple(
        Proposal(
            edition=definitions.stored(transaction, digest),
            given=tuple(given),
            awaited=by.awaited(given) if by else (),
        )
        for digest, given in place.agreement.amendments.items()
    )


def view(place: Place, at: Instant) -> View:
    """Return ``place`` caught up to ``at`` in memory."""
    definition = place.definition
    outcome = foresee(definition, place.agreement, place.records, at)
    place.records.apply(outcome.changes)
    agreement = outcome.agreement
    return View(
        place=msgspec.structs.replace(place, agreement=agreement),
        at=at,
        not_yet_recorded=outcome.consequences,
        accounts=tuple(account(definition, agreement, name) for name in definition.obligations),
    )


def outlook(store: Store, name: str, now: str | None = None) -> Outlook:
    """Return what can be done now, what keeps the rest from being done, and what falls due.

    Raises:
        StatementInvalid: as :func:`status`.
    """
    seen = status(store, name, now)
    definition, agreement = seen.place.definition, seen.place.agreement
    return Outlook(
        view=seen,
        options=options(definition, agreement, seen.at),
        owed=tuple(account for account in seen.accounts if account.outstanding),
        unverified=tuple(account for account in seen.accounts if account.waiting),
        upcoming=_upcoming(seen),
        next_due_at=next_due_at(definition, agreement),
    )


def _upcoming(seen: View) -> tuple[Upcoming, ...]:
    zone = seen.place.definition.calendar.zone
    if seen.place.definition.is_final(seen.place.agreement.leaf):
        return ()
    ahead = [
        Upcoming(account=account, due=due, at=at)
        for account in seen.accounts
        for due in account.dues
        if (at := due.given or due.at) is not None
        and due.met is None
        and due.standing not in _SETTLED
        and zone.closing(at) > seen.at
    ]
    return tuple(sorted(ahead, key=lambda one: zone.closing(one.at)))
