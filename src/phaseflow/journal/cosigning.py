"""What a cosigner makes sure of before it signs a checkpoint (journal format, §7)."""

from collections.abc import Iterable
from pathlib import Path

from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.checkpoint import Checkpoint, check_clock
from phaseflow.journal.folder import read_checkpoints, read_pin
from phaseflow.model.calendar import Instant


def checked_for_cosigning(
    directory: Path, agreement: str, kept: Iterable[Path], clock: Instant, size: int | None = None
) -> Checkpoint:
    """Return the checkpoint in the bundle ``directory`` that its cosigner may sign now.

    That of ``size`` entries, or else the largest. ``kept`` are the files of
    all checkpoints that the cosigner ever signed, from its own copy; ``clock``
    is its own. To be signed are the bytes of ``.text``.

    Raises:
        JournalBroken: the history does not verify, does not extend one that was
            signed before, or the time of the checkpoint is not near the clock.
    """
    kept = list(kept)
    # (a) and (b): all of the history, and what was signed of it before.
    report = verify_bundle(directory, agreement, kept)
    found = [signed.checkpoint for signed in read_checkpoints(directory)]
    wanted = [checkpoint for checkpoint in found if size in (None, checkpoint.size)]
    if not wanted:
        what = "no checkpoint" if size is None else f"no checkpoint of {size} entries"
        msg = f"the history holds {what}; ask the recorder for one"
        raise JournalBroken(msg, rule="checkpoint")
    checkpoint = wanted[-1]
    largest = max((read_pin(path).checkpoint.size for path in kept), default=0)
    if largest > checkpoint.size:
        msg = (
            f"the checkpoint of {checkpoint.size} entries does not extend that of {largest}, "
            "which was signed before"
        )
        raise JournalBroken(msg, checkpoint.size, "checkpoint")
    # (c): the time; that of a rehearsal is nobody's
    if not report.is_rehearsal:
        check_clock(checkpoint, clock)
    return checkpoint
