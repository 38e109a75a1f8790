"""Where journal and engine meet: the statements of a journal, stepped once more."""

from collections import deque
from collections.abc import Iterator

import msgspec

from phaseflow.engine.replay import Recorded, replay
from phaseflow.errors import JournalBroken
from phaseflow.journal.entry import Entry, Sealed, read_entry
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Consequence
from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.service.next_entry import projected
from phaseflow.service.words.sentences import followed
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Append, Header, Row, Store, Transaction


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A journal that follows from its definition.

    ``differing`` names the tables of present state that do not: caches, which
    ``db rebuild`` mends.
    """

    header: Header
    entries: int
    consequences: int
    differing: tuple[str, ...]


def audit(store: Store, name: str) -> Replayed:
    """Step the definition over the statements of a journal, and compare all that follows.

    Raises:
        StatementInvalid: there is no such agreement.
        JournalBroken: an entry does not follow; the first one is named.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        copy = MemoryStore(lambda: header.recorded_at)
        consequences = 0
        with copy.write() as rebuilt:
            for append in projections(transaction, header):
                consequences += len(append.entry.then)
                _add(rebuilt, header, append)
        stored = transaction.dump_projections(header.id)
        with copy.read() as computed:
            expected = computed.dump_projections(header.id)
    return Replayed(
        header=header,
        entries=header.position,
        consequences=consequences,
        differing=tuple(table for table in expected if stored[table] != expected[table]),
    )


def projections(transaction: Transaction, header: Header) -> Iterator[Append]:
    """Yield each entry with what it must have written, stepped from those before it.

    Raises:
        JournalBroken: its consequences are not those that follow.
    """
    read: deque[tuple[Row, Entry]] = deque()

    def recorded() -> Iterator[Recorded]:
        for row in transaction.entries(header.id):
            entry = read_entry(row.line)
            read.append((row, entry))
            yield Recorded(
                seq=entry.seq,
                statement=entry.stmt,
                recorded_at=Instant.parse_iso(entry.recorded_at),
                is_refused=any(c.kind == "refused" for c in entry.then),
            )

    steps = replay(lambda digest: definitions.compiled(transaction, digest), recorded())
    for _, outcome in steps:
        row, entry = read.popleft()
        if outcome.consequences != entry.then:
            raise JournalBroken(_difference(entry, outcome.consequences), entry.seq)
        definition = definitions.compiled(transaction, outcome.agreement.definition)
        sealed = Sealed(row.seq, row.hash, row.line)
        yield projected(definition, header.id, sealed, entry, outcome)


def _add(copy: Transaction, header: Header, append: Append) -> None:
    if append.entry.seq > 0:
        copy.append(header.id, append)
    else:
        copy.create(header, append)


def _difference(entry: Entry, expected: tuple[Consequence, ...]) -> str:
    def told(consequences: tuple[Consequence, ...]) -> str:
        return "; ".join(f"{c.at} {followed(c)}" for c in consequences) or "nothing"

    extra = tuple(c for c in entry.then if c not in expected)
    missing = tuple(c for c in expected if c not in entry.then)
    return (
        f"entry {entry.seq}: its consequences do not follow from the definition; "
        f"it records what does not follow: {told(extra)}; it leaves out: {told(missing)}"
    )
