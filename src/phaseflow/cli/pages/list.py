"""The agreements of a store."""

from collections.abc import Iterable

from phaseflow.cli.terminal import table
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.service.list import Listed


def list_page(listed: Iterable[Listed]) -> str:
    """Return the agreements as a table."""
    rows = [_listed(one) for one in listed]
    if not rows:
        return "no agreements yet; `phaseflow open FILE` opens one"
    headings = ["Label", "Id", "State", "Entries", "Next due"]
    return "\n".join(table(headings, rows, flexible=0, right=[3]))


def _listed(one: Listed) -> list[str]:
    header = one.header
    state = f"{header.state} (rehearsal)" if header.is_rehearsal else header.state
    due = _day(one.definition, header.next_due_at)
    return [header.label, header.id[:12], state, str(header.position), due]


def _day(definition: Definition, at: Instant | None) -> str:
    return "-" if at is None else definition.calendar.zone.local(at)
