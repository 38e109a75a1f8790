"""Why an `advance` should be refused, worked out anew: the guards as Python reads them."""

import re
from collections import Counter
from typing import Any

from phaseflow.engine.conditions import read
from phaseflow.engine.facts import Facts
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.guard import references
from phaseflow.model.state import Agreement

Reasons = Counter[tuple[str, str]]
"""How often each (rule, expression) is a reason."""

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_WORDS = {"and", "or", "not"}


def expected_reasons(
    definition: Definition, agreement: Agreement, name: str, actor: str, at: Instant
) -> Reasons:
    """Return every reason that keeps ``actor`` from taking a transition, or consenting to it."""
    transition, facts = definition.transitions[name], Facts(definition, agreement)
    found: list[tuple[str, str]] = []
    if transition.owners is None or actor not in transition.owners.members:
        found.append(("authority", ""))
    is_final = definition.states[agreement.leaf].final is not None
    target = transition.target or agreement.remembered.get(agreement.leaf)
    if is_final:
        found.append(("final", ""))
    elif agreement.leaf not in transition.sources or target is None:
        found.append(("state", ""))
    if transition.after is not None:
        opens = facts.opens(name)
        if opens is None or definition.calendar.zone.closing(opens) > at:
            found.append(("moment", ""))
    for place, guard in enumerate(transition.guards, 1):
        is_waived = f"{name}/{place}" in agreement.waived_guards
        if not is_waived and not _holds(guard.text, guard.that, facts):
            found.append(("guard", guard.text))
    if agreement.leaf in transition.sources and target is not None:
        found += [("guard", text) for text in _blocking(definition, facts, transition, target)]
    return Counter(found)


def _holds(text: str, expression: Any, facts: Facts) -> bool:
    """Evaluate ``text`` as Python would, every value read put in its place."""
    values = {str(reference): read(facts, reference) for reference in references(expression)}
    if None in values.values():
        return False
    names: dict[str, Any] = {}

    def name(found: re.Match[str]) -> str:
        word = found[0]
        if word in _WORDS:
            return word
        value = values.get(word, word)
        key = f"v{len(names)}"
        names[key] = value.value if isinstance(value, When) else value
        return key

    return eval(_NAME.sub(name, text), {"__builtins__": {}}, names) is True  # noqa: S307


def _blocking(definition: Definition, facts: Facts, transition: Any, target: str) -> list[str]:
    """Return what is outstanding of duties that must not be left so."""
    agreement = facts.agreement
    stays = {target, *_behind(definition, agreement, target)}
    found = []
    for name, obligation in definition.obligations.items():
        duty = agreement.obligations[name]
        is_in_force = obligation.when_left == "block" and duty.in_force_since is not None
        during = obligation.during or tuple(
            s for s in definition.leaves if not definition.is_final(s)
        )
        if (
            is_in_force
            and not duty.is_waived
            and not stays & set(during)
            and facts.outstanding(obligation)
        ):
            found.append(f"{name}.outstanding == 0")
    return found


def _behind(definition: Definition, agreement: Agreement, target: str) -> list[str]:
    """Return the leaves that going to ``target`` does not leave: one returns to them."""
    if target not in definition.holding:
        return []
    remembered = dict(agreement.remembered)
    if target not in remembered:
        remembered[target] = agreement.leaf
    found: list[str] = []
    leaf = target
    while leaf in definition.holding and leaf in remembered:
        leaf = remembered[leaf]
        if leaf in found or leaf == target:
            break
        found.append(leaf)
    return found
