"""Computing the tables of present state anew from the journal."""

from phaseflow.model.definition import Definition
from phaseflow.service import definitions
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
        chosen = [find(transaction, name)] if name else list(transaction.headers())
    return [_rebuild(store, header.id) for header in chosen]


def _rebuild(store: Store, agreement: str) -> Header:
    with store.write() as transaction:
        header = transaction.lock(agreement)
        for digest in {header.definition, *definitions.named(transaction, agreement)}:
            _recompile(transaction, digest)
        transaction.clear_projections(agreement)
        for append in projections(transaction, header):
            transaction.project(agreement, append)
    return header


def _recompile(transaction: Transaction, digest: str) -> Definition:
    """Read the definition from its source, as the compiled form may be another version's."""
    source = transaction.source(digest)
    definition = definitions.check(source, f"definition {digest[:12]}")
    transaction.add_definition(definition, source)
    return definition
