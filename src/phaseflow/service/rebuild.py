"""Computing the tables of present state anew from the journal."""

from phaseflow.service.agreement import find
from phaseflow.service.replay import projections
from phaseflow.storage.port import Header, Store, Transaction


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
