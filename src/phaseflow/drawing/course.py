"""The way that an agreement came, which both kinds of drawings show."""

import msgspec

from phaseflow.engine.outcome import Account
from phaseflow.model.calendar import Date, Instant


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A transition that was taken; ``source`` and ``target`` are leaves."""

    transition: str
    source: str
    target: str
    at: Instant


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of an agreement by the moment ``at``: the way it came, what stands."""

    label: str
    leaf: str
    at: Instant
    first_day: Date | None
    taken: tuple[Taken, ...]
    accounts: tuple[Account, ...]
