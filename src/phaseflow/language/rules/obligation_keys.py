"""Rules on the keys of an obligation: which stand together in which form."""

from collections.abc import Iterator

from phaseflow.language.forms import FORMS, KINDS
from phaseflow.language.resolve.names import Need
from phaseflow.language.rules.rule import Fault, Written, rule

_OWN_KEYS = frozenset[str]().union(*(kind.keys for kind in KINDS))
"""The keys that not every obligation may have."""
_NEEDS = (
    Need(key="deadlines", other="excused_while"),
    Need(key="verify_within", other="verified_by"),
    Need(key="within", other="requires"),
)


@rule(
    "PF401",
    asks="Each key belongs to the form in which the obligation is written.",
    why="A key that its form of duty does not know would be passed over, and with it a clause.",
    instead="Write the duty in the form that has the key, or the key that this form has.",
    bad="""
        obligations:
          food: {obligor: north, amount: 25, every: day, by: day 7}
        """,
    good="""
        obligations:
          food: {obligor: north, amount: 25, every: day, until: day 7}
        """,
)
def keys_belong(written: Written) -> Iterator[Fault]:
    """Yield each key that belongs to another form."""
    for path, duty, form, _ in written.duties():
        for key in sorted(_OWN_KEYS - duty.kind.keys):
            if getattr(form, key) is not None:
                message = f"{key!r} does not belong to {duty.kind.called}"
                others = " or ".join(kind.called for kind in KINDS if key in kind.keys)
                remedy = duty.kind.instead.get(key, f"it belongs to {others}")
                yield Fault((*path, key), message, remedy, at_key=True)


@rule(
    "PF402",
    asks="Keys that say the same thing twice do not stand together.",
    why="What is said twice can be said in two ways.",
    instead="Keep one of the two.",
    bad="""
        obligations:
          fuel:
            {obligor: north, amount: 25, by: day 9, schedule: [{by: day 7, total: 25}]}
        """,
    good="""
        obligations:
          fuel:
            {obligor: north, amount: 25, schedule: [{by: day 7, total: 25}]}
        """,
)
def keys_exclude(written: Written) -> Iterator[Fault]:
    """Yield each key that says again, or otherwise, what another says."""
    for path, duty, form, _ in written.duties():
        for room in FORMS.values():
            yield from room.clashes(path, duty, form)


@rule(
    "PF403",
    asks="A key stands beside the one that it speaks of.",
    why="""
        A key that speaks of another that is missing says nothing. Above all, an accusation without
        a verifier is no breach.
        """,
    instead="Add the other key, or remove this one.",
    bad="""
        obligations:
          calm: {obligor: north, refrain: true}
        """,
    good="""
        obligations:
          calm: {obligor: north, refrain: true, verified_by: watch}
        """,
)
def keys_need(written: Written) -> Iterator[Fault]:
    """Yield each key that lacks the one that it speaks of."""
    for path, duty, form, _ in written.duties():
        alien = _OWN_KEYS - duty.kind.keys
        for need in (*_NEEDS, *duty.kind.needs):
            is_given = need.key not in alien and getattr(form, need.key) is not None
            if is_given and getattr(form, need.other) is None:
                message = need.message or f"{need.key!r} says nothing without {need.other!r}"
                remedy = need.remedy or f"add {need.other}: …, or remove it"
                yield Fault((*path, need.key), message, remedy, at_key=True)


@rule(
    "PF416",
    asks="Lists of steps, rows, drivers and categories are not empty.",
    why="An empty list looks like a duty and asks for nothing.",
    instead="Fill it, or remove it.",
    bad="""
        obligations:
          fuel: {obligor: north, steps: []}
        """,
    good="""
        obligations:
          fuel: {obligor: north, steps: [{name: first, by: day 7}]}
        """,
)
def something_is_owed(written: Written) -> Iterator[Fault]:
    """Yield each list or mapping without anything in it, and each driver without debts."""
    for path, _, form, _ in written.duties():
        for room in FORMS.values():
            yield from room.empty(path, form)
