"""What documents for programs have in common: their names, and how values are spelled.

A document is a plain dictionary, which leaves the program as it is. Moments are
ISO 8601: a day of the agreement, or an instant in UTC.
"""

from enum import StrEnum
from typing import Any

import msgspec

from phaseflow.model.calendar import Instant, When, encode_hook

JsonDocument = dict[str, Any]


class Schema(StrEnum):
    """The name by which a program knows a document; its members change only with the number."""

    AMENDMENT = "phaseflow-amendment-v1"
    CHECK = "phaseflow-check-v1"
    COMPARISON = "phaseflow-comparison-v1"
    DOCTOR = "phaseflow-doctor-v1"
    ENTRY = "phaseflow-entry-v1"
    FILED = "phaseflow-filed-v1"
    HANDED = "phaseflow-handed-v1"
    KEYS = "phaseflow-keys-v1"
    LIST = "phaseflow-list-v1"
    NEXT = "phaseflow-next-v1"
    OPENED = "phaseflow-opened-v1"
    PARTING = "phaseflow-parting-v1"
    RECEIPT = "phaseflow-receipt-v1"
    REFUSED = "phaseflow-refused-v1"
    REHEARSAL = "phaseflow-rehearsal-v1"
    REPLAYED = "phaseflow-replayed-v1"
    RULES = "phaseflow-rules-v1"
    STATUS = "phaseflow-status-v1"
    TICKED = "phaseflow-ticked-v1"
    TIMELINE = "phaseflow-timeline-v1"
    VERIFIED = "phaseflow-verified-v1"


def plain(value: msgspec.Struct) -> JsonDocument:
    """Return a value with its members as they are spelled."""
    document: JsonDocument = msgspec.to_builtins(value, enc_hook=encode_hook)
    return document


def moment_text(value: When | Instant | None) -> str | None:
    """Return a moment as it is spelled, or None."""
    match value:
        case None:
            return None
        case When():
            return str(value)
        case Instant():
            return value.format_iso()
