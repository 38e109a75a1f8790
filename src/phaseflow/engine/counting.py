"""How much of a claim counts: by its author, its verifiers, its contests, and measures.

Pure arithmetic on one claim; what its amounts move is in :mod:`.claims`.
"""

import msgspec

from phaseflow.engine.amounts import add, attested, fit, minus, plus, take
from phaseflow.model.calendar import When, Zone
from phaseflow.model.definition import Obligation
from phaseflow.model.state import Amounts, Claim, CountedPart, Duty


def as_made(duty: Duty, obligation: Obligation, claim: Claim) -> Obligation:
    """Return ``obligation`` as the text has it under which ``claim`` was made.

    Its verifiers are those of that text until somebody speaks on the claim who
    verifies only by a later one.
    """
    stood = [earlier for earlier in duty.earlier if claim.entry < earlier.before]
    if not stood:
        return obligation
    texts = [earlier.verified_by for earlier in stood] + [obligation.verified_by]
    spoken = (by for by in texts[:-1] if set(claim.words) <= set(by.members if by else ()))
    return msgspec.structs.replace(
        obligation,
        obligor=stood[0].obligor,
        verified_by=next(spoken, texts[-1]),
        verify_within=stood[0].verify_within,
        counts_uncontested=stood[0].counts_uncontested,
    )


def verifiers(duty: Duty, obligation: Obligation, claim: Claim) -> tuple[str, ...]:
    """Return who may speak on ``claim``: by the text in effect, or by that under which it was made."""
    made = as_made(duty, obligation, claim)
    return tuple(dict.fromkeys((*made.verifiers, *obligation.verifiers)))


def occurrence(claim: Claim) -> When:
    """Return when it happened, as the verifier has it, else its author."""
    return claim.happened or claim.occurred


def counts(obligation: Obligation, claim: Claim) -> Amounts:
    """Return what of ``claim`` counts now, by its words, its contests and measures."""
    parts = obligation.form.has_parts
    if claim.superseded_by is not None:
        return {}
    if obligation.verified_by is None:
        counted = dict(claim.claimed) if needs_no_verifier(obligation, claim) else {}
    elif claim.is_silent:
        counted = minus(claim.claimed, claim.rejected)
    else:
        words = {
            party: fit(w.attested, claim.claimed, parts=parts) for party, w in claim.words.items()
        }
        counted = attested(obligation.verified_by, words)
        counted = fit(counted, claim.claimed, parts=parts)
    if obligation.counts_uncontested and claim.contested:
        allowed = minus(claim.claimed, claim.contested)
        counted = {c: min(n, allowed.get(c, 0)) for c, n in counted.items()}
    return {category: units for category, units in counted.items() if units}


def needs_no_verifier(obligation: Obligation, claim: Claim) -> bool:
    """Tell whether a claim needs no verifier: a measure, only if the obligor made it."""
    return claim.kind == "perform" or (
        claim.kind == "measure" and claim.actor == obligation.obligor
    )


def rejected(obligation: Obligation, claim: Claim) -> Amounts:
    """Return what of ``claim`` enough verifiers have each rejected."""
    if obligation.verified_by is None:
        return {}
    words = {party: word.rejected for party, word in claim.words.items()}
    return fit(
        attested(obligation.verified_by, words), claim.claimed, parts=obligation.form.has_parts
    )


def contested(claim: Claim) -> Amounts:
    """Return what of ``claim`` is disputed; of several disputes the larger, in each category."""
    most: Amounts = {}
    for amounts in claim.contests.values():
        for category, units in amounts.items():
            most[category] = max(most.get(category, 0), min(units, claim.claimed.get(category, 0)))
    return {category: units for category, units in most.items() if units}


def awaits(obligation: Obligation, claim: Claim) -> bool:
    """Tell whether ``claim`` awaits a verifier; another's measure stands beside, it awaits none."""
    is_beside = claim.kind == "measure" and claim.actor != obligation.obligor
    return obligation.verified_by is not None and claim.superseded_by is None and not is_beside


def open_amounts(obligation: Obligation, claim: Claim) -> Amounts:
    """Return what of ``claim`` no word covers yet, sorted or not."""
    if claim.is_silent:
        return {}
    if obligation.form.has_parts:
        return minus(minus(claim.claimed, claim.counted), claim.rejected)
    left = sum(claim.claimed.values()) - sum(claim.counted.values()) - sum(claim.rejected.values())
    rest = minus(minus(claim.claimed, claim.counted), claim.rejected)
    spare = sum(rest.values()) - max(0, left)
    for category in list(rest):
        gone = min(spare, rest[category])
        add(rest, {category: gone}, -1)
        spare -= gone
    return rest


def spread(claim: Claim, said_at: When | None, entry: int) -> None:
    """Let the parts of ``claim`` come to its counted units.

    New ones count from ``said_at``, and since ``entry``.
    """
    before = plus(*(part.amounts for part in claim.parts))
    take([part.amounts for part in reversed(claim.parts)], minus(before, claim.counted))
    more = minus(claim.counted, before)
    if more:
        claim.parts.append(CountedPart(amounts=more, at=said_at, since=entry))
    claim.parts = [part for part in claim.parts if part.amounts]


def begins(zone: Zone, claim: Claim, part: CountedPart) -> When:
    """Return from when ``part`` counts: its occurrence or, if later, the attestation."""
    happened = occurrence(claim)
    if part.at is None:
        return happened
    return max(happened, part.at, key=zone.closing)


def is_counting(obligation: Obligation, claim: Claim) -> bool:
    """Tell whether a measure counts, be it of nothing: its words satisfy the verifiers."""
    if claim.superseded_by is not None:
        return False
    if obligation.verified_by is None:
        return needs_no_verifier(obligation, claim)
    speakers = [
        party
        for party, word in claim.words.items()
        if word.attested or not any(claim.claimed.values())
    ]
    return claim.is_silent or obligation.verified_by.is_met_by(speakers)
