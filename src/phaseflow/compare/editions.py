"""What changed between two editions, and for whom.

Every key of both is looked at; what no rule weighs is *structure*, so that a
difference is never passed over. Swapping the two swaps heavier and lighter.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from phaseflow.compare import weights
from phaseflow.compare.change import (
    Change,
    ChangeKind,
    Location,
    both,
    clause,
    differing,
    together,
    wording,
)
from phaseflow.compare.guards import guards
from phaseflow.compare.obligations import obligation_changes, paired
from phaseflow.model.definition import Definition, Transition
from phaseflow.model.moment import Calendar
from phaseflow.model.renaming import renamed

_ELSEWHERE = frozenset(
    {"digest", "edition", "name", "title", "sources", "remarks"}
    | {"amendment", "amended_by", "renames", "calendar"}
    | {"groups", "parties", "findings", "states", "obligations", "transitions"}
)


def compare(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Return what differs from ``old`` to ``new``, in the order of the file.

    The edition's own name and digest are no difference. A state that one of them
    renames is the same state in both.
    """
    return tuple(_definition(_as_in(new, old), _as_in(old, new)))


def _as_in(other: Definition, one: Definition) -> Definition:
    """Return ``one`` with its states called as ``other`` renames them.

    A name that a state of it bears already is left alone: then the two are not
    the same state under another name.
    """
    return renamed(one, {a: b for a, b in other.renames.items() if b not in one.states})


def _definition(old: Definition, new: Definition) -> Iterator[Change]:
    whole = Location("agreement", "")
    for key in ("name", "title", "sources", "renames"):
        yield from _plain(whole, key, "wording", old, new)
    for change in wording(whole, old.remarks, new.remarks):
        if change.key != "title":
            yield change
    for change in wording(whole, old.amendment, new.amendment):
        yield msgspec.structs.replace(change, key=f"amendments, {change.key}")
    yield from _plain(whole, "amended_by", "authority", old, new)
    yield from _calendar(whole, old.calendar, new.calendar)
    for key in old.__struct_fields__:
        if key not in _ELSEWHERE:
            yield from _plain(whole, key, "structure", old, new)
    yield from _group(old.groups, new.groups)
    for section in ("parties", "findings", "states"):
        yield from _named(section, getattr(old, section), getattr(new, section))
    for base, owed in paired(old.obligations, new.obligations).items():
        found = (obligation_changes(name, old, new) for name, (old, new) in owed.items())
        yield from together(chain.from_iterable(found), base, owed)
    for name in both(old.transitions, new.transitions):
        yield from _transition(old.transitions.get(name), new.transitions.get(name))
    before, after = _automatic(old, new), _automatic(new, old)
    if before != after and sorted(before) == sorted(after):
        order = Location("transitions", "")
        yield order.change("order of the automatic ones", "structure", before, after)


def _automatic(one: Definition, other: Definition) -> list[str]:
    """Return the automatic transitions of ``one`` that ``other`` has too."""
    automatic = (t.name for t in one.transitions.values() if t.owners is None)
    return [name for name in automatic if name in other.transitions]


def _calendar(place: Location, old: Calendar, new: Calendar) -> Iterator[Change]:
    if old.zone.name != new.zone.name:
        yield place.change("calendar, time_zone", "structure", old.zone.name, new.zone.name)
    before, after = _numbering(old), _numbering(new)
    if before != after:
        yield place.change("calendar, numbering of days", "structure", before, after)


def _numbering(calendar: Calendar) -> str | None:
    return f"day_{calendar.first_number}: {calendar.anchor}" if calendar.anchor else None


def _plain(place: Location, key: str, kind: ChangeKind, old: Any, new: Any) -> Iterator[Change]:
    before, after = getattr(old, key), getattr(new, key)
    if before != after:
        yield place.change(key, kind, before, after)


def _group(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in both(old, new):
        if old.get(name) != new.get(name):
            place = Location("groups", name)
            yield place.change("members", "authority", old.get(name), new.get(name))


def _named(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in both(old, new):
        before, after = old.get(name), new.get(name)
        place = Location(section, name, clause(before, after))
        if before is None or after is None:
            yield place.change("", "structure", before and name, after and name)
        else:
            yield from differing(place, before, after, {})


def _transition(old: Transition | None, new: Transition | None) -> Iterator[Change]:
    either = new or old
    assert either is not None
    owners = old.owners.members if old and old.owners else ()
    owners += new.owners.members if new and new.owners else ()
    whom = tuple(sorted(set(owners)))
    place = Location("transitions", either.name, clause(old, new), whom)
    if old is None or new is None:
        yield place.change("", "structure", old and old.name, new and new.name)
        return
    derived = {"sources": old.from_ != new.from_, "target": old.to != new.to}
    skip = ("guards", *(key for key, is_told in derived.items() if is_told))
    yield from differing(place, old, new, {"after": weights.opens_later}, skip=skip)
    yield from guards(place, old.guards, new.guards)
