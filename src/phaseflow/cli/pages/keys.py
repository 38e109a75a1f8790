"""Who has had which key."""

from phaseflow.cli.pages.entries import mark
from phaseflow.cli.terminal import table, wrapped
from phaseflow.journal.keys import KeyChange
from phaseflow.model.statement import RECORDER
from phaseflow.service.keyring import Held

_SHOWN = 24


def keys_page(held: Held) -> str:
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


def _by(change: KeyChange) -> str:
    return "genesis" if change.since == 0 else f"entry {change.by}"


def _without(change: KeyChange) -> str:
    if change.since > 0:
        return "revoked: it cannot speak until it has another"
    return "signs no receipts" if change.party == RECORDER else "speaks UNSIGNED"
