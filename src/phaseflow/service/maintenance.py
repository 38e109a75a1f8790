"""Looking after a database: its tables brought to this version, and computed anew."""

import msgspec

from phaseflow.service import definitions
from phaseflow.service.agreement import find
from phaseflow.service.audit import stray_openings
from phaseflow.service.replay import projections
from phaseflow.service.vouched import signed_checkpoints
from phaseflow.storage import schema
from phaseflow.storage.port import Header, Kept, Store, Transaction


def upgrade(url: str) -> tuple[str | None, str | None]:
    """Bring the tables to this version; return the versions before and after, None for none.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    before = schema.current_revision(url)
    schema.upgrade(url)
    return before, schema.current_revision(url)


def rebuild(store: Store, name: str | None) -> list[Header]:
    """Compute the tables of present state anew from the entries; return whose they were.

    ``name`` None: of all agreements. Each is one transaction.

    Raises:
        StatementInvalid: there is no such agreement.
        JournalBroken: an entry does not follow from those before it; its
            agreement stays as it was.
    """
    with store.read() as transaction:
        chosen = _named(transaction, name)
    return [_rebuild(store, agreement) for agreement in chosen]


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement, and how many rows beside its journal were deleted."""

    header: Header
    rows: int


def sweep(store: Store, name: str | None) -> list[Swept]:
    """Delete what stands beside the journals and proves nothing; return how much it was.

    ``name`` None: of all agreements. Each is one transaction.

    Raises:
        StatementInvalid: there is no such agreement.
        StoreUnavailable: the role that connects does not own the tables.
    """
    with store.read() as transaction:
        chosen = [find(transaction, name)] if name else list(transaction.headers())
    return [_sweep(store, header.id) for header in chosen]


def fill_cache(store: Store) -> int:
    """Keep the compiled form of every text of every agreement; return how many.

    Raises:
        StoreUnavailable: they cannot be kept.
    """
    with store.read() as transaction:
        return definitions.fill_cache(transaction)


def _sweep(store: Store, agreement: str) -> Swept:
    with store.write() as transaction:
        header = transaction.lock(agreement)
        papers = transaction.papers(agreement)
        sound = [
            Kept(
                size=one.checkpoint.size,
                text=one.checkpoint.text,
                signatures=tuple(one.signatures.items()),
            )
            for one in signed_checkpoints(transaction, agreement)
        ]
        strays = stray_openings(transaction, agreement)
        return Swept(header=header, rows=papers.sweep(sound, strays))


def _rebuild(store: Store, agreement: str) -> Header:
    with store.write() as transaction:
        transaction.clear_projections(agreement)
        for append in projections(transaction, agreement):
            transaction.project(agreement, append)
        return transaction.lock(agreement)


def _named(transaction: Transaction, name: str | None) -> list[str]:
    """Return the ids of the agreements of that name, or of all, whatever their headers hold."""
    labels = transaction.labels()
    if name is None:
        return [identity for identity, _ in labels]
    found = [identity for identity, label in labels if name in {identity, label}]
    return found or [find(transaction, name).id]
