"""The demonstration: a script played into a store, looked at and audited."""

import msgspec

from phaseflow.journal.verify import Report
from phaseflow.model.calendar import Instant
from phaseflow.service.audit import verify
from phaseflow.service.history import History, Wanted, history
from phaseflow.service.rehearse import Played, Script, play
from phaseflow.service.replay import Replayed, audit
from phaseflow.storage.port import Store

LABEL = "demo"
_LATEST = 8


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """A stay in a state; ``left_at`` None: it is there still."""

    state: str
    entered_at: Instant
    left_at: Instant | None


class Demonstration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the demonstration shows."""

    played: Played
    phases: tuple[Phase, ...]
    latest: History
    report: Report
    replayed: Replayed


def demonstrate(store: Store, script: Script) -> Demonstration:
    """Play ``script`` into ``store``, and return what came of it.

    Raises:
        Conflict: another agreement has the label of the demonstration.
    """
    played = play(store, script, LABEL)
    identity = played.view.place.header.id
    return Demonstration(
        played=played,
        phases=phases(history(store, identity, Wanted())),
        latest=history(store, identity, Wanted(newest=_LATEST)),
        report=verify(store, identity),
        replayed=audit(store, identity),
    )


def phases(entries: History) -> tuple[Phase, ...]:
    """Return the states in which an agreement has been, in order, from its whole history."""
    opened_at = Instant.parse_iso(entries.entries[0].entry.recorded_at)
    stays = [(entries.definition.initial, opened_at)]
    stays += [
        (str(consequence.body["to"]), Instant.parse_iso(consequence.at))
        for shown in entries.entries
        for consequence in shown.entry.then
        if consequence.kind == "move"
    ]
    ends = [at for _, at in stays[1:]]
    return tuple(
        Phase(state=state, entered_at=at, left_at=left)
        for (state, at), left in zip(stays, [*ends, None], strict=True)
    )
