"""A definition with its states called otherwise, so that two editions can be held together."""

from collections.abc import Mapping
from typing import Any

import msgspec

from phaseflow.model.calendar import decode_hook, encode_hook
from phaseflow.model.definition import Definition


def renamed(definition: Definition, names: Mapping[str, str]) -> Definition:
    """Return ``definition`` with each state in ``names`` called what it maps to, wherever it stands."""
    if not names:
        return definition
    data = msgspec.to_builtins(definition, enc_hook=encode_hook)

    def now(state: Any) -> Any:
        return names.get(state, state)

    data["initial"] = now(data["initial"])
    data["states"] = {
        now(name): state
        | {key: now(state[key]) for key in ("name", "parent", "initial") if key in state}
        for name, state in data["states"].items()
    }
    for obligation in data["obligations"].values():
        if obligation.get("during") is not None:
            obligation["during"] = [now(state) for state in obligation["during"]]
    for transition in data["transitions"].values():
        for key in ("sources", "from_"):
            transition[key] = [now(state) for state in transition[key]]
        transition["target"], transition["to"] = now(transition["target"]), now(transition["to"])
    return msgspec.convert(_anchored(data, now), Definition, dec_hook=decode_hook)


def _anchored(value: Any, now: Any) -> Any:
    """Return ``value`` with the states renamed from which moments run."""
    if isinstance(value, dict):
        found = {key: _anchored(inner, now) for key, inner in value.items()}
        is_state = value.get("type") == "Anchor" and value.get("kind") == "state"
        return found | {"name": now(value["name"])} if is_state else found
    if isinstance(value, list | tuple):
        return [_anchored(inner, now) for inner in value]
    return value
