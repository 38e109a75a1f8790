"""States as written, one within another -> states of the model."""

from collections.abc import Iterator
from typing import NamedTuple

from phaseflow.language.document import DefinitionForm, StateForm
from phaseflow.language.resolve.names import Node, Scope, check_name, check_state, check_unique
from phaseflow.language.resolve.remarks import remarks
from phaseflow.model.definition import State
from phaseflow.text.source import Path


class WrittenState(NamedTuple):
    """A state as written: its name and form, where it stands, and the state around it."""

    name: str
    form: StateForm | None
    path: Path
    parent: str | None


def walk_states(
    states: dict[str, StateForm | None], path: Path = ("states",), parent: str | None = None
) -> Iterator[WrittenState]:
    """Yield every state, each before those within it."""
    for name, form in states.items():
        here = (*path, name)
        yield WrittenState(name, form, here, parent)
        if form is not None and form.states:
            yield from walk_states(form.states, (*here, "states"), name)


def resolve_states(form: DefinitionForm, scope: Scope) -> dict[str, State]:
    """Return the states, those within after those around them, and fill the scope with them."""
    found: dict[str, State] = {}
    written = list(walk_states(form.states))
    check_unique([("state", name, path) for name, _, path, _ in written], scope.faults, at_key=True)
    first: dict[str, Path] = {}
    for name, _, path, _ in written:
        first.setdefault(name, path)
    for name, state, path, parent in written:
        check_name(name, path, scope.faults, what="state")
        if name in found:
            continue
        inner = tuple(state.states or ()) if state else ()
        within = tuple(name for name in inner if first[name] == (*path, "states", name))
        initial = state.initial if state else None
        final = state.final if state else None
        scope.states[name] = Node(
            path=path,
            parent=parent,
            inner=inner,
            within=within,
            initial=initial,
            is_final=final is not None,
        )
        found[name] = State(
            name=name,
            parent=parent,
            is_leaf=not within,
            initial=initial,
            final=final,
            deadlines=(state.deadlines if state else None) or "run",
            remarks=remarks(state),
        )
    return found


def resolve_initial(name: str, scope: Scope) -> str:
    """Return the leaf in which the agreement begins."""
    path: Path = ("initial",)
    is_written = path in scope.faults.document.values and path not in scope.damaged
    if (name or is_written) and check_state(name, path, scope):
        return scope.entry(name) or name
    return name


def resolve_renames(renames: dict[str, str], scope: Scope) -> dict[str, str]:
    """Return what each state of an earlier edition is now."""
    found = {}
    for old, new in renames.items():
        path: Path = ("renames", old)
        check_name(old, path, scope.faults, what="state")
        if old in scope.states:
            message = f"{old!r} is a state of this edition, so it is called nothing else"
            scope.faults.add("PF203", path, message, "name a state that was dropped", at_key=True)
        if check_state(new, path, scope):
            found[old] = new
    return found
