"""Where two histories part: `audit compare --json`."""

from phaseflow.journal.divergence import Parting
from phaseflow.service.json.document import JsonDocument, Schema, plain


def parting_document(parting: Parting | None) -> JsonDocument:
    """Return where two histories part."""
    return {
        "schema": Schema.PARTING.value,
        "same": parting is None,
        "parting": None if parting is None else {**plain(parting), "fork": parting.is_fork},
    }
