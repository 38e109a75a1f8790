"""A scenario as written: what was said, when, and how it is expected to end."""

from typing import Any

import msgspec


class TickEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Time passes until ``at``, as written; nobody says anything."""

    line: int
    at: str
    expect: dict[str, Any] | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement.

    ``at`` is when it occurred and ``recorded`` when it is filed (None: the
    later of ``at``, of a day its beginning, and the filing before), each a day
    or a local time of the agreement, or an instant in UTC, as written. In
    ``body`` an entry may stand as the ``name`` of an event before it.
    ``refused`` are the codes with which it is expected to be refused.
    ``added`` says why the record does not hold it, ``record`` which events of
    the record it renders.
    """

    line: int
    at: str
    by: str
    kind: str
    body: dict[str, Any]
    name: str | None = None
    recorded: str | None = None
    refused: tuple[str, ...] = ()
    expect: dict[str, Any] | None = None
    added: str = ""
    record: tuple[int, ...] = ()


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A course of events on one agreement.

    ``definition`` is a path relative to the scenario's file. ``expect`` and
    ``then`` hold parts of ``status --json``, and are matched as subsets. ``then_line``
    is where ``then`` stands.
    """

    definition: str
    title: str
    events: tuple[Event | TickEvent, ...]
    label: str = ""
    names: dict[str, str] = {}
    then: dict[str, Any] | None = None
    then_line: int = 0
