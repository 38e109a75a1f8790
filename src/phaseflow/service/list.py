"""The agreements of a store."""

import msgspec

from phaseflow.model.definition import Definition
from phaseflow.service import definitions
from phaseflow.storage.port import Header, Store


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement in a list, with the text it is about."""

    header: Header
    definition: Definition


def listed(store: Store) -> list[Listed]:
    """Return all agreements, by label."""
    with store.read() as transaction:
        return [
            Listed(header=header, definition=definitions.stored(transaction, header.definition))
            for header in transaction.headers()
        ]
