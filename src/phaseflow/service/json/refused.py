"""Why an act is refused, or something is not filed."""

from collections.abc import Iterable

from phaseflow.model.statement import Reason
from phaseflow.service.json.document import JsonDocument, Schema


def refused_document(message: str, reasons: Iterable[Reason]) -> JsonDocument:
    """Return why an act is refused."""
    return {
        "schema": Schema.REFUSED.value,
        "message": message,
        "reasons": [reason_document(reason) for reason in reasons],
    }


def reason_document(reason: Reason) -> JsonDocument:
    """Return one reason with all its members."""
    return {
        "rule": reason.rule,
        "text": reason.text,
        "values": reason.values,
        "curable_by": list(reason.curable_by),
        "clause": reason.clause,
    }
