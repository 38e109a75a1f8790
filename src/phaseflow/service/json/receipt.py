"""A signed checkpoint: `audit checkpoint --json` and `audit cosign --json`."""

from phaseflow.service.json.document import JsonDocument, Schema
from phaseflow.service.receipts import Receipt


def receipt_document(receipt: Receipt) -> JsonDocument:
    """Return a signed checkpoint, and where it is kept."""
    return {
        "checkpoint": receipt.signed.checkpoint.text,
        "signatures": dict(receipt.signed.signatures),
        "path": None if receipt.path is None else str(receipt.path),
    }


def signed_document(receipt: Receipt) -> JsonDocument:
    """Return a receipt that was asked for by itself."""
    return {"schema": Schema.RECEIPT.value, **receipt_document(receipt)}
