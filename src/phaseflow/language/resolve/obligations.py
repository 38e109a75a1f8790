"""Obligations as written -> obligations of the model, one for each obligor."""

import msgspec

from phaseflow.language.document import ObligationForm, listed
from phaseflow.language.forms import read_form
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.names import Scope, check_state, find_duty
from phaseflow.language.resolve.party_expression import check_party, party_expression
from phaseflow.language.resolve.remarks import remarks
from phaseflow.model.calendar import Period
from phaseflow.model.definition import Obligation
from phaseflow.model.party import PartyExpression
from phaseflow.text.source import Path

OBLIGORS_AT_MOST = 50


def resolve_obligations(base: str, form: ObligationForm, scope: Scope) -> list[Obligation]:
    """Return what ``form`` says each of its obligors owes."""
    clause = Clause(form, scope.duties[base], scope)
    obligors = _obligors(clause)
    common = _common(clause, obligors)
    return [_owed_by(party, common, clause) for party, _ in obligors]


def _obligors(clause: Clause) -> list[tuple[str, Path]]:
    """Return who owes it, each once."""
    faults, here = clause.scope.faults, clause.at("obligor")
    found: dict[str, Path] = {}
    for party, path in listed(clause.written.obligor, here):
        if party in found:
            faults.add("PF203", path, f"{party!r} is listed twice", "name it once")
        found.setdefault(party, path)
    if len(found) > OBLIGORS_AT_MOST:
        message = f"more than {OBLIGORS_AT_MOST} owe this, each alone"
        faults.add("PF103", here, message, "name one for all of them")
        return list(found.items())[:1]
    if not found:
        faults.add("PF211", here, "nobody owes this", "name a party")
    return list(found.items())


def _common(clause: Clause, obligors: list[tuple[str, Path]]) -> Obligation:
    """Return what is the same for each obligor, who is not yet named in it."""
    form = clause.written
    for party, path in obligors:
        check_party(party, path, clause.scope)
    return Obligation(
        name=clause.duty.base,
        base=clause.duty.base,
        obligor="",
        unit=form.unit,
        categories=clause.duty.parts,
        during=_during(clause),
        from_=clause.moment(form.from_, "from"),
        until=clause.moment(form.until, "until"),
        requires=clause.guard(form.requires, "requires"),
        within=clause.period(form.within, "within") or Period(days=1),
        excused_while=clause.guard(form.excused_while, "excused_while"),
        deadlines=form.deadlines or "toll",
        cure=clause.period(form.cure, "cure"),
        when_left=form.when_left or "carry",
        not_before=clause.moment(form.not_before, "not_before"),
        verified_by=_verified_by(clause),
        verify_within=clause.period(form.verify_within, "verify_within"),
        counts_uncontested=form.counts == "uncontested",
        judged_in_total=form.judged == "in_total",
        value=form.value,
        remarks=remarks(form),
        form=read_form(clause),
    )


def _during(clause: Clause) -> tuple[str, ...] | None:
    """Return the leaves in which it is in force; in a final one nothing is."""
    scope = clause.scope
    if clause.written.during is None:
        return None
    leaves: set[str] = set()
    for name, path in listed(clause.written.during, clause.at("during")):
        if check_state(name, path, scope):
            leaves.update(x for x in scope.leaves(name) if not scope.states[x].is_final)
    return tuple(name for name in scope.states if name in leaves)


def _verified_by(clause: Clause) -> PartyExpression | None:
    form = clause.written.verified_by
    return None if form is None else party_expression(form, clause.at("verified_by"), clause.scope)


def _owed_by(party: str, common: Obligation, clause: Clause) -> Obligation:
    """Return what ``party`` owes."""
    duty, scope = clause.duty, clause.scope
    obligees = listed(clause.written.obligee, clause.at("obligee"))
    known = [name for name, path in obligees if check_party(name, path, scope)]
    targets = listed(clause.written.counts_toward, clause.at("counts_toward"))
    toward = [_toward(name, path, party, scope) for name, path in targets]
    return msgspec.structs.replace(
        common,
        name=f"{duty.base}.{party}" if duty.is_shared else duty.base,
        obligor=party,
        obligees=tuple(name for name in known if name != party),
        counts_toward=tuple(name for name in toward if name),
    )


def _toward(name: str, path: Path, party: str, scope: Scope) -> str | None:
    """Return the obligation that ``name`` means for what ``party`` delivers."""
    found = find_duty(name, path, scope)
    if found is None:
        return None
    duty, names = found
    if len(names) == 1:
        return names[0]
    if party in duty.obligors:
        return f"{duty.base}.{party}"
    message = f"{name!r} is owed by several: this does not say by whom"
    scope.faults.add("PF209", path, message, f"write {' or '.join(names)}")
    return None
