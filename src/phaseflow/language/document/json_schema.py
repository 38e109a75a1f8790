"""The form of a definition as a JSON Schema, for editors."""

import json
from typing import Any

from phaseflow.language.document import DefinitionForm

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "^[a-z][a-z0-9_]{0,31}$"

_NAMED = ("parties", "groups", "findings", "obligations", "states")
_NOTHING = {"type": "null"}
_FOR_PROGRAMS = frozenset({"title", "discriminator", "default"})


def schema_text() -> str:
    """Return the JSON Schema of a definition, in the dialect of 2020-12.

    It holds the form and the spelling of names, and no more: what names refer
    to, and guards, are judged by the check alone. A key without a value is
    refused, as by the check; only a state may be empty.
    """
    raw = _plain(DefinitionForm.model_json_schema())
    for part in (raw, raw["$defs"]["StateForm"]):
        for section in _NAMED:
            if section in part["properties"]:
                part["properties"][section]["propertyNames"] = {"pattern": NAME}
    schema = {"$schema": DIALECT, "title": "phaseflow definition", **raw}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _plain(node: Any) -> Any:
    """Return a part of the schema without what pydantic adds for programs."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _plain_parts(value) if key in {"$defs", "properties"} else _plain(value)
        for key, value in node.items()
        if key not in _FOR_PROGRAMS and key != "examples"
    }
    if "examples" in node:
        kept["examples"] = node["examples"]
    return _without_absence(kept)


def _plain_parts(parts: dict[str, Any]) -> dict[str, Any]:
    """Return named parts, whose names may be words of the schema language."""
    return {name: _plain(part) for name, part in parts.items()}


def _without_absence(node: dict[str, Any]) -> dict[str, Any]:
    """Return a key's schema without the null that stands for its absence."""
    options = node.get("anyOf", [])
    if "description" not in node or _NOTHING not in options:
        return node
    rest = [option for option in options if option != _NOTHING]
    others = {key: value for key, value in node.items() if key != "anyOf"}
    return {**rest[0], **others} if len(rest) == 1 else {"anyOf": rest, **others}
