"""What of a document keeps to the form; what does not is reported, and left out."""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec

from phaseflow.language.document import DefinitionForm, Misfit, fit, shape
from phaseflow.language.document.remedies import nothing_meant, shape_meant, uncut, word_meant
from phaseflow.language.faults import Faults, told
from phaseflow.language.resolve.names import REMARKS
from phaseflow.text.source import COMMA, Mark, Path

BEGIN = "begin it with phaseflow: 1"
"""The remedy where a file is no definition at all."""
_SECTIONS = ("parties", "groups", "findings", "obligations", "states", "transitions")
_STAND_IN: dict[str, Any] = {
    "phaseflow": 1,
    "name": "unnamed",
    "edition": "",
    "initial": "",
    "parties": {},
    "states": {},
}
_PASSES_AT_MOST = 8


class Reading(msgspec.Struct, kw_only=True):
    """The part of a document that keeps to the form.

    ``places`` are the indices in the file of the transitions that are left.
    ``damaged`` are the paths of things from which a part, or all, is missing:
    what depends on them cannot be judged.
    """

    form: DefinitionForm
    places: list[int]
    damaged: set[Path]


def read_form(data: Any, faults: Faults) -> Reading:
    """Return what keeps to the form; note every departure from it.

    Raises:
        DefinitionInvalid: nothing of it can be used.
    """
    if not isinstance(data, dict):
        faults.add("PF108", (), f"a definition is a mapping, not {shape(data)}", BEGIN)
        faults.fail()
    if "events" in data and "phaseflow" not in data:
        message, remedy = "this is a scenario, not a definition", "play it with phaseflow rehearse"
        faults.add("PF108", ("events",), message, remedy, at_key=True)
        faults.fail()
    known = {key: value for key, value in data.items() if key in DefinitionForm.model_fields}
    _explain_empty(known, faults)
    reading = Reading(form=_stand_in(), places=[], damaged={p[:2] for p in faults.settled})
    found = fit(data)
    if isinstance(found, list):
        _explain(found, faults)
        reading.damaged |= {_thing(misfit.path) for misfit in found}
        rest = _without(data, found)
        found = rest[0]
        reading.places = rest[1]
    else:
        reading.places = list(range(len(found.transitions)))
    reading.form = found
    return reading


def _stand_in() -> DefinitionForm:
    form = fit(_STAND_IN)
    assert isinstance(form, DefinitionForm)
    return form


def _empty(data: Any, path: Path) -> Iterator[Path]:
    """Yield the path of every key or item without a value; a state needs none."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        here = (*path, key)
        if isinstance(value, dict | list):
            yield from _empty(value, here)
        elif value is None and not (len(path) % 2 == 1 and set(path[::2]) == {"states"}):
            yield here


def _explain_empty(data: dict[str, Any], faults: Faults) -> None:
    """Note every key without a value, once where commas cut one text into several keys."""
    document = faults.document
    before: Mark | None = None
    for path in _empty(data, ()):
        mark = document.keys.get(path)
        is_cut_off = mark is not None and document.is_cut_off(mark)
        if mark is None or not is_cut_off:
            message, remedy = nothing_meant(path, document)
            faults.add("PF108", path, message, remedy, at_key=True)
        elif before is None or not document.are_next(before, mark):
            faults.add_at("PF108", mark, COMMA, uncut(document.lines[mark.line - 1], mark))
        before = mark if is_cut_off else None
        faults.faulty.add(path)
        faults.settled.add(path)


def _thing(path: Path) -> Path:
    """Return the path of the party, state, obligation … that ``path`` is part of."""
    if path[0] == "states":
        while len(path) > 2 and path[-2] != "states":  # noqa: PLR2004 -- ("states", NAME)
            path = path[:-1]
        return path
    return path[:2]


def _without(data: dict[str, Any], misfits: list[Misfit]) -> tuple[DefinitionForm, list[int]]:
    """Return what is left in form after leaving out what is not, and the places of transitions."""
    rest = copy.deepcopy(data)
    written = rest.get("transitions")
    places = list(range(len(written))) if isinstance(written, list) else []
    for _ in range(_PASSES_AT_MOST):
        for misfit in misfits:
            _leave_out(rest, misfit)
        if isinstance(rest.get("transitions"), list):
            kept = [(i, t) for i, t in zip(places, rest["transitions"], strict=True) if t]
            places, rest["transitions"] = [i for i, _ in kept], [t for _, t in kept]
        found = fit(rest)
        if isinstance(found, DefinitionForm):
            return found, places
        misfits = found
    return _stand_in(), []


def _leave_out(rest: dict[str, Any], misfit: Misfit) -> None:
    """Remove the smallest thing that may be missing, and replace what may not."""
    path = misfit.path
    if path[0] not in _SECTIONS or len(path) == 1:
        rest.pop(str(path[0]), None)
        if path[0] in _STAND_IN:
            rest[str(path[0])] = copy.copy(_STAND_IN[str(path[0])])
        return
    thing = _thing(path)
    drop = thing if misfit.kind == "missing" and len(path) == len(thing) + 1 else None
    target = drop or path[: len(thing) + 1]
    around = _follow(rest, target[:-1])
    if isinstance(around, dict):
        around.pop(target[-1], None)
    elif isinstance(around, list) and isinstance(target[-1], int) and len(around) > target[-1]:
        around[target[-1]] = None


def _follow(data: Any, path: Path) -> Any:
    """Return what stands at ``path``, or None when that is gone already."""
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def _explain(misfits: list[Misfit], faults: Faults) -> None:
    for misfit in misfits:
        if faults.is_full:
            return
        match misfit.kind:
            case "unknown":
                _explain_unknown(misfit, faults)
            case "missing":
                path, key = misfit.path[:-1], misfit.path[-1]
                where = f" in {path[-1]!r}" if path and isinstance(path[-1], str) else ""
                faults.add("PF107", path, f"{key!r} is missing{where}", f"add {key}: …")
            case "shape":
                wanted = " or ".join(misfit.expected)
                message = f"{_subject(misfit.path)} must be {wanted}, not {shape(misfit.value)}"
                faults.add("PF108", misfit.path, message, shape_meant(misfit))
            case "word":
                message = f"{_subject(misfit.path)} cannot be {told(misfit.value)}"
                near = faults.near(str(misfit.value), misfit.expected)
                faults.add("PF109", misfit.path, message, word_meant(misfit) or near)
            case "range":
                message = f"{_subject(misfit.path)} cannot be {told(misfit.value)}"
                faults.add("PF109", misfit.path, message, misfit.expected[0])


def _explain_unknown(misfit: Misfit, faults: Faults) -> None:
    key = str(misfit.path[-1])
    around = _follow(faults.document.data, misfit.path[:-1]) or {}
    free = [one for one in misfit.expected if one not in around]
    taken = [one for one in misfit.expected if one in around]
    remedy = faults.near(key, [*(one for one in free if one not in REMARKS), *free], taken)
    faults.add("PF106", misfit.path, f"unknown key {key!r}", remedy, at_key=True)


def _subject(path: Path) -> str:
    named = next((key for key in reversed(path) if isinstance(key, str)), "this")
    return f"an item of {named!r}" if path and isinstance(path[-1], int) else repr(named)
