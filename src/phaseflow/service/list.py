"""The agreements of a store."""

import msgspec

from phaseflow.errors import PhaseflowError
from phaseflow.model.definition import Definition
from phaseflow.service import definitions
from phaseflow.storage.port import Header, Store, Unreadable


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement in a list, with the text it is about."""

    header: Header
    definition: Definition


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All agreements, by label; ``broken`` are those that cannot be told of, each with why."""

    agreements: tuple[Listed, ...] = ()
    broken: tuple[Unreadable, ...] = ()


def listed(store: Store) -> Listing:
    """Return all agreements; one that is broken keeps no other from being listed."""
    agreements: list[Listed] = []
    broken: list[Unreadable] = []
    with store.read() as transaction:
        broken += transaction.unreadable()
        for header in transaction.headers():
            try:
                definition = definitions.stored(transaction, header.definition)
            except PhaseflowError as error:
                fault = f"its text cannot be read: {error}"
                broken.append(Unreadable(id=header.id, label=header.label, fault=fault))
            else:
                agreements.append(Listed(header=header, definition=definition))
    return Listing(
        agreements=tuple(agreements), broken=tuple(sorted(broken, key=lambda one: one.label))
    )
