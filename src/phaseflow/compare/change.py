"""One difference between two editions: where it is, of what kind, and for whom."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from phaseflow.compare.weights import Weight
from phaseflow.model.definition import PartyExpression
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Tranche
from phaseflow.model.forms.steps import Step
from phaseflow.model.guard import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
)
from phaseflow.model.remarks import Remarks

Kind = Literal["heavier", "lighter", "authority", "structure", "wording"]
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
_SILENT: tuple[object, ...] = (None, (), {}, "", Remarks())


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
    kind: Kind
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

    def change(self, key: str, kind: Kind, old: Any, new: Any) -> Change:
        """Return a change of that kind at this place."""
        is_weighed = kind in {"heavier", "lighter"}
        if key in _WORDS:
            old, new = (None if said is None else _WORDS[key][said] for said in (old, new))
        return Change(
            section=self.section,
            name=self.name,
            key=_AS_WRITTEN.get(key, key),
            clause=self.clause,
            kind=kind,
            whom=self.whom if is_weighed else (),
            owed_to=self.owed_to if is_weighed else (),
            before=_text(old),
            after=_text(new),
        )

    def weighed(self, key: str, weight: Weight, old: Any, new: Any) -> Change:
        """Return a change of that weight: without one, or anybody to bear it, structure."""
        if weight == 0:
            return self.change(key, "wording", old, new)
        if weight is None or not self.whom:
            return self.change(key, "structure", old, new)
        return self.change(key, "heavier" if weight > 0 else "lighter", old, new)


Rules = Mapping[str, Callable[[Any, Any], Weight]]
"""For a key, how to weigh what it said before against what it says after."""


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
            weight = rules[key](before, after)
            if key != "schedule" or weight != 0:
                yield place.weighed(name, weight, before, after)
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


def _text(value: Any) -> str | None:
    """Return a value as a reader of the file knows it."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Constant() | Point() | Not() | AllOf() | AnyOf() | Comparison() | Arithmetic():
            return _written(value)
        case tuple() | list():
            rows = any(isinstance(one, msgspec.Struct) for one in value)
            return ("; " if rows else ", ").join(_text(one) or "" for one in value)
        case dict() if [*value] == [PLAIN]:
            return _text(value[PLAIN])
        case dict():
            return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
        case Tranche():
            share = None if value.share is None else f"{value.share}%"
            return f"by {value.by}: {share or _text(value.amount)}"
        case Step():
            since = f", not before {value.not_before}" if value.not_before else ""
            until = f", by {value.by}" if value.by else ""
            return f"{value.remarks.title or value.name}{since}{until}"
        case msgspec.Struct() if type(value).__str__ is msgspec.Struct.__str__:
            plain = type(value)
            said = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(plain))
            kept = {f.encode_name.rstrip("_"): one for f, one in said if one not in _SILENT}
            return _text(kept)
        case _:
            return str(value)


def _written(expression: Expression) -> str:
    """Return an expression as it is written in a file."""
    match expression:
        case Constant(str(value)):
            return f'"{value}"'
        case Constant(value):
            return str(value).lower()
        case Point(when):
            return f'"{when}"'
        case Not(of):
            return f"not {_inner(of)}"
        case AllOf(of) | AnyOf(of):
            word = " and " if isinstance(expression, AllOf) else " or "
            return word.join(_inner(part) for part in of)
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            return f"{_inner(left)} {sign} {_inner(right)}"
        case FindingValue() | PartyAttribute() | ObligationAttribute():
            return str(expression)


def _inner(expression: Expression) -> str:
    text = _written(expression)
    is_joined = isinstance(expression, AllOf | AnyOf | Comparison | Arithmetic)
    return f"({text})" if is_joined else text
