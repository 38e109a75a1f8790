"""Amendment: what a new edition of the text does to an agreement that is running.

Obligations keep their identity by name, with all that they have received; what
is due is computed anew. A due that an edition moved is yet to come, even if it
was missed; one that was met is never due again. Nothing else is carried over:
whoever consents to an edition consents to this.
"""

from collections.abc import Iterable, Iterator

from phaseflow.engine import claims, dues, moves
from phaseflow.engine.amounts import add, total
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Meter
from phaseflow.model.agreement import Agreement, Debt, Due, Duty, Earlier, Period, Shift
from phaseflow.model.calendar import Instant, When, Zone
from phaseflow.model.calendar import Period as Length
from phaseflow.model.definition import (
    Amount,
    Definition,
    Finding,
    InReturn,
    Obligation,
    Rate,
    Remarks,
    Restraint,
    Step,
    Steps,
    Tranche,
)
from phaseflow.model.statement import Reason


def obstacles(draft: Draft, edition: Definition) -> tuple[Reason, ...]:
    """Return everything but consent that keeps ``edition`` from taking effect now."""
    if draft.facts.is_final():
        text = f"the agreement has ended in {draft.agreement.leaf!r}; nothing is amended any more"
        return (Reason(rule="final", text=text),)
    found = [Reason(rule="edition", text=text) for text in _misfits(draft.definition, edition)]
    for name in edition.obligations:
        if name in draft.agreement.former:
            text = f"{name} was an obligation of an earlier edition; give the new one another name"
            found.append(Reason(rule="edition", text=text))
    for leaf in draft.facts.chain():
        now = edition.renames.get(leaf, leaf)
        state = edition.states.get(now)
        if state is None or not state.is_leaf:
            what = "is no state" if state is None else "holds other states"
            text = (
                f"the agreement is in {leaf!r}, which {what} of the new edition; "
                f"say under `renames` what it is called there"
            )
            found.append(Reason(rule="state", text=text, values={"state": leaf}))
    return tuple(found)


def _misfits(old: Definition, new: Definition) -> Iterator[str]:
    """Yield, as sentences, why ``new`` cannot be an edition of what ``old`` is one of."""
    if new.digest == old.digest:
        yield "it is the edition that is in effect already"
    if new.name != old.name:
        yield f"it is an edition of {new.name!r}, and the agreement is one of {old.name!r}"
    if new.calendar.zone != old.calendar.zone:
        yield (
            f"its time zone is {new.calendar.zone.name}, that of the agreement "
            f"{old.calendar.zone.name}: days that have been counted cannot be counted anew"
        )
    for name in new.parties:
        if name not in old.parties:
            yield (
                f"{name!r} is no party of the agreement: entry 0 of the journal lists all who "
                "may ever speak"
            )
    for name, obligation in new.obligations.items():
        before = old.obligations.get(name)
        if before is not None and _form(before) != _form(obligation):
            yield (
                f"{name} is counted in another way than before ({_told(before)}, now "
                f"{_told(obligation)}), so that what it received would not fit; give it another name"
            )


def _form(obligation: Obligation) -> tuple[object, ...]:
    """Return what decides how an obligation counts: an edition cannot change it."""
    form = obligation.form
    match form:
        case Amount():
            return ("amount", form.is_single, bool(form.of_which))
        case Rate():
            ways = (bool(form.of_which), obligation.judged_in_total, bool(obligation.verified_by))
            return ("rate", form.every, form.averaged, *ways)
        case _:
            return (type(form).__name__,)


def _told(obligation: Obligation) -> str:
    form = obligation.form
    match form:
        case Amount():
            what = "a single act" if form.is_single else "an amount"
            return f"{what} with parts" if form.of_which else what
        case Rate():
            marks = {
                "averaged": form.averaged,
                "with parts": form.of_which,
                "judged in total": obligation.judged_in_total,
                "verified": obligation.verified_by,
                "not verified": not obligation.verified_by,
            }
            return ", ".join(
                [f"a rate each {form.every}", *(m for m, is_so in marks.items() if is_so)]
            )
        case Steps():
            return "steps"
        case InReturn():
            return "in return"
        case Restraint():
            return "a restraint"


def adopt(draft: Draft, edition: Definition, at: Instant) -> None:
    """Let ``edition`` take the place of the text in effect.

    What follows from it is settled by the caller.
    """
    old, agreement = draft.definition, draft.agreement
    deadlines = moves.deadlines(old, agreement.leaf)
    for name, obligation in old.obligations.items():
        if name in edition.obligations:
            _carry(draft, obligation, edition.obligations[name])
        else:
            speakers = (obligation.obligor, *obligation.obligees, *obligation.verifiers)
            agreement.former[name] = list(dict.fromkeys(speakers))
    agreement.obligations = {
        name: agreement.obligations.get(name) or dues.begin(obligation, agreement.position)
        for name, obligation in edition.obligations.items()
    }
    _credit(agreement, edition)
    _rename(agreement, edition, at)
    _keep_findings(agreement, old, edition)
    _keep_openings(agreement, old, edition)
    agreement.consents, agreement.waivers, agreement.amendments = {}, {}, {}
    draft.adopt(edition)
    if moves.deadlines(edition, agreement.leaf) != deadlines:
        moves.toll(draft, deadlines, at)
    draft.emit(at, "amended", definition=edition.digest)


def _carry(draft: Draft, old: Obligation, new: Obligation) -> None:
    """Let what has become of ``old`` be that of ``new``, whose form is the same."""
    duty, meter = draft.duty(old.name), draft.facts.meter(old)
    if old.verified_by != new.verified_by:
        position = draft.agreement.position
        duty.earlier.append(Earlier(before=position, verified_by=old.verified_by))
    if new.verify_within is None:
        for wait in duty.waits:
            wait.claims.clear()
    if old.cure != new.cure:
        _cure_anew(draft.zone, duty, old.cure, new.cure)
    if isinstance(old.form, InReturn) and isinstance(new.form, InReturn):
        added = dues.drivers_since(new.form, draft.agreement.position)
        known = {driver.obligation for driver in old.form.drivers}
        duty.drivers_since |= {n: since for n, since in added.items() if n not in known}
        _keep_debts(duty, meter, old.form, new.form)
    elif isinstance(new.form, Amount | Steps):
        _keep_dues(duty, meter, old, new)
    if isinstance(new.form, Steps) and new.form.in_order:
        duty.disordered = claims.disordered(draft, new.form, duty)
    if isinstance(new.form, Restraint):
        left = duty.violations - total(new, duty.forgiven)
        if left <= new.form.tolerated:
            duty.is_breached, duty.breach_ends = False, None


def _keep_dues(duty: Duty, meter: Meter, old: Obligation, new: Obligation) -> None:
    """Give ``duty`` the dues of ``new``; those that ``old`` had keep what became of them."""
    before = _rows(old)
    known = {due.name: due for due in duty.dues}
    is_same_whole = _whole(old) == _whole(new)
    kept = []
    for name, row in _rows(new).items():
        due = known.get(name) or Due(name=name)
        kept.append(due)
        if name not in before or (is_same_whole and before[name] == row):
            continue
        if due.is_passed and meter.is_met(due):
            due.is_closed = True
        elif before[name].by != row.by:
            due.given, due.shift, due.at, due.armed_at = None, Shift(), None, None
            dues.rearm(due)
    duty.dues = kept


def _rows(obligation: Obligation) -> dict[str, Tranche | Step]:
    """Return the dues that the text sets, by name, without what is said for people only."""
    form = obligation.form
    rows: Iterable[Tranche | Step] = ()
    if isinstance(form, Amount):
        rows = (_bare(row) for row in form.schedule)
    elif isinstance(form, Steps):
        rows = (_bare(row) for row in form.steps)
    names = (name for name, _ in dues.written(obligation))
    return dict(zip(names, rows, strict=True))


def _bare(row: Tranche | Step) -> Tranche | Step:
    if isinstance(row, Tranche):
        return Tranche(by=row.by, amount=row.amount, share=row.share, remarks=Remarks())
    return Step(name=row.name, by=row.by)


def _whole(obligation: Obligation) -> object:
    form = obligation.form
    return (form.amount, form.of_which) if isinstance(form, Amount) else None


def _keep_debts(duty: Duty, meter: Meter, old: InReturn, new: InReturn) -> None:
    """Let debts follow their drivers to where these stand now; others create none any more."""
    places = {driver.obligation: place for place, driver in enumerate(new.drivers)}
    kept = []
    for debt in duty.debts:
        place = places.get(old.drivers[debt.driver].obligation)
        if place is not None:
            kept.append(
                Debt(driver=place, category=debt.category, begun=debt.begun, units=debt.units)
            )
    duty.debts = kept
    if old != new:
        for due in duty.dues:
            due.is_closed |= due.is_passed and meter.is_met(due)


def _cure_anew(zone: Zone, duty: Duty, old: Length | None, new: Length | None) -> None:
    """Let cures that run end as the new text says; the time they stood still is not lost."""
    missed: list[tuple[Due | Period, When | None]] = [(due, due.at) for due in duty.dues]
    missed += [(period, When(period.last)) for period in duty.periods]
    for item, due_at in missed:
        if item.missed_at is None or item.cure_ends is None:
            continue
        is_timely = due_at is not None and zone.closing(due_at) >= item.missed_at
        start = due_at if due_at is not None and is_timely else When(item.missed_at)
        before = When(item.missed_at) if old is None else zone.plus(start, old)
        after = When(item.missed_at) if new is None else zone.plus(start, new)
        item.cure_ends = zone.later(after, zone.closing(before), zone.closing(item.cure_ends))


def _credit(agreement: Agreement, edition: Definition) -> None:
    """Count anew what each obligation owes to the performance of others."""
    for duty in agreement.obligations.values():
        duty.credited = {}
    for obligation in edition.obligations.values():
        form = obligation.form
        if isinstance(form, Rate) and not form.averaged:
            continue
        for name in obligation.counts_toward:
            add(
                agreement.obligations[name].credited, agreement.obligations[obligation.name].counted
            )


def _rename(agreement: Agreement, edition: Definition, at: Instant) -> None:
    """Let the agreement be where it is by the names of ``edition``.

    A compound that is new around it is entered now.
    """

    def now(state: str) -> str:
        return edition.renames.get(state, state)

    def known(entered: dict[str, Instant]) -> dict[str, Instant]:
        return {now(state): when for state, when in entered.items() if now(state) in edition.states}

    agreement.leaf = now(agreement.leaf)
    agreement.entered = known(agreement.entered)
    agreement.first_entered = known(agreement.first_entered)
    for state in edition.ancestors(agreement.leaf):
        agreement.entered.setdefault(state, at)
        agreement.first_entered.setdefault(state, at)
    agreement.remembered = {
        now(state): now(left)
        for state, left in agreement.remembered.items()
        if now(state) in edition.holding and now(left) in edition.leaves
    }


def _keep_findings(agreement: Agreement, old: Definition, edition: Definition) -> None:
    """Keep the words on findings of the same type; a word that is none any more is dropped."""

    def fits(name: str, value: bool | int | str) -> bool:  # noqa: FBT001 - a value found, no switch
        before, after = old.findings[name], edition.findings.get(name)
        return after is not None and before.type == after.type and _is_word(after, value)

    agreement.findings = {n: v for n, v in agreement.findings.items() if fits(n, v)}
    agreement.words = {
        name: {party: value for party, value in words.items() if fits(name, value)}
        for name, words in agreement.words.items()
        if name in edition.findings
    }


def _is_word(finding: Finding, value: bool | int | str) -> bool:  # noqa: FBT001 - a value found
    return finding.type != "word" or value in finding.words


def _keep_openings(agreement: Agreement, old: Definition, edition: Definition) -> None:
    """Keep the shifts of transitions whose `after` is the same, and waivers of the same guards."""
    agreement.shifts = {
        name: shift
        for name, shift in agreement.shifts.items()
        if name in edition.transitions
        and edition.transitions[name].after == old.transitions[name].after
    }
    waived = []
    for key in agreement.waived_guards:
        name, _, place = key.partition("/")
        guard = old.transitions[name].guards[int(place) - 1]
        new = edition.transitions.get(name)
        texts = [g.text for g in new.guards] if new is not None else []
        if guard.text in texts:
            waived.append(f"{name}/{texts.index(guard.text) + 1}")
    agreement.waived_guards = waived
