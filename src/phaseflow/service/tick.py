"""Time that has passed: what fell due meanwhile is filed."""

from collections.abc import Iterator

import msgspec

from phaseflow.journal.entry import Entry
from phaseflow.service.agreement import Place, hold
from phaseflow.service.next_entry import draft_tick
from phaseflow.service.recorder_clock import read_clock, recorded_at, refuse_doubtful
from phaseflow.storage.port import Store, Transaction

_AT_ONCE = 50


class Ticked(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement, and the entry of what had fallen due."""

    place: Place
    entry: Entry


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
    at = recorded_at(place, read_clock(transaction, place.header), now)
    drafted = draft_tick(place, at)
    if drafted is None:
        return None
    transaction.append(place.header.id, drafted.append)
    return Ticked(place=drafted.place, entry=drafted.append.entry)
