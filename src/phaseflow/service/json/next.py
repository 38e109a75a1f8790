"""What may come next: `next --json`."""

from phaseflow.engine.outcome import Option
from phaseflow.service.json.account import due_document
from phaseflow.service.json.agreement import header_document
from phaseflow.service.json.document import JsonDocument, Schema, moment_text
from phaseflow.service.json.proposal import proposal_document
from phaseflow.service.json.refused import reason_document
from phaseflow.service.status import Outlook


def outlook_document(outlook: Outlook) -> JsonDocument:
    """Return what may come next."""
    definition = outlook.view.place.definition
    return {
        "schema": Schema.NEXT.value,
        **header_document(outlook.view.place),
        "at": outlook.view.at.format_iso(),
        "next_due_at": moment_text(outlook.next_due_at),
        "transitions": [_option(option) for option in outlook.options],
        "editions": [proposal_document(proposal) for proposal in outlook.view.proposals],
        "owed": [
            {
                "obligation": account.obligation,
                "obligor": definition.obligations[account.obligation].obligor,
                "standing": account.standing,
                "outstanding": account.outstanding,
            }
            for account in outlook.owed
        ],
        "unverified": [
            {
                "obligation": account.obligation,
                "waiting": account.waiting,
                "verifiers": list(definition.obligations[account.obligation].verifiers),
            }
            for account in outlook.unverified
        ],
        "dues": [
            {
                "obligation": one.account.obligation,
                "obligor": definition.obligations[one.account.obligation].obligor,
                **due_document(one.due),
            }
            for one in outlook.upcoming
        ],
    }


def _option(option: Option) -> JsonDocument:
    return {
        "transition": option.transition,
        "target": option.target,
        "by": None if option.owners is None else str(option.owners),
        "consents": list(option.consents),
        "awaited": list(option.awaited),
        "opens": moment_text(option.opens),
        "is_open": not option.reasons,
        "reasons": [reason_document(reason) for reason in option.reasons],
    }
