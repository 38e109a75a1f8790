"""Receipts, keys and what was handed in, as people read them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from phaseflow.cli.pages.journal import mark, of_rehearsal
from phaseflow.cli.terminal import heading, table, wrapped
from phaseflow.model.statement import RECORDER
from phaseflow.model.visible import clean

if TYPE_CHECKING:  # a command that signs nothing is quick without them
    from phaseflow.journal.keys import KeyChange
    from phaseflow.service.inbox import Handed
    from phaseflow.service.keyring import Held
    from phaseflow.service.receipts import Receipt
    from phaseflow.service.record import Filed

_SHOWN = 24


def receipt_lines(filed: "Filed", receipt: "Receipt | None") -> list[str]:
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


def keys_page(held: "Held") -> str:
    """Return who has had which key, and from which entry on."""
    rows = [
        [
            change.party,
            str(change.since),
            _by(change),
            change.key.split(" ")[0] if change.key else "none",
            f"...{change.key[-_SHOWN:]}" if change.key else _without(change),
        ]
        for change in held.changes
    ]
    headings = ["Party", "Since", "By", "Kind", "Key"]
    lines = [*mark(held.header), *table(headings, rows, flexible=4, right=[1])]
    if held.warning:
        lines += ["", *wrapped(f"warning: {held.warning}")]
    return "\n".join(lines)


def _by(change: "KeyChange") -> str:
    return "genesis" if change.since == 0 else f"entry {change.by}"


def _without(change: "KeyChange") -> str:
    if change.since > 0:
        return "revoked: it cannot speak until it has another"
    return "signs no receipts" if change.party == RECORDER else "speaks UNSIGNED"


def handed_page(handed: "Iterable[Handed]") -> str:
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
