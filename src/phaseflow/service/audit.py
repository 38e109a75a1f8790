"""Auditing a journal: is it whole, does it follow from the text, and a copy to take away."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import Beside, verify_bundle, write_bundle
from phaseflow.journal.checkpoint import Signed, parse_checkpoint
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import check_inventory, read_lines, read_pin
from phaseflow.journal.verify import Evidence, Report, verify_columns
from phaseflow.model.statement import RECORDER
from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.storage.port import Header, Store, Transaction


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
        rows = (msgspec.structs.asdict(row) for row in transaction.entries(header.id))
        evidence = Evidence(
            pins=map(read_pin, [*pins, *_kept_pins(kept_in, header.id)]),
            checkpoints=signed_checkpoints(transaction, header.id),
            openings=transaction.papers(header.id).disclosures().values(),
        )
        report = verify_columns(rows, anchor, transaction.source, evidence)
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
        JournalBroken: an entry fails; then nothing is written.
        Conflict: the directory is there and not empty.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        openings = transaction.papers(header.id).disclosures().values() if discloses else ()
        beside = Beside(
            checkpoints=signed_checkpoints(transaction, header.id),
            openings=tuple(openings),
            proposed=definitions.named(transaction, header.id),
        )
        lines = _lines(transaction, header.id)
        return write_bundle(directory, lines, header.id, transaction.source, beside)


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


def signed_checkpoints(transaction: Transaction, agreement: str) -> tuple[Signed, ...]:
    """Return the checkpoints that the recorder has signed, the smallest first."""
    return tuple(
        Signed(parse_checkpoint(kept.text), kept.signatures)
        for kept in transaction.papers(agreement).checkpoints()
        if RECORDER in kept.signatures
    )
