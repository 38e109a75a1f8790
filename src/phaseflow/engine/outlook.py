"""Questions about an agreement as it stands: what is open, to whom, and what each duty comes to."""

from phaseflow.engine import moves
from phaseflow.engine.amounts import of_the_text, plus, total
from phaseflow.engine.conditions import created_so_far
from phaseflow.engine.dues import first_due
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Account, Batch, Option
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.state import Agreement, Amounts, Debt, Duty, RateState


def options(definition: Definition, agreement: Agreement, at: Instant) -> tuple[Option, ...]:
    """Return every transition out of the present state, in the order of the file."""
    facts = Facts(definition, agreement)
    return tuple(
        Option(
            transition=transition.name,
            target=moves.target(facts, transition),
            owners=transition.owners,
            consents=tuple(agreement.consents.get(transition.name, ())),
            awaited=()
            if transition.owners is None
            else transition.owners.awaited(agreement.consents.get(transition.name, ())),
            opens=facts.opens(transition.name),
            reasons=moves.unmet(facts, transition, at),
        )
        for transition in definition.transitions.values()
        if agreement.leaf in transition.sources
    )


def account(definition: Definition, agreement: Agreement, name: str) -> Account:
    """Return one obligation in figures."""
    facts = Facts(definition, agreement)
    obligation, duty = definition.obligations[name], agreement.obligations[name]
    owed = facts.owed(obligation)
    open_dues = (due for due in duty.dues if due.standing not in {"discharged", "waived", "lapsed"})
    dated = (due for due in open_dues if due.at is not None)
    rate = _rate(obligation, duty)
    return Account(
        obligation=name,
        standing=duty.standing,
        total=created_so_far(facts, obligation) or 0,
        due=facts.due_total(obligation),
        delivered=total(obligation, facts.delivered(name)),
        outstanding=facts.outstanding(obligation),
        claimed=total(obligation, duty.claimed),
        waiting=total(obligation, duty.waiting),
        rejected=total(obligation, duty.rejected),
        contested=total(obligation, duty.contested),
        violations=duty.violations,
        forgiven=total(obligation, duty.forgiven),
        by_category=_by_category(obligation, facts.delivered(name)),
        owed_by_category=None if owed is None or obligation.is_open else owed,
        dues=tuple(duty.dues),
        next_due=min(dated, key=lambda d: facts.zone.closing(d.at), default=None),  # type: ignore[arg-type]
        late=tuple(due for due in duty.dues if facts.meter(obligation).is_late(due)),
        batches=_batches(facts, obligation, duty),
        periods=tuple(rate.periods),
        periods_unknown=rate.periods_unknown,
        periods_short=rate.periods_short,
        is_reported=bool(duty.reports or duty.credited),
    )


def _rate(obligation: Obligation, duty: Duty) -> RateState:
    """Return what only a rate has; of another form, that of a rate without periods."""
    is_rate = obligation.form.is_by_period or obligation.form.is_averaged
    return duty.rate if is_rate else RateState()


def _by_category(obligation: Obligation, delivered: Amounts) -> Amounts:
    """Return what was delivered in each category, the untouched ones too; unsorted last.

    Those that only an earlier edition had stand behind those of the text.
    """
    known = (*obligation.categories, *(c for c in delivered if c != PLAIN))
    found = {category: delivered.get(category, 0) for category in known}
    if PLAIN in delivered or not found:
        found[PLAIN] = delivered.get(PLAIN, 0)
    return found


def _batches(facts: Facts, obligation: Obligation, duty: Duty) -> tuple[Batch, ...]:
    """Return the debts by the day on which they began, and what was delivered against each.

    Deliveries fill the oldest first, in each category, or by the sum where the
    sum decides; surplus stays with the last filled.
    """
    if not obligation.form.grows:
        return ()
    form = obligation.form
    assert isinstance(form, InReturn)
    days: dict[Date, list[Debt]] = {}
    for debt in sorted(duty.in_return.debts, key=lambda d: facts.zone.closing(d.begun)):
        days.setdefault(facts.zone.day(debt.begun), []).append(debt)
    needs = _increments(facts, form, days)
    delivered = of_the_text(obligation, facts.delivered(obligation.name))
    given = _fill(obligation, needs, delivered)
    return tuple(
        Batch(
            begun=day,
            due=_last_due(facts, form, duty, debts),
            owed=sum(need.values()),
            delivered=delivered,
            by_category=need,
        )
        for (day, debts), need, delivered in zip(days.items(), needs, given, strict=True)
    )


def _increments(facts: Facts, form: InReturn, days: dict[Date, list[Debt]]) -> list[Amounts]:
    units: dict[tuple[int, str], int] = {}
    needs = []
    for debts in days.values():
        need: Amounts = {}
        for debt in debts:
            key = (debt.driver, debt.category)
            before = facts.created(form, *key, units.get(key, 0)) or {}
            units[key] = units.get(key, 0) + debt.units
            after = facts.created(form, *key, units[key]) or {}
            need = plus(need, {c: n - before.get(c, 0) for c, n in after.items()})
        needs.append(need)
    return needs


def _fill(obligation: Obligation, needs: list[Amounts], delivered: Amounts) -> list[int]:
    if obligation.judged_in_total:
        needs = [{PLAIN: sum(need.values())} for need in needs]
        delivered = {PLAIN: sum(delivered.values())}
    given = [0] * len(needs)
    for category, units in delivered.items():
        left, last = units, 0
        for place, need in enumerate(needs):
            taken = min(left, need.get(category, 0))
            given[place] += taken
            left -= taken
            last = place if taken else last
        if needs:
            given[last] += left
    return given


def _last_due(facts: Facts, form: InReturn, duty: Duty, debts: list[Debt]) -> When | None:
    """Return when the last of a batch is due: as the text sets it, moved by what has moved it."""
    moved = {due.name: due.at for due in duty.dues}
    first = (first_due(facts.zone, form, debt) for debt in debts)
    dues = [moved.get(str(when)) or when for when in first if when is not None]
    return max(dues, key=facts.zone.closing, default=None)
