"""The keys of an agreement, from its journal."""

from pathlib import Path

import msgspec

from phaseflow.errors import StatementInvalid
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import read_lines
from phaseflow.journal.keys import KeyChange, Keys, keys_of, weak_quorum
from phaseflow.model.statement import Open, parse_body
from phaseflow.service.composing import is_bundle
from phaseflow.service.place import find, suggestion
from phaseflow.service.recording import held_keys
from phaseflow.service.stores import opened
from phaseflow.storage.port import Store


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Every key there ever was in an agreement; ``warning`` on a quorum that is weak."""

    agreement: str
    changes: tuple[KeyChange, ...]
    warning: str | None


def held(store: Store, name: str) -> Held:
    """Return the keys of an agreement.

    Raises:
        StatementInvalid: there is no such agreement.
    """
    with store.read() as transaction:
        header = find(transaction, name)
        keys = held_keys(transaction, header.id)
        first = transaction.entry(header.id, 0)
        assert first is not None
    genesis = parse_body("open", read_entry(first.line).stmt.body)
    assert isinstance(genesis, Open)
    return Held(
        agreement=header.id, changes=tuple(keys.changes), warning=weak_quorum(genesis.policy)
    )


def present(name: str, party: str, database: str) -> str | None:
    """Return the present key of a party, in an agreement of a database or in a bundle.

    Raises:
        StatementInvalid: there is no such agreement or party.
    """
    if is_bundle(name):
        keys = keys_of(read_entry(line) for line in read_lines(Path(name)))
    else:
        with opened(database) as store, store.read() as transaction:
            keys = held_keys(transaction, find(transaction, name).id)
    return _current(keys, party)


def _current(keys: Keys, party: str) -> str | None:
    known = [change.party for change in keys.changes]
    if party not in known:
        msg = f"{party!r} is no party{suggestion(party, known)}"
        raise StatementInvalid(msg)
    return keys.current(party)
