"""Who has had which key: `keys --json`."""

from phaseflow.service.json.document import JsonDocument, Schema, plain
from phaseflow.service.keyring import Held


def keys_document(held: Held) -> JsonDocument:
    """Return who has had which key, and from which entry on."""
    return {
        "schema": Schema.KEYS.value,
        "id": held.header.id,
        "rehearsal": held.header.is_rehearsal,
        "keys": [plain(change) for change in held.changes],
        "warning": held.warning,
    }
