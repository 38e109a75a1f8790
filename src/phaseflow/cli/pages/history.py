"""Entries in a table."""

from phaseflow.cli.pages.entries import mark
from phaseflow.cli.terminal import table
from phaseflow.journal.entry import Entry
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.visible import clean
from phaseflow.service.history import History, ShownEntry
from phaseflow.service.words.sentences import (
    content,
    followed,
    words,
)

NO_ENTRIES = "no entries fit"


def history_page(history: History) -> str:
    """Return the entries as a table."""
    if not history.entries:
        return "\n".join([*mark(history.header), NO_ENTRIES])
    rows = [_row(history.definition, shown) for shown in history.entries]
    headings = ["Entry", "Recorded", "Who", "Kind", "What"]
    entries = table(headings, rows, flexible=4, right=[0], lines=2, shrink=2)
    return "\n".join([*mark(history.header), *entries])


def _row(definition: Definition, shown: ShownEntry) -> list[str]:
    entry = shown.entry
    at = definition.calendar.zone.local(Instant.parse_iso(entry.recorded_at))
    return [str(entry.seq), at[:16], entry.stmt.actor, entry.stmt.kind, clean(_what(entry))]


def _what(entry: Entry) -> str:
    statement = entry.stmt
    parts = [content(statement)]
    if statement.kind == "tick":
        parts += map(followed, entry.then)
    else:
        parts += (followed(c) for c in entry.then if c.kind in ("move", "refused", "amended"))
    if "text" in statement.body and statement.kind not in ("tick", "open"):
        parts.append(words(statement.body["text"]))
    return "; ".join(filter(None, parts))
