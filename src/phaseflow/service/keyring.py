"""The keys of an agreement, from its journal."""

from pathlib import Path

import msgspec

from phaseflow.errors import StatementInvalid
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import is_bundle
from phaseflow.journal.keys import KeyChange, weak_quorum
from phaseflow.model.statement import Open, parse_body
from phaseflow.service.agreement import find
from phaseflow.service.vouched import held_keys
from phaseflow.service.words.suggestion import suggestion
from phaseflow.storage.port import Header, Store


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Every key there ever was in an agreement; ``warning`` on a quorum that is weak."""

    header: Header
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
    return Held(header=header, changes=tuple(keys.changes), warning=weak_quorum(genesis.policy))


def present(name: str, party: str, database: str) -> str | None:
    """Return the present key of a party, in an agreement of a database or in a bundle.

    Raises:
        StatementInvalid: there is no such agreement or party.
        JournalBroken: the bundle does not verify.
    """
    if is_bundle(name):
        changes = verify_bundle(Path(name), None).keys
    else:
        from phaseflow.service.stores import opened  # noqa: PLC0415  SQLAlchemy

        with opened(database) as store:
            changes = held(store, name).changes
    newest = {change.party: change.key for change in changes}
    if party not in newest:
        msg = f"{party!r} is no party{suggestion(party, newest)}"
        raise StatementInvalid(msg)
    return newest[party]
