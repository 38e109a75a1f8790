"""Recording: a statement put into the journal in one transaction, with all that follows."""

from collections.abc import Callable
from typing import Protocol
from weakref import WeakKeyDictionary

import msgspec

from phaseflow.engine.acts import is_given, terms_of
from phaseflow.engine.outcome import Account, Refusal
from phaseflow.engine.outlook import account
from phaseflow.engine.step import refuse_on_record, step
from phaseflow.errors import PhaseflowError, Refused, StatementInvalid, StoreUnavailable
from phaseflow.journal.checkpoint import Checkpoint
from phaseflow.journal.entry import Entry, read_entry
from phaseflow.journal.keys import Keys
from phaseflow.journal.privacy import Opening
from phaseflow.journal.signature import SignatureInvalid
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.statement import KINDS, RECORDER, Statement
from phaseflow.service.agreement import Place, hold, look
from phaseflow.service.next_entry import NextEntry, draft, draft_tick, draft_ticks
from phaseflow.service.recorder_clock import read_clock, refuse_doubtful
from phaseflow.service.vouched import held_keys, last_signed
from phaseflow.storage.port import Filter, Header, Store, Transaction

# By store: the agreements and kinds of statements for which all is loaded.
_ready: WeakKeyDictionary[Store, set[tuple[str, str]]] = WeakKeyDictionary()


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A statement ready to be recorded.

    ``edition`` is the text that an `amend` names, ``source`` its bytes where
    they may not be kept yet. ``openings`` disclose its private values.
    ``forgotten`` is the commitment whose opening is destroyed with it.
    """

    statement: Statement
    signature: str | None = None
    edition: Definition | None = None
    source: bytes | None = None
    openings: tuple[Opening, ...] = ()
    forgotten: str | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A filed statement, and the place after it.

    ``ticks`` are the entries of what had fallen due before. ``is_repeat``: it was filed
    before under the same nonce, and nothing is filed now. ``stood``: the consent of its
    author stands already, given in ``entry``, and is not filed again under another nonce.
    ``is_dry_run``: nothing was filed; this is what would be. ``checkpoint`` can be signed
    as its receipt. ``awaits_receipt``: the recorder has a key in this agreement, and has
    signed no checkpoint that covers the entry.
    """

    place: Place
    entry: Entry
    hash: str
    ticks: tuple[Entry, ...] = ()
    is_repeat: bool = False
    stood: bool = False
    is_dry_run: bool = False
    checkpoint: Checkpoint | None = None
    awaits_receipt: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the act was refused, and filed with its reasons."""
        return is_refused(self.entry)

    @property
    def awaited(self) -> tuple[str, ...]:
        """Whose consent is still needed to the transition or the edition that it consents to."""
        statement, agreement, definition = (
            self.entry.stmt,
            self.place.agreement,
            self.place.definition,
        )
        if not KINDS[statement.kind].can_be_withdrawn or (self.is_repeat and not self.stood):
            return ()
        if "definition" in statement.body:
            owners = definition.amended_by
            given = agreement.amendments.get(statement.body["definition"])
        else:
            owners = definition.transitions[statement.body["transition"]].owners
            given = agreement.consents.get(statement.body["transition"])
        return owners.awaited(given) if owners is not None and given else ()

    @property
    def surplus(self) -> Account | None:
        """The figures of what was performed, if more was reported in all than is owed in all."""
        name = self.entry.stmt.body.get("obligation")
        definition = self.place.definition
        if self.entry.stmt.kind != "perform" or name not in definition.obligations:
            return None
        form = definition.obligations[name].form
        if form.is_open or form.grows or form.lasts:
            # What is owed in all is not settled yet.
            return None
        figures = account(definition, self.place.agreement, name)
        return figures if figures.reported > figures.total else None


class Saying(Protocol):
    """Something that somebody says, and how it becomes a statement at a place."""

    @property
    def agreement(self) -> str:
        """A label, an id or the beginning of one."""

    @property
    def kind(self) -> str:
        """What kind of statement it becomes."""

    @property
    def is_on_record(self) -> bool:
        """Whether it is filed with the reasons if it is refused."""

    def repeated(self, transaction: Transaction, place: Place) -> Filed | None:
        """Return what was filed under its nonce before.

        Raises:
            Conflict: the nonce was used for something else.
        """

    def recorded_at(self, place: Place, clock: Instant) -> Instant:
        """Return the moment of recording, never before the newest entry."""

    def spoken(self, transaction: Transaction, place: Place, at: Instant) -> Spoken:
        """Return the statement, to be recorded at ``at``.

        Raises:
            StatementInvalid: it cannot be recorded here.
            Conflict: somebody acted first.
        """


def record(store: Store, saying: Saying, *, is_receipted: bool = False) -> Filed:
    """File what is said in one transaction, and return the entry.

    What fell due before is filed first. After a long sleep that is more than
    one entry; then each but the last is committed by itself. With ``is_receipted``
    there is a checkpoint over the entry to be signed, if the recorder has a key
    in this agreement.

    Raises:
        StatementInvalid: it is malformed, names what is not there, or is not signed as it must.
        Refused: the agreement does not allow it; nothing is filed.
        Unconfirmed: the clock is in doubt; nothing is filed.
        Conflict: somebody acted first, or the nonce was used for something else.
    """
    _make_ready(store, saying)
    ticks: list[Entry] = []
    while True:
        with store.write() as transaction:
            place = hold(transaction, saying.agreement)
            keys = held_keys(transaction, place.header.id)
            repeated = saying.repeated(transaction, place)
            if repeated is not None:
                return _receipted(transaction, repeated, keys, is_signed=is_receipted)
            refuse_doubtful(transaction, place.header)
            at = saying.recorded_at(place, read_clock(transaction, place.header))
            spoken = saying.spoken(transaction, place, at)
            tick = draft_tick(place, at)
            if tick is not None:
                transaction.append(place.header.id, tick.append)
                ticks.append(tick.append.entry)
                place = tick.place
                if place.agreement.clock < at:
                    continue
            _check_authorship(keys, spoken)
            drafted = _draft(place, spoken, at, is_on_record=saying.is_on_record)
            filed = _standing(transaction, place, drafted, ticks)
            if filed is None:
                _keep(transaction, spoken, drafted)
                filed = _filed(drafted, ticks)
            return _receipted(transaction, filed, keys, is_signed=is_receipted)


def try_out(store: Store, saying: Saying) -> Filed:
    """Return what :func:`record` would file, signed or not, over a read-only transaction.

    Raises:
        StatementInvalid: as :func:`record`.
        Refused: as :func:`record`.
        Unconfirmed: as :func:`record`.
        Conflict: as :func:`record`.
    """
    with store.read() as transaction:
        return _tried(transaction, saying, check=_check_change)


def _make_ready(store: Store, saying: Saying) -> None:
    """Try the first statement of this process on a view, before its turn to write.

    Others wait while somebody writes. This imports the modules and reads the text and
    the keys beforehand. If the statement is wrong, that is said in its turn.

    Raises:
        StoreUnavailable: as :func:`record`.
    """
    ready = _ready.setdefault(store, set())
    first = (saying.agreement, saying.kind)
    if first in ready:
        return
    ready.add(first)
    try:
        with store.prepare() as transaction:
            _tried(transaction, saying, check=_check_authorship)
    except StoreUnavailable:
        raise
    except PhaseflowError:
        pass


def _tried(
    transaction: Transaction, saying: Saying, check: Callable[[Keys, Spoken], None]
) -> Filed:
    """Return what would be filed; ``check`` holds it against the keys."""
    place = look(transaction, saying.agreement)
    repeated = saying.repeated(transaction, place)
    if repeated is not None:
        return repeated
    refuse_doubtful(transaction, place.header)
    at = saying.recorded_at(place, read_clock(transaction, place.header))
    spoken = saying.spoken(transaction, place, at)
    ticks = []
    for tick in draft_ticks(place, at):
        ticks.append(tick.append.entry)
        place = tick.place
    check(held_keys(transaction, place.header.id), spoken)
    drafted = _draft(place, spoken, at, is_on_record=saying.is_on_record)
    filed = _standing(transaction, place, drafted, ticks) or _filed(drafted, ticks)
    return msgspec.structs.replace(filed, is_dry_run=True)


def refuse_without_opening(transaction: Transaction, agreement: str, commitment: str) -> None:
    """Do nothing if there is an opening of ``commitment`` that could be destroyed.

    Raises:
        StatementInvalid: there is none.
    """
    if commitment not in transaction.papers(agreement).disclosures():
        msg = (
            f"no opening of {commitment} is kept here, or it was destroyed before; "
            "`phaseflow show` tells the commitments of an entry"
        )
        raise StatementInvalid(msg)


def checkpoint_over(transaction: Transaction, header: Header) -> Checkpoint:
    """Return the checkpoint over all entries that there are now, to be signed.

    Its time is that of the newest entry, or the clock if that is later.

    Raises:
        Unconfirmed: the clock is in doubt.
    """
    refuse_doubtful(transaction, header)
    at = header.recorded_at if header.is_rehearsal else max(transaction.now(), header.recorded_at)
    return Checkpoint(
        agreement=header.id, size=header.position, head=header.head, at=at.format_iso()
    )


def _receipted(transaction: Transaction, filed: Filed, keys: Keys, *, is_signed: bool) -> Filed:
    """Return ``filed`` with the checkpoint that can be signed as its receipt, if there is to be one."""
    if keys.current(RECORDER) is None:
        return filed
    awaits = not (filed.is_repeat and _has_receipt(transaction, filed))
    checkpoint = checkpoint_over(transaction, filed.place.header) if is_signed else None
    return msgspec.structs.replace(filed, checkpoint=checkpoint, awaits_receipt=awaits)


def _has_receipt(transaction: Transaction, filed: Filed) -> bool:
    header = filed.place.header
    last = last_signed(transaction, header.id, header.position + 1)
    return last is not None and last.checkpoint.size > filed.entry.seq


def _check_change(keys: Keys, spoken: Spoken) -> None:
    keys.check_change(spoken.statement)


def _check_authorship(keys: Keys, spoken: Spoken) -> None:
    try:
        keys.check(spoken.statement, spoken.signature)
    except SignatureInvalid as error:
        if spoken.signature is not None:
            raise
        msg = f"{error}; sign with --sign-with KEY, or hand a signed statement in: phaseflow file"
        raise SignatureInvalid(msg) from error


def _draft(place: Place, spoken: Spoken, at: Instant, *, is_on_record: bool) -> NextEntry:
    statement, edition = spoken.statement, spoken.edition
    outcome = step(place.definition, place.agreement, place.records, statement, at, edition)
    if isinstance(outcome, Refusal):
        if not is_on_record:
            msg = f"{statement.kind} by {statement.actor} is refused"
            raise Refused(msg, outcome.reasons)
        outcome = refuse_on_record(place.agreement, outcome, at)
    return draft(place, statement, outcome, at, signature=spoken.signature, edition=edition)


def _keep(transaction: Transaction, spoken: Spoken, drafted: NextEntry) -> None:
    agreement = drafted.place.header.id
    if spoken.edition is not None and spoken.source is not None:
        transaction.add_definition(spoken.edition, spoken.source)
    transaction.append(agreement, drafted.append)
    for opening in spoken.openings:
        transaction.papers(agreement).disclose(opening.commitment, opening.line)
    if spoken.forgotten is not None:
        transaction.papers(agreement).forget(spoken.forgotten)


def _standing(
    transaction: Transaction, place: Place, drafted: NextEntry, ticks: list[Entry]
) -> Filed | None:
    """Return the entry of a consent that stands already, or None.

    A consent that is refused now may still be filed, with the reasons. The engine accepts
    a second consent, which changes nothing, because journals may hold one.
    """
    statement, then = drafted.append.entry.stmt, drafted.append.entry.then
    if not is_given(place.agreement, statement) or then:
        return None
    wanted = Filter(kinds=(statement.kind,), actor=statement.actor)
    given = (
        (row, entry)
        for row in transaction.entries(place.header.id, wanted)
        if terms_of((entry := read_entry(row.line)).stmt) == terms_of(statement)
        and not is_refused(entry)
    )
    *_, (row, entry) = given
    return Filed(
        place=place, entry=entry, hash=row.hash, ticks=tuple(ticks), is_repeat=True, stood=True
    )


def is_refused(entry: Entry) -> bool:
    """Tell whether an act was refused, and filed with its reasons."""
    return any(consequence.kind == "refused" for consequence in entry.then)


def _filed(drafted: NextEntry, ticks: list[Entry]) -> Filed:
    return Filed(
        place=drafted.place,
        entry=drafted.append.entry,
        hash=drafted.append.sealed.hash,
        ticks=tuple(ticks),
    )
