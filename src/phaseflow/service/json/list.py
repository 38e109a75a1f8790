"""The agreements of a store: `list --json`."""

from phaseflow.service.json.agreement import definition_document
from phaseflow.service.json.document import JsonDocument, Schema, moment_text, plain
from phaseflow.service.list import Listing


def list_document(listing: Listing) -> JsonDocument:
    """Return the agreements of a store."""
    return {
        "schema": Schema.LIST.value,
        "agreements": [
            {
                "label": one.header.label,
                "id": one.header.id,
                "definition": definition_document(one.definition),
                "rehearsal": one.header.is_rehearsal,
                "state": one.header.state,
                "position": one.header.position,
                "head": one.header.head,
                "recorded_at": one.header.recorded_at.format_iso(),
                "next_due_at": moment_text(one.header.next_due_at),
            }
            for one in listing.agreements
        ],
        "broken": [plain(one) for one in listing.broken],
    }
