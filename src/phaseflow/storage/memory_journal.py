"""One agreement in dictionaries: its entries, its projections, and what is kept beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
        self.turning_lines: dict[int, str] = {}
        self.changes: dict[tuple[int, int], ChangeRow] = {}
        self.mentions: dict[tuple[str, int], None] = {}
        self.claims: dict[int, tuple[str, str, str, str]] = {}
        self.periods: dict[tuple[str, str], str] = {}
        self.obligations: dict[str, ObligationRow] = {}
        self.checkpoints: dict[tuple[int, str], None] = {}
        self.signatures: dict[tuple[int, str, str, str], None] = {}
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

    def keep(self, size: int, text: str, signatures: Mapping[str, str]) -> None:
        """Keep a checkpoint over ``size`` entries and signatures by party, beside what is there."""
        self._put(self._journal.checkpoints, (size, text), None)
        for party, signature in signatures.items():
            self._put(self._journal.signatures, (size, text, party, signature), None)

    def checkpoints(self, size: int | None = None) -> Sequence[Kept]:
        """Return what is kept as checkpoints, over ``size`` entries or all, the smallest first."""
        return [
            self._kept(*key) for key in sorted(self._journal.checkpoints) if size in {None, key[0]}
        ]

    def size_below(self, size: int) -> int | None:
        """Return the largest size below ``size`` of what is kept as a checkpoint, or None."""
        return max((one for one, _ in self._journal.checkpoints if one < size), default=None)

    def sweep(self, sound: Sequence[Kept], strays: Sequence[str] = ()) -> int:
        """Delete all that is kept as checkpoints and signatures but ``sound``, and openings."""
        kept = {(one.size, one.text) for one in sound}
        signed = {
            (one.size, one.text, party, signature)
            for one in sound
            for party, signature in one.signatures
        }
        journal = self._journal
        junk = journal.checkpoints.keys() - kept
        forged = journal.signatures.keys() - signed
        for text in junk:
            self._drop(journal.checkpoints, text)
        for signature in forged:
            self._drop(journal.signatures, signature)
        for commitment in strays:
            self.forget(commitment)
        return len(junk) + len(forged) + len(strays)

    def disclose(self, commitment: str, line: str) -> None:
        """Keep the opening of a private value."""
        self._put(self._journal.disclosures, commitment, line)

    def disclosures(self) -> dict[str, str]:
        """Return the line of each opening, by commitment, in their order."""
        return dict(sorted(self._journal.disclosures.items()))

    def forget(self, commitment: str) -> bool:
        """Destroy the opening of a private value; tell whether there was one."""
        return self._drop(self._journal.disclosures, commitment)

    def _kept(self, size: int, text: str) -> Kept:
        its = [key[2:] for key in sorted(self._journal.signatures) if key[:2] == (size, text)]
        return Kept(size=size, text=text, signatures=tuple(its))


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
