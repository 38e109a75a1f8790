"""Auditing a journal: is it whole, does it follow from the text, and a copy to take away."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.bundle import Beside, verify_bundle, write_broken, write_bundle
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import check_inventory, read_lines, read_pin
from phaseflow.journal.privacy import commitments, opens
from phaseflow.journal.verify import Report, Rows, Source, verify_columns
from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.storage.port import Filter, Header, Store, Transaction


def verify(
    store: Store,
    name: str,
    known_id: str | None = None,
    pins: Iterable[Path] = (),
    kept_in: Path | None = None,
) -> Report:
    """Return the report on the journal of an agreement, entries and columns checked.

    ``known_id`` is the agreement id as the auditor has it from elsewhere, on
    paper; naming the agreement by its whole id says the same. ``pins`` are files
    of checkpoints that the auditor kept; ``kept_in`` holds more of them, a folder
    for each agreement.

    Raises:
        JournalBroken: an entry fails, or the newest ones are missing.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        anchor = known_id or (name if name == header.id else None)
        return verified(transaction, header, anchor, [*pins, *_kept_pins(kept_in, header.id)])


def verified(
    transaction: Transaction, header: Header, anchor: str | None = None, pins: Iterable[Path] = ()
) -> Report:
    """Return the report on the journal of ``header``; see :func:`verify`.

    Raises:
        JournalBroken: as of :func:`verify`.
    """
    beside = _rows(transaction, header.id)
    rows = (msgspec.structs.asdict(row) for row in transaction.entries(header.id))
    report = verify_columns(rows, anchor, _source(transaction), beside, map(read_pin, pins))
    _compare(header, report)
    return report


def verify_exported(
    directory: Path,
    known_id: str | None = None,
    pins: Iterable[Path] = (),
    kept_in: Path | None = None,
) -> Report:
    """Return the report on an exported journal; it needs no store. See :func:`verify`.

    Raises:
        JournalBroken: an entry or a file fails.
    """
    if kept_in is not None:
        pins = [*pins, *_kept_pins(kept_in, _claimed_id(directory))]
    return verify_bundle(directory, known_id, pins)


def export(store: Store, name: str, directory: Path, *, discloses: bool = True) -> Report:
    """Write a copy that anybody can check offline, and return the report on it.

    Without ``discloses`` it leaves out the openings of private values.

    Raises:
        JournalBroken: an entry fails; then it is written all the same, and marked as broken.
        Conflict: the directory is there and not empty.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        rows = _rows(transaction, header.id)
        if not discloses:
            rows = msgspec.structs.replace(rows, openings={})
        try:
            beside = Beside(rows=rows, proposed=definitions.named(transaction, header.id))
            lines = _lines(transaction, header.id)
            return write_bundle(directory, lines, header.id, _source(transaction), beside)
        except JournalBroken as error:
            msg = f"{error}; the journal is in {directory} all the same, marked as BROKEN"
            broken = JournalBroken(msg, error.seq, error.rule)
            lines = _lines(transaction, header.id)
            texts = _texts(transaction, header.id)
            write_broken(directory, lines, header.id, texts, broken)
            raise broken from error


def _source(transaction: Transaction) -> Source:
    def source(digest: str) -> bytes:
        try:
            return transaction.source(digest)
        except StatementInvalid as error:
            raise JournalBroken(str(error), rule="definition") from error

    return source


def _rows(transaction: Transaction, agreement: str) -> Rows:
    papers = transaction.papers(agreement)
    return Rows(
        checkpoints=((kept.text, kept.signatures) for kept in papers.checkpoints()),
        openings=papers.disclosures(),
    )


def _texts(transaction: Transaction, agreement: str) -> dict[str, bytes]:
    """Return what can be found of the texts that a broken journal names."""
    texts = {}
    for row in transaction.entries(agreement, Filter(kinds=("open", "amend"))):
        with suppress(JournalBroken, StatementInvalid):
            digest = str(read_entry(row.line).stmt.body["definition"])
            texts[digest] = transaction.source(digest)
    return texts


def stray_openings(transaction: Transaction, agreement: str) -> list[str]:
    """Return the commitments of openings that open nothing which stands in the journal."""
    kept = transaction.papers(agreement).disclosures()
    if not kept:
        return []
    entries = (read_entry(row.line) for row in transaction.entries(agreement))
    known = {digest for entry in entries for digest in commitments(entry.stmt)}
    return [
        commitment
        for commitment, line in kept.items()
        if commitment not in known or not opens(commitment, line)
    ]


def _claimed_id(directory: Path) -> str:
    """Return the id of the agreement that an exported journal says it is of."""
    check_inventory(directory)
    first = next(read_lines(directory), "")
    return read_entry(first).stmt.agreement


def pins_in(directory: Path) -> Sequence[Path]:
    """Return the files of the checkpoints that are kept in ``directory``, the smallest first."""
    return sorted(directory.glob("*.txt")) if directory.is_dir() else []


def _kept_pins(kept_in: Path | None, agreement: str) -> Sequence[Path]:
    return [] if kept_in is None else pins_in(kept_in / agreement)


def _lines(transaction: Transaction, agreement: str) -> Iterator[str]:
    return (row.line for row in transaction.entries(agreement))


def _compare(header: Header, report: Report) -> None:
    if report.agreement != header.id:
        msg = f"entry 0: the journal is that of {report.agreement}, kept under {header.id}"
        raise JournalBroken(msg, 0)
    if (report.entries, report.head) != (header.position, header.head):
        msg = (
            f"entry {report.entries - 1}: the journal ends here with {report.head}, but "
            f"{header.position} entries were recorded, the newest with {header.head}"
        )
        raise JournalBroken(msg, report.entries - 1)
