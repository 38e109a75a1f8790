"""Rows of the tables to values, and values to columns."""

from typing import Any

import msgspec

from phaseflow.model.calendar import Instant
from phaseflow.model.state import Claim, day_of, encode
from phaseflow.storage.port import Append, Header, ObligationRow


def text_of(at: Instant) -> str:
    """Return a moment as the tables hold it."""
    return at.format_iso()


def header_of(row: Any) -> Header:
    """Return the header in a row."""
    due = row.next_due_at
    return Header(
        **row._asdict()
        | {
            "recorded_at": Instant.parse_iso(row.recorded_at),
            "next_due_at": None if due is None else Instant.parse_iso(due),
        }
    )


def obligation_of(row: Any) -> ObligationRow:
    """Return the obligation in a row."""
    due = row.next_due_at
    when = {"next_due_at": None if due is None else Instant.parse_iso(due)}
    return ObligationRow(**row._asdict() | when)


def obligation_columns(row: ObligationRow) -> dict[str, Any]:
    """Return the columns of an obligation."""
    due = row.next_due_at
    return msgspec.structs.asdict(row) | {"next_due_at": None if due is None else text_of(due)}


def claim_columns(claim: Claim) -> dict[str, Any]:
    """Return the columns of a claim, beside its agreement."""
    return {
        "seq": claim.entry,
        "kind": claim.kind,
        "obligation": claim.obligation,
        "day": day_of(claim.happened or claim.occurred).format_iso(),
        "body": encode(claim),
    }


def state_columns(append: Append) -> dict[str, Any]:
    """Return the columns of an agreement that an entry moves."""
    due = append.next_due_at
    return {
        "definition": append.agreement.definition,
        "leaf": append.agreement.leaf,
        "position": append.entry.seq + 1,
        "head": append.sealed.hash,
        "recorded_at": append.entry.recorded_at,
        "next_due_at": None if due is None else text_of(due),
        "state": encode(append.agreement),
    }
