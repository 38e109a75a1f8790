"""What changed between two editions, and for whom.

Every key of both is looked at; what no rule weighs is *structure*, so that a
difference is never passed over. Swapping the two swaps heavier and lighter.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from phaseflow.language import weigh
from phaseflow.language.weigh import Weight, turned
from phaseflow.model.calendar import encode_hook
from phaseflow.model.definition import (
    Amount,
    Definition,
    Driver,
    Guard,
    InReturn,
    Obligation,
    PartyExpression,
    Remarks,
    Step,
    Steps,
    Transition,
)
from phaseflow.model.guard import Expression

Kind = Literal["heavier", "lighter", "authority", "structure", "wording"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: where, of what kind, for whom, and how it read before and after.

    ``whom`` is empty but for heavier and lighter. ``before`` or ``after`` is
    None where the edition has nothing there.
    """

    section: str
    name: str
    key: str
    clause: str
    kind: Kind
    whom: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None


class _Place(msgspec.Struct, frozen=True):
    section: str
    name: str
    clause: str = ""
    whom: tuple[str, ...] = ()

    def change(self, key: str, kind: Kind, old: Any, new: Any) -> Change:
        """Return a change of that kind at this place."""
        whom = self.whom if kind in {"heavier", "lighter"} else ()
        return Change(
            section=self.section,
            name=self.name,
            key=key,
            clause=self.clause,
            kind=kind,
            whom=whom,
            before=_text(old),
            after=_text(new),
        )

    def weighed(self, key: str, weight: Weight, old: Any, new: Any) -> Change:
        """Return a change of that weight; without anybody to bear it, or an order, structure."""
        if not weight or not self.whom:
            return self.change(key, "structure", old, new)
        return self.change(key, "heavier" if weight > 0 else "lighter", old, new)


def compare(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Return what differs from ``old`` to ``new``, in the order of the file.

    The edition's own name and digest are no difference.
    """
    return tuple(_definition(old, new))


def _definition(old: Definition, new: Definition) -> Iterator[Change]:
    whole = _Place("agreement", "")
    for key in ("name", "title", "sources", "remarks", "amendment"):
        yield from _plain(whole, key, "wording", old, new)
    for key in ("calendar", "format", "initial"):
        yield from _plain(whole, key, "structure", old, new)
    yield from _plain(whole, "amended_by", "authority", old, new)
    yield from _group(old.groups, new.groups)
    for section in ("parties", "findings", "states"):
        yield from _named(section, getattr(old, section), getattr(new, section))
    for name in _both(old.obligations, new.obligations):
        yield from _obligation(old.obligations.get(name), new.obligations.get(name))
    for name in _both(old.transitions, new.transitions):
        yield from _transition(old.transitions.get(name), new.transitions.get(name))
    before, after = (
        [t.name for t in one.transitions.values() if t.owners is None and t.name in other]
        for one, other in ((old, new.transitions), (new, old.transitions))
    )
    if before != after and sorted(before) == sorted(after):
        order = _Place("transitions", "")
        yield order.change("order of the automatic ones", "structure", before, after)


def _plain(place: _Place, key: str, kind: Kind, old: Any, new: Any) -> Iterator[Change]:
    before, after = getattr(old, key), getattr(new, key)
    if before != after:
        yield place.change(key, kind, before, after)


def _group(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _both(old, new):
        if old.get(name) != new.get(name):
            place = _Place("groups", name)
            yield place.change("members", "authority", old.get(name), new.get(name))


def _named(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        place = _Place(section, name, _clause(before, after))
        if before is None or after is None:
            yield place.change("", "structure", before and name, after and name)
        else:
            yield from _fields(place, before, after, {}, skip=())


def _obligation(old: Obligation | None, new: Obligation | None) -> Iterator[Change]:
    either = new or old
    assert either is not None
    whom = tuple(sorted({one.obligor for one in (old, new) if one is not None}))
    place = _Place("obligations", either.name, _clause(old, new), whom)
    if old is None or new is None:
        yield place.weighed("", -1 if new is None else 1, old and _owed(old), new and _owed(new))
        return
    if old.obligor != new.obligor:
        for obligor, weight in ((old.obligor, -1), (new.obligor, 1)):
            borne = msgspec.structs.replace(place, whom=(obligor,))
            yield borne.weighed("obligor", weight, old.obligor, new.obligor)
    skip = ("obligor", "form", "obligees") + (("categories",) if old.form != new.form else ())
    yield from _plain(place, "obligees", "authority", old, new)
    if type(old.form) is not type(new.form):
        yield place.change("form", "structure", type(old.form).__name__, type(new.form).__name__)
    elif isinstance(old.form, Steps) and isinstance(new.form, Steps):
        parts = ({s.name: s for s in old.form.steps}, {s.name: s for s in new.form.steps})
        yield from _parts(place, "steps", parts, _DUTY)
        yield from _fields(place, old.form, new.form, _FORM, skip=("steps",))
        if set(parts[0]) == set(parts[1]) and [*parts[0]] != [*parts[1]]:
            yield place.change("order of the steps", "structure", [*parts[0]], [*parts[1]])
    elif isinstance(old.form, InReturn) and isinstance(new.form, InReturn):
        drivers = (_drivers(old.form), _drivers(new.form))
        yield from _parts(place, "in_return_for", drivers, _DRIVER)
        if set(drivers[0]) == set(drivers[1]) and [*drivers[0]] != [*drivers[1]]:
            yield place.change("order of the drivers", "structure", [*drivers[0]], [*drivers[1]])
    else:
        if isinstance(old.form, Amount) and isinstance(new.form, Amount):
            yield from _wording_of_rows(place, old.form, new.form)
        yield from _fields(place, old.form, new.form, _FORM, skip=())
    yield from _fields(place, old, new, _DUTY, skip=skip)


def _wording_of_rows(place: _Place, old: Amount, new: Amount) -> Iterator[Change]:
    rows = ([r.remarks for r in old.schedule], [r.remarks for r in new.schedule])
    if len(rows[0]) == len(rows[1]) and rows[0] != rows[1]:
        yield place.change("remarks of the schedule", "wording", *rows)


def _drivers(form: InReturn) -> dict[str, Driver]:
    names: dict[str, Driver] = {}
    for driver in form.drivers:
        again = sum(d.obligation == driver.obligation for d in names.values())
        names[f"{driver.obligation} ({again + 1})" if again else driver.obligation] = driver
    return names


def _parts(
    place: _Place, key: str, parts: tuple[Mapping[str, Any], Mapping[str, Any]], rules: "_Rules"
) -> Iterator[Change]:
    old, new = parts
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield place.weighed(f"{key} {name}", -1 if after is None else 1, before, after)
        else:
            for change in _fields(place, before, after, rules, skip=()):
                yield msgspec.structs.replace(change, key=f"{key} {name}, {change.key}")


def _transition(old: Transition | None, new: Transition | None) -> Iterator[Change]:
    either = new or old
    assert either is not None
    owners = old.owners.members if old and old.owners else ()
    owners += new.owners.members if new and new.owners else ()
    whom = tuple(sorted(set(owners)))
    place = _Place("transitions", either.name, _clause(old, new), whom)
    if old is None or new is None:
        yield place.change("", "structure", old and old.name, new and new.name)
        return
    yield from _fields(place, old, new, {"after": _after}, skip=("guards",))
    yield from _guards(place, old.guards, new.guards)


def _guards(place: _Place, old: tuple[Guard, ...], new: tuple[Guard, ...]) -> Iterator[Change]:
    before, after = _numbered(old), _numbered(new)
    for one, other in ((before[key], after[key]) for key in before if key in after):
        if one.text != other.text:
            yield place.change("guard", "wording", one.text, other.text)
        for change in _fields(place, one, other, {}, skip=("that", "text")):
            yield msgspec.structs.replace(change, key=f"guard {other.text}, {change.key}")
    gone = [guard for key, guard in before.items() if key not in after]
    come = [guard for key, guard in after.items() if key not in before]
    if len(gone) == len(come) == 1:
        one, other = gone[0], come[0]
        weight = weigh.harder(one.that, other.that)
        yield place.weighed("guard", weight, one.text, other.text)
        for change in _fields(place, one, other, {}, skip=("that", "text")):
            yield msgspec.structs.replace(change, key=f"guard, {change.key}")
        return
    for guard in gone:
        yield place.weighed("guard", -1, guard.text, None)
    for guard in come:
        yield place.weighed("guard", 1, None, guard.text)


def _numbered(guards: tuple[Guard, ...]) -> dict[tuple[Expression, int], Guard]:
    """Return ``guards`` by what they ask, and which of those that ask the same they are."""
    found: dict[tuple[Expression, int], Guard] = {}
    for guard in guards:
        found[guard.that, sum(that == guard.that for that, _ in found)] = guard
    return found


_Rules = Mapping[str, Callable[[Any, Any], Weight]]


def _fields(
    place: _Place, old: Any, new: Any, rules: _Rules, skip: tuple[str, ...]
) -> Iterator[Change]:
    for key in old.__struct_fields__:
        before, after = getattr(old, key), getattr(new, key)
        if key in skip or before == after:
            continue
        name = key.rstrip("_")
        if isinstance(before, Remarks) or key == "otherwise":
            yield place.change(name, "wording", before, after)
        elif key in rules:
            weight = rules[key](before, after)
            if key != "schedule" or weight != 0:
                yield place.weighed(name, weight, before, after)
        elif key == "role" or isinstance(before or after, PartyExpression):
            yield place.change(name, "authority", before, after)
        else:
            yield place.change(name, "structure", before, after)


def _sooner(old: Any, new: Any) -> Weight:
    """Weigh a last moment of performance: none asks least."""
    if old is None or new is None:
        return 1 if old is None else -1
    return turned(weigh.later(old, new))


def _after(old: Any, new: Any) -> Weight:
    """Weigh an earliest moment of performance or of a move: none asks least."""
    if old is None or new is None:
        return 1 if old is None else -1
    return weigh.later(old, new)


def _shorter(old: Any, new: Any) -> Weight:
    """Weigh a time that one has before a debt is due: none is no end to it."""
    if old is None or new is None:
        return 1 if old is None else -1
    return turned(weigh.longer(old, new))


def _cure(old: Any, new: Any) -> Weight:
    """Weigh a time to make good: none asks most."""
    if old is None or new is None:
        return 1 if new is None else -1
    return turned(weigh.longer(old, new))


def _silence(old: Any, new: Any) -> Weight:
    """Weigh the time in which a verifier must speak: it spares who performed."""
    return turned(_shorter(old, new))


def _left(old: str, new: str) -> Weight:
    return {("lapse", "carry"): 1, ("carry", "lapse"): -1}.get((old, new))


_DUTY: _Rules = {
    "by": _sooner,
    "not_before": _after,
    "from_": lambda old, new: turned(_after(old, new)),
    "until": lambda old, new: turned(_sooner(old, new)),
    "during": weigh.wider,
    "cure": _cure,
    "within": _shorter,
    "verify_within": _silence,
    "requires": lambda old, new: turned(weigh.harder(old, new)),
    "excused_while": lambda old, new: (
        -1 if old is None else 1 if new is None else weigh.harder(old, new)
    ),
    "when_left": _left,
    "counts_uncontested": weigh.order,
    "judged_in_total": lambda old, new: turned(weigh.order(old, new)),
}
_DRIVER: _Rules = {"within": _shorter, "each": weigh.figures, "shared": weigh.figures}
_FORM: _Rules = {
    "amount": weigh.figures,
    "of_which": weigh.figures,
    "schedule": weigh.schedule,
    "in_order": weigh.order,
    "averaged": lambda old, new: turned(weigh.order(old, new)),
    "tolerated": lambda old, new: turned(weigh.order(old, new)),
}


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _clause(old: Any, new: Any) -> str:
    clauses = [one.remarks.clause for one in (new, old) if one is not None]
    return next((clause for clause in clauses if clause), "")


def _owed(obligation: Obligation) -> str:
    return obligation.remarks.title or obligation.name


def _text(value: Any) -> str | None:
    """Return a value as a reader of the file knows it."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Step():
            return f"by {value.by}" if value.by else value.name
        case Remarks():
            kept = msgspec.to_builtins(value)
            return "; ".join(f"{key}: {_text(said)}" for key, said in kept.items())
        case tuple() | list():
            return ", ".join(_text(one) or "" for one in value)
        case dict():
            return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
        case msgspec.Struct() if type(value).__str__ is msgspec.Struct.__str__:
            return _text(msgspec.to_builtins(value, enc_hook=encode_hook))
        case _:
            return str(value)
