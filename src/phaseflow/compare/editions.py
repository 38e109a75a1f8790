"""What changed between two editions, and for whom.

Every key of both is looked at; what no rule weighs is *structure*, so that a
difference is never passed over. Swapping the two swaps heavier and lighter.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Kind, Location, Rules, differing, together, wording
from phaseflow.compare.guards import guards
from phaseflow.compare.weights import Weight, turned
from phaseflow.model.definition import Definition, Obligation, Transition
from phaseflow.model.figure import WHOLE
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Calendar
from phaseflow.model.renaming import renamed

_Pair = tuple[Obligation | None, Obligation | None]
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
    for base, owed in _paired(old.obligations, new.obligations).items():
        changes = [change for name, pair in owed.items() for change in _obligation(name, *pair)]
        yield from together(changes, base, owed)
    for name in _both(old.transitions, new.transitions):
        yield from _transition(old.transitions.get(name), new.transitions.get(name))
    before, after = (
        [t.name for t in one.transitions.values() if t.owners is None and t.name in other]
        for one, other in ((old, new.transitions), (new, old.transitions))
    )
    if before != after and sorted(before) == sorted(after):
        order = Location("transitions", "")
        yield order.change("order of the automatic ones", "structure", before, after)


def _calendar(place: Location, old: Calendar, new: Calendar) -> Iterator[Change]:
    zones = old.zone.name, new.zone.name
    if zones[0] != zones[1]:
        yield place.change("calendar, time_zone", "structure", *zones)
    numbered = [f"day_{c.first_number}: {c.anchor}" if c.anchor else None for c in (old, new)]
    if numbered[0] != numbered[1]:
        yield place.change("calendar, numbering of days", "structure", *numbered)


def _plain(place: Location, key: str, kind: Kind, old: Any, new: Any) -> Iterator[Change]:
    before, after = getattr(old, key), getattr(new, key)
    if before != after:
        yield place.change(key, kind, before, after)


def _group(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _both(old, new):
        if old.get(name) != new.get(name):
            place = Location("groups", name)
            yield place.change("members", "authority", old.get(name), new.get(name))


def _named(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        place = Location(section, name, _clause(before, after))
        if before is None or after is None:
            yield place.change("", "structure", before and name, after and name)
        else:
            yield from differing(place, before, after, {})


def _paired(
    old: Mapping[str, Obligation], new: Mapping[str, Obligation]
) -> dict[str, dict[str, _Pair]]:
    """Return each obligation's two editions, by the name written and by its own.

    Where several owe something in either edition, each is held against itself;
    what one owes alone may have passed from one to another.
    """
    found: dict[str, dict[str, _Pair]] = {}
    joint = {one.base for of in (old, new) for one in of.values() if one.name != one.base}
    for place, of in enumerate((old, new)):
        for one in of.values():
            name = f"{one.base}.{one.obligor}" if one.base in joint else one.base
            pair = found.setdefault(one.base, {}).get(name, (None, None))
            found[one.base][name] = (one, pair[1]) if place == 0 else (pair[0], one)
    return found


def _obligation(name: str, old: Obligation | None, new: Obligation | None) -> Iterator[Change]:
    whom = tuple(sorted({one.obligor for one in (old, new) if one is not None}))
    owed_to = tuple(sorted({to for one in (old, new) if one is not None for to in one.obligees}))
    place = Location("obligations", name, _clause(old, new), whom, owed_to)
    if old is None or new is None:
        yield place.weighed("", -1 if new is None else 1, old and _owed(old), new and _owed(new))
        return
    if old.obligor != new.obligor:
        for obligor, weight in ((old.obligor, -1), (new.obligor, 1)):
            borne = msgspec.structs.replace(place, whom=(obligor,))
            yield borne.weighed("obligor", weight, old.obligor, new.obligor)
    skip = ("name", "obligor", "form", "obligees") + (
        ("categories",) if old.form != new.form else ()
    )
    yield from _plain(place, "obligees", "authority", old, new)
    if type(old.form) is not type(new.form):
        yield place.change("form", "structure", type(old.form).__name__, type(new.form).__name__)
    elif isinstance(old.form, Steps) and isinstance(new.form, Steps):
        parts = ({s.name: s for s in old.form.steps}, {s.name: s for s in new.form.steps})
        yield from _parts(place, "steps", parts, _DUTY)
        yield from differing(place, old.form, new.form, _FORM, skip=("steps",))
        if set(parts[0]) == set(parts[1]) and [*parts[0]] != [*parts[1]]:
            yield place.change("order of the steps", "structure", [*parts[0]], [*parts[1]])
    elif isinstance(old.form, InReturn) and isinstance(new.form, InReturn):
        drivers = (_drivers(old.form), _drivers(new.form))
        yield from _parts(place, "in_return_for", drivers, _DRIVER)
        if set(drivers[0]) == set(drivers[1]) and [*drivers[0]] != [*drivers[1]]:
            yield place.change("order of the drivers", "structure", [*drivers[0]], [*drivers[1]])
    elif isinstance(old.form, Amount) and isinstance(new.form, Amount):
        yield from _amount(place, old.form, new.form)
    else:
        yield from differing(place, old.form, new.form, _FORM)
    yield from differing(place, old, new, _DUTY, skip=skip)


def _amount(place: Location, old: Amount, new: Amount) -> Iterator[Change]:
    if _is_due_at_once(old) and _is_due_at_once(new):
        before, after = (next((row.by for row in form.schedule), None) for form in (old, new))
        if before != after:
            yield place.weighed("by", _sooner(before, after), before, after)
        yield from differing(place, old, new, _FORM, skip=("schedule",))
        return
    rows = ([r.remarks for r in old.schedule], [r.remarks for r in new.schedule])
    if len(rows[0]) == len(rows[1]) and rows[0] != rows[1]:
        yield place.change("remarks of the schedule", "wording", *rows)
    yield from differing(place, old, new, _FORM)


def _is_due_at_once(form: Amount) -> bool:
    """Tell whether a file would set one day for all of it, with ``by``, or none."""
    whole = [Tranche(by=row.by, share=WHOLE) for row in form.schedule[:1]]
    return [*form.schedule] == whole


def _drivers(form: InReturn) -> dict[str, Driver]:
    names: dict[str, Driver] = {}
    for driver in form.drivers:
        again = sum(d.obligation == driver.obligation for d in names.values())
        names[f"{driver.obligation} ({again + 1})" if again else driver.obligation] = driver
    return names


def _parts(
    place: Location, key: str, parts: tuple[Mapping[str, Any], Mapping[str, Any]], rules: Rules
) -> Iterator[Change]:
    old, new = parts
    for name in _both(old, new):
        before, after = old.get(name), new.get(name)
        part = msgspec.structs.replace(place, clause=_clause(before, after) or place.clause)
        if before is None or after is None:
            yield part.weighed(f"{key} {name}", -1 if after is None else 1, before, after)
        else:
            for change in differing(part, before, after, rules):
                yield msgspec.structs.replace(change, key=f"{key} {name}, {change.key}")


def _transition(old: Transition | None, new: Transition | None) -> Iterator[Change]:
    either = new or old
    assert either is not None
    owners = old.owners.members if old and old.owners else ()
    owners += new.owners.members if new and new.owners else ()
    whom = tuple(sorted(set(owners)))
    place = Location("transitions", either.name, _clause(old, new), whom)
    if old is None or new is None:
        yield place.change("", "structure", old and old.name, new and new.name)
        return
    derived = {"sources": old.from_ != new.from_, "target": old.to != new.to}
    skip = ("guards", *(key for key, is_told in derived.items() if is_told))
    yield from differing(place, old, new, {"after": _after}, skip=skip)
    yield from guards(place, old.guards, new.guards)


def _sooner(old: Any, new: Any) -> Weight:
    """Weigh a last moment of performance: none asks least."""
    if old is None or new is None:
        return 1 if old is None else -1
    return turned(weights.later(old, new))


def _after(old: Any, new: Any) -> Weight:
    """Weigh an earliest moment of performance or of a move: none asks least."""
    if old is None or new is None:
        return 1 if old is None else -1
    return weights.later(old, new)


def _shorter(old: Any, new: Any) -> Weight:
    """Weigh a time that one has before a debt is due: none is no end to it."""
    if old is None or new is None:
        return 1 if old is None else -1
    return turned(weights.longer(old, new))


def _cure(old: Any, new: Any) -> Weight:
    """Weigh a time to make good: none asks most."""
    if old is None or new is None:
        return 1 if new is None else -1
    return turned(weights.longer(old, new))


def _silence(old: Any, new: Any) -> Weight:
    """Weigh the time in which a verifier must speak: it spares who performed."""
    return turned(_shorter(old, new))


def _left(old: str, new: str) -> Weight:
    return {("lapse", "carry"): 1, ("carry", "lapse"): -1}.get((old, new))


_DUTY: Rules = {
    "by": _sooner,
    "not_before": _after,
    "from_": lambda old, new: turned(_after(old, new)),
    "until": lambda old, new: turned(_sooner(old, new)),
    "during": weights.wider,
    "cure": _cure,
    "within": _shorter,
    "verify_within": _silence,
    "requires": lambda old, new: turned(weights.harder(old, new)),
    "excused_while": lambda old, new: (
        -1 if old is None else 1 if new is None else weights.harder(old, new)
    ),
    "when_left": _left,
    "counts_uncontested": weights.order,
    "judged_in_total": lambda old, new: turned(weights.order(old, new)),
}
_DRIVER: Rules = {"within": _shorter, "each": weights.figures, "shared": weights.figures}
_FORM: Rules = {
    "amount": weights.figures,
    "of_which": weights.figures,
    "schedule": weights.schedule,
    "in_order": weights.order,
    "averaged": lambda old, new: turned(weights.order(old, new)),
    "tolerated": lambda old, new: turned(weights.order(old, new)),
}


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _clause(old: Any, new: Any) -> str:
    clauses = [one.remarks.clause for one in (new, old) if one is not None]
    return next((clause for clause in clauses if clause), "")


def _owed(obligation: Obligation) -> str:
    return obligation.remarks.title or obligation.base
