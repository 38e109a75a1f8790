"""What is kept beside a journal in a database: checkpoints, signatures, openings."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import URL, Connection, bindparam, delete, func, select, text
from sqlalchemy.dialects import sqlite

from phaseflow.storage import tables
from phaseflow.storage.connections import failures
from phaseflow.storage.port import Kept
from phaseflow.storage.schema_version import lifted_guards
from phaseflow.storage.tables import checkpoint, disclosure

_this: Any = bindparam("this")


# An INSERT leaves alone what is there; on PostgreSQL a function looks first what it is.
_KEEP: dict[str, dict[str, Any]] = {
    "sqlite": {
        table.name: sqlite.insert(table).on_conflict_do_nothing()
        for table in (checkpoint, tables.signature, disclosure)
    },
    "postgresql": {
        "checkpoint": text("SELECT keep_checkpoint(:agreement, :size, :text)"),
        "signature": text(
            "SELECT keep_signature(:agreement, :size, :checkpoint, :party, :signature)"
        ),
        "disclosure": text("SELECT keep_opening(:agreement, :commitment, :line)"),
    },
}
_CHECKPOINTS = (
    select(checkpoint.c.size, checkpoint.c.digest, checkpoint.c.text)
    .where(checkpoint.c.agreement == _this)
    .order_by(checkpoint.c.size, checkpoint.c.digest)
)
_SIGNATURES = (
    select(
        tables.signature.c.size,
        tables.signature.c.checkpoint,
        tables.signature.c.party,
        tables.signature.c.signature,
    )
    .where(tables.signature.c.agreement == _this)
    .order_by(
        tables.signature.c.size,
        tables.signature.c.checkpoint,
        tables.signature.c.party,
        tables.signature.c.digest,
    )
)
_CHECKPOINTS_OF = _CHECKPOINTS.where(checkpoint.c.size == bindparam("size"))
_SIGNATURES_OF = _SIGNATURES.where(tables.signature.c.size == bindparam("size"))
_SIZE_BELOW = select(func.max(checkpoint.c.size)).where(
    checkpoint.c.agreement == _this, checkpoint.c.size < bindparam("size")
)
_DISCLOSURES = select(disclosure.c.commitment, disclosure.c.line).where(
    disclosure.c.agreement == _this
)
_DELETE_OPENING = delete(disclosure).where(
    disclosure.c.agreement == _this, disclosure.c.commitment == bindparam("which")
)
_FORGET = text("SELECT forget_opening(:this, :which)")


def digest_of(text: str) -> str:
    """Return the SHA-256 under which a checkpoint, or a signature, is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


class SqlPapers:
    """What is kept beside the journal of one agreement."""

    def __init__(self, connection: Connection, url: URL, agreement: str) -> None:
        """Work on ``connection`` within its transaction."""
        self._connection = connection
        self._url = url
        self._agreement = agreement

    def keep(self, size: int, text: str, signatures: Mapping[str, str]) -> None:
        """Keep a checkpoint over ``size`` entries and signatures by party, beside what is there."""
        digest = digest_of(text)
        self._add(checkpoint, size=size, digest=digest, text=text)
        for party, signature in signatures.items():
            self._add(
                tables.signature,
                size=size,
                checkpoint=digest,
                party=party,
                digest=digest_of(signature),
                signature=signature,
            )

    def checkpoints(self, size: int | None = None) -> Sequence[Kept]:
        """Return what is kept as checkpoints, over ``size`` entries or all, the smallest first."""
        this: dict[str, Any] = {"this": self._agreement}
        queries = (_CHECKPOINTS, _SIGNATURES)
        if size is not None:
            this, queries = this | {"size": size}, (_CHECKPOINTS_OF, _SIGNATURES_OF)
        found = self._run(queries[0], **this).all()
        signatures: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for row in self._run(queries[1], **this) if found else ():
            signatures.setdefault((row.size, row.checkpoint), []).append((row.party, row.signature))
        return [
            Kept(
                size=row.size,
                text=row.text,
                signatures=tuple(signatures.get((row.size, row.digest), ())),
            )
            for row in found
        ]

    def size_below(self, size: int) -> int | None:
        """Return the largest size below ``size`` of what is kept as a checkpoint, or None."""
        found: int | None = self._run(_SIZE_BELOW, this=self._agreement, size=size).scalar()
        return found

    def sweep(self, sound: Sequence[Kept], strays: Sequence[str] = ()) -> int:
        """Delete all that is kept as checkpoints and signatures but ``sound``, and openings.

        ``strays`` are the commitments of those openings. Return how many rows there were.

        Raises:
            StoreUnavailable: the role that connects does not own the tables.
        """
        kept = {(one.size, digest_of(one.text)) for one in sound}
        signed = {
            (one.size, digest_of(one.text), party, digest_of(signature))
            for one in sound
            for party, signature in one.signatures
        }
        with failures(self._url), lifted_guards(self._connection, "checkpoint", "signature"):
            for which in strays:
                self._connection.execute(_DELETE_OPENING, {"this": self._agreement, "which": which})
            junk = self._delete(checkpoint, kept) + self._delete(tables.signature, signed)
            return junk + len(strays)

    def disclose(self, commitment: str, line: str) -> None:
        """Keep the opening of a private value."""
        self._add(disclosure, commitment=commitment, line=line)

    def disclosures(self) -> dict[str, str]:
        """Return the line of each opening, by commitment, in their order."""
        rows = self._run(_DISCLOSURES.order_by(disclosure.c.commitment), this=self._agreement)
        return {row.commitment: row.line for row in rows}

    def forget(self, commitment: str) -> bool:
        """Destroy the opening of a private value; tell whether there was one."""
        which = {"this": self._agreement, "which": commitment}
        if self._connection.dialect.name == "postgresql":
            return bool(self._run(_FORGET, **which).scalar())
        return bool(self._run(_DELETE_OPENING, **which).rowcount)

    def _delete(self, table: Any, kept: Iterable[tuple[Any, ...]]) -> int:
        """Delete the rows whose key, beside the agreement, is not among ``kept``."""
        key = [column for column in table.primary_key if column.name != "agreement"]
        its = table.c.agreement == self._agreement
        found = self._connection.execute(select(*key).where(its)).all()
        junk = {tuple(row) for row in found} - set(kept)
        for row in junk:
            same = [column == value for column, value in zip(key, row, strict=True)]
            self._connection.execute(delete(table).where(its, *same))
        return len(junk)

    def _add(self, table: Any, **values: object) -> None:
        keep = _KEEP[self._connection.dialect.name][table.name]
        self._run(keep, agreement=self._agreement, **values)

    def _run(self, statement: Any, **values: object) -> Any:
        with failures(self._url):
            return self._connection.execute(statement, values)
