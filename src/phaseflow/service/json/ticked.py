"""What was recorded because time had passed: `tick --json`."""

from collections.abc import Iterable

from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.json.entry import entry_document
from phaseflow.service.tick import Ticked


def ticked_document(ticked: Iterable[Ticked]) -> JsonDocument:
    """Return what was recorded because time had passed."""
    return {
        "schema": Schema.TICKED.value,
        "ticks": [
            {
                "id": one.place.header.id,
                "label": one.place.header.label,
                "rehearsal": one.place.header.is_rehearsal,
                "entry": entry_document(one.entry),
            }
            for one in ticked
        ],
    }
