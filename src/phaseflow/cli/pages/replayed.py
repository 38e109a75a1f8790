"""What stepping a journal again has shown."""

from phaseflow.cli.pages.entries import REHEARSAL
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.service.replay import Replayed


def replayed_page(replayed: Replayed) -> str:
    """Return what stepping the journal again has shown."""
    counted = (
        f"  {replayed.entries} entries were stepped again, and gave the same "
        f"{replayed.consequences} consequences"
    )
    lines = [
        heading("The journal follows from its definition"),
        *([f"  {REHEARSAL}"] if replayed.is_rehearsal else []),
        counted,
    ]
    if replayed.differing:
        lines += wrapped(
            f"but the tables of present state differ from it: {', '.join(replayed.differing)}; "
            f"run phaseflow db rebuild {replayed.label}",
            indent=2,
        )
    elif replayed.label is not None:
        lines.append("  the tables of present state are those that follow from it")
    return "\n".join(lines)
