"""What was said in an agreement: its entries, and the texts that it was about."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from phaseflow.errors import StatementInvalid
from phaseflow.journal.entry import Entry, read_entry
from phaseflow.journal.privacy import commitments, read_opening
from phaseflow.model.calendar import Date
from phaseflow.model.definition import Definition
from phaseflow.model.statement import KINDS
from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.service.words.arguments import full_name
from phaseflow.service.words.moments import moment
from phaseflow.service.words.suggestion import suggestion
from phaseflow.storage.port import Filter, Header, Row, Store


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
