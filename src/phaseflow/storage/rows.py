"""Rows of the tables to values, and values to columns."""

from typing import Any

import msgspec

from phaseflow.errors import StoreUnavailable
from phaseflow.model.calendar import Instant, decode_hook
from phaseflow.model.state import Claim, day_of, encode
from phaseflow.storage.port import Append, Header, ObligationRow, Unreadable
from phaseflow.storage.projections import ChangeRow


def text_of(at: Instant) -> str:
    """Return a moment as the tables hold it."""
    return at.format_iso()


def header_of(row: Any) -> Header:
    """Return the header in a row.

    Raises:
        StoreUnavailable: a column holds what it cannot hold.
    """
    # The row's own names are a kind of text that msgspec does not take for text.
    columns = {name: getattr(row, name) for name in Header.__struct_fields__}
    try:
        return msgspec.convert(columns, Header, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        msg = (
            f"the header of {row.label!r} cannot be read ({error}); "
            f"`phaseflow db rebuild {row.label}` computes it anew from the journal"
        )
        raise StoreUnavailable(msg) from error


def unreadable_in(row: Any) -> Unreadable | None:
    """Return what is wrong with a row that holds no header that can be read."""
    try:
        header_of(row)
    except StoreUnavailable as error:
        return Unreadable(id=str(row.id), label=str(row.label), fault=str(error))
    return None


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


def change_columns(row: ChangeRow) -> dict[str, Any]:
    """Return the columns of a consequence, beside its agreement."""
    return dict(zip(("seq", "n", "kind", "obligation", "at", "body"), row, strict=True))


def period_columns(append: Append) -> list[dict[str, Any]]:
    """Return the columns of each period that an entry settles, beside its agreement."""
    return [
        {"obligation": name, "first": first.format_iso(), "body": encode(period)}
        for (name, first), period in append.changes.periods.items()
    ]


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
