"""What is said at the command line: filed once, where twice would count twice."""

from collections.abc import Iterator

import msgspec

from phaseflow.engine.acts import is_given, terms_of
from phaseflow.errors import DefinitionInvalid, SaidBefore, Unconfirmed
from phaseflow.journal.entry import Entry, read_entry
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.state import day_of
from phaseflow.model.statement import KINDS, Statement
from phaseflow.service import definitions
from phaseflow.service.agreement import Place
from phaseflow.service.compose import Filing
from phaseflow.service.handed_in import HandedIn
from phaseflow.service.record import Filed, Spoken, is_refused
from phaseflow.service.texts_alike import differences, pending_like
from phaseflow.service.words.sentences import DIGITS, moment, said
from phaseflow.storage.port import Filter, Transaction

_LATELY = 3600


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that is not filed if its author has said the same before.

    Two statements say the same if they have the same kind and terms, whatever words go
    with them, and the same moment. If no moment was given (``is_dated`` is False), the
    earlier one must have been filed within the last hour. The nonce is compared first.
    """

    saying: Filing | HandedIn
    is_dated: bool

    @property
    def agreement(self) -> str:
        """A label, an id or the beginning of one."""
        return self.saying.agreement

    @property
    def kind(self) -> str:
        """The kind of its statement."""
        return self.saying.kind

    @property
    def is_on_record(self) -> bool:
        """Whether it is filed with the reasons if it is refused."""
        return self.saying.is_on_record

    def repeated(self, transaction: Transaction, place: Place) -> Filed | None:
        """Return what was filed under its nonce before."""
        return self.saying.repeated(transaction, place)

    def recorded_at(self, place: Place, clock: Instant) -> Instant:
        """Return the moment of recording."""
        return self.saying.recorded_at(place, clock)

    def spoken(self, transaction: Transaction, place: Place, at: Instant) -> Spoken:
        """Return the statement.

        Raises:
            SaidBefore: its author has said the same before, or proposes anew what reads
                like a text that is in effect or proposed.
            Unconfirmed: it takes back a consent to such a text.
        """
        spoken = self.saying.spoken(transaction, place, at)
        _refuse_alike(transaction, place, spoken.statement, self.saying)
        same = _same(transaction, place, spoken.statement, at, is_dated=self.is_dated)
        if same is not None:
            raise SaidBefore(_told(place, same))
        return spoken


def _same(
    transaction: Transaction, place: Place, statement: Statement, at: Instant, *, is_dated: bool
) -> Entry | None:
    """Return the newest entry in which its author says the same."""
    if not KINDS[statement.kind].counts_again or is_given(place.agreement, statement):
        return None
    if is_dated:
        near = _of_the_moment(transaction, place, statement)
    else:
        near = _since(transaction, place, statement, at.subtract(seconds=_LATELY))
    same = [
        entry
        for entry in near
        if _is_same(entry, statement)
        and (not is_dated or entry.stmt.occurred_at == statement.occurred_at)
    ]
    return same[-1] if same else None


def _is_same(entry: Entry, statement: Statement) -> bool:
    other = entry.stmt
    is_of_one = (other.actor, other.kind) == (statement.actor, statement.kind)
    return is_of_one and not is_refused(entry) and terms_of(other) == terms_of(statement)


def _of_the_moment(transaction: Transaction, place: Place, statement: Statement) -> Iterator[Entry]:
    """Yield what may speak of the same moment; it cannot have been filed before that.

    Performances are many, and found by their day.
    """
    obligation, occurred = statement.body.get("obligation"), statement.occurred
    if statement.kind != "perform" or obligation not in place.definition.obligations:
        since = place.definition.calendar.zone.opening(occurred)
        yield from _since(transaction, place, statement, since)
        return
    day = day_of(occurred)
    for claim in place.records.claims_between(obligation, day, day):
        # One that was corrected to nothing does not count.
        if claim.actor == statement.actor and claim.claimed:
            row = transaction.entry(place.header.id, claim.entry)
            assert row is not None
            yield read_entry(row.line)


def _since(
    transaction: Transaction, place: Place, statement: Statement, since: Instant
) -> Iterator[Entry]:
    wanted = Filter(kinds=(statement.kind,), actor=statement.actor, since=since)
    for row in transaction.entries(place.header.id, wanted):
        yield read_entry(row.line)


def _told(place: Place, same: Entry) -> str:
    recorded = When(Instant.parse_iso(same.recorded_at))
    at = moment(place.definition, recorded, place.agreement.first_day)
    return (
        f"entry {same.seq}, recorded {at}, says the same: {said(same.stmt)}; filed again it "
        "counts again; if that is meant, add --again"
    )


def _refuse_alike(
    transaction: Transaction, place: Place, statement: Statement, saying: Filing | HandedIn
) -> None:
    """Refuse the edition if a known text reads the same but differs in bytes."""
    if saying.edition is None or statement.body["definition"] in place.agreement.amendments:
        return
    try:
        edition = definitions.check(saying.edition, saying.file)
    except DefinitionInvalid:
        # Proposed, its faults were told before; to take a consent back it need not hold.
        return
    like = pending_like(transaction, place, edition)
    if like is None:
        return
    told = _likeness(transaction, place, like, saying.edition)
    if statement.kind == "withdraw":
        msg = f"there is no consent to this text; {told}; name that file"
        raise Unconfirmed(msg)
    msg = f"{told}, and consent to that one; or propose this one beside it with --again"
    raise SaidBefore(msg)


def _likeness(transaction: Transaction, place: Place, like: Definition, source: bytes) -> str:
    label, digits = place.header.label, like.digest[:DIGITS]
    wanted = Filter(kinds=("open", "amend"))
    entries = (read_entry(row.line) for row in transaction.entries(place.header.id, wanted))
    first = next(one for one in entries if one.stmt.body["definition"] == like.digest)
    texts = (transaction.source(like.digest), source)
    differing = "; ".join(differences(*texts, called=("that one", "this one")))
    return (
        f"it reads the same as edition {like.edition}, {digits}, which entry {first.seq} by "
        f"{first.stmt.actor} names, and differs from it in bytes ({differing}): who consents to "
        f"one does not consent to the other. Write that one to a file with `phaseflow text "
        f"{label} --edition {digits}`"
    )
