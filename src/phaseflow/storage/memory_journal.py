"""One agreement in dictionaries: its entries, its projections, and what is kept beside it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from phaseflow.model.calendar import Date, Instant
from phaseflow.model.state import Claim, RatePeriod, decode
from phaseflow.storage.port import Filter, Header, Kept, ObligationRow, Row
from phaseflow.storage.projections import ChangeRow

Write = Callable[[dict[Any, Any], object, object], None]
Drop = Callable[[dict[Any, Any], object], bool]


class Journal:
    """One agreement: its entries, and the projections as text."""

    def __init__(self, header: Header) -> None:
        """Begin before entry 0."""
        self.header = header
        self.state = ""
        self.rows: list[Row] = []
        self.nonces: dict[tuple[str, str], int] = {}
        self.key_lines: dict[int, str] = {}
        self.changes: dict[tuple[int, int], ChangeRow] = {}
        self.mentions: dict[tuple[str, int], None] = {}
        self.claims: dict[int, tuple[str, str, str, str]] = {}
        self.periods: dict[tuple[str, str], str] = {}
        self.obligations: dict[str, ObligationRow] = {}
        self.checkpoints: dict[int, str] = {}
        self.signatures: dict[tuple[int, str], str] = {}
        self.disclosures: dict[str, str] = {}


class MemoryRecords:
    """What the reports of one agreement came to."""

    def __init__(self, journal: Journal) -> None:
        """Read from ``journal``."""
        self._journal = journal

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""
        row = self._journal.claims.get(entry)
        return None if row is None else decode(row[-1], Claim)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Return the ``perform`` claims of ``obligation`` near those days, by entry."""
        early, late = first.add(days=-1).format_iso(), last.add(days=1).format_iso()
        return [
            decode(body, Claim)
            for _, (kind, name, day, body) in sorted(self._journal.claims.items())
            if (kind, name) == ("perform", obligation) and early <= day <= late
        ]

    def period(self, obligation: str, first: Date) -> RatePeriod | None:
        """Return the settled period of ``obligation`` that begins on ``first``."""
        body = self._journal.periods.get((obligation, first.format_iso()))
        return None if body is None else decode(body, RatePeriod)


class MemoryPapers:
    """What is kept beside the journal of one agreement."""

    def __init__(self, journal: Journal, put: Write, drop: Drop) -> None:
        """Read from ``journal``; ``put`` and ``drop`` write, so that it can be undone."""
        self._journal = journal
        self._put, self._drop = put, drop

    def fix(self, size: int, text: str) -> None:
        """Keep the text of the checkpoint over ``size`` entries; one that is there stays."""
        self._put(self._journal.checkpoints, size, text)

    def checkpoints(self) -> Sequence[Kept]:
        """Return all checkpoints, the smallest first."""
        return [self._kept(size) for size in sorted(self._journal.checkpoints)]

    def checkpoint(self, size: int) -> Kept | None:
        """Return the checkpoint over ``size`` entries."""
        return self._kept(size) if size in self._journal.checkpoints else None

    def sign(self, size: int, party: str, signature: str) -> None:
        """Keep a signature under a checkpoint; one of that party that is there stays."""
        self._put(self._journal.signatures, (size, party), signature)

    def disclose(self, commitment: str, line: str) -> None:
        """Keep the opening of a private value."""
        self._put(self._journal.disclosures, commitment, line)

    def disclosures(self) -> dict[str, str]:
        """Return the line of each opening, by commitment, in their order."""
        return dict(sorted(self._journal.disclosures.items()))

    def forget(self, commitment: str) -> bool:
        """Destroy the opening of a private value; tell whether there was one."""
        return self._drop(self._journal.disclosures, commitment)

    def _kept(self, size: int) -> Kept:
        signed = {p: s for (n, p), s in sorted(self._journal.signatures.items()) if n == size}
        return Kept(size=size, text=self._journal.checkpoints[size], signatures=signed)


def is_wanted(row: Row, wanted: Filter, journal: Journal) -> bool:
    """Tell whether a reader wants the entry in ``row``."""
    at = Instant.parse_iso(row.recorded_at)
    return (
        (not wanted.kinds or row.kind in wanted.kinds)
        and wanted.actor in {None, row.actor}
        and (wanted.obligation is None or (wanted.obligation, row.seq) in journal.mentions)
        and (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at < wanted.until)
    )
