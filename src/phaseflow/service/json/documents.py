"""Documents for programs: plain dictionaries and lists with a ``schema`` name.

The form of ``status --json`` is also the form of ``expect`` and ``then`` in
scenarios. Moments are ISO 8601: a day of the agreement, or an instant in UTC.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from phaseflow.diagnostic import Diagnostic
from phaseflow.engine.outcome import Account, Batch, Option
from phaseflow.model.calendar import When
from phaseflow.model.definition import Definition
from phaseflow.model.state import Due
from phaseflow.model.statement import Reason
from phaseflow.service.agreement import Place
from phaseflow.service.amend import Plan
from phaseflow.service.compare import Compared
from phaseflow.service.definitions import Examined
from phaseflow.service.explain import Explanation
from phaseflow.service.json.evidence import Document, entry_document, plain, receipt_document
from phaseflow.service.open import Opened
from phaseflow.service.record import Filed
from phaseflow.service.status import Listed, Outlook, Proposal, View
from phaseflow.service.tick import Ticked

if TYPE_CHECKING:  # a command that signs nothing is quick without them
    from phaseflow.service.inbox import Handed
    from phaseflow.service.receipts import Receipt


def status_document(seen: View) -> Document:
    """Return where an agreement stands."""
    place, agreement, definition = seen.place, seen.place.agreement, seen.place.definition
    calendar = definition.calendar
    return {
        "schema": "phaseflow-status-v1",
        **_header(place),
        "at": seen.at.format_iso(),
        "day": calendar.number_of(calendar.zone.day_of(seen.at), agreement.first_day),
        "since": _text(agreement.entered.get(agreement.leaf)),
        "is_final": definition.is_final(agreement.leaf),
        "consents": agreement.consents,
        "editions": [_proposal(proposal) for proposal in seen.proposals],
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


def account_document(account: Account) -> Document:
    """Return one obligation in figures."""
    late = {due.name for due in account.late}
    return {
        "standing": account.standing,
        "total": account.total,
        "due": account.due,
        "delivered": account.delivered,
        "outstanding": account.outstanding,
        "by_category": account.by_category,
        "owed_by_category": account.owed_by_category,
        "claimed": account.claimed,
        "waiting": account.waiting,
        "rejected": account.rejected,
        "contested": account.contested,
        "violations": account.violations,
        "forgiven": account.forgiven,
        "is_reported": account.is_reported,
        "next_due": None if account.next_due is None else _due(account.next_due, late),
        "dues": [_due(due, late) for due in account.dues],
        "batches": [_batch(batch) for batch in account.batches],
        "periods": [plain(period) for period in account.periods],
        "periods_unknown": account.periods_unknown,
        "periods_short": account.periods_short,
    }


def outlook_document(outlook: Outlook) -> Document:
    """Return what may come next."""
    definition = outlook.view.place.definition
    return {
        "schema": "phaseflow-next-v1",
        **_header(outlook.view.place),
        "at": outlook.view.at.format_iso(),
        "next_due_at": _text(outlook.next_due_at),
        "transitions": [_option(option) for option in outlook.options],
        "editions": [_proposal(proposal) for proposal in outlook.view.proposals],
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
                **_due(one.due, set()),
            }
            for one in outlook.upcoming
        ],
    }


def list_document(listed: Iterable[Listed]) -> Document:
    """Return the agreements of a store."""
    return {
        "schema": "phaseflow-list-v1",
        "agreements": [
            {
                "label": one.header.label,
                "id": one.header.id,
                "definition": _definition(one),
                "rehearsal": one.header.is_rehearsal,
                "state": one.header.state,
                "position": one.header.position,
                "head": one.header.head,
                "recorded_at": one.header.recorded_at.format_iso(),
                "next_due_at": _text(one.header.next_due_at),
            }
            for one in listed
        ],
    }


def plan_document(plan: Plan) -> Document:
    """Return what an edition would do to an agreement."""
    place = plan.before.place
    return {
        "schema": "phaseflow-amendment-v1",
        **_header(place),
        "at": plan.before.at.format_iso(),
        "edition": _text_of(plan.edition),
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
                "before": None if shift.before is None else _due(shift.before, set()),
                "after": None if shift.after is None else _due(shift.after, set()),
            }
            for shift in plan.moved
        ],
        "undated": plan.undated,
        "consequences": [plain(consequence) for consequence in plan.consequences],
        "reads_like": None if plan.alike is None else _text_of(plan.alike),
    }


def filed_document(filed: Filed, receipt: "Receipt | None" = None) -> Document:
    """Return what was filed, or would be, with its receipt where one was signed."""
    return {
        "schema": "phaseflow-filed-v1",
        **_header(filed.place),
        "dry_run": filed.is_dry_run,
        "repeated": filed.is_repeat,
        "stood": filed.stood,
        "surplus": _surplus(filed),
        "refused": filed.is_refused,
        "ticks": [entry_document(tick) for tick in filed.ticks],
        "hash": filed.hash,
        "receipt": None if receipt is None else receipt_document(receipt),
        "entry": entry_document(filed.entry),
    }


def _surplus(filed: Filed) -> Document | None:
    figures = filed.surplus
    if figures is None:
        return None
    return {
        "obligation": figures.obligation,
        "reported": figures.reported,
        "owed": figures.total,
        "beyond": figures.reported - figures.total,
    }


def handed_document(handed: "Iterable[Handed]") -> Document:
    """Return what became of each statement that was handed in."""
    return {
        "schema": "phaseflow-handed-v1",
        "statements": [
            {
                "file": str(one.path),
                "filed": None if one.filed is None else filed_document(one.filed, one.receipt),
                "problem": one.problem or None,
            }
            for one in handed
        ],
    }


def opened_document(opened: Opened) -> Document:
    """Return what was opened, or would be."""
    return {
        "schema": "phaseflow-opened-v1",
        **_header(opened.place),
        "dry_run": opened.is_dry_run,
        "repeated": opened.is_repeat,
        "hash": opened.hash,
        "entry": entry_document(opened.entry),
    }


def refused_document(message: str, reasons: Iterable[Reason]) -> Document:
    """Return why an act is refused."""
    return {
        "schema": "phaseflow-refused-v1",
        "message": message,
        "reasons": [reason_document(reason) for reason in reasons],
    }


def faults_document(examined: Iterable[Examined]) -> Document:
    """Return what is wrong with files; ``caret`` stands below ``source``."""
    files = list(examined)
    return {
        "schema": "phaseflow-check-v1",
        "files": [
            {
                "file": one.file,
                "digest": one.definition.digest if one.definition else None,
                "errors": one.count("error"),
                "warnings": one.count("warning"),
                "advice": one.count("advice"),
            }
            for one in files
        ],
        "faults": [_fault_document(fault) for one in files for fault in one.found],
    }


def _fault_document(fault: Diagnostic) -> Document:
    return {
        "code": fault.code,
        "severity": fault.severity,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "message": fault.message,
        "near_miss": fault.near_miss,
        "remedy": fault.remedy,
        "source": fault.source,
        "caret": fault.caret,
    }


def comparison_document(compared: Compared) -> Document:
    """Return what ``compare --json`` prints."""
    return {
        "schema": "phaseflow-comparison-v1",
        "old": {"edition": compared.old.edition, "digest": compared.old.digest},
        "new": {"edition": compared.new.edition, "digest": compared.new.digest},
        "changes": [msgspec.to_builtins(change) for change in compared.changes],
        "in_bytes": list(compared.in_bytes),
    }


def rules_document(rules: Iterable[Explanation]) -> Document:
    """Return what rules ask, why, and what to write instead."""
    return {"schema": "phaseflow-rules-v1", "rules": [plain(rule) for rule in rules]}


def reason_document(reason: Reason) -> Document:
    """Return one reason with all its members."""
    return {
        "rule": reason.rule,
        "text": reason.text,
        "values": reason.values,
        "curable_by": list(reason.curable_by),
        "clause": reason.clause,
    }


def ticked_document(ticked: Iterable[Ticked]) -> Document:
    """Return what was recorded because time had passed."""
    return {
        "schema": "phaseflow-ticked-v1",
        "ticks": [
            {
                "id": one.place.header.id,
                "label": one.place.header.label,
                "rehearsal": one.place.header.is_rehearsal,
                "entry": entry_document(one.entry),
            }
            for one in ticked
        ],
    }


def _header(place: Place) -> Document:
    header = place.header
    return {
        "id": header.id,
        "label": header.label,
        "definition": _definition(place),
        "rehearsal": header.is_rehearsal,
        "state": place.agreement.leaf,
        "position": header.position,
        "head": header.head,
        "recorded_at": header.recorded_at.format_iso(),
    }


def _proposal(proposal: Proposal) -> Document:
    return {
        **_text_of(proposal.edition),
        "consents": list(proposal.given),
        "awaited": list(proposal.awaited),
    }


def _definition(of: Place | Listed) -> Document:
    return _text_of(of.definition)


def _text_of(definition: Definition) -> Document:
    return {
        "name": definition.name,
        "edition": definition.edition,
        "title": definition.title,
        "digest": definition.digest,
        "time_zone": definition.calendar.zone.name,
    }


def _option(option: Option) -> Document:
    return {
        "transition": option.transition,
        "target": option.target,
        "by": None if option.owners is None else str(option.owners),
        "consents": list(option.consents),
        "awaited": list(option.awaited),
        "opens": _text(option.opens),
        "is_open": not option.reasons,
        "reasons": [reason_document(reason) for reason in option.reasons],
    }


def _due(due: Due, late: set[str]) -> Document:
    return {
        "name": due.name,
        "at": _text(due.given or due.at),
        "need": due.need,
        "standing": due.standing,
        "missed_at": _text(due.missed and due.missed.at),
        "cure_ends": _text(due.missed and due.missed.cure_ends),
        "met": _text(due.met),
        "is_late": due.name in late,
    }


def _batch(batch: Batch) -> Document:
    return {
        "begun": batch.begun.format_iso(),
        "due": _text(batch.due),
        "owed": batch.owed,
        "delivered": batch.delivered,
        "by_category": batch.by_category,
    }


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, When) else value.format_iso()  # type: ignore[attr-defined]
