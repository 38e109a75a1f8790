"""One difference between two editions: where it is, of what kind, and for whom."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from phaseflow.compare.weights import Weight
from phaseflow.compare.written import written
from phaseflow.model.party import PartyExpression
from phaseflow.model.remarks import Remarks

ChangeKind = Literal["heavier", "lighter", "authority", "structure", "wording"]
_AS_WRITTEN = {
    "amended_by": "amendments, by",
    "obligees": "obligee",
    "owners": "by",
    "counts_uncontested": "counts",
    "judged_in_total": "judged",
}
"""What the file calls that which has another name in the model."""
_WORDS: dict[str, tuple[str | None, str]] = {
    "counts_uncontested": (None, "uncontested"),
    "judged_in_total": ("by_category", "in_total"),
}
"""What the file says where the model says no or yes."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: where, of what kind, for whom, and how it read before and after.

    ``whom`` is empty but for heavier and lighter; so is ``owed_to``, those whose
    claim grows or shrinks with the duty. ``before`` or ``after`` is None where
    the edition has nothing there. A change that is the same for all who owe
    something together has the name that they share.
    """

    section: str
    name: str
    key: str
    clause: str
    kind: ChangeKind
    whom: tuple[str, ...] = ()
    owed_to: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None


class Location(msgspec.Struct, frozen=True):
    """A part of the text, whom a change of it burdens or relieves, and to whom they owe it."""

    section: str
    name: str
    clause: str = ""
    whom: tuple[str, ...] = ()
    owed_to: tuple[str, ...] = ()

    def change(self, key: str, kind: ChangeKind, old: Any, new: Any) -> Change:
        """Return a change of that kind at this place."""
        is_weighed = kind in {"heavier", "lighter"}
        return Change(
            section=self.section,
            name=self.name,
            key=_AS_WRITTEN.get(key, key),
            clause=self.clause,
            kind=kind,
            whom=self.whom if is_weighed else (),
            owed_to=self.owed_to if is_weighed else (),
            before=_said(key, old),
            after=_said(key, new),
        )

    def weighed(self, key: str, weight: Weight, old: Any, new: Any) -> Change:
        """Return a change that is heavier or lighter for those whom it concerns.

        With the weight 0 it is a change of wording. Where the weight is unknown, or
        the change concerns nobody, it is a change of structure.
        """
        if weight == 0:
            return self.change(key, "wording", old, new)
        if weight is None or not self.whom:
            return self.change(key, "structure", old, new)
        return self.change(key, "heavier" if weight > 0 else "lighter", old, new)


def _said(key: str, value: Any) -> str | None:
    if value is not None and key in _WORDS:
        return _WORDS[key][value]
    return written(value)


Rules = Mapping[str, Callable[[Any, Any], Weight]]
"""For each key that is weighed, how to compare its old value with its new one."""


def differing(
    place: Location, old: Any, new: Any, rules: Rules, skip: Collection[str] = ()
) -> Iterator[Change]:
    """Yield a change for each key of a part that differs."""
    for key in old.__struct_fields__:
        before, after = getattr(old, key), getattr(new, key)
        if key in skip or before == after:
            continue
        name = key.rstrip("_")
        if isinstance(before, Remarks):
            yield from wording(place, before, after)
        elif key == "otherwise":
            yield place.change("else", "wording", before or None, after or None)
        elif key in rules:
            yield place.weighed(name, rules[key](before, after), before, after)
        elif key == "role" or isinstance(before or after, PartyExpression):
            yield place.change(name, "authority", before, after)
        else:
            yield place.change(name, "structure", before, after)


def wording(place: Location, old: Remarks, new: Remarks) -> Iterator[Change]:
    """Yield a change for each thing that is said otherwise to people."""
    for key in old.__struct_fields__:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield place.change(key, "wording", before or None, after or None)


def parts(
    place: Location, key: str, old: Mapping[str, Any], new: Mapping[str, Any], rules: Rules
) -> Iterator[Change]:
    """Yield what differs in named parts: one that is new asks more, one that is gone less."""
    for name in both(old, new):
        before, after = old.get(name), new.get(name)
        part = msgspec.structs.replace(place, clause=clause(before, after) or place.clause)
        if before is None or after is None:
            yield part.weighed(f"{key} {name}", -1 if after is None else 1, before, after)
        else:
            for change in differing(part, before, after, rules):
                yield msgspec.structs.replace(change, key=f"{key} {name}, {change.key}")


def both(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of either edition, each once, those of the old one first."""
    return tuple(dict.fromkeys((*old, *new)))


def clause(old: Any, new: Any) -> str:
    """Return the clause of a part, as the new edition numbers it if it does."""
    clauses = [one.remarks.clause for one in (new, old) if one is not None]
    return next((clause for clause in clauses if clause), "")


def together(changes: Iterable[Change], base: str, names: Iterable[str]) -> list[Change]:
    """Return ``changes``, those that several who owe ``base`` have alike as one.

    ``names`` are those under which each of them owes it.
    """
    alike: dict[Change, list[Change]] = {}
    for change in changes:
        same = msgspec.structs.replace(change, name=base, whom=())
        alike.setdefault(same, []).append(change)
    everybody, found = set(names), []
    for same, of in alike.items():
        owing = dict.fromkeys(change.name for change in of)
        name = base if everybody <= owing.keys() and len(of) > 1 else ", ".join(owing)
        whom = tuple(sorted({party for change in of for party in change.whom}))
        found.append(msgspec.structs.replace(same, name=name, whom=whom))
    return found
