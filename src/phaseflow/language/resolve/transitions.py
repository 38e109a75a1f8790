"""Transitions as written -> transitions of the model, from leaves to a leaf."""

from phaseflow.language.document import GuardForm, TransitionForm, listed
from phaseflow.language.document.read_document import Reading
from phaseflow.language.resolve.guards import resolve_guard
from phaseflow.language.resolve.moments import resolve_moment
from phaseflow.language.resolve.names import Scope, check_name, check_state, check_unique
from phaseflow.language.resolve.party_expression import party_expression
from phaseflow.language.resolve.remarks import remarks
from phaseflow.model.definition import Guard, Transition
from phaseflow.text.source import Path


def resolve_transitions(reading: Reading, scope: Scope) -> list[Transition]:
    """Return the transitions in the order of the file."""
    written = list(zip(reading.places, reading.form.transitions, strict=True))
    named = [("transition", t.name, ("transitions", i, "name")) for i, t in written]
    check_unique(named, scope.faults, at_key=False)
    return [_transition(form, ("transitions", place), scope) for place, form in written]


def _transition(form: TransitionForm, path: Path, scope: Scope) -> Transition:
    name_path = (*path, "name")
    check_name(form.name, name_path, scope.faults, what="transition", at_key=False)
    written = listed(form.from_, (*path, "from"))
    known = [name for name, here in written if check_state(name, here, scope)]
    owners = None if form.by == "automatic" else party_expression(form.by, (*path, "by"), scope)
    after = None if form.after is None else resolve_moment(form.after, (*path, "after"), scope)
    guards = [_guard(g, (*path, "guards", i), scope) for i, g in enumerate(form.guards or ())]
    return Transition(
        name=form.name,
        sources=_sources(known, scope),
        target=_target(form.to, (*path, "to"), scope),
        owners=owners,
        from_=tuple(name for name, _ in written),
        to=form.to,
        after=after,
        guards=tuple(g for g in guards if g is not None),
        remarks=remarks(form),
    )


def _sources(names: list[str], scope: Scope) -> tuple[str, ...]:
    """Return the leaves of ``names`` that are not final, in the order of the file."""
    leaves = {leaf for name in names for leaf in scope.leaves(name)}
    return tuple(n for n, node in scope.states.items() if n in leaves and not node.is_final)


def _target(name: str, path: Path, scope: Scope) -> str | None:
    if name == "previous" or not check_state(name, path, scope):
        return None
    return scope.entry(name)


def _guard(form: str | GuardForm, path: Path, scope: Scope) -> Guard | None:
    if isinstance(form, str):
        that = resolve_guard(form, path, scope)
        return None if that is None else Guard(that=that, text=form.strip())
    that = resolve_guard(form.that, (*path, "that"), scope)
    waivable = form.waivable_by
    by = party_expression(waivable, (*path, "waivable_by"), scope) if waivable is not None else None
    if that is None:
        return None
    return Guard(
        that=that,
        text=form.that.strip(),
        otherwise=form.else_,
        waivable_by=by,
        remarks=remarks(form),
    )
