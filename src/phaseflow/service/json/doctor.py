"""Whether all is well: `doctor --json`."""

from phaseflow.service.doctor import Examination
from phaseflow.service.json.document import JsonDocument, Schema, plain


def examination_document(found: Examination) -> JsonDocument:
    """Return every finding, and the sum of them."""
    return {"schema": Schema.DOCTOR.value, "well": found.is_well, **plain(found)}
