"""What rules ask: `explain --json`."""

from collections.abc import Iterable

from phaseflow.language.rules.explain import Explanation
from phaseflow.service.json.document import JsonDocument, Schema, plain


def rules_document(rules: Iterable[Explanation]) -> JsonDocument:
    """Return what rules ask, why, and what to write instead."""
    return {"schema": Schema.RULES.value, "rules": [plain(rule) for rule in rules]}
