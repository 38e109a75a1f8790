"""What was opened: `open --json`."""

from phaseflow.service.json.agreement import header_document
from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.json.entry import entry_document
from phaseflow.service.open import Opened


def opened_document(opened: Opened) -> JsonDocument:
    """Return what was opened, or would be."""
    return {
        "schema": Schema.OPENED.value,
        **header_document(opened.place),
        "dry_run": opened.is_dry_run,
        "repeated": opened.is_repeat,
        "hash": opened.hash,
        "entry": entry_document(opened.entry),
    }
