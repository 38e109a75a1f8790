"""Looking after a store: its tables, its projections, and time that has passed."""

from collections.abc import Iterator

import msgspec

from phaseflow.journal.entry import Entry
from phaseflow.model.definition import Definition
from phaseflow.service import definitions
from phaseflow.service.clock_doubt import refuse_doubtful
from phaseflow.service.drafting import draft_tick
from phaseflow.service.filing import recorded_at
from phaseflow.service.place import Place, find, hold
from phaseflow.service.recording import clock
from phaseflow.service.replaying import projections
from phaseflow.storage import roles, schema
from phaseflow.storage.port import Header, Store, Transaction

_AT_ONCE = 50


class Ticked(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement, and the entry of what had fallen due."""

    place: Place
    entry: Entry


def upgrade(url: str) -> tuple[str | None, str | None]:
    """Bring the tables to this version; return the versions before and after, None for none.

    Raises:
        StoreUnavailable: the database is out of reach, or of a newer version.
    """
    before = schema.current_revision(url)
    schema.upgrade(url)
    return before, schema.current_revision(url)


def grant(url: str, role: str) -> None:
    """Let a role of PostgreSQL append to the journals, and change nothing in them.

    Raises:
        StoreUnavailable: the database cannot be set up so, or the role is
            mightier than that.
    """
    roles.grant(url, role)


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


def tick(store: Store, name: str, now: str | None = None) -> list[Ticked]:
    """File what has fallen due in an agreement; return the entries, none if nothing had.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal, or is missing and it is one.
        Unconfirmed: the clock is in doubt.
    """
    filed = []
    while (ticked := _tick(store, name, now)) is not None:
        filed.append(ticked)
    return filed


def tick_all(store: Store) -> Iterator[Ticked]:
    """File what has fallen due in every agreement, and yield the entries; rehearsals stand still.

    Any number of processes may do so at once.

    Raises:
        Unconfirmed: the clock is in doubt.
    """
    settled: set[str] = set()
    while True:
        with store.write() as transaction:
            due = transaction.due(transaction.now(), _AT_ONCE + len(settled))
            waiting = [header.id for header in due if header.id not in settled]
            if not waiting:
                return
            ticked = _file_tick(transaction, waiting[0], None)
        if ticked is None:
            settled.add(waiting[0])
        else:
            yield ticked


def _tick(store: Store, name: str, now: str | None) -> Ticked | None:
    with store.write() as transaction:
        return _file_tick(transaction, name, now)


def _file_tick(transaction: Transaction, name: str, now: str | None) -> Ticked | None:
    place = hold(transaction, name)
    refuse_doubtful(transaction, place.header)
    at = recorded_at(place, clock(transaction, place.header), now)
    drafted = draft_tick(place, at)
    if drafted is None:
        return None
    transaction.append(place.header.id, drafted.append)
    return Ticked(place=drafted.place, entry=drafted.append.entry)


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
