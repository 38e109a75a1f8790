"""Where journal and engine meet: the statements of a journal, stepped once more."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from phaseflow.engine.outcome import Outcome
from phaseflow.engine.replay import Recorded, replay
from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.entry import Entry, Sealed, hash_of, read_entry
from phaseflow.journal.folder import read_lines, read_source
from phaseflow.journal.verify import check_named
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.statement import Consequence
from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.service.next_entry import projected
from phaseflow.service.words.sentences import followed
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Append, Header, Store, Transaction


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A journal that follows from its definition; ``label`` None: it lies in an export.

    ``differing`` names the tables of present state that do not: caches, which
    ``db rebuild`` mends.
    """

    agreement: str
    label: str | None
    is_rehearsal: bool
    entries: int
    consequences: int
    differing: tuple[str, ...] = ()


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
            for append in projections(transaction, header.id):
                consequences += len(append.entry.then)
                _add(rebuilt, header, append)
        stored = transaction.dump_projections(header.id)
        with copy.read() as computed:
            expected = computed.dump_projections(header.id)
    return Replayed(
        agreement=header.id,
        label=header.label,
        is_rehearsal=header.is_rehearsal,
        entries=header.position,
        consequences=consequences,
        differing=tuple(table for table in expected if stored[table] != expected[table]),
    )


def audit_exported(directory: Path, known_id: str | None = None) -> Replayed:
    """Step the definition over the statements of an exported journal, which is verified first.

    Raises:
        JournalBroken: an entry or a file fails, or an entry does not follow.
    """
    report = verify_bundle(directory, known_id)
    entries = map(read_entry, read_lines(directory))
    consequences = sum(
        len(entry.then)
        for entry, _ in _stepped(entries, lambda digest: _exported(directory, digest))
    )
    return Replayed(
        agreement=report.agreement,
        label=None,
        is_rehearsal=report.is_rehearsal,
        entries=report.entries,
        consequences=consequences,
    )


def check(transaction: Transaction, header: Header) -> None:
    """Check that a journal follows from its definition.

    Raises:
        JournalBroken: an entry does not; the first one is named.
    """
    for _ in projections(transaction, header.id):
        pass


def projections(transaction: Transaction, agreement: str) -> Iterator[Append]:
    """Yield each entry with what it must have written, stepped from those before it.

    Raises:
        JournalBroken: its consequences are not those that follow.
    """
    lines: deque[str] = deque()

    def entries() -> Iterator[Entry]:
        for row in transaction.entries(agreement):
            lines.append(row.line)
            yield read_entry(row.line)

    def definition_of(digest: str) -> Definition:
        return definitions.compiled(transaction, digest)

    for entry, outcome in _stepped(entries(), definition_of):
        line = lines.popleft()
        sealed = Sealed(entry.seq, hash_of(line), line)
        definition = definition_of(outcome.agreement.definition)
        yield projected(definition, agreement, sealed, entry, outcome)


def _stepped(
    entries: Iterable[Entry], definition_of: Callable[[str], Definition]
) -> Iterator[tuple[Entry, Outcome]]:
    """Yield each entry with what stepping it led to, which is what it says.

    Raises:
        JournalBroken: it is not.
    """
    read: deque[Entry] = deque()

    def recorded() -> Iterator[Recorded]:
        for entry in entries:
            read.append(entry)
            yield Recorded(
                seq=entry.seq,
                statement=entry.stmt,
                recorded_at=Instant.parse_iso(entry.recorded_at),
                is_refused=any(c.kind == "refused" for c in entry.then),
            )

    for _, outcome in replay(definition_of, recorded()):
        entry = read.popleft()
        if outcome.consequences != entry.then:
            raise JournalBroken(_difference(entry, outcome.consequences), entry.seq)
        yield entry, outcome


def _exported(directory: Path, digest: str) -> Definition:
    source = read_source(directory, digest)
    check_named(digest, [source], "definition")
    return definitions.check(source, f"definition {digest[:12]}")


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
