"""Amendment: what a new edition of the text does to an agreement that is running.

Obligations keep their identity by name, with all that they have received; what
is due is computed anew. A due that an edition moved is yet to come, even if it
was missed; one that was met is never due again. Nothing else is carried over:
whoever consents to an edition consents to this.
"""

import msgspec

from phaseflow.engine import claims, dues, editions, moves, periods
from phaseflow.engine.amounts import add, minus, plus, total
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Meter
from phaseflow.model.agreement import Agreement, Amounts, Due, Duty, Earlier, Period, Shift
from phaseflow.model.calendar import Instant, When, Zone
from phaseflow.model.calendar import Period as Length
from phaseflow.model.definition import (
    PLAIN,
    Amount,
    Definition,
    Finding,
    InReturn,
    Obligation,
    Rate,
    Restraint,
    Steps,
)
from phaseflow.model.renaming import renamed
from phaseflow.model.statement import Reason


def obstacles(draft: Draft, edition: Definition) -> tuple[Reason, ...]:
    """Return everything but consent that keeps ``edition`` from taking effect now."""
    if draft.facts.is_final():
        text = f"the agreement has ended in {draft.agreement.leaf!r}; nothing is amended any more"
        return (Reason(rule="final", text=text),)
    found = [
        Reason(rule="edition", text=text) for text in editions.misfits(draft.definition, edition)
    ]
    for name in edition.obligations:
        if name in draft.agreement.former:
            text = f"{name} was an obligation of an earlier edition; give the new one another name"
            found.append(Reason(rule="edition", text=text))
    for leaf in draft.facts.chain():
        if _leaf(edition, leaf) is None:
            way_out = "is no state of the new edition; say under `renames` what it is called there"
            if edition.renames.get(leaf, leaf) in edition.states:
                way_out = "holds other states in the new edition; say with `initial` where it is"
            text = f"the agreement is in {leaf!r}, which {way_out}"
            found.append(Reason(rule="state", text=text, values={"state": leaf}))
    return tuple(found)


def _leaf(edition: Definition, state: str) -> str | None:
    """Return the leaf of ``edition`` that ``state`` is now; None if it does not say which."""
    found = edition.states.get(edition.renames.get(state, state))
    while found is not None and not found.is_leaf:
        found = None if found.initial is None else edition.states[found.initial]
    return None if found is None else found.name


def adopt(draft: Draft, edition: Definition, at: Instant) -> None:
    """Let ``edition`` take the place of the text in effect.

    What follows from it is settled by the caller.
    """
    old, agreement = renamed(draft.definition, edition.renames), draft.agreement
    deadlines = moves.deadlines(draft.definition, agreement.leaf)
    owed = _owed(draft)
    _rename_dues(draft, old)
    met = {
        obligation.name: _met(draft.facts.meter(obligation), duty)
        for obligation, duty in draft.duties()
    }
    for name, obligation in old.obligations.items():
        if name in edition.obligations:
            _carry(draft, obligation, edition.obligations[name], met[name])
        else:
            speakers = (obligation.obligor, *obligation.obligees, *obligation.verifiers)
            agreement.former[name] = list(dict.fromkeys(speakers))
    _rename(agreement, draft.definition, edition, at)
    before = agreement.obligations
    _keep_findings(agreement, old, edition)
    _keep_openings(agreement, old, edition)
    agreement.consents, agreement.waivers, agreement.amendments = {}, {}, {}
    agreement.obligations = {
        name: before.get(name) or dues.begin(obligation, agreement.position)
        for name, obligation in edition.obligations.items()
    }
    draft.adopt(edition)
    _credit(draft, old, before)
    for name, need in owed.items():
        _owe_averaged(draft, name, need)
    for obligation, _ in draft.duties():
        if obligation.name in met:
            _spare(draft, old.obligations[obligation.name], obligation, met[obligation.name], at)
    if moves.deadlines(edition, agreement.leaf) != deadlines:
        moves.toll(draft, deadlines, at)
    draft.emit(at, "amended", definition=edition.digest)


def _rename_dues(draft: Draft, old: Definition) -> None:
    """Let dues that hang on a state which has another name now bear it too."""
    for obligation, duty in draft.duties():
        names = [name for name, _ in dues.written(obligation)]
        now = [name for name, _ in dues.written(old.obligations[obligation.name])]
        for due, before, after in zip(duty.dues, names, now, strict=False):
            if due.name == before:
                due.name = after


def _met(meter: Meter, duty: Duty) -> dict[str, Due]:
    """Return copies of the dues that have come and were met, by name."""
    met = (due for due in duty.dues if due.is_passed and meter.is_met(due))
    return {due.name: msgspec.structs.replace(due) for due in met}


def _carry(draft: Draft, old: Obligation, new: Obligation, met: dict[str, Due]) -> None:
    """Let what has become of ``old`` be that of ``new``, whose form is the same."""
    duty, position = draft.duty(old.name), draft.agreement.position
    if editions.on_claims(old) != editions.on_claims(new):
        duty.earlier.append(
            Earlier(
                before=position,
                obligor=old.obligor,
                verified_by=old.verified_by,
                verify_within=old.verify_within,
                counts_uncontested=old.counts_uncontested,
            )
        )
    if old.cure != new.cure:
        _cure_anew(draft.zone, duty, old.cure, new.cure)
    if isinstance(old.form, InReturn) and isinstance(new.form, InReturn):
        added = dues.drivers_since(new.form, position)
        known = dues.drivers(old.form)
        duty.drivers_since |= {n: since for n, since in added.items() if n not in known}
        _keep_debts(duty, old.form, new.form)
    elif isinstance(new.form, Amount | Steps):
        _keep_dues(duty, old, new, met)
    if isinstance(new.form, Steps) and editions.order(old) != editions.order(new):
        duty.order_spared = claims.disordered(draft, new.form, duty) - duty.disordered
    if isinstance(new.form, Restraint):
        left = duty.violations - total(new, duty.forgiven)
        if left <= new.form.tolerated:
            dues.calm(duty)


def _keep_dues(duty: Duty, old: Obligation, new: Obligation, met: dict[str, Due]) -> None:
    """Give ``duty`` the dues of ``new``; those that ``old`` had keep what became of them."""
    before, known = editions.rows(old), {due.name: due for due in duty.dues}
    kept = []
    for name, row in editions.rows(new).items():
        due = known.get(name) or Due(name=name)
        kept.append(due)
        if name in before and name not in met and before[name].by != row.by:
            due.given, due.shift, due.at, due.armed_at = None, Shift(), None, None
            dues.rearm(due)
    duty.dues = kept


def _keep_debts(duty: Duty, old: InReturn, new: InReturn) -> None:
    """Let debts follow their drivers to where these stand now; others create none any more."""
    before, now = dues.drivers(old), dues.drivers(new)
    duty.debts = [
        msgspec.structs.replace(debt, driver=now.index(before[debt.driver]))
        for debt in duty.debts
        if before[debt.driver] in now
    ]


def _cure_anew(zone: Zone, duty: Duty, old: Length | None, new: Length | None) -> None:
    """Let cures that run end as the new text says; the time they stood still is not lost."""
    missed: list[tuple[Due | Period, When | None]] = [
        (due, due.at) for due in duty.dues if not due.is_breached
    ]
    missed += [(p, When(p.last)) for p in duty.periods if not p.is_violation]
    for item, due_at in missed:
        if item.missed_at is None or item.cure_ends is None:
            continue
        is_timely = due_at is not None and zone.closing(due_at) >= item.missed_at
        start = due_at if due_at is not None and is_timely else When(item.missed_at)
        before = When(item.missed_at) if old is None else zone.plus(start, old)
        after = When(item.missed_at) if new is None else zone.plus(start, new)
        item.cure_ends = zone.later(after, zone.closing(before), zone.closing(item.cure_ends))
    if duty.breached_at is not None:
        start, paused = When(duty.breached_at), duty.breach_ends
        ends = None if new is None else zone.plus(start, new)
        if ends is not None and paused is not None and old is not None:
            ends = zone.later(ends, zone.closing(zone.plus(start, old)), zone.closing(paused))
        duty.breach_ends = ends


def _owed(draft: Draft) -> dict[str, Amounts]:
    """Return what each averaged rate owes for one period, as far as that is known."""
    found = {
        obligation.name: periods.need(draft, obligation)
        for obligation, _ in draft.duties()
        if isinstance(obligation.form, Rate) and obligation.form.averaged
    }
    return {name: need for name, need in found.items() if need is not None}


def _owe_averaged(draft: Draft, name: str, before: Amounts) -> None:
    """Let the periods that an averaged rate has owed so far owe what they did."""
    obligation = draft.definition.obligations.get(name)
    if obligation is None or periods.need(draft, obligation) == before:
        return
    duty = draft.duty(name)
    whole = {category: units * duty.periods_owed for category, units in before.items()}
    duty.owed_before, duty.periods_owed = plus(duty.owed_before, whole), 0


def _credit(draft: Draft, old: Definition, before: dict[str, Duty]) -> None:
    """Count anew what each obligation owes to the performance of others; ``before``, as it was."""
    for _, duty in draft.duties():
        duty.credited = {}
    for obligation, duty in draft.duties():
        if isinstance(obligation.form, Rate) and not obligation.form.averaged:
            continue
        for name in obligation.counts_toward:
            add(draft.duty(name).credited, duty.counted)
    texts = (old, -1), (draft.definition, 1)
    pairs = {
        sign: {(o.name, name) for o in text.obligations.values() for name in o.counts_toward}
        for text, sign in texts
    }
    for text, sign in texts:
        for source, target in sorted(pairs[sign] - pairs[-sign]):
            if target in draft.agreement.obligations and source in before:
                claims.note_all(draft, text.obligations[source], before[source], target, sign)


def _spare(
    draft: Draft, old: Obligation, new: Obligation, met: dict[str, Due], at: Instant
) -> None:
    """Let no due that was met be due again, whatever the new text asks by it."""
    duty = draft.duty(new.name)
    dues.refresh(draft, new, duty, at)
    meter = draft.facts.meter(new)
    for due in duty.dues:
        before = met.get(due.name)
        if before is None:
            continue
        need, is_same = due.need or {}, editions.is_same_need(old, new, due.name)
        if isinstance(new.form, InReturn):
            if not is_same or not meter.is_met(due):
                due.need = _cut(meter, minus(need, minus(need, before.need or {})))
                due.spared = plus(due.spared, minus(need, due.need))
        elif not is_same or not meter.is_met(due):
            for field in due.__struct_fields__:
                setattr(due, field, getattr(before, field))
            due.need, due.is_closed = _cut(meter, before.need or {}), True


def _cut(meter: Meter, need: Amounts) -> Amounts:
    """Return as much of ``need`` as what is delivered meets."""
    found = dict(need)
    for category in sorted(need, key=lambda c: c != PLAIN):
        if category != PLAIN and not meter.obligation.judged_in_total:
            found[category] = min(found[category], meter.have.get(category, 0))
        short = meter.short(Due(name="", need=found)) or 0
        if category == PLAIN or meter.obligation.judged_in_total:
            found[category] = max(0, found[category] - short)
    return found


def _rename(agreement: Agreement, old: Definition, edition: Definition, at: Instant) -> None:
    """Let the agreement be where it is by the names of ``edition``.

    A compound that is new around it is entered now; one that a leaf has become
    was entered with it.
    """

    def now(state: str) -> list[str]:
        name = edition.renames.get(state, state)
        leaf = _leaf(edition, state) if old.states[state].is_leaf else None
        around = list(edition.ancestors(leaf)) if leaf is not None else [name]
        return around[: around.index(name) + 1] if name in around else []

    def known(entered: dict[str, Instant], *, is_first: bool) -> dict[str, Instant]:
        found: dict[str, Instant] = {}
        for state, when in entered.items():
            for name in now(state):
                if name in edition.states:
                    pair = found.get(name, when), when
                    found[name] = min(pair) if is_first else max(pair)
        return found

    def leaf(state: str) -> str:
        return _leaf(edition, state) or ""

    agreement.entered = known(agreement.entered, is_first=False)
    agreement.first_entered = known(agreement.first_entered, is_first=True)
    agreement.leaf = leaf(agreement.leaf)
    for state in edition.ancestors(agreement.leaf):
        agreement.entered.setdefault(state, at)
        agreement.first_entered.setdefault(state, at)
    agreement.remembered = {
        leaf(state): leaf(left)
        for state, left in agreement.remembered.items()
        if leaf(state) in edition.holding and leaf(left)
    }


def _keep_findings(agreement: Agreement, old: Definition, edition: Definition) -> None:
    """Keep the words on findings of the same type; a word that is none any more is dropped."""

    def fits(name: str, value: bool | int | str) -> bool:  # noqa: FBT001 - a value found, no switch
        before, after = old.findings[name], edition.findings.get(name)
        return after is not None and before.type == after.type and _is_word(after, value)

    agreement.findings = {n: v for n, v in agreement.findings.items() if fits(n, v)}
    words = {
        name: {party: value for party, value in words.items() if fits(name, value)}
        for name, words in agreement.words.items()
    }
    agreement.words = {name: said for name, said in words.items() if said}


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
    agreement.waived_guards = list(dict.fromkeys(waived))
