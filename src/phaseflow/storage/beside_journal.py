"""What is kept beside a journal in a database: checkpoints, signatures, openings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from phaseflow.storage import tables
from phaseflow.storage.connections import failures
from phaseflow.storage.port import Kept
from phaseflow.storage.tables import checkpoint, disclosure

_this: Any = bindparam("this")


def _keep(table: Any, dialect: str) -> Any:
    """Return an INSERT that leaves alone what is there."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing()


_KEEP = {
    dialect: {
        table.name: _keep(table, dialect) for table in (checkpoint, tables.signature, disclosure)
    }
    for dialect in ("sqlite", "postgresql")
}
_CHECKPOINTS = select(checkpoint.c.size, checkpoint.c.text).where(checkpoint.c.agreement == _this)
_SIGNATURES = select(
    tables.signature.c.size, tables.signature.c.party, tables.signature.c.signature
).where(tables.signature.c.agreement == _this)
_DISCLOSURES = select(disclosure.c.commitment, disclosure.c.line).where(
    disclosure.c.agreement == _this
)
_FORGET = delete(disclosure).where(
    disclosure.c.agreement == _this, disclosure.c.commitment == bindparam("which")
)


class SqlPapers:
    """What is kept beside the journal of one agreement."""

    def __init__(self, connection: Connection, url: URL, agreement: str) -> None:
        """Work on ``connection`` within its transaction."""
        self._connection = connection
        self._url = url
        self._agreement = agreement

    def fix(self, size: int, text: str) -> None:
        """Keep the text of the checkpoint over ``size`` entries; one that is there stays."""
        self._add(checkpoint, size=size, text=text)

    def checkpoints(self) -> Sequence[Kept]:
        """Return all checkpoints, the smallest first."""
        return self._kept(_CHECKPOINTS.order_by(checkpoint.c.size), _SIGNATURES)

    def checkpoint(self, size: int) -> Kept | None:
        """Return the checkpoint over ``size`` entries."""
        found = self._kept(
            _CHECKPOINTS.where(checkpoint.c.size == size),
            _SIGNATURES.where(tables.signature.c.size == size),
        )
        return found[0] if found else None

    def sign(self, size: int, party: str, signature: str) -> None:
        """Keep a signature under a checkpoint; one of that party that is there stays."""
        self._add(tables.signature, size=size, party=party, signature=signature)

    def disclose(self, commitment: str, line: str) -> None:
        """Keep the opening of a private value."""
        self._add(disclosure, commitment=commitment, line=line)

    def disclosures(self) -> dict[str, str]:
        """Return the line of each opening, by commitment, in their order."""
        rows = self._run(_DISCLOSURES.order_by(disclosure.c.commitment), this=self._agreement)
        return {row.commitment: row.line for row in rows}

    def forget(self, commitment: str) -> bool:
        """Destroy the opening of a private value; tell whether there was one."""
        gone = self._run(_FORGET, this=self._agreement, which=commitment)
        return bool(gone.rowcount)

    def _kept(self, checkpoints: Any, signatures: Any) -> list[Kept]:
        by_size: dict[int, dict[str, str]] = {}
        for row in self._run(signatures.order_by(tables.signature.c.party), this=self._agreement):
            by_size.setdefault(row.size, {})[row.party] = row.signature
        return [
            Kept(size=row.size, text=row.text, signatures=by_size.get(row.size, {}))
            for row in self._run(checkpoints, this=self._agreement)
        ]

    def _add(self, table: Any, **values: object) -> None:
        keep = _KEEP[self._connection.dialect.name][table.name]
        self._run(keep, agreement=self._agreement, **values)

    def _run(self, statement: Any, **values: object) -> Any:
        with failures(self._url):
            return self._connection.execute(statement, values)
