"""Amendment: what a new edition of the text does to an agreement that is running.

Obligations keep their identity by name, with all that they have received; what
is due is computed anew. A due that an edition moved is yet to come, even if it
was missed; one that was met is never due again. Nothing else is carried over:
whoever consents to an edition consents to this.
"""

from collections.abc import Iterator

from phaseflow.engine import amended_dues, claims, cure, dues, moves, periods, succession
from phaseflow.engine.amounts import add, plus
from phaseflow.engine.draft import Draft
from phaseflow.engine.facts import Facts
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition, Finding, Obligation, Transition
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.guard import Expression
from phaseflow.model.renaming import renamed
from phaseflow.model.state import Agreement, Amounts, Duty, Earlier
from phaseflow.model.statement import Reason


def obstacles(draft: Draft, edition: Definition) -> tuple[Reason, ...]:
    """Return everything but consent that keeps ``edition`` from taking effect now."""
    if draft.facts.is_final():
        text = f"the agreement has ended in {draft.agreement.leaf!r}; nothing is amended any more"
        return (Reason(rule="final", text=text),)
    found = [
        Reason(rule="edition", text=text) for text in succession.misfits(draft.definition, edition)
    ]
    for name in edition.obligations:
        if name in draft.agreement.former:
            text = f"{name} was an obligation of an earlier edition; give the new one another name"
            found.append(Reason(rule="edition", text=text))
    found += _stranded(draft, edition)
    for leaf in draft.facts.chain():
        if _leaf(edition, leaf) is None:
            way_out = "is no state of the new edition; say under `renames` what it is called there"
            if edition.renames.get(leaf, leaf) in edition.states:
                way_out = "holds other states in the new edition; say with `initial` where it is"
            text = f"the agreement is in {leaf!r}, which {way_out}"
            found.append(Reason(rule="state", text=text, values={"state": leaf}))
    return tuple(found)


def _stranded(draft: Draft, edition: Definition) -> Iterator[Reason]:
    """Yield what awaits a verifier who is no party of ``edition``, where nobody takes its place."""
    for old, duty in draft.duties():
        new = edition.obligations.get(old.name)
        if not duty.waiting or new is None or new.verified_by is not None:
            continue
        gone = [name for name in _verifiers(old, duty) if name not in edition.parties]
        if gone:
            text = (
                f"what was performed of {old.name} still awaits its verifier, and {gone[0]!r} is "
                "no party of the new edition; keep that party, or let this be verified first"
            )
            yield Reason(rule="edition", text=text)


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
    past = {
        obligation.name: amended_dues.past(draft.facts.meter(obligation), duty)
        for obligation, duty in draft.duties()
    }
    for name, obligation in old.obligations.items():
        if name in edition.obligations:
            past[name] = _carry(draft, obligation, edition.obligations[name], past[name], at)
        else:
            agreement.former[name] = _speakers(obligation, agreement.obligations[name])
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
        if obligation.name in past:
            before_it = old.obligations[obligation.name]
            amended_dues.spare(draft, before_it, obligation, past[obligation.name], at)
    if moves.deadlines(edition, agreement.leaf) != deadlines:
        moves.toll(draft, deadlines, at)
    draft.emit(at, "amended", definition=edition.digest)


def _rename_dues(draft: Draft, old: Definition) -> None:
    """Let dues that hang on a state which has another name now bear it too."""
    for obligation, duty in draft.duties():
        names = [name for name, _ in obligation.form.written]
        now = [name for name, _ in old.obligations[obligation.name].form.written]
        for due, before, after in zip(duty.dues, names, now, strict=False):
            if due.name == before:
                due.name = after


def _speakers(obligation: Obligation, duty: Duty) -> list[str]:
    """Return who may still speak of an obligation: by this text, and by those before it."""
    obligors = (obligation.obligor, *(text.obligor for text in duty.earlier))
    return list(dict.fromkeys((*obligors, *obligation.obligees, *_verifiers(obligation, duty))))


def _verifiers(obligation: Obligation, duty: Duty) -> list[str]:
    """Return who may verify its claims: by this text, and by those under which they were made."""
    earlier = (text.verified_by for text in duty.earlier if text.verified_by is not None)
    return [*obligation.verifiers, *(name for by in earlier for name in by.members)]


def _carry(
    draft: Draft, old: Obligation, new: Obligation, past: amended_dues.Pasts, at: Instant
) -> amended_dues.Pasts:
    """Let what has become of ``old`` be that of ``new``, whose form is the same.

    Return its dues that are past, by the names of ``new``.
    """
    duty, position = draft.duty(old.name), draft.agreement.position
    if succession.on_claims(old) != succession.on_claims(new):
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
        amended_dues.cure_anew(draft.zone, duty, old.cure, new.cure)
    match new.form:
        case Amount():
            return amended_dues.keep(duty, old, new, past)
        case Steps() as form:
            past = amended_dues.keep(duty, old, new, past)
            if old.form.order != new.form.order:
                now = claims.disordered(draft, tuple(dict(form.written)), duty)
                duty.steps.order_spared = now - duty.steps.disordered
            return past
        case InReturn() as form:
            assert isinstance(old.form, InReturn)
            known = old.form.driver_names
            added = [name for name in form.driver_names if name not in known]
            duty.in_return.drivers_since |= dict.fromkeys(added, position)
            return amended_dues.keep_debts(draft.zone, duty, old.form, form, past, at)
        case Rate():
            return past
        case Restraint():
            breach = duty.restraint.breach
            if breach is not None and old.cure != new.cure:
                duty.restraint.breach = cure.amended_breach(draft.zone, breach, old.cure, new.cure)
            cure.calm(new, duty)
            return past


def _owed(draft: Draft) -> dict[str, Amounts]:
    """Return what each averaged rate owes for one period, as far as that is known."""
    found = {
        obligation.name: periods.need(draft, obligation)
        for obligation, _ in draft.duties()
        if obligation.form.is_averaged
    }
    return {name: need for name, need in found.items() if need is not None}


def _owe_averaged(draft: Draft, name: str, before: Amounts) -> None:
    """Let the periods that an averaged rate has owed so far owe what they did."""
    obligation = draft.definition.obligations.get(name)
    if obligation is None or periods.need(draft, obligation) == before:
        return
    rate = draft.duty(name).rate
    whole = {category: units * rate.periods_owed for category, units in before.items()}
    rate.owed_before, rate.periods_owed = plus(rate.owed_before, whole), 0


def _credit(draft: Draft, old: Definition, before: dict[str, Duty]) -> None:
    """Count anew what each obligation owes to the performance of others; ``before``, as it was."""
    for _, duty in draft.duties():
        duty.credited = {}
    for obligation, duty in draft.duties():
        if obligation.is_by_period:
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
    agreement.remembered = {
        leaf(state): leaf(left)
        for state, left in agreement.remembered.items()
        if leaf(state) in edition.holding and leaf(left)
    }
    for here in Facts(edition, agreement).chain():
        for state in edition.ancestors(here):
            agreement.entered.setdefault(state, at)
            agreement.first_entered.setdefault(state, at)


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
    agreement.waived_guards = [
        f"{name}/{place}"
        for name, transition in edition.transitions.items()
        if name in old.transitions
        for place, guard in enumerate(_guards(transition), 1)
        for before, known in enumerate(_guards(old.transitions[name]), 1)
        if guard == known and f"{name}/{before}" in agreement.waived_guards
    ]


def _guards(transition: Transition) -> list[tuple[Expression, int]]:
    """Return what each guard asks, and how many before it ask the same."""
    asked = [guard.that for guard in transition.guards]
    return [(that, asked[:place].count(that)) for place, that in enumerate(asked)]
