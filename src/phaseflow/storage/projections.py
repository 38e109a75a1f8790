"""What an entry writes beside itself: the rows that both kinds of store keep."""

from collections.abc import Callable, Iterable
from typing import Any

from phaseflow.journal.canonical import canonical
from phaseflow.model.statement import KINDS, Statement
from phaseflow.storage.port import Append, Row

ChangeRow = tuple[int, int, str, str | None, str, str]
"""``seq``, place among the consequences, kind, obligation, ``at``, body as canonical text."""

ClaimedOf = Callable[[int], str | None]
"""Returns the obligation on which an entry made a claim."""


def entry_row(append: Append) -> Row:
    """Return the entry with the columns that repeat its line."""
    entry, statement = append.entry, append.entry.stmt
    return Row(
        seq=entry.seq,
        prev=entry.prev,
        hash=append.sealed.hash,
        actor=statement.actor,
        nonce=statement.nonce,
        kind=statement.kind,
        occurred_at=statement.occurred_at,
        recorded_at=entry.recorded_at,
        line=append.sealed.line,
    )


def change_rows(append: Append) -> list[ChangeRow]:
    """Return a row for each consequence, in order."""
    return [
        (
            append.entry.seq,
            n,
            c.kind,
            c.body.get("obligation"),
            c.at,
            canonical(c.body).rstrip("\n"),
        )
        for n, c in enumerate(append.entry.then)
    ]


def mentioned(append: Append, claimed: ClaimedOf) -> set[str]:
    """Return the obligations that the entry is about.

    It names them, refers to a claim on them, or changed their standing.
    """
    changed = (c.body["obligation"] for c in append.entry.then if "obligation" in c.body)
    own = append.changes.claims
    claims = (
        own[seq].obligation if seq in own else claimed(seq) for seq in _referred(append.entry.stmt)
    )
    return {*_named(append.entry.stmt.body), *changed, *(name for name in claims if name)}


def _named(body: dict[str, Any]) -> Iterable[str]:
    named = body.get("obligation", ())
    return (named,) if isinstance(named, str) else named


def _referred(statement: Statement) -> Iterable[int]:
    member = KINDS[statement.kind].refers_by
    named = () if member is None else statement.body.get(member, ())
    return (named,) if isinstance(named, int) else named
