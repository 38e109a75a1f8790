"""What changed between two editions: `compare --json`."""

import msgspec

from phaseflow.service.compare import Compared
from phaseflow.service.json.document import JsonDocument, Schema


def comparison_document(compared: Compared) -> JsonDocument:
    """Return what ``compare --json`` prints."""
    return {
        "schema": Schema.COMPARISON.value,
        "old": {"edition": compared.old.edition, "digest": compared.old.digest},
        "new": {"edition": compared.new.edition, "digest": compared.new.digest},
        "changes": [msgspec.to_builtins(change) for change in compared.changes],
        "in_bytes": list(compared.in_bytes),
    }
