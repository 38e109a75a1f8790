"""What changed in the guards of a transition: which ask more, which less, which the same."""

from collections.abc import Callable, Iterator

import msgspec

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, differing
from phaseflow.model.definition import Guard
from phaseflow.model.guard import (
    AllOf,
    Expression,
    FindingValue,
    ObligationAttribute,
    PartyAttribute,
    references,
)

_Pair = tuple[Guard, Guard]
_PAIRS_AT_MOST = 100


def guards(place: Location, old: tuple[Guard, ...], new: tuple[Guard, ...]) -> Iterator[Change]:
    """Yield what changed, each guard held against the one that it was before.

    That is the one that asks the same; else one that asks more or less; else
    one that speaks of the same thing. What is left was added, or taken out.
    """
    before, after = _numbered(old), _numbered(new)
    for one, other in ((before[key], after[key]) for key in before if key in after):
        is_same = one.text == other.text
        if not is_same:
            yield place.change("guard", "wording", one.text, other.text)
        yield from _terms(place, one, other, f"guard {one.text}" if is_same else "guard")
    gone = [guard for key, guard in before.items() if key not in after]
    come = [guard for key, guard in after.items() if key not in before]
    if _is_rearranged(gone, come):
        yield place.change("guards", "wording", _texts(gone), _texts(come))
        return
    for is_fit in (_asks_the_same, _has_an_order, _speaks_of_the_same):
        for one, other in _matched(gone, come, is_fit):
            yield place.weighed("guard", weights.harder(one.that, other.that), one.text, other.text)
            yield from _terms(place, one, other, "guard")
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


def _terms(place: Location, old: Guard, new: Guard, key: str) -> Iterator[Change]:
    """Yield what changed beside what is asked: its sentence, and who may waive it."""
    for change in differing(place, old, new, {}, skip=("that", "text")):
        yield msgspec.structs.replace(change, key=f"{key}, {change.key}")


def _is_rearranged(gone: list[Guard], come: list[Guard]) -> bool:
    """Tell whether the same is asked in another number of guards, waivable by the same."""
    if len(gone) == len(come) or not gone or not come:
        return False
    one, other = (AllOf(tuple(guard.that for guard in of)) for of in (gone, come))
    waivers = {guard.waivable_by for guard in (*gone, *come)}
    return len(waivers) == 1 and weights.harder(one, other) == 0


def _texts(guards: list[Guard]) -> tuple[str, ...]:
    return tuple(guard.text for guard in guards)


def _matched(
    gone: list[Guard], come: list[Guard], is_fit: Callable[[Guard, Guard], bool]
) -> list[_Pair]:
    """Take out of both lists, and return, the guards that belong together.

    The nearest first, counted so that it is the same which way one looks. Of
    very many, none.
    """
    places = [(i, j) for i in range(len(gone)) for j in range(len(come))]
    if len(places) > _PAIRS_AT_MOST:
        return []
    places.sort(key=lambda at: (at[0] + at[1], abs(at[0] - at[1])))
    taken: list[tuple[int, int]] = []
    for i, j in places:
        is_free = all(i != a and j != b for a, b in taken)
        if is_free and is_fit(gone[i], come[j]):
            taken.append((i, j))
    pairs = [(gone[i], come[j]) for i, j in sorted(taken)]
    gone[:] = [one for i, one in enumerate(gone) if all(i != a for a, _ in taken)]
    come[:] = [one for j, one in enumerate(come) if all(j != b for _, b in taken)]
    return pairs


def _asks_the_same(old: Guard, new: Guard) -> bool:
    return weights.harder(old.that, new.that) == 0


def _has_an_order(old: Guard, new: Guard) -> bool:
    return weights.harder(old.that, new.that) is not None


def _speaks_of_the_same(old: Guard, new: Guard) -> bool:
    return not _things(old).isdisjoint(_things(new))


def _things(guard: Guard) -> set[str]:
    """Return the obligations, parties and findings of which a guard reads something."""
    found: set[str] = set()
    for read in references(guard.that):
        match read:
            case ObligationAttribute(obligations=obligations):
                found.update(obligations)
            case FindingValue(name) | PartyAttribute(name):
                found.add(name)
    return found
