"""What changed in one obligation, and for whom."""

from collections.abc import Iterator, Mapping

import msgspec

from phaseflow.compare import forms, weights
from phaseflow.compare.change import Change, Location, Rules, clause, differing
from phaseflow.model.definition import Obligation

Pair = tuple[Obligation | None, Obligation | None]
_RULES: Rules = {
    "not_before": weights.opens_later,
    "from_": weights.opposite(weights.opens_later),
    "until": weights.opposite(weights.due_earlier),
    "during": weights.wider,
    "cure": weights.cure_shorter,
    "within": weights.time_shorter,
    # The sooner a verifier must speak, the sooner silence spares who performed.
    "verify_within": weights.opposite(weights.time_shorter),
    "requires": weights.opposite(weights.harder),
    "excused_while": weights.excused_less,
    "when_left": weights.kept_when_left,
    "counts_uncontested": weights.order,
    "judged_in_total": weights.opposite(weights.order),
}


def paired(
    old: Mapping[str, Obligation], new: Mapping[str, Obligation]
) -> dict[str, dict[str, Pair]]:
    """Return each obligation's two editions, by the name written and by its own.

    Where several owe something in either edition, each is held against itself;
    what one owes alone may have passed from one to another.
    """
    found: dict[str, dict[str, Pair]] = {}
    joint = {one.base for of in (old, new) for one in of.values() if one.name != one.base}
    for place, of in enumerate((old, new)):
        for one in of.values():
            name = f"{one.base}.{one.obligor}" if one.base in joint else one.base
            pair = found.setdefault(one.base, {}).get(name, (None, None))
            found[one.base][name] = (one, pair[1]) if place == 0 else (pair[0], one)
    return found


def obligation_changes(
    name: str, old: Obligation | None, new: Obligation | None
) -> Iterator[Change]:
    """Yield what changed in one obligation, which is called ``name``."""
    editions = [one for one in (old, new) if one is not None]
    whom = tuple(sorted({one.obligor for one in editions}))
    owed_to = tuple(sorted({obligee for one in editions for obligee in one.obligees}))
    place = Location("obligations", name, clause(old, new), whom, owed_to)
    if old is None or new is None:
        yield place.weighed("", -1 if new is None else 1, old and _owed(old), new and _owed(new))
        return
    if old.obligor != new.obligor:
        for obligor, weight in ((old.obligor, -1), (new.obligor, 1)):
            borne = msgspec.structs.replace(place, whom=(obligor,))
            yield borne.weighed("obligor", weight, old.obligor, new.obligor)
    if old.obligees != new.obligees:
        yield place.change("obligees", "authority", old.obligees, new.obligees)
    yield from forms.changes(place, old.form, new.form)
    yield from differing(place, old, new, _RULES, skip=_told_elsewhere(old, new))


def _told_elsewhere(old: Obligation, new: Obligation) -> tuple[str, ...]:
    """Return the keys that are compared by themselves; categories follow from the form."""
    keys = ("name", "obligor", "form", "obligees")
    return keys if old.form == new.form else (*keys, "categories")


def _owed(obligation: Obligation) -> str:
    return obligation.remarks.title or obligation.base
