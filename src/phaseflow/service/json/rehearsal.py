"""Where a scenario ends: `rehearse --json`."""

from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.json.status import status_document
from phaseflow.service.rehearse import Played


def played_document(played: Played) -> JsonDocument:
    """Return where a scenario ended, and what went otherwise than it says."""
    return status_document(played.view) | {
        "schema": Schema.REHEARSAL.value,
        "title": played.scenario.title,
        "mismatches": [{"line": m.line, "text": m.text} for m in played.mismatches],
    }
