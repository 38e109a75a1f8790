"""Filing a statement: what anybody says, put into the journal with all that follows."""

from typing import Any

import msgspec

from phaseflow.engine.outcome import Refusal
from phaseflow.engine.step import refuse_on_record, step
from phaseflow.errors import Conflict, Refused, StatementInvalid
from phaseflow.journal.canonical import canonical, parse_canonical
from phaseflow.journal.entry import Entry, read_entry
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.statement import REPORTS, Seen, Statement, parse_body
from phaseflow.service import definitions
from phaseflow.service.drafting import Draft, draft, draft_tick, draft_ticks
from phaseflow.service.moments import instant, moment
from phaseflow.service.place import Place, hold, look
from phaseflow.service.wording import check_actor, settled
from phaseflow.storage.port import Filter, Store, Transaction


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to say, as a person writes it.

    ``agreement`` is a label, an id or the beginning of one; moments are of the
    agreement's time zone. ``occurred_at`` None: at the moment of recording.
    ``now`` is the clock of a rehearsal. ``expected_position`` is how many
    entries the speaker had seen. ``edition`` is the text that an `amend` proposes,
    unless it is kept already; ``file`` names it in faults.
    """

    agreement: str
    actor: str
    kind: str
    body: dict[str, Any]
    nonce: str
    occurred_at: str | None = None
    now: str | None = None
    expected_position: int | None = None
    is_on_record: bool = False
    edition: bytes | None = None
    file: str = "the new edition"


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A filed statement, and the place after it.

    ``ticks`` are the entries of what had fallen due before. ``is_repeat``: it
    had been filed before, under the same nonce, and nothing was filed now.
    ``is_dry_run``: it is only what would be filed.
    """

    place: Place
    entry: Entry
    hash: str
    ticks: tuple[Entry, ...] = ()
    is_repeat: bool = False
    is_dry_run: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the act was refused, and filed with its reasons."""
        return any(consequence.kind == "refused" for consequence in self.entry.then)


def file(store: Store, filing: Filing) -> Filed:
    """File a statement in one transaction, and return the entry.

    What fell due before is filed first. After a long sleep that is more than
    one entry; then each but the last is committed by itself.

    Raises:
        StatementInvalid: it is malformed, or names what is not there.
        Refused: the agreement does not allow it; nothing is filed.
        Conflict: somebody acted first, or the nonce was used for something else.
    """
    ticks: list[Entry] = []
    while True:
        with store.write() as transaction:
            place = hold(transaction, filing.agreement)
            repeated = _repeated(transaction, place, filing)
            if repeated is not None:
                return repeated
            filing_now = _settle(place.definition, place, filing)
            at = recorded_at(place, transaction.now(), filing)
            seen = _seen(transaction, place, filing)
            tick = draft_tick(place, at)
            if tick is not None:
                transaction.append(place.header.id, tick.append)
                ticks.append(tick.append.entry)
                place = tick.place
                if place.agreement.clock < at:
                    continue
            edition = _edition(transaction, filing_now)
            drafted = _draft(place, filing_now, seen, at, edition)
            if edition is not None and filing.edition is not None:
                transaction.add_definition(edition, filing.edition)
            transaction.append(place.header.id, drafted.append)
        return _filed(drafted, ticks)


def try_out(store: Store, filing: Filing) -> Filed:
    """Return what :func:`file` would file, over a read-only transaction.

    Raises:
        StatementInvalid: as :func:`file`.
        Refused: as :func:`file`.
        Conflict: as :func:`file`.
    """
    with store.read() as transaction:
        place = look(transaction, filing.agreement)
        repeated = _repeated(transaction, place, filing)
        if repeated is not None:
            return repeated
        filing_now = _settle(place.definition, place, filing)
        at = recorded_at(place, transaction.now(), filing)
        seen = _seen(transaction, place, filing)
        ticks = []
        for tick in draft_ticks(place, at):
            ticks.append(tick.append.entry)
            place = tick.place
        drafted = _draft(place, filing_now, seen, at, _edition(transaction, filing_now))
    return msgspec.structs.replace(_filed(drafted, ticks), is_dry_run=True)


def recorded_at(place: Place, clock: Instant, filing: Filing) -> Instant:
    """Return the moment of recording: the clock, but never before the newest entry.

    The clock of a rehearsal is its ``now``, or follows what is said to have
    happened.

    Raises:
        StatementInvalid: a ``now`` was given, and this is no rehearsal.
    """
    if place.header.is_rehearsal:
        zone = place.definition.calendar.zone
        said = filing.now or filing.occurred_at
        clock = instant(zone, said, "now") if said else place.header.recorded_at
    else:
        refuse_now(filing.now)
    return max(clock, place.header.recorded_at)


def refuse_now(now: str | None) -> None:
    """Do nothing if ``now`` is not given.

    Raises:
        StatementInvalid: it is: only a rehearsal's clock can be set.
    """
    if now is not None:
        msg = (
            "the clock of this agreement is the recorder's; --now is for agreements "
            "opened with --rehearsal"
        )
        raise StatementInvalid(msg)


def _settle(definition: Definition, place: Place, filing: Filing) -> Filing:
    check_actor(definition, filing.actor)
    former = place.agreement.former
    body = settled(definition, filing.actor, filing.kind, filing.body, former)
    parse_body(filing.kind, body)
    # As the journal spells it: what is stepped now is what a replay will read.
    body = parse_canonical(canonical(body))
    return msgspec.structs.replace(filing, body=body)


def _repeated(transaction: Transaction, place: Place, filing: Filing) -> Filed | None:
    """Return what was filed under the same nonce, read by the text that was in effect then."""
    row = transaction.by_nonce(place.header.id, filing.actor, filing.nonce)
    if row is None:
        return None
    entry = read_entry(row.line)
    filing = _settle(definitions.stored(transaction, entry.stmt.definition), place, filing)
    if (entry.stmt.kind, entry.stmt.body) != (filing.kind, filing.body):
        msg = (
            f"the nonce {filing.nonce} was used by {filing.actor} for entry {row.seq} "
            f"({row.kind}), which says something else; leave --nonce out to file this anew"
        )
        raise Conflict(msg)
    return Filed(place=place, entry=entry, hash=row.hash, is_repeat=True)


def _seen(transaction: Transaction, place: Place, filing: Filing) -> Seen:
    """Return the newest entry that the speaker had seen; ticks since then are no conflict."""
    header, expected = place.header, filing.expected_position
    if expected is None or expected == header.position:
        return Seen(hash=header.head, seq=header.position - 1)
    known = transaction.entry(header.id, expected - 1)
    if known is None:
        msg = f"position {expected} was expected, but the journal has {header.position} entries"
        raise Conflict(msg)
    since = transaction.entries(header.id, Filter(first=expected))
    newer = [row for row in since if row.kind != "tick"]
    if newer:
        did = "\n".join(f"  {row.seq}  {row.kind} by {row.actor}" for row in newer[:10])
        more = f"\n  and {len(newer) - 10} more" if len(newer) > 10 else ""  # noqa: PLR2004
        msg = (
            f"somebody acted first: position {expected} was expected, it is {header.position} now; "
            f"look at what was filed since, then try again\n{did}{more}"
        )
        raise Conflict(msg)
    return Seen(hash=known.hash, seq=known.seq)


def _edition(transaction: Transaction, filing: Filing) -> Definition | None:
    """Return the text that an `amend` proposes.

    Raises:
        DefinitionInvalid: it has faults.
        StatementInvalid: it was not given, and is not kept.
    """
    if filing.kind != "amend":
        return None
    if filing.edition is not None:
        return definitions.check(filing.edition, filing.file)
    # Of this store: another one in this process may know it, and a replay would not.
    return transaction.definition(filing.body["definition"])


def _draft(
    place: Place, filing: Filing, seen: Seen, at: Instant, edition: Definition | None
) -> Draft:
    statement = Statement(
        agreement=place.header.id,
        definition=place.header.definition,
        actor=filing.actor,
        kind=filing.kind,
        body=filing.body,
        nonce=filing.nonce,
        occurred_at=str(_occurred(place, filing, at)),
        seen=seen,
    )
    outcome = step(place.definition, place.agreement, place.records, statement, at, edition)
    if isinstance(outcome, Refusal):
        if not filing.is_on_record:
            msg = f"{filing.kind} by {filing.actor} is refused"
            raise Refused(msg, outcome.reasons)
        outcome = refuse_on_record(place.agreement, outcome, at)
    return draft(place, statement, outcome, at, edition)


def _occurred(place: Place, filing: Filing, at: Instant) -> When:
    if filing.occurred_at is None:
        return When(at)
    zone = place.definition.calendar.zone
    occurred = moment(zone, filing.occurred_at, "at")
    # The journal wants an instant of acts; of a day, its beginning says enough.
    return occurred if filing.kind in REPORTS else When(zone.opening(occurred))


def _filed(drafted: Draft, ticks: list[Entry]) -> Filed:
    return Filed(
        place=drafted.place,
        entry=drafted.append.entry,
        hash=drafted.append.sealed.hash,
        ticks=tuple(ticks),
    )
