"""Deleting what stands beside a journal and proves nothing."""

import msgspec

from phaseflow.service.agreement import find
from phaseflow.service.audit import stray_openings
from phaseflow.service.vouched import signed_checkpoints
from phaseflow.storage.port import Header, Kept, Store


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
