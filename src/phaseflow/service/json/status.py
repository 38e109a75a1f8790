"""Where an agreement stands: `status --json`.

Its form is also that of ``expect`` and ``then`` in scenarios.
"""

from phaseflow.service.json.account import account_document
from phaseflow.service.json.agreement import header_document
from phaseflow.service.json.document import JsonDocument, Schema, moment_text, plain
from phaseflow.service.json.proposal import proposal_document
from phaseflow.service.status import View


def status_document(seen: View) -> JsonDocument:
    """Return where an agreement stands."""
    place, agreement, definition = seen.place, seen.place.agreement, seen.place.definition
    calendar = definition.calendar
    return {
        "schema": Schema.STATUS.value,
        **header_document(place),
        "at": seen.at.format_iso(),
        "day": calendar.number_of(calendar.zone.day_of(seen.at), agreement.first_day),
        "since": moment_text(agreement.entered.get(agreement.leaf)),
        "is_final": definition.is_final(agreement.leaf),
        "consents": agreement.consents,
        "editions": [proposal_document(proposal) for proposal in seen.proposals],
        "findings": {
            name: agreement.findings.get(name, stated.initially)
            for name, stated in definition.findings.items()
        },
        "not_yet_recorded": [plain(consequence) for consequence in seen.not_yet_recorded],
        "obligations": {
            account.obligation: {
                "obligor": definition.obligations[account.obligation].obligor,
                "unit": definition.obligations[account.obligation].unit,
                **account_document(account),
            }
            for account in seen.accounts
        },
    }
