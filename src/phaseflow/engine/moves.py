"""Moves: which transitions are open, and what taking one does to the agreement."""

from phaseflow.engine import machine
from phaseflow.engine.conditions import cures, holds, values
from phaseflow.engine.draft import Draft
from phaseflow.engine.dues import longer, stop
from phaseflow.engine.facts import Facts
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Deadlines, Definition, Obligation, Transition
from phaseflow.model.state import Shift
from phaseflow.model.statement import Reason


def target(facts: Facts, transition: Transition) -> str | None:
    """Return the leaf that ``transition`` would enter now; None if none is remembered."""
    return transition.target or facts.agreement.remembered.get(facts.agreement.leaf)


def unmet(facts: Facts, transition: Transition, at: Instant) -> tuple[Reason, ...]:
    """Return everything but consent that keeps ``transition`` from being taken at ``at``."""
    found: list[Reason] = []
    leaf = facts.agreement.leaf
    if facts.is_final():
        title = f"the agreement has ended in {leaf!r}; nothing moves any more"
        found.append(Reason(rule="final", text=title))
    elif leaf not in transition.sources:
        states = " or ".join(transition.from_)
        text = f"it leads out of {states}, and the agreement is in {leaf!r}"
        found.append(Reason(rule="state", text=text, values={"state": leaf}))
    elif target(facts, transition) is None:
        text = f"no state is remembered to which {leaf!r} could return"
        found.append(Reason(rule="state", text=text, values={"state": leaf}))
    found += _too_early(facts, transition, at)
    found += _guards(facts, transition)
    found += _blocks(facts, transition)
    return tuple(found)


def _too_early(facts: Facts, transition: Transition, at: Instant) -> list[Reason]:
    if transition.after is None:
        return []
    opens = facts.opens(transition.name)
    if opens is None:
        text = f"it may be taken after {transition.after}, a moment that is not yet determined"
        return [Reason(rule="moment", text=text, values={str(transition.after): "undetermined"})]
    if facts.zone.closing(opens) <= at:
        return []
    shown = str(opens.value) if opens.is_day else facts.zone.local(facts.zone.closing(opens))
    text = f"it may be taken after {transition.after}, which is {shown}"
    return [Reason(rule="moment", text=text, values={str(transition.after): str(opens)})]


def _guards(facts: Facts, transition: Transition) -> list[Reason]:
    found = []
    for place, guard in enumerate(transition.guards, 1):
        waived = f"{transition.name}/{place}" in facts.agreement.waived_guards
        if waived or holds(facts, guard.that):
            continue
        curable = list(cures(facts, guard.that))
        if guard.waivable_by is not None:
            curable += [name for name in guard.waivable_by.members if name not in curable]
        found.append(
            Reason(
                rule="guard",
                text=guard.otherwise or f"{guard.text} does not hold",
                expression=guard.text,
                values=values(facts, guard.that),
                curable_by=tuple(curable),
                clause=guard.remarks.clause or transition.remarks.clause,
            )
        )
    return found


def _blocks(facts: Facts, transition: Transition) -> list[Reason]:
    """Return the duties that must not be left while something of them is outstanding."""
    goal = target(facts, transition)
    if goal is None or facts.agreement.leaf not in transition.sources:
        return []
    found = []
    for name, obligation in facts.definition.obligations.items():
        if obligation.when_left != "block" or not _leaves(facts, obligation, goal):
            continue
        open_ = facts.outstanding(obligation)
        if open_ and not facts.agreement.obligations[name].is_waived:
            found.append(
                Reason(
                    rule="guard",
                    text=f"nothing of {name} may be outstanding when its states are left",
                    expression=f"{name}.outstanding == 0",
                    values={f"{name}.outstanding": str(open_)},
                    curable_by=(obligation.obligor, *obligation.verifiers),
                    clause=obligation.remarks.clause,
                )
            )
    return found


def _leaves(facts: Facts, obligation: Obligation, goal: str) -> bool:
    """Tell whether going to ``goal`` takes ``obligation`` out of force."""
    if facts.agreement.obligations[obligation.name].in_force_since is None:
        return False
    if facts.definition.is_final(goal):
        return True
    during = obligation.during
    behind = (goal, *facts.chain()) if goal in facts.definition.holding else facts.chain(goal)
    return during is not None and not any(leaf in during for leaf in behind)


def take_automatic(draft: Draft, at: Instant) -> bool:
    """Take the first automatic transition that is open; tell whether there was one."""
    for transition in draft.definition.transitions.values():
        is_candidate = (
            transition.owners is None and draft.facts.agreement.leaf in transition.sources
        )
        if is_candidate and not unmet(draft.facts, transition, at):
            move(draft, transition, at, "automatic")
            return True
    return False


def move(draft: Draft, transition: Transition, at: Instant, cause: str) -> None:
    """Take ``transition``: leave its source, enter its target, and let consents lapse."""
    agreement, definition = draft.agreement, draft.definition
    source, goal = agreement.leaf, target(draft.facts, transition)
    assert goal is not None
    is_return = transition.target is None
    agreement.leaf = machine.fire(definition, source, transition.name, goal)
    draft.emit(at, "move", transition=transition.name, cause=cause, **{"from": source, "to": goal})
    if goal in definition.holding and not is_return:
        agreement.remembered[goal] = source
    here = draft.facts.chain()
    agreement.remembered = {k: v for k, v in agreement.remembered.items() if k in here[:-1]}
    _enter(draft, source, goal, at, is_return=is_return)
    toll(draft, deadlines(definition, source), at)
    _lapse(draft, transition)


def _enter(draft: Draft, source: str, goal: str, at: Instant, *, is_return: bool) -> None:
    """Note when states were entered; a return by `previous` enters nothing anew."""
    if is_return:
        return
    agreement, around = draft.agreement, set(draft.definition.ancestors(source)) - {source}
    for state in draft.definition.ancestors(goal):
        if state not in around:
            agreement.entered[state] = at
            agreement.first_entered.setdefault(state, at)


def toll(draft: Draft, before: Deadlines, at: Instant) -> None:
    """Begin or end what a state does to the time of all that was in force on entering it.

    ``before`` is what the state did in which the agreement was.
    """
    agreement, mode = draft.agreement, deadlines(draft.definition, draft.agreement.leaf)
    if before != "run" and agreement.stopped_since is not None:
        _shift_transitions(draft, agreement.stopped_since, at, before)
    agreement.stopped_since = at if mode != "run" else None
    for obligation, duty in draft.duties():
        is_held = duty.in_force_since is not None and draft.facts.is_entered(obligation, at)
        is_tolled = mode != "run" and not draft.facts.is_final() and (is_held or duty.is_tolled)
        if is_tolled != duty.is_tolled or is_tolled:
            stop(
                draft,
                obligation,
                duty,
                at,
                is_excused=duty.is_excused,
                is_tolled=is_tolled,
                mode=mode,
            )


def deadlines(definition: Definition, leaf: str) -> Deadlines:
    """Return what being in ``leaf`` does to deadlines: its own word, else that around it."""
    found = (definition.states[s].deadlines for s in definition.ancestors(leaf))
    return next((word for word in found if word != "run"), "run")


def _shift_transitions(draft: Draft, since: Instant, at: Instant, mode: str) -> None:
    """Move the ``after`` of the transitions out of the states that were not left."""
    agreement = draft.agreement
    leaves = draft.facts.chain()
    for transition in draft.definition.transitions.values():
        opens = draft.facts.opens(transition.name)
        if opens is None or not any(leaf in transition.sources for leaf in leaves):
            continue
        if draft.zone.closing(opens) <= since:
            continue
        start = since
        if mode == "restart":
            start = min(agreement.entered.get(agreement.leaf, since), since)
        shift = agreement.shifts.get(transition.name, Shift())
        agreement.shifts[transition.name] = longer(draft, shift, start, at)


def _lapse(draft: Draft, taken: Transition) -> None:
    """Drop the consents to ``taken``, and to transitions out of states that were left."""
    agreement = draft.agreement
    here = draft.facts.chain()
    for name in {*agreement.consents, *(w.partition("/")[0] for w in agreement.waived_guards)}:
        sources = draft.definition.transitions[name].sources
        if name == taken.name or not any(leaf in sources for leaf in here):
            agreement.consents.pop(name, None)
            agreement.waived_guards = [
                w for w in agreement.waived_guards if w.partition("/")[0] != name
            ]
    for name in [t.name for t in draft.definition.transitions.values()]:
        sources = draft.definition.transitions[name].sources
        if not any(leaf in sources for leaf in here):
            agreement.shifts.pop(name, None)
