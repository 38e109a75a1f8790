"""One entry whole."""

from phaseflow.cli.pages.entries import consequences_whole, mark, moments
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.service.history import History
from phaseflow.service.words.sentences import (
    said,
    words,
)


def entry_page(history: History) -> str:
    """Return one entry whole."""
    shown = history.entries[0]
    entry, statement = shown.entry, shown.entry.stmt
    definition, first_day = history.definition, history.first_day
    lines = [
        *mark(history.header),
        heading(f"entry {entry.seq} of {history.header.label}"),
        *wrapped(said(statement), indent=2),
        *moments(definition, first_day, entry),
    ]
    if "text" in statement.body:
        lines += ["  Its words:", *wrapped(_disclosed(history, statement.body["text"]), indent=4)]
    for source in statement.body.get("sources", ()):
        lines += wrapped(f"source {_disclosed(history, source)}", indent=2)
    for digest in statement.body.get("evidence", ()):
        lines.append(f"  evidence {digest}")
    lines.append("  From it follows:" if entry.then else "  Nothing else follows from it.")
    lines += consequences_whole(definition, first_day, entry.then)
    if statement.seen is not None:
        lines.append(f"  its author had seen entry {statement.seen.seq}")
    lines += [
        f"  nonce {statement.nonce}",
        f"  {'UNSIGNED' if entry.sig is None else 'signed'}",
        f"  prev  {entry.prev}",
        f"  hash  {shown.row.hash}",
    ]
    return "\n".join(lines)


def _disclosed(history: History, said_: object) -> str:
    """Return words; private ones with what they are, where that is kept here."""
    if not isinstance(said_, dict):
        return words(said_)
    known = history.disclosed.get(said_["@commit"])
    return words(said_) if known is None else f"{words(said_)} {known}"
