"""An agreement and its texts, as many documents name them."""

from phaseflow.model.definition import Definition
from phaseflow.service.agreement import Place
from phaseflow.service.json.document import JsonDocument


def header_document(place: Place) -> JsonDocument:
    """Return an agreement as it stands after its newest entry."""
    header = place.header
    return {
        "id": header.id,
        "label": header.label,
        "definition": definition_document(place.definition),
        "rehearsal": header.is_rehearsal,
        "state": place.agreement.leaf,
        "position": header.position,
        "head": header.head,
        "recorded_at": header.recorded_at.format_iso(),
    }


def definition_document(definition: Definition) -> JsonDocument:
    """Return which text it is."""
    return {
        "name": definition.name,
        "edition": definition.edition,
        "title": definition.title,
        "digest": definition.digest,
        "time_zone": definition.calendar.zone.name,
    }
