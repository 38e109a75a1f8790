"""What was filed: every command that says something, with --json."""

from phaseflow.service.json.agreement import header_document
from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.json.entry import entry_document
from phaseflow.service.json.receipt import receipt_document
from phaseflow.service.receipts import Receipt
from phaseflow.service.record import Filed


def filed_document(filed: Filed, receipt: Receipt | None = None) -> JsonDocument:
    """Return what was filed, or would be, with its receipt where one was signed."""
    return {
        "schema": Schema.FILED.value,
        **header_document(filed.place),
        "dry_run": filed.is_dry_run,
        "repeated": filed.is_repeat,
        "stood": filed.stood,
        "surplus": _surplus(filed),
        "refused": filed.is_refused,
        "ticks": [entry_document(tick) for tick in filed.ticks],
        "hash": filed.hash,
        "receipt": None if receipt is None else receipt_document(receipt),
        "entry": entry_document(filed.entry),
    }


def _surplus(filed: Filed) -> JsonDocument | None:
    figures = filed.surplus
    if figures is None:
        return None
    return {
        "obligation": figures.obligation,
        "reported": figures.reported,
        "owed": figures.total,
        "beyond": figures.reported - figures.total,
    }
