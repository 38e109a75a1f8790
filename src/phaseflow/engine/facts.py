"""What is true of an agreement: its moments, what is in force, owed and delivered.

All of it follows from the definition and the present position; nothing here
writes. They are facts, not standings: a due that is missed stays overdue while
it is excused, so that two duties which excuse each other cannot swing to and fro.
"""

from phaseflow.engine.amounts import plus, short_of
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import Driver, InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Anchor, Moment
from phaseflow.model.state import (
    Agreement,
    Amounts,
    AmountState,
    Due,
    Duty,
    FormState,
    InReturnState,
    RateState,
    RestraintState,
    Standing,
    StepsState,
)


class Meter:
    """Measures many dues of one obligation against the same deliveries.

    ``have`` is what is delivered and forgiven, ``cap`` what each category counts
    up to in a need of the sum.
    """

    def __init__(self, obligation: Obligation, have: Amounts, cap: Amounts | None) -> None:
        """Take the deliveries as they are now."""
        self.obligation, self.have, self.cap = obligation, have, cap

    def short(self, due: Due, more: Amounts | None = None) -> int | None:
        """Return how much is missing to meet ``due``, with ``more`` added; None if unknown."""
        if due.need is None:
            return None
        have = plus(self.have, more) if more else self.have
        return short_of(self.obligation, due.need, have, self.cap)

    def is_met(self, due: Due) -> bool:
        """Tell whether ``due`` is delivered in full."""
        return self.short(due) == 0

    def is_late(self, due: Due) -> bool:
        """Tell whether ``due`` was met, but by what happened after its moment."""
        if not due.is_passed or due.met is None or due.need is None:
            return False
        return short_of(self.obligation, due.need, due.in_time, self.cap) > 0


class Facts:
    """The facts of ``agreement`` at its present position."""

    def __init__(self, definition: Definition, agreement: Agreement) -> None:
        """Read from ``agreement`` whenever asked; nothing is kept."""
        self.definition = definition
        self.agreement = agreement
        self.zone = definition.calendar.zone

    def first_day(self) -> Date | None:
        """Return the day that bears the calendar's first number."""
        anchor = self.definition.calendar.anchor
        if anchor is None:
            return None
        if anchor.kind == "state":
            entered = self.agreement.first_entered.get(anchor.name)
            return None if entered is None else self.zone.day_of(entered)
        found = self.happened(anchor)
        return None if found is None else self.zone.day(found)

    def happened(self, anchor: Anchor) -> When | None:
        """Return when what ``anchor`` names happened."""
        match anchor.kind:
            case "state":
                entered = self.agreement.entered.get(anchor.name)
                return None if entered is None else When(entered)
            case "finding":
                value = self.finding(anchor.name)
                return When.parse(value) if isinstance(value, str) else None
            case "obligation":
                return self.agreement.obligations[anchor.name].discharged_at
            case "step":
                obligation, _, step = anchor.name.rpartition(".")
                dues = self.agreement.obligations[obligation].dues
                return next((due.met for due in dues if due.name == step), None)

    def when(self, moment: Moment, *, closing: bool = True) -> When | None:
        """Return the point that ``moment`` names now, or None while undetermined."""
        calendar = self.definition.calendar
        return calendar.resolve(moment, self.happened, self.first_day(), closing=closing)

    def closing(self, moment: Moment) -> Instant | None:
        """Return when ``moment`` is over."""
        when = self.when(moment)
        return None if when is None else self.zone.closing(when)

    def opening(self, moment: Moment) -> Instant | None:
        """Return when ``moment`` begins."""
        when = self.when(moment, closing=False)
        return None if when is None else self.zone.opening(when)

    def opens(self, transition: str) -> When | None:
        """Return the ``after`` of a transition, as tolling has moved it."""
        after = self.definition.transitions[transition].after
        when = None if after is None else self.when(after)
        shift = self.agreement.shifts.get(transition)
        if when is None or shift is None:
            return when
        return self.zone.shifted(when, shift.days, shift.seconds)

    def chain(self, leaf: str | None = None) -> tuple[str, ...]:
        """Return the leaf, and those that are remembered behind it: they are not left."""
        leaf = leaf or self.agreement.leaf
        found = [leaf]
        while leaf in self.definition.holding and leaf in self.agreement.remembered:
            leaf = self.agreement.remembered[leaf]
            if leaf in found:
                break
            found.append(leaf)
        return tuple(found)

    def is_final(self) -> bool:
        """Tell whether the agreement has ended."""
        return self.definition.is_final(self.agreement.leaf)

    def is_entered(self, obligation: Obligation, at: Instant) -> bool:
        """Tell whether the states and bounds of ``obligation`` have it in force at ``at``."""
        if self.is_final():
            return False
        during = obligation.during
        if during is not None and not any(leaf in during for leaf in self.chain()):
            return False
        if obligation.from_ is not None:
            begins = self.opening(obligation.from_)
            if begins is None or begins > at:
                return False
        ends = None if obligation.until is None else self.closing(obligation.until)
        return ends is None or ends > at

    def is_active(self, obligation: Obligation) -> bool:
        """Tell whether the duty has arisen: entered, its condition met, and not lapsed."""
        duty = self.agreement.obligations[obligation.name]
        arisen = obligation.requires is None or duty.required_at is not None
        return duty.begun is not None and arisen and not self.is_lapsed(obligation)

    def is_lapsed(self, obligation: Obligation) -> bool:
        """Tell whether leaving its states has ended the duty, with something still owed."""
        duty = self.agreement.obligations[obligation.name]
        return obligation.when_left == "lapse" and duty.left_at is not None

    def is_over(self, obligation: Obligation) -> bool:
        """Tell whether the time of ``obligation`` is over."""
        duty = self.agreement.obligations[obligation.name]
        return duty.begun is not None and duty.in_force_since is None

    def finding(self, name: str) -> bool | int | str | None:
        """Return the value that stands for a finding."""
        return self.agreement.findings.get(name, self.definition.findings[name].initially)

    def figure(self, figure: Figure) -> int | None:
        """Return a figure, or None while its finding is undetermined; less than nothing is nothing."""
        if isinstance(figure, int):
            return figure
        value = self.finding(figure)
        return max(0, value) if isinstance(value, int) else None

    def figures(self, amounts: dict[str, Figure]) -> Amounts | None:
        """Return ``amounts`` in numbers, or None while one is undetermined."""
        found = {category: self.figure(figure) for category, figure in amounts.items()}
        known = {category: units for category, units in found.items() if units is not None}
        return known if len(known) == len(found) else None

    def delivered(self, name: str) -> Amounts:
        """Return what counts, by its own performance and by others'."""
        duty = self.agreement.obligations[name]
        return plus(duty.counted, duty.credited)

    def have(self, name: str) -> Amounts:
        """Return what a need is met from: what is delivered, and what is forgiven."""
        return plus(self.delivered(name), self.agreement.obligations[name].forgiven)

    def owed(self, obligation: Obligation) -> Amounts | None:
        """Return all that is owed in the end, or so far where that is open; None if unknown."""
        match obligation.form:
            case Amount(amount=amount, of_which=parts):
                if amount is None:
                    return self.delivered(obligation.name)
                return self.figures(amount | parts)
            case Steps(steps=steps):
                return {step.name: 1 for step in steps}
            case InReturn() as form:
                return self._debt(obligation.name, form)
            case Rate():
                return dict(self.agreement.obligations[obligation.name].rate.owed)
            case Restraint():
                return {}

    def cap(self, obligation: Obligation) -> Amounts | None:
        """Return what each category counts up to in a need of the sum."""
        return self.owed(obligation) if obligation.form.is_capped else None

    def _debt(self, name: str, form: InReturn) -> Amounts | None:
        """Return all debt that the drivers of an obligation have created so far."""
        units: dict[tuple[int, str], int] = {}
        for debt in self.agreement.obligations[name].in_return.debts:
            key = (debt.driver, debt.category)
            units[key] = units.get(key, 0) + debt.units
        created = [self.created(form, *key, count) for key, count in units.items()]
        known = [amounts for amounts in created if amounts is not None]
        return plus(*known) if len(known) == len(created) else None

    def created(self, form: InReturn, place: int, category: str, units: int) -> Amounts | None:
        """Return what the first ``units`` of a driver's category call for in return."""
        driver = form.drivers[place]
        each = self.figures(driver.each.get(category, {}))
        pools = self.figures(driver.shared.get(category, {}))
        if each is None or pools is None:
            return None
        found = {own: figure * units for own, figure in each.items()}
        if pools:
            sharers = self._sharers(driver, category)
            if not sharers:
                return None
            for own, pool in pools.items():
                drawn = pool if units >= sharers else pool // sharers * units
                found[own] = found.get(own, 0) + drawn
        return found

    def _sharers(self, driver: Driver, category: str) -> int | None:
        """Return how many units of ``driver`` share in a pool; of an open amount nobody knows."""
        whole = self.definition.obligations[driver.obligation].form.whole
        return self.figure(whole.get(category, 0)) if whole else None

    def due(self, obligation: Obligation) -> Amounts:
        """Return the part whose moment has come; needs of the sum under :data:`PLAIN`."""
        duty = self.agreement.obligations[obligation.name]
        if obligation.is_by_period:
            return dict(duty.rate.owed)
        most: Amounts = {}
        for due in duty.dues:
            if due.is_passed:
                for category, units in (due.need or {}).items():
                    most[category] = max(most.get(category, 0), units)
        return most

    def due_total(self, obligation: Obligation) -> int:
        """Return the number of units whose moment has come."""
        due = self.due(obligation)
        sorted_ = sum(units for category, units in due.items() if category != PLAIN)
        if PLAIN not in due:
            return sorted_
        return due[PLAIN] if obligation.form.has_parts else max(due[PLAIN], sorted_)

    def outstanding(self, obligation: Obligation) -> int:
        """Return how much of what is due is not delivered, never negative."""
        duty = self.agreement.obligations[obligation.name]
        if obligation.is_by_period:
            return duty.rate.shortfall
        have = self.have(obligation.name)
        return short_of(obligation, self.due(obligation), have, self.cap(obligation))

    def meter(self, obligation: Obligation) -> "Meter":
        """Return what measures dues against what is delivered now."""
        return Meter(obligation, self.have(obligation.name), self.cap(obligation))

    def is_discharged(self, obligation: Obligation) -> bool:
        """Tell whether all that ``obligation`` will ever owe is delivered."""
        if obligation.form.lasts:
            return self._was_kept(obligation)
        sources = (self.definition.obligations[name] for name in obligation.form.sources)
        return self._is_delivered(obligation) and all(map(self.is_settled, sources))

    def _was_kept(self, obligation: Obligation) -> bool:
        """Tell whether the time of ``obligation`` is over, and nothing of it is open."""
        duty = self.agreement.obligations[obligation.name]
        meter = self.meter(obligation)
        settled = _is_calm(duty.of_form) and all(meter.is_met(due) for due in duty.dues)
        return self.is_over(obligation) and settled and not self._awaits(obligation)

    def _is_delivered(self, obligation: Obligation) -> bool:
        owed, have = self.owed(obligation), self.have(obligation.name)
        return owed is not None and short_of(obligation, owed, have, owed) == 0

    def _awaits(self, obligation: Obligation) -> bool:
        """Tell whether something awaits its verifier; a measured period awaits nothing."""
        duty = self.agreement.obligations[obligation.name]
        if obligation.is_by_period:
            return duty.rate.periods_waiting > 0
        return bool(duty.waiting)

    def is_settled(self, obligation: Obligation) -> bool:
        """Tell whether nothing more can come of ``obligation``: discharged, waived or lapsed."""
        duty = self.agreement.obligations[obligation.name]
        return duty.is_waived or self.is_lapsed(obligation) or self.is_discharged(obligation)

    def is_breached(self, obligation: Obligation, part: str | None = None) -> bool:
        """Tell whether a due was missed, its cure is over, and it is still short."""
        duty = self.agreement.obligations[obligation.name]
        if duty.is_waived or self.is_lapsed(obligation):
            return False
        match obligation.form:
            case Restraint():
                return duty.restraint.breach is not None
            case Rate() if obligation.is_by_period:
                return _latest(duty.rate) == "breached"
            case Amount() | Steps() | InReturn() | Rate():
                return self._has_breached_due(obligation, duty, part)

    def _has_breached_due(self, obligation: Obligation, duty: Duty, part: str | None) -> bool:
        return any(d.is_breached and not d.is_waived for d in self._of(obligation, duty, part))

    def is_overdue(self, obligation: Obligation, part: str | None = None) -> bool:
        """Tell whether a due is missed, not met, and its cure is not over."""
        duty = self.agreement.obligations[obligation.name]
        if duty.is_waived or self.is_lapsed(obligation):
            return False
        if obligation.is_by_period:
            return _latest(duty.rate) == "overdue"
        dues = self._of(obligation, duty, part)
        return any(d.missed and not d.is_breached and not d.is_waived for d in dues)

    def _of(self, obligation: Obligation, duty: Duty, part: str | None) -> list[Due]:
        """Return the missed dues of ``part``: its own, or those short of that category."""
        missed = [due for due in duty.dues if due.missed]
        if part is None:
            return missed
        if not obligation.form.is_cumulative:
            return [due for due in missed if due.name == part]
        have = self.have(obligation.name)
        return [d for d in missed if have.get(part, 0) < (d.need or {}).get(part, 0)]


def _is_calm(state: FormState) -> bool:
    """Tell whether no period is short or unknown, and no breach lasts."""
    match state:
        case RateState(shortfall=shortfall, periods_unknown=unknown):
            return not shortfall and not unknown
        case RestraintState(breach=breach):
            return breach is None
        case AmountState() | StepsState() | InReturnState():
            return True


def _latest(rate: RateState) -> Standing:
    """Return the standing of the newest period that is judged; `pending` if none is known."""
    judged = [period.standing for period in rate.periods if period.is_judged]
    return next((standing for standing in reversed(judged) if standing != "pending"), "pending")
