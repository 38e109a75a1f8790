"""What a new edition would do: `amend --plan --json`."""

import json

from phaseflow.service.amend import Plan
from phaseflow.service.json.account import account_document, due_document
from phaseflow.service.json.agreement import definition_document, header_document
from phaseflow.service.json.document import JsonDocument, Schema, plain
from phaseflow.service.json.refused import reason_document


def plan_document(plan: Plan) -> JsonDocument:
    """Return what an edition would do to an agreement."""
    place = plan.before.place
    return {
        "schema": Schema.AMENDMENT.value,
        **header_document(place),
        "at": plan.before.at.format_iso(),
        "edition": definition_document(plan.edition),
        "given": list(plan.given),
        "awaited": list(plan.awaited),
        "reasons": [reason_document(reason) for reason in plan.reasons],
        "state_after": None if plan.after is None else plan.after.leaf,
        "lapsing": place.agreement.consents
        | {rival.edition.digest: list(rival.given) for rival in plan.rivals},
        "lapsing_waivers": [
            {"body": json.loads(body), "given": given}
            for body, given in place.agreement.waivers.items()
        ],
        "waived_no_more": [
            {"transition": name, "guard": guard} for name, guard in plan.waived_no_more
        ],
        "findings_gone": plan.unsaid,
        "obligations": {
            effect.obligation: {
                "before": None if effect.before is None else account_document(effect.before),
                "after": None if effect.after is None else account_document(effect.after),
            }
            for effect in plan.effects
        },
        "dues": [
            {
                "obligation": shift.obligation,
                "name": shift.name,
                "before": None if shift.before is None else due_document(shift.before),
                "after": None if shift.after is None else due_document(shift.after),
            }
            for shift in plan.moved
        ],
        "undated": plan.undated,
        "consequences": [plain(consequence) for consequence in plan.consequences],
        "reads_like": None if plan.alike is None else definition_document(plan.alike),
    }
