"""An edition that awaits consents."""

from phaseflow.service.json.agreement import definition_document
from phaseflow.service.json.document import JsonDocument
from phaseflow.service.status import Proposal


def proposal_document(proposal: Proposal) -> JsonDocument:
    """Return an edition that awaits consents."""
    return {
        **definition_document(proposal.edition),
        "consents": list(proposal.given),
        "awaited": list(proposal.awaited),
    }
