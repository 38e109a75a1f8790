"""Where amounts stand: every sum of an agreement, added up anew from the single claims."""

from collections.abc import Iterable

from phaseflow.engine.amounts import total
from phaseflow.engine.outlook import account
from phaseflow.engine.periods import judged, known, shortfall
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import Agreement, Amounts, Claim, Duty, InMemory, RatePeriod


def check_sums(definition: Definition, agreement: Agreement, records: InMemory) -> None:
    """Fail where a sum is not that of the claims: something was lost, or counted twice."""
    for name, obligation in definition.obligations.items():
        claims = [claim for claim in records.claims.values() if claim.obligation == name]
        duty = agreement.obligations[name]
        check_claims(obligation, claims, duty)
        check_duty(obligation, duty, claims, records)
        toward = [o.name for o in definition.obligations.values() if name in o.counts_toward]
        others = [c for c in records.claims.values() if c.obligation in toward]
        credited = [c for c in others if is_counting(agreement.obligations[c.obligation], c)]
        assert duty.credited == added(claim.counted for claim in credited)
        check_account(definition, agreement, name)


def check_claims(obligation: Obligation, claims: list[Claim], duty: Duty) -> None:
    """Fail where the parts of a claim do not make up the whole."""
    for claim in claims:
        assert added(part.amounts for part in claim.parts) == claim.counted
        for amounts in (claim.counted, claim.rejected, claim.waiting, claim.contested):
            assert all(units > 0 for units in amounts.values())
            assert total(obligation, amounts) <= total(obligation, claim.claimed)
        has_one_verifier = len(obligation.verifiers) == 1 and claim.superseded_by is None
        is_of_this_text = all(claim.entry > earlier.before for earlier in duty.earlier)
        if has_one_verifier and is_of_this_text and claim.kind == "perform":
            check_one_verifiers_word(obligation, claim)


def check_one_verifiers_word(obligation: Obligation, claim: Claim) -> None:
    """Fail where counted, rejected and waiting units are not all that was claimed."""
    spoken = total(obligation, claim.counted) + total(obligation, claim.rejected)
    assert spoken <= total(obligation, claim.claimed)
    if not claim.is_silent and not obligation.counts_uncontested:
        assert spoken + total(obligation, claim.waiting) == total(obligation, claim.claimed)


def check_duty(obligation: Obligation, duty: Duty, claims: list[Claim], records: InMemory) -> None:
    """Fail where the sums of a duty are not those of its claims."""
    performed = [claim for claim in claims if claim.kind == "perform"]
    assert duty.claimed == added(claim.claimed for claim in performed)
    assert duty.rejected == added(claim.rejected for claim in performed)
    assert duty.contested == added(claim.contested for claim in performed)
    assert duty.waiting == added(claim.waiting for claim in claims)
    if isinstance(obligation.form, Rate) and not obligation.form.averaged:
        periods = {p.first: p for (n, _), p in records.periods.items() if n == obligation.name}
        periods |= {period.first: period for period in duty.periods}
        counted = [p.delivered if p.measured is None else p.measured for p in periods.values()]
        assert duty.counted == added(counted)
        delivered = added(p.delivered for p in periods.values())
        assert delivered == added(claim.counted for claim in performed)
        covered = [claim for claim in performed if claim.superseded_by is None]
        assert sum(period.claims for period in periods.values()) == len(covered)
        check_periods(obligation, duty, list(periods.values()))
    else:
        assert duty.counted == added(c.counted for c in claims if is_counting(duty, c))
    covers = {span.entry for span in duty.spans}
    assert {claim.superseded_by for claim in performed} <= covers | {None}


def check_periods(obligation: Obligation, duty: Duty, periods: list[RatePeriod]) -> None:
    """Fail where the sums of a rate are not those of its judged periods."""
    over = [period for period in periods if period.is_judged and not period.is_waived]
    for period in over:
        span = judged(duty, period.first)
        assert span is not None
        assert period.need == known(span.owes)
    is_reported = obligation.verified_by is None
    counted = [
        period
        for period in over
        if period.need is not None and (is_reported or period.claims or period.measured is not None)
    ]
    assert duty.rate.owed == added(period.need or {} for period in counted)
    short = [shortfall(obligation, period, period.need or {}, {}) for period in counted]
    assert (duty.rate.shortfall, duty.rate.periods_short) == (sum(short), sum(map(bool, short)))
    waiting = [period for period in periods if period.waiting and period.measured is None]
    assert duty.rate.periods_waiting == len(waiting)
    violations = sum(period.is_violation for period in periods)
    assert duty.violations == violations


def check_account(definition: Definition, agreement: Agreement, name: str) -> None:
    """Fail where the figures that are shown do not add up."""
    figures = account(definition, agreement, name)
    for number in ("total", "due", "delivered", "outstanding", "claimed", "waiting", "violations"):
        assert getattr(figures, number) >= 0, f"{name}.{number}"
    if figures.batches and figures.owed_by_category is not None:
        assert sum(batch.owed for batch in figures.batches) == figures.total
        assert sum(batch.delivered for batch in figures.batches) == figures.delivered


def is_counting(duty: Duty, claim: Claim) -> bool:
    """Tell whether ``claim`` is added up by itself: a measure only where it covers its span."""
    covers = {span.entry for span in duty.spans}
    return claim.kind == "perform" or claim.entry in covers


def added(many: Iterable[Amounts]) -> Amounts:
    """Return the sum of ``many``; what comes to nothing is left out."""
    found: Amounts = {}
    for amounts in many:
        for category, units in amounts.items():
            found[category] = found.get(category, 0) + units
    return {category: units for category, units in found.items() if units}
