"""What was due against what was delivered: `timeline --json`."""

from phaseflow.drawing.timeline.lanes import Timeline
from phaseflow.service.json.document import JsonDocument, Schema, plain


def timeline_document(line: Timeline) -> JsonDocument:
    """Return a timeline for programs; days are ISO 8601."""
    return {"schema": Schema.TIMELINE.value, **plain(line)}
