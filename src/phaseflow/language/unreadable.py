"""What was written but could not be read: nothing that rests on it is judged."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from phaseflow.language.document import DefinitionForm
from phaseflow.language.resolve.names import EVERY_NAME, PLURAL, TEXTS
from phaseflow.text.source import Path

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FOR_PEOPLE = TEXTS - {"edition"}
_NAMED = ("parties", "groups", "findings", "obligations")
_KEYS = frozenset(DefinitionForm.model_fields)


def lost(data: dict[str, Any], form: DefinitionForm, states: Iterable[str]) -> dict[str, set[str]]:
    """Return, by section, the names of what is not in ``form`` because it is faulty.

    ``states`` are the names of those that are. Of a section that could not be
    read at all, or that may stand under a misspelt key, every name is lost.
    """
    found: dict[str, set[str]] = {}
    for section in (*_NAMED, "states"):
        written = data.get(section)
        if not isinstance(written, dict):
            is_faulty = section in data or _has_unknown_section(data)
            found[section] = {EVERY_NAME} if is_faulty else set()
        elif section == "states":
            found[section] = {name for name, _ in _states(written, ())}.difference(states)
        else:
            found[section] = set(written).difference(getattr(form, section))
    return found


def _has_unknown_section(data: dict[str, Any]) -> bool:
    """Tell whether a key of the whole is unknown that may be a section misspelt."""
    return any(isinstance(data[key], dict) for key in data if key not in _KEYS)


def _states(data: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name and the path of every state as written."""
    for name, state in data.items() if isinstance(data, dict) else ():
        here = (*path, "states", name)
        yield name, here
        if isinstance(state, dict):
            yield from _states(state.get("states"), here)


def in_doubt(data: dict[str, Any], faulty: Iterable[Path]) -> set[Path]:
    """Return the paths of the things that are faulty, and of all that name one of them.

    Also those that name one of these; ``faulty`` are the paths of the faults.
    """
    things = dict(_things(data))
    if any(_is_whole(path, data) for path in faulty):
        return set(things)
    named: dict[str, list[Path]] = {}
    for path, value in things.items():
        for name in names_in(value):
            named.setdefault(name, []).append(path)
    found: set[Path] = set()
    pending = [thing for path in faulty for thing in _around(path, things)]
    if any(path[:1] == ("calendar",) for path in faulty):
        pending += named.get("day", [])
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        names = PLURAL.values() if path[0] == "parties" else ()
        for name in (str(path[-1]), *names):
            pending += named.get(name, []) if path[0] != "transitions" else []
    return found


def _is_whole(path: Path, data: dict[str, Any]) -> bool:
    """Tell whether a fault at ``path`` is one of a section as a whole."""
    return len(path) == 1 and isinstance(data.get(str(path[0])), dict | list)


def _around(path: Path, things: dict[Path, Any]) -> list[Path]:
    """Return the things that ``path`` is part of: of states, also those around it."""
    return [path[:end] for end in range(1, len(path) + 1) if path[:end] in things]


def _things(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield each thing as written with its path; the calendar is none."""
    for section in _NAMED:
        written = data.get(section)
        for name, value in written.items() if isinstance(written, dict) else ():
            yield (section, name), value
    for _, path in _states(data.get("states"), ()):
        state: Any = data
        for key in path:
            state = state[key]
        yield path, state
    transitions = data.get("transitions")
    for place, value in enumerate(transitions if isinstance(transitions, list) else ()):
        yield ("transitions", place), value


def names_in(data: Any) -> set[str]:
    """Return every word of ``data`` outside of what is for people only, and every whole text."""
    found: set[str] = set()
    pending: list[Any] = [data]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            found.add(one)
            found.update(_NAME.findall(one))
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            found.update(one)
            pending += [inner for key, inner in one.items() if key not in _FOR_PEOPLE]
    return found
