"""What became of what was handed in: `file --json`."""

from collections.abc import Iterable

from phaseflow.service.inbox import TakenIn
from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.json.filed import filed_document


def handed_document(handed: Iterable[TakenIn]) -> JsonDocument:
    """Return what became of each statement that was handed in."""
    return {
        "schema": Schema.HANDED.value,
        "statements": [
            {
                "file": str(one.path),
                "filed": None if one.filed is None else filed_document(one.filed, one.receipt),
                "problem": one.problem or None,
            }
            for one in handed
        ],
    }
