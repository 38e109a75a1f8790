"""Two exported histories of one agreement: where they part, and whether one extends the other."""

from itertools import zip_longest
from pathlib import Path

import msgspec

from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.folder import read_checkpoints, read_lines
from phaseflow.journal.signature import signer_of


class Parting(msgspec.Struct, frozen=True, kw_only=True):
    """The first entry at which two histories part.

    ``one`` and ``other`` are its lines; None: that history ends before it.
    Where both go on, ``signed_both`` names the parties who signed a checkpoint
    beyond the parting in either: they vouched for two pasts.
    """

    seq: int
    one: str | None
    other: str | None
    signed_both: tuple[str, ...] = ()

    @property
    def is_fork(self) -> bool:
        """Whether the two contradict each other, and not one is merely longer."""
        return self.one is not None and self.other is not None


def compare_bundles(one: Path, other: Path) -> Parting | None:
    """Return where two bundles part, or None if their entries are the same.

    Raises:
        JournalBroken: one of them does not verify, or they are of different agreements.
    """
    reports = [verify_bundle(directory, None) for directory in (one, other)]
    if reports[0].agreement != reports[1].agreement:
        msg = f"they are of two agreements, {reports[0].agreement} and {reports[1].agreement}"
        raise JournalBroken(msg, 0, "agreement")
    parting = _parting(one, other)
    if parting is None or not parting.is_fork:
        return parting
    # Keys that came after the parting may be anybody's in the history that is false.
    known = {(c.party, c.key) for c in reports[0].keys if c.since <= parting.seq}
    left, right = (_signers_beyond(directory, parting.seq, known) for directory in (one, other))
    return msgspec.structs.replace(parting, signed_both=tuple(sorted(left & right)))


def check_extends(kept: Path, newer: Path) -> int:
    """Check that ``newer`` holds every entry of ``kept``, byte for byte; return how many more.

    Both have been verified.

    Raises:
        JournalBroken: it does not; the first entry that differs or is missing is named.
    """
    parting = _parting(kept, newer)
    if parting is not None and parting.one is not None:
        what = "has another one" if parting.is_fork else "ends before it"
        msg = f"entry {parting.seq} of the copy that was kept: the newer history {what}"
        raise JournalBroken(msg, parting.seq, "prev")
    return sum(1 for _ in read_lines(newer)) - sum(1 for _ in read_lines(kept))


def _parting(one: Path, other: Path) -> Parting | None:
    for seq, (line, its) in enumerate(zip_longest(read_lines(one), read_lines(other))):
        if line != its:
            return Parting(seq=seq, one=line, other=its)
    return None


def _signers_beyond(directory: Path, seq: int, known: set[tuple[str, str | None]]) -> set[str]:
    return {
        party
        for signed in read_checkpoints(directory)
        for party, signature in signed.signatures.items()
        if signed.checkpoint.size > seq and (party, signer_of(signature)) in known
    }
