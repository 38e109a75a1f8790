"""The agreements of a store."""

from phaseflow.cli.terminal import table, wrapped
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.service.list import Listed, Listing


def list_page(listing: Listing) -> str:
    """Return the agreements as a table, and below it those that are broken."""
    rows = [_listed(one) for one in listing.agreements]
    broken = [
        line
        for one in listing.broken
        for line in wrapped(f"{one.label}: {one.fault}", indent=2, first="BROKEN ")
    ]
    if not rows and not broken:
        return "no agreements yet; `phaseflow open FILE` opens one"
    headings = ["Label", "Id", "State", "Entries", "Next due"]
    shown = table(headings, rows, flexible=0, right=[3]) if rows else []
    return "\n".join([*shown, *broken])


def _listed(one: Listed) -> list[str]:
    header = one.header
    state = f"{header.state} (rehearsal)" if header.is_rehearsal else header.state
    due = _day(one.definition, header.next_due_at)
    return [header.label, header.id[:12], state, str(header.position), due]


def _day(definition: Definition, at: Instant | None) -> str:
    return "-" if at is None else definition.calendar.zone.local(at)
