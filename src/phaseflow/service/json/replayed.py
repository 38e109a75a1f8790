"""What stepping a journal again has shown: `audit replay --json`."""

from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.replay import Replayed


def replayed_document(replayed: Replayed) -> JsonDocument:
    """Return what stepping a journal again has shown."""
    return {
        "schema": Schema.REPLAYED.value,
        "id": replayed.agreement,
        "label": replayed.label,
        "rehearsal": replayed.is_rehearsal,
        "entries": replayed.entries,
        "consequences": replayed.consequences,
        "differing": list(replayed.differing),
    }
