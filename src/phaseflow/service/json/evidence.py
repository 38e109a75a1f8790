"""Documents for programs on the journal as evidence: entries, keys, receipts, what an audit found."""

from typing import TYPE_CHECKING, Any

import msgspec

from phaseflow.journal.entry import Entry
from phaseflow.journal.verify import Report
from phaseflow.model.calendar import encode_hook
from phaseflow.model.statement import Consequence
from phaseflow.service.history import History
from phaseflow.service.replay import Replayed
from phaseflow.service.words.sentences import followed, said

if TYPE_CHECKING:  # a command that signs nothing is quick without them
    from phaseflow.journal.divergence import Parting
    from phaseflow.service.keyring import Held
    from phaseflow.service.receipts import Receipt

Document = dict[str, Any]


def report_document(report: Report) -> Document:
    """Return what a verified journal is."""
    return {"schema": "phaseflow-verified-v1", **plain(report)}


def replayed_document(replayed: Replayed) -> Document:
    """Return what stepping a journal again has shown."""
    return {
        "schema": "phaseflow-replayed-v1",
        "id": replayed.header.id,
        "label": replayed.header.label,
        "rehearsal": replayed.header.is_rehearsal,
        "entries": replayed.entries,
        "consequences": replayed.consequences,
        "differing": list(replayed.differing),
    }


def parting_document(parting: "Parting | None") -> Document:
    """Return where two histories part."""
    return {
        "schema": "phaseflow-parting-v1",
        "same": parting is None,
        "parting": None if parting is None else {**plain(parting), "fork": parting.is_fork},
    }


def keys_document(held: "Held") -> Document:
    """Return who has had which key, and from which entry on."""
    return {
        "schema": "phaseflow-keys-v1",
        "id": held.header.id,
        "rehearsal": held.header.is_rehearsal,
        "keys": [plain(change) for change in held.changes],
        "warning": held.warning,
    }


def receipt_document(receipt: "Receipt") -> Document:
    """Return a signed checkpoint, and where it is kept."""
    return {
        "checkpoint": receipt.signed.checkpoint.text,
        "signatures": dict(receipt.signed.signatures),
        "path": None if receipt.path is None else str(receipt.path),
    }


def shown_document(history: History) -> Document:
    """Return one entry of a journal, with what it says and what follows in sentences."""
    shown = history.entries[0]
    return {
        "schema": "phaseflow-entry-v1",
        "id": history.header.id,
        "label": history.header.label,
        "rehearsal": history.header.is_rehearsal,
        "hash": shown.row.hash,
        "said": said(shown.entry.stmt),
        "followed": [followed(consequence) for consequence in shown.entry.then],
        "disclosed": history.disclosed,
        "entry": entry_document(shown.entry),
    }


def entry_document(entry: Entry) -> Document:
    """Return an entry, its members as in the journal format."""
    return plain(entry)


def plain(value: msgspec.Struct | Consequence) -> Document:
    """Return a value with its members as they are spelled."""
    document: Document = msgspec.to_builtins(value, enc_hook=encode_hook)
    return document
