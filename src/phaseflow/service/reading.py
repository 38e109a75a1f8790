"""Reading an agreement: where it stands, what can be done, what was said."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from phaseflow.engine.clock import next_due_at
from phaseflow.engine.outcome import Account, Option
from phaseflow.engine.outlook import account, options
from phaseflow.engine.step import foresee
from phaseflow.errors import StatementInvalid
from phaseflow.journal.entry import Entry, read_entry
from phaseflow.journal.privacy import commitments, read_opening
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.state import Due
from phaseflow.model.statement import KINDS, Consequence
from phaseflow.service import definitions, recording
from phaseflow.service.clock_doubt import Doubt, doubt
from phaseflow.service.filing import set_clock
from phaseflow.service.place import Place, find, look, suggestion
from phaseflow.service.words.arguments import full_name
from phaseflow.service.words.moments import moment
from phaseflow.storage.port import Filter, Header, Row, Store, Transaction

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


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement in a list, with the text it is about."""

    header: Header
    definition: Definition


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries a reader wants, as a person writes it.

    ``since`` and ``until`` are both inclusive: of a day, the whole day.
    """

    kinds: tuple[str, ...] = ()
    party: str | None = None
    obligation: str | None = None
    since: str | None = None
    until: str | None = None
    newest: int | None = None


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as stored, and parsed."""

    row: Row
    entry: Entry


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one agreement, in order.

    ``disclosed`` are the private values of a single entry that are kept here, by
    commitment.
    """

    header: Header
    definition: Definition
    first_day: Date | None
    entries: Sequence[ShownEntry]
    disclosed: dict[str, object] = {}


def listed(store: Store) -> list[Listed]:
    """Return all agreements, by label."""
    with store.read() as transaction:
        return [
            Listed(header=header, definition=definitions.stored(transaction, header.definition))
            for header in transaction.headers()
        ]


def status(store: Store, name: str, now: str | None = None) -> View:
    """Return the agreement as it stands now, what fell due meanwhile included.

    ``now`` is the clock of a rehearsal, which else stands at the newest entry.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal.
    """
    with store.read() as transaction:
        place = look(transaction, name)
        seen = view(place, clock(transaction, place, now))
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


def text(store: Store, name: str, edition: str | None = None) -> bytes:
    """Return the bytes of the text in effect, or of one that was proposed or in effect.

    ``edition`` is its digest, the beginning of one, or what the text calls its edition.

    Raises:
        StatementInvalid: there is no such agreement, or it never named such a text.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        known = definitions.named(transaction, header.id)
        if edition is None:
            return transaction.source(header.definition)
        texts = [definitions.stored(transaction, digest) for digest in known]
        return transaction.source(_chosen(texts, edition))


def _chosen(texts: Sequence[Definition], wanted: str) -> str:
    found = [one.digest for one in texts if one.digest.startswith(wanted)]
    found += [one.digest for one in texts if one.edition == wanted]
    if len(set(found)) == 1:
        return found[0]
    listed = "\n".join(f"  {one.digest}  edition {one.edition}" for one in texts)
    which = "several texts of this agreement are" if found else "no text of this agreement is"
    msg = f"{which} named by {wanted!r}; these were in effect or proposed\n{listed}"
    raise StatementInvalid(msg)


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


def history(store: Store, name: str, wanted: Wanted) -> History:
    """Return the entries that are wanted.

    Raises:
        StatementInvalid: there is no such agreement, party, kind or obligation.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        definition = definitions.stored(transaction, header.definition)
        agreement = transaction.state(header.id)
        rows = transaction.entries(header.id, _filter(definition, agreement.former, wanted))
        return History(
            header=header,
            definition=definition,
            first_day=agreement.first_day,
            entries=[ShownEntry(row=row, entry=read_entry(row.line)) for row in rows],
        )


def lines(store: Store, name: str, wanted: Wanted) -> Iterator[str]:
    """Yield the lines of the entries that are wanted, byte for byte.

    Raises:
        StatementInvalid: as :func:`history`.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        definition = definitions.stored(transaction, header.definition)
        chosen = _filter(definition, transaction.state(header.id).former, wanted)
        for row in transaction.entries(header.id, chosen):
            yield row.line


def show(store: Store, name: str, seq: int) -> History:
    """Return one entry.

    Raises:
        StatementInvalid: there is no such agreement or entry.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        row = transaction.entry(header.id, seq)
        if row is None:
            msg = f"there is no entry {seq}; {header.label} has entries 0 to {header.position - 1}"
            raise StatementInvalid(msg)
        entry = read_entry(row.line)
        kept = transaction.papers(header.id).disclosures()
        return History(
            header=header,
            definition=definitions.stored(transaction, header.definition),
            first_day=transaction.state(header.id).first_day,
            entries=[ShownEntry(row=row, entry=entry)],
            disclosed={
                digest: read_opening(kept[digest]).value
                for digest in commitments(entry.stmt)
                if digest in kept
            },
        )


def clock(transaction: Transaction, place: Place, now: str | None) -> Instant:
    """Return the moment at which it is looked at, never before the newest entry.

    A rehearsal's clock is ``now``, else it stands at the newest entry.

    Raises:
        StatementInvalid: as :func:`.filing.set_clock`.
    """
    if now is not None:
        return set_clock(place, now)
    newest = place.header.recorded_at
    if place.header.is_rehearsal:
        return newest
    return max(recording.clock(transaction, place.header), newest)


def _filter(definition: Definition, former: Collection[str], wanted: Wanted) -> Filter:
    zone = definition.calendar.zone
    for kind in wanted.kinds:
        if kind not in KINDS:
            near = suggestion(kind, KINDS)
            msg = f"{kind!r} is no kind of statement{near}; there are {', '.join(KINDS)}"
            raise StatementInvalid(msg)
    if wanted.party is not None and wanted.party not in {*definition.parties, "recorder"}:
        near = suggestion(wanted.party, definition.parties)
        msg = f"{wanted.party!r} is no party{near}"
        raise StatementInvalid(msg)
    since = until = None
    if wanted.since is not None:
        since = zone.opening(moment(zone, wanted.since, "since"))
    if wanted.until is not None:
        last = moment(zone, wanted.until, "until")
        until = zone.closing(last) if last.is_day else zone.closing(last).add(seconds=1)
    obligation = wanted.obligation
    if obligation is not None and obligation not in former:
        obligation = full_name(definition, obligation)
    return Filter(
        kinds=wanted.kinds,
        actor=wanted.party,
        obligation=obligation,
        since=since,
        until=until,
        newest=wanted.newest,
    )
