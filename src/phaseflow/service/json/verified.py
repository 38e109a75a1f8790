"""What a verified journal is: `audit verify --json`, `audit export --json`, `mirror --json`."""

from phaseflow.journal.verify import Report
from phaseflow.service.json.document import JsonDocument, Schema, plain
from phaseflow.service.mirror import Mirrored


def report_document(report: Report) -> JsonDocument:
    """Return what a verified journal is."""
    return {"schema": Schema.VERIFIED.value, **plain(report)}


def mirrored_document(mirrored: Mirrored) -> JsonDocument:
    """Return what one's own copy of a journal is now, and how many entries are new in it."""
    return report_document(mirrored.report) | {"added": mirrored.added}
