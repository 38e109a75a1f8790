"""Making a statement out of what a person writes, with a store or with an exported journal."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from phaseflow.errors import Conflict, StatementInvalid
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.canonical import canonical, parse_canonical
from phaseflow.journal.entry import read_entry, text_after
from phaseflow.journal.folder import read_lines, read_source
from phaseflow.journal.privacy import MEMBER, Opening, read_opening
from phaseflow.model.calendar import Instant, When, Zone
from phaseflow.model.definition import Definition
from phaseflow.model.statement import REPORTS, Body, Seen, Statement, parse_body
from phaseflow.service import definitions
from phaseflow.service.agreement import Place, look
from phaseflow.service.record import Filed, Spoken, refuse_without_opening
from phaseflow.service.recorder_clock import read_clock, recorded_at
from phaseflow.service.words.arguments import check_actor, is_of_the_recorder, settled
from phaseflow.service.words.moments import instant, moment
from phaseflow.storage.port import Filter, Store, Transaction


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to say, as a person writes it.

    ``agreement`` is a label, an id, or the beginning of an id. Moments are in the time
    zone of the agreement; without ``occurred_at`` it happened when it is recorded.
    ``now`` sets the clock of a rehearsal. ``expected_position`` is how many entries the
    speaker had seen. ``edition`` is the text that an `amend` proposes, if it is not kept
    already; ``file`` is its name in messages. ``openings`` disclose the private values of
    ``body``. ``body`` is a dictionary if it comes from a file and was not checked yet.
    """

    agreement: str
    actor: str
    kind: str
    body: Body | dict[str, Any]
    nonce: str
    occurred_at: str | None = None
    now: str | None = None
    expected_position: int | None = None
    is_on_record: bool = False
    edition: bytes | None = None
    file: str = "the new edition"
    openings: tuple[Opening, ...] = ()

    @property
    def members(self) -> dict[str, Any]:
        """What is said, by the names of the journal format, as it is written."""
        if isinstance(self.body, dict):
            return self.body
        members: dict[str, Any] = msgspec.to_builtins(self.body)
        return members

    def repeated(self, transaction: Transaction, place: Place) -> Filed | None:
        """Return what was filed under the same nonce before.

        Raises:
            Conflict: that says something else.
        """
        row = transaction.by_nonce(place.header.id, self.actor, self.nonce)
        if row is None:
            return None
        entry = read_entry(row.line)
        # Read by the text that was in effect then.
        definition = definitions.stored(transaction, entry.stmt.definition)
        body, kept = _body(definition, place, self), entry.stmt.body
        if self.openings:
            # Each time the private words get another salt, but they are the same words.
            body = _disclosed(body, self.openings)
            lines = transaction.papers(place.header.id).disclosures().values()
            kept = _disclosed(kept, map(read_opening, lines))
        if (entry.stmt.kind, kept) != (self.kind, body):
            msg = (
                f"the nonce {self.nonce} was used by {self.actor} for entry {row.seq} "
                f"({row.kind}), which says something else; leave --nonce out to file this anew"
            )
            raise Conflict(msg)
        return Filed(place=place, entry=entry, hash=row.hash, is_repeat=True)

    def recorded_at(self, place: Place, clock: Instant) -> Instant:
        """Return the moment of recording.

        Raises:
            StatementInvalid: as :func:`recorded_at`.
        """
        return recorded_at(place, clock, self.now)

    def spoken(self, transaction: Transaction, place: Place, at: Instant) -> Spoken:
        """Return it as a statement."""
        if self.kind == "redact":
            refuse_without_opening(transaction, place.header.id, self.members["commitment"])
        seen = seen_by(transaction, place, self.expected_position)
        return Spoken(
            statement=_statement(place, self, seen, at),
            edition=_edition(transaction, self),
            source=self.edition,
            openings=self.openings,
            forgotten=self.members["commitment"] if self.kind == "redact" else None,
        )


def was_filed(store: Store, filing: Filing) -> bool:
    """Tell whether this was filed before, under its nonce: then it needs no signature now.

    Raises:
        Conflict: its nonce was used for something else.
    """
    with store.read() as transaction:
        return filing.repeated(transaction, look(transaction, filing.agreement)) is not None


def compose(store: Store, filing: Filing) -> Statement:
    """Return the statement, to be signed; nothing is filed.

    Raises:
        StatementInvalid: it is malformed, or names what is not there.
        Conflict: somebody acted first.
    """
    with store.read() as transaction:
        place = look(transaction, filing.agreement)
        at = filing.recorded_at(place, read_clock(transaction, place.header))
        return filing.spoken(transaction, place, at).statement


def compose_offline(filing: Filing, clock: Instant) -> Statement:
    """Return the statement, to be signed; ``filing.agreement`` is the directory of a bundle.

    Its author has seen what the bundle holds, which is verified first.

    Raises:
        JournalBroken: the bundle does not verify.
        StatementInvalid: it is malformed, or names what is not there.
        Conflict: the copy does not hold as many entries as are expected.
    """
    bundle = Path(filing.agreement)
    report = verify_bundle(bundle, None)
    digest = _in_effect(bundle)
    definition = definitions.check(read_source(bundle, digest), f"definition {digest[:12]}")
    if filing.expected_position not in (None, report.entries):
        msg = (
            f"position {filing.expected_position} was expected, but {bundle} holds "
            f"{report.entries} entries"
        )
        raise Conflict(msg)
    if not is_of_the_recorder(filing.actor, filing.kind):
        check_actor(definition, filing.actor)
    body = settled(definition, filing.actor, filing.kind, filing.members)
    parse_body(filing.kind, body)
    zone = definition.calendar.zone
    at = Instant.from_timestamp(int(clock.timestamp()))
    if report.is_rehearsal:
        if filing.now is None:
            msg = f"{bundle} is of a rehearsal, whose clock stands where you say; add --now MOMENT"
            raise StatementInvalid(msg)
        at = instant(zone, filing.now, "now")
    return Statement(
        agreement=report.agreement,
        definition=digest,
        actor=filing.actor,
        kind=filing.kind,
        body=parse_canonical(canonical(body)),
        nonce=filing.nonce,
        occurred_at=str(occurred(zone, filing, at)),
        seen=Seen(hash=report.head, seq=report.entries - 1),
    )


def _body(definition: Definition, place: Place, filing: Filing) -> dict[str, Any]:
    """Return the body as the journal spells it: what is stepped now is what a replay will read."""
    if not is_of_the_recorder(filing.actor, filing.kind):
        check_actor(definition, filing.actor)
    former = place.agreement.former
    body = settled(definition, filing.actor, filing.kind, filing.members, former)
    parse_body(filing.kind, body)
    spelled: dict[str, Any] = parse_canonical(canonical(body))
    return spelled


def _disclosed(body: dict[str, Any], openings: Iterable[Opening]) -> dict[str, Any]:
    """Return ``body`` with the words in place of the commitments that ``openings`` disclose."""
    words = {opening.commitment: opening.value for opening in openings}

    def read(said: Any) -> Any:
        if not isinstance(said, dict) or said[MEMBER] not in words:
            return said
        return ("disclosed", words[said[MEMBER]])

    disclosed = body | {"sources": [read(source) for source in body.get("sources", ())]}
    return disclosed | {"text": read(body.get("text"))}


def seen_by(transaction: Transaction, place: Place, expected: int | None) -> Seen:
    """Return the newest entry that the speaker had seen; ticks since then are no conflict.

    ``expected`` is how many entries that were, None: all.

    Raises:
        Conflict: others filed since.
    """
    header = place.header
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


def _statement(place: Place, filing: Filing, seen: Seen, at: Instant) -> Statement:
    return Statement(
        agreement=place.header.id,
        definition=place.header.definition,
        actor=filing.actor,
        kind=filing.kind,
        body=_body(place.definition, place, filing),
        nonce=filing.nonce,
        occurred_at=str(occurred(place.definition.calendar.zone, filing, at)),
        seen=seen,
    )


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
    return definitions.kept(transaction, filing.members["definition"])


def occurred(zone: Zone, filing: Filing, at: Instant) -> When:
    """Return when it happened, as the statement says it; ``at`` if nothing was said."""
    if filing.occurred_at is None:
        return When(at)
    said = moment(zone, filing.occurred_at, "at")
    # The journal wants an instant of acts; of a day, its beginning says enough.
    return said if filing.kind in REPORTS else When(zone.opening(said))


def _in_effect(bundle: Path) -> str:
    """Return the digest of the text in effect."""
    digest = ""
    for line in read_lines(bundle):
        digest = text_after(read_entry(line), digest)
    return digest
