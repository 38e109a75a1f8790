"""A document held against the form, and everything in which it departs from it."""

from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from phaseflow.language.document.base import SHAPES, FormPart
from phaseflow.language.document.definition import DefinitionForm
from phaseflow.text.source import Path


class Misfit(NamedTuple):
    """Where a document departs from the form.

    ``expected`` are the words or shapes that may stand at ``path``, or the
    keys that the mapping around it may have.
    """

    kind: Literal["unknown", "missing", "shape", "word", "range"]
    path: Path
    value: Any
    expected: tuple[str, ...]


def fit(data: Any) -> DefinitionForm | list[Misfit]:
    """Return ``data`` in the form, or everything in which it departs from it."""
    forms: dict[int, type[FormPart]] = {}
    try:
        return DefinitionForm.model_validate(data, context=forms)
    except ValidationError as error:
        return [_misfit(dict(e), data, forms) for e in error.errors(include_url=False)]


_SHAPE_OF = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "a truth value",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}


def _misfit(error: dict[str, Any], data: Any, forms: dict[int, type[FormPart]]) -> Misfit:
    path, around = _place(error["loc"], data)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return Misfit("unknown", path, error["input"], forms[id(around)].known_keys())
    if kind == "missing":
        return Misfit("missing", path, None, forms[id(around)].known_keys())
    if kind == "union_tag_invalid":
        return Misfit("shape", path, error["input"], _quoted(context["expected_tags"]))
    if kind in _SHAPE_OF:
        return Misfit("shape", path, error["input"], (_SHAPE_OF[kind],))
    if kind == "literal_error":
        return Misfit("word", path, error["input"], _quoted(context["expected"]))
    return Misfit("range", path, error["input"], (error["msg"],))


def _quoted(text: str) -> tuple[str, ...]:
    """Return the items of a list in pydantic's words, ``'a', 'b' or 1``."""
    return tuple(item.strip("' ") for item in text.replace(" or ", ", ").split(", "))


def _place(loc: tuple[str | int, ...], data: Any) -> tuple[Path, Any]:
    """Return the path in the document, without the tags of unions, and what is around it."""
    path: list[str | int] = []
    around = here = data
    for place, item in enumerate(loc):
        is_last = place == len(loc) - 1
        if isinstance(here, dict) and (item in here or (is_last and item not in _TAGS)):
            path.append(item)
            around, here = here, here.get(item)
        elif isinstance(here, list) and isinstance(item, int):
            path.append(item)
            around, here = here, here[item]
    return tuple(path), around


_TAGS = frozenset(word for _, word in SHAPES)
