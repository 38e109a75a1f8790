"""What became of what was handed in."""

from collections.abc import Iterable

from phaseflow.cli.pages.entries import of_rehearsal
from phaseflow.cli.pages.filed import receipt_lines
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.model.visible import clean
from phaseflow.service.inbox import TakenIn


def handed_page(handed: Iterable[TakenIn]) -> str:
    """Return what became of each statement that was handed in."""
    lines = []
    for one in handed:
        # A line feed in a name would let it pass for what became of another file.
        name = clean(one.path.name).replace("\n", " ")
        if one.filed is None:
            lines.append(heading(f"{name}: not filed"))
            lines += wrapped(one.problem, indent=4)
            continue
        verb = "filed before," if one.filed.is_repeat else "filed"
        if one.filed.stood:
            verb = "not filed, as this consent stands since"
        entry = one.filed.entry
        which = f"entry {entry.seq}{of_rehearsal(one.filed.place.header)}"
        lines.append(f"{name}: {verb} {which}, {entry.stmt.kind} by {entry.stmt.actor}")
        if one.filed.is_refused:
            lines.append("    refused, and stands on record with its reasons")
        lines.append(f"    hash {one.filed.hash}")
        if one.receipt is not None:
            lines.append(f"    receipt {clean(str(one.receipt.path))}")
        elif one.problem:
            lines += wrapped(f"no receipt: {one.problem}", indent=4)
        else:
            lines += [f"  {line}" for line in receipt_lines(one.filed, None)]
    return "\n".join(lines) or "nothing was handed in"
