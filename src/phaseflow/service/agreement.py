"""Where an agreement stands: its header, its text, its position and its records."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from phaseflow.errors import StatementInvalid, StoreUnavailable
from phaseflow.journal.entry import Entry, hash_of, read_entry, text_after
from phaseflow.model.calendar import Date, Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Changes, Claim, InMemory, RatePeriod, Records
from phaseflow.service import definitions
from phaseflow.service.words.suggestion import suggestion
from phaseflow.storage.port import Append, Header, Transaction


class Overlay:
    """Records with changes on top that are not stored (yet).

    The one copy a step reads, whether its predecessors were appended or only
    drafted: so a dry run sees what a filing would.
    """

    def __init__(self, base: Records) -> None:
        """Begin with no changes."""
        self._base = base
        self._written = InMemory()

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""
        return self._written.claim(entry) or self._base.claim(entry)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Return the claims of ``obligation`` near those days, by entry."""
        below = self._base.claims_between(obligation, first, last)
        found = [claim for claim in below if claim.entry not in self._written.claims]
        found += self._written.claims_between(obligation, first, last)
        return sorted(found, key=lambda claim: claim.entry)

    def period(self, obligation: str, first: Date) -> RatePeriod | None:
        """Return the settled period of ``obligation`` that begins on ``first``."""
        return self._written.period(obligation, first) or self._base.period(obligation, first)

    def apply(self, changes: Changes) -> None:
        """Lay ``changes`` on top."""
        self._written.apply(changes)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it stands after the newest entry, stored or drafted."""

    header: Header
    definition: Definition
    agreement: Agreement
    records: Overlay

    def after(self, append: Append, definition: Definition) -> "Place":
        """Return the place after one more entry, ``definition`` being in effect then.

        The records are shared and moved on.
        """
        self.records.apply(append.changes)
        header = msgspec.structs.replace(
            self.header,
            definition=definition.digest,
            state=append.agreement.leaf,
            position=append.entry.seq + 1,
            head=append.sealed.hash,
            recorded_at=Instant.parse_iso(append.entry.recorded_at),
            next_due_at=append.next_due_at,
        )
        return msgspec.structs.replace(
            self, header=header, definition=definition, agreement=append.agreement
        )


def find(transaction: Transaction, name: str) -> Header:
    """Return the agreement of that label or id, or whose id begins so.

    Raises:
        StatementInvalid: there is none, or there are several.
    """
    found = transaction.find(name)
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  {header.id[:12]}  {header.label}" for header in found)
        msg = f"{name!r} could be any of these; write more digits of the id, or the label\n{listed}"
        raise StatementInvalid(msg)
    labels = [header.label for header in transaction.headers()]
    msg = f"there is no agreement {name!r}{suggestion(name, labels)}; `phaseflow list` shows them"
    raise StatementInvalid(msg)


def _check_header(transaction: Transaction, header: Header) -> None:
    """Check that a header, which is a cache, is that of its journal.

    Raises:
        StoreUnavailable: it is not.
    """
    newest = transaction.entry(header.id, header.position - 1)
    fits = newest is not None and hash_of(newest.line) == header.head
    if fits and newest is not None:
        genesis, text = _turns(tuple(transaction.turning_lines(header.id)))
        fits = (header.definition, header.is_rehearsal, header.recorded_at.format_iso()) == (
            text,
            genesis.stmt.body.get("rehearsal") is True,
            newest.recorded_at,
        )
    if not fits:
        msg = (
            f"the header of {header.label} is not that of its journal; see what "
            f"`phaseflow audit verify {header.label}` says, then `phaseflow db rebuild`"
        )
        raise StoreUnavailable(msg)


@lru_cache(maxsize=256)
def _turns(lines: tuple[str, ...]) -> tuple[Entry, str]:
    """Return entry 0, and the digest of the text in effect after the last of ``lines``."""
    entries = [read_entry(line) for line in lines]
    text = ""
    for entry in entries:
        text = text_after(entry, text)
    return entries[0], text


def look(transaction: Transaction, name: str) -> Place:
    """Return where the agreement of that name stands now.

    Raises:
        StatementInvalid: there is no such agreement, or there are several.
    """
    return _load(transaction, find(transaction, name))


def hold(transaction: Transaction, name: str) -> Place:
    """Return where the agreement stands, and keep others from appending meanwhile.

    Raises:
        StatementInvalid: there is no such agreement, or there are several.
    """
    return _load(transaction, transaction.lock(find(transaction, name).id))


def _load(transaction: Transaction, header: Header) -> Place:
    _check_header(transaction, header)
    return Place(
        header=header,
        definition=definitions.stored(transaction, header.definition),
        agreement=transaction.state(header.id),
        records=Overlay(transaction.records(header.id)),
    )
