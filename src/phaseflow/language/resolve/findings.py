"""Findings as written -> findings of the model."""

import re
from typing import get_args

from phaseflow.language.document import FindingForm
from phaseflow.language.faults import told
from phaseflow.language.resolve.figures import OPEN
from phaseflow.language.resolve.moments import when_text
from phaseflow.language.resolve.names import Scope, check_name
from phaseflow.language.resolve.party_expression import party_expression
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.suggest import NEAR, unquoted
from phaseflow.model.calendar import Zone
from phaseflow.model.definition import Finding
from phaseflow.model.guard import Type
from phaseflow.text.source import Path

WrittenValue = bool | int | str
_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TYPES = tuple(name for name in get_args(Type) if name != "word")
_EXAMPLE_OF: dict[Type, str] = {
    "boolean": "write true or false, or leave it out",
    "integer": "write a whole number in digits, or leave it out",
    "date": "write it as in 2025-03-01, or leave it out",
    "instant": "write it as in 2025-03-01T12:00, or leave it out",
    "word": "",
}


def resolve_finding(name: str, form: FindingForm, scope: Scope) -> Finding:
    """Return the finding; of a value that is not of its type, none."""
    path = ("findings", name)
    check_name(name, path, scope.faults, what="finding")
    if name == OPEN:
        message = "'open' is an amount and cannot name a finding"
        scope.faults.add("PF202", path, message, "name it otherwise", at_key=True)
    type_ = _type(form, path, scope)
    words = tuple(form.type) if isinstance(form.type, list) else ()
    initially = _initially(form.initially, type_, words, (*path, "initially"), scope)
    by = party_expression(form.by, (*path, "by"), scope)
    return Finding(
        name=name, by=by, type=type_, words=words, initially=initially, remarks=remarks(form)
    )


def _type(form: FindingForm, path: Path, scope: Scope) -> Type:
    here = (*path, "type")
    if isinstance(form.type, list):
        if not form.type:
            scope.faults.add("PF215", here, "this list has no words", "write for example [yes, no]")
        for place, word in enumerate(form.type):
            if not _WORD.fullmatch(word) or word in {"true", "false", "and", "or", "not"}:
                small = word.lower().replace(" ", "_")
                remedy = "use a-z, 0-9 and _, beginning with a letter, at most 32"
                if _WORD.fullmatch(small) and small != word:
                    remedy = f"{NEAR}{small!r}?"
                scope.faults.add("PF215", (*here, place), f"{word!r} is not a word", remedy)
        return "word"
    if form.type not in _TYPES:
        message = f"{form.type!r} is not a type"
        near = scope.faults.near(form.type, _TYPES)
        remedy = near if near.startswith(NEAR) else f"{near}, or a list of words"
        scope.faults.add("PF109", here, message, remedy)
        return "boolean"
    return next(name for name in get_args(Type) if name == form.type)


def _initially(
    value: WrittenValue | None, type_: Type, words: tuple[str, ...], path: Path, scope: Scope
) -> WrittenValue | None:
    """Return the value until it is determined, or None after noting that it cannot be one."""
    if value is None:
        return None
    fitting = _fitting(value, type_, words, scope.zone)
    if fitting is not None:
        return fitting
    wanted = f"one of {', '.join(words)}" if words else f"of type {type_}"
    remedy = scope.faults.near(str(value), words) if words else _EXAMPLE_OF[type_]
    if isinstance(value, str) and type_ in {"boolean", "integer"} and unquoted(value):
        remedy = f"write {unquoted(value)}, without quotes"
    scope.faults.add("PF215", path, f"{told(value)} is not {wanted}", remedy)
    return None


def _fitting(
    value: WrittenValue, type_: Type, words: tuple[str, ...], zone: Zone
) -> WrittenValue | None:
    """Return ``value`` as a finding of that type holds it, or None."""
    match type_:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case "date" | "instant":
            when = when_text(value, zone) if isinstance(value, str) else None
            is_fitting = when is not None and when.is_day == (type_ == "date")
            return str(when) if is_fitting else None
        case "word":
            return value if value in words else None
