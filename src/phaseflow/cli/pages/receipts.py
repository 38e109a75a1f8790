"""Receipts, and what became of what was handed in."""

from collections.abc import Iterable

from phaseflow.cli.pages.journal import of_rehearsal
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.model.visible import clean
from phaseflow.service.inbox import TakenIn
from phaseflow.service.receipts import Receipt
from phaseflow.service.record import Filed


def receipt_lines(filed: Filed, receipt: Receipt | None) -> list[str]:
    """Return what stands under a filed entry on its receipt."""
    if receipt is not None:
        size = receipt.signed.checkpoint.size
        return [
            f"  receipt over {size} entries, signed by the recorder, kept in",
            f"    {clean(str(receipt.path))}",
        ]
    if filed.awaits_receipt and not filed.is_dry_run:
        text = (
            "No receipt is signed yet: the recorder's key is not at hand. Keep the hash, and "
            "have it signed with `phaseflow audit checkpoint`."
        )
        return wrapped(text, indent=2)
    return []


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


def receipt_page(receipt: Receipt) -> str:
    """Return a signed checkpoint, who has signed it, and where it is kept."""
    checkpoint = receipt.signed.checkpoint
    return "\n".join(
        [
            f"{checkpoint.size} entries of {checkpoint.agreement}",
            f"  head      {checkpoint.head}",
            f"  time      {checkpoint.at}",
            f"  signed by {', '.join(sorted(receipt.signed.signatures))}",
            f"  kept in   {receipt.path}",
        ]
    )
