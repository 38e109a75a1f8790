"""An obligation in figures."""

from collections.abc import Collection

from phaseflow.engine.outcome import Account, Batch
from phaseflow.model.state import Due, RatePeriod
from phaseflow.service.json.document import JsonDocument, moment_text, plain


def account_document(account: Account) -> JsonDocument:
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
        "next_due": None if account.next_due is None else due_document(account.next_due, late),
        "dues": [due_document(due, late) for due in account.dues],
        "batches": [_batch(batch) for batch in account.batches],
        "periods": [_period(period) for period in account.periods],
        "periods_unknown": account.periods_unknown,
        "periods_short": account.periods_short,
    }


def due_document(due: Due, late: Collection[str] = ()) -> JsonDocument:
    """Return one due; ``late`` names those that were met late or passed."""
    missed = due.missed
    return {
        "name": due.name,
        "at": moment_text(due.given or due.at),
        "need": due.need,
        "standing": due.standing,
        "missed_at": None if missed is None else moment_text(missed.at),
        "cure_ends": None if missed is None else moment_text(missed.cure_ends),
        "met": moment_text(due.met),
        "is_late": due.name in late,
    }


def _period(period: RatePeriod) -> JsonDocument:
    """Return one period of a rate; what it missed, and its cure, stand among its members."""
    document: JsonDocument = {}
    for name, value in plain(period).items():
        if name != "missed":
            document[name] = value
            continue
        missed = dict(value)
        document["missed_at"] = missed.pop("at")
        document |= missed
    return document


def _batch(batch: Batch) -> JsonDocument:
    return {
        "begun": batch.begun.format_iso(),
        "due": moment_text(batch.due),
        "owed": batch.owed,
        "delivered": batch.delivered,
        "by_category": batch.by_category,
    }
