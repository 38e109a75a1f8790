"""Arithmetic on amounts: sums, what counts of a claim, whether a need is met.

Amounts are whole units by category. Units of an obligation without categories,
and units not yet sorted, stand under :data:`PLAIN`. Where an obligation has
`of_which` parts, :data:`PLAIN` is the whole and the parts lie within it.
"""

from collections.abc import Iterable, Mapping

from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.party import PartyExpression
from phaseflow.model.state import Amounts


def add(into: Amounts, amounts: Mapping[str, int], sign: int = 1) -> None:
    """Add ``amounts`` to ``into`` in place; what comes to nothing is left out."""
    for category, units in amounts.items():
        left = into.get(category, 0) + sign * units
        if left:
            into[category] = left
        else:
            into.pop(category, None)


def plus(*many: Mapping[str, int]) -> Amounts:
    """Return the sum of ``many``."""
    total: Amounts = {}
    for amounts in many:
        add(total, amounts)
    return total


def minus(left: Mapping[str, int], right: Mapping[str, int]) -> Amounts:
    """Return what ``left`` exceeds ``right`` by, in each category, never below nothing."""
    rest = {c: n - right.get(c, 0) for c, n in left.items()}
    return {category: units for category, units in rest.items() if units > 0}


def total(obligation: Obligation, amounts: Mapping[str, int]) -> int:
    """Return the plain sum of ``amounts``, but for categories that the text has no more."""
    if obligation.form.has_parts:
        return amounts.get(PLAIN, 0)
    return sum(of_the_text(obligation, amounts).values())


def of_the_text(obligation: Obligation, amounts: Mapping[str, int]) -> Amounts:
    """Return ``amounts`` without the categories that only an earlier edition had."""
    known = {PLAIN, *obligation.categories} if obligation.categories else amounts.keys()
    return {category: units for category, units in amounts.items() if category in known}


def useful(obligation: Obligation, have: Mapping[str, int], cap: Mapping[str, int] | None) -> int:
    """Return how much of ``have`` meets a need of the sum.

    Each category counts up to its ``cap`` and unsorted units count whole; with
    parts, judged in total, or without caps it is the plain sum.
    """
    if cap is None or obligation.judged_in_total or obligation.form.has_parts or PLAIN in cap:
        return total(obligation, have)
    sorted_ = sum(min(units, cap.get(c, 0)) for c, units in have.items() if c != PLAIN)
    return sorted_ + have.get(PLAIN, 0)


def short_of(
    obligation: Obligation,
    need: Mapping[str, int],
    have: Mapping[str, int],
    cap: Mapping[str, int] | None,
) -> int:
    """Return how many units ``have`` is short of ``need``; 0 is met.

    A need of the sum and needs of categories may stand together: the larger
    shortfall counts, since the same units meet both. ``cap`` is what each
    category owes in the end.
    """
    if obligation.judged_in_total and not obligation.form.has_parts:
        return max(0, max(need.get(PLAIN, 0), _categories(need)) - total(obligation, have))
    in_sum = need.get(PLAIN, 0) - useful(obligation, have, cap)
    lacking = [units - have.get(c, 0) for c, units in need.items() if c != PLAIN]
    positive = [units for units in lacking if units > 0]
    by_category = max(positive, default=0) if obligation.form.has_parts else sum(positive)
    return max(0, in_sum, by_category)


def _categories(need: Mapping[str, int]) -> int:
    return sum(units for category, units in need.items() if category != PLAIN)


def attested(quorum: PartyExpression, words: Mapping[str, Mapping[str, int]]) -> Amounts:
    """Return what enough verifiers have each said, by category.

    For a bloc that needs n members it is the n-th largest of their amounts; of
    several blocs the least.
    """
    categories = dict.fromkeys(c for amounts in words.values() for c in amounts)
    found: Amounts = {}
    for category in categories:
        least = None
        for bloc in quorum.blocs:
            said = sorted((words.get(m, {}).get(category, 0) for m in bloc.members), reverse=True)
            enough = said[bloc.need - 1]
            least = enough if least is None else min(least, enough)
        if least:
            found[category] = least
    return found


def fit(said: Mapping[str, int], claimed: Mapping[str, int], *, parts: bool = False) -> Amounts:
    """Return ``said`` of a claim, capped at what is ``claimed``.

    What a verifier attested without sorting covers whatever category is
    claimed; what the claim left unsorted may be sorted by the verifier. With
    ``parts``, each is capped by itself, for they overlap.
    """
    if parts:
        capped = {c: min(units, claimed.get(c, 0)) for c, units in said.items()}
        return {category: units for category, units in capped.items() if units}
    found = {c: min(n, claimed.get(c, 0)) for c, n in said.items() if c != PLAIN}
    loose_claim, loose_word = claimed.get(PLAIN, 0), said.get(PLAIN, 0)
    for category, units in said.items():
        if category == PLAIN:
            continue
        more = min(units - found[category], loose_claim)
        found[category] += more
        loose_claim -= more
    for category, units in claimed.items():
        room = loose_claim if category == PLAIN else units - found.get(category, 0)
        more = min(room, loose_word)
        if more > 0:
            found[category] = found.get(category, 0) + more
            loose_word -= more
    return {category: units for category, units in found.items() if units}


def take(parts: Iterable[Amounts], less: Mapping[str, int]) -> None:
    """Take ``less`` away from ``parts`` in place, the first of them first."""
    left = dict(less)
    for part in parts:
        gone = {c: min(n, part.get(c, 0)) for c, n in left.items()}
        add(part, gone, -1)
        add(left, gone, -1)
