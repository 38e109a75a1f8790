"""Filing a statement that was composed, and perhaps signed, elsewhere: at home, or in the field."""

import msgspec

from phaseflow import untrusted_files
from phaseflow.engine.acts import terms_of
from phaseflow.errors import Conflict, JournalBroken, StatementInvalid
from phaseflow.journal.entry import read_entry, read_statement, statement_line, text_after
from phaseflow.journal.keyfile import refuse_private
from phaseflow.journal.privacy import Opening, commitments
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.statement import KINDS, Statement
from phaseflow.service import definitions
from phaseflow.service.agreement import Place
from phaseflow.service.compose import seen_by
from phaseflow.service.record import Filed, Spoken, is_refused, refuse_without_opening
from phaseflow.service.recorder_clock import recorded_at
from phaseflow.service.words.arguments import check_actor, is_of_the_recorder
from phaseflow.storage.port import Filter, Transaction


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it was handed in.

    ``signature`` is that under its canonical line, None if it has none.
    ``edition`` is the text that an `amend` proposes, unless it is kept
    already. ``openings`` disclose its private values. ``now`` is the clock of a
    rehearsal. ``expected_position`` is how many entries there must be still, as
    its author insists.
    """

    statement: Statement
    signature: str | None = None
    edition: bytes | None = None
    file: str = "the new edition"
    openings: tuple[Opening, ...] = ()
    is_on_record: bool = False
    now: str | None = None
    expected_position: int | None = None

    @property
    def agreement(self) -> str:
        """The id of its agreement."""
        return self.statement.agreement

    @property
    def kind(self) -> str:
        """What kind of statement it is."""
        return self.statement.kind

    def repeated(self, transaction: Transaction, place: Place) -> Filed | None:
        """Return the entry of this very statement, if it was filed before.

        Raises:
            Conflict: its nonce was used for something else.
        """
        statement = self.statement
        row = transaction.by_nonce(place.header.id, statement.actor, statement.nonce)
        if row is None:
            return None
        entry = read_entry(row.line)
        if entry.stmt != statement:
            msg = (
                f"the nonce of this statement was used by {statement.actor} for entry {row.seq} "
                f"({row.kind}), which says something else; compose and sign it anew"
            )
            raise Conflict(msg)
        return Filed(place=place, entry=entry, hash=row.hash, is_repeat=True)

    def recorded_at(self, place: Place, clock: Instant) -> Instant:
        """Return the moment of recording."""
        return recorded_at(place, clock, self.now)

    def spoken(self, transaction: Transaction, place: Place, at: Instant) -> Spoken:  # noqa: ARG002
        """Return it, if it fits what its author had seen."""
        statement = self.statement
        if not is_of_the_recorder(statement.actor, statement.kind):
            check_actor(place.definition, statement.actor)
        _check_seen(transaction, place, statement)
        _check_not_withdrawn(transaction, place, statement)
        if self.expected_position is not None:
            seen_by(transaction, place, self.expected_position)
        forgotten = statement.body["commitment"] if statement.kind == "redact" else None
        if forgotten is not None:
            if self.signature is None:
                # Anybody may have written it, and what is destroyed does not come back.
                msg = (
                    "an unsigned paper destroys nothing; the recorder does it where the opening "
                    "is kept: phaseflow redact"
                )
                raise StatementInvalid(msg)
            refuse_without_opening(transaction, place.header.id, forgotten)
        known = set(commitments(statement))
        for opening in self.openings:
            if opening.commitment not in known:
                msg = (
                    f"an opening discloses {opening.commitment}, which the statement does not hold"
                )
                raise StatementInvalid(msg)
        return Spoken(
            statement=statement,
            signature=self.signature,
            edition=self._edition(transaction),
            source=self.edition,
            openings=self.openings,
            forgotten=forgotten,
        )

    def _edition(self, transaction: Transaction) -> Definition | None:
        if self.statement.kind != "amend":
            return None
        if self.edition is None:
            # Not one that was only read, by this process or for another store.
            return definitions.kept(transaction, self.statement.body["definition"])
        return definitions.check(self.edition, self.file)


def read_handed_in(content: bytes, file: str) -> Statement:
    """Return the statement that a file holds: one canonical line, as it is signed.

    Raises:
        StatementInvalid: it is no such line.
    """
    try:
        return read_statement(content.decode())
    except (UnicodeDecodeError, JournalBroken) as error:
        refuse_private(
            untrusted_files.decoded(content, errors="replace"), f"{file} is to be a statement"
        )
        if _is_rewritten(content):
            msg = (
                f"{file}: it {untrusted_files.rewritten(content)}, written by another system or an editor: "
                "what is signed are other bytes; draft it again with --output FILE, and sign that "
                "file as it is"
            )
        else:
            problem = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
            msg = f"{file}: {problem}; hand in the line as it was signed, byte for byte"
        raise StatementInvalid(msg) from error


def _is_rewritten(content: bytes) -> bool:
    """Tell whether it would be a statement if no other system had written it."""
    try:
        read_statement(untrusted_files.restored(content))
    except (UnicodeDecodeError, JournalBroken):
        return False
    return True


def signed_bytes(statement: Statement) -> bytes:
    """Return what a person signs."""
    return statement_line(statement).encode()


def _check_seen(transaction: Transaction, place: Place, statement: Statement) -> None:
    """Check that ``seen`` is an entry of this journal, and names the text in effect there.

    Raises:
        StatementInvalid: it does not.
    """
    header, seen = place.header, statement.seen
    row = None if seen is None else transaction.entry(header.id, seen.seq)
    if seen is None or row is None or row.hash != seen.hash:
        msg = (
            f"its author had seen another history than that of {header.label}: "
            f"entry {'-' if seen is None else seen.seq} is not the one it names; compare the bundles"
        )
        raise Conflict(msg)
    if statement.definition != _in_effect(transaction, place, seen.seq):
        msg = "it does not name the edition that was in effect when its author last looked"
        raise StatementInvalid(msg)


def _check_not_withdrawn(transaction: Transaction, place: Place, statement: Statement) -> None:
    """Check that a consent is not older than its withdrawal, as a second paper of it would be.

    Raises:
        Conflict: its author took it back since.
    """
    if not KINDS[statement.kind].can_be_withdrawn or statement.seen is None:
        return
    wanted = Filter(kinds=("withdraw",), actor=statement.actor, first=statement.seen.seq + 1)
    for row in transaction.entries(place.header.id, wanted):
        entry = read_entry(row.line)
        if terms_of(entry.stmt) == terms_of(statement) and not is_refused(entry):
            msg = (
                f"{statement.actor} took this consent back in entry {row.seq}, which this paper "
                "had not seen; if it is given again, compose and sign it anew"
            )
            raise Conflict(msg)


def _in_effect(transaction: Transaction, place: Place, seq: int) -> str:
    """Return the digest of the text that applied after entry ``seq``."""
    found = ""
    for row in transaction.entries(place.header.id, Filter(kinds=("open", "amend"))):
        if row.seq > seq:
            break
        found = text_after(read_entry(row.line), found)
    return found
