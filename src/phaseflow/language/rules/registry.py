"""All rules, and the order in which they are held against a definition."""

import msgspec

from phaseflow.diagnostic import Severity
from phaseflow.language.rules import (
    amounts,
    circles,
    completeness,
    dates,
    held_elsewhere,
    obligation_keys,
    reachability,
    structure,
    transition_guards,
    unquoted_text,
    unused_names,
)
from phaseflow.language.rules.rule import Rule, Written
from phaseflow.language.unreadable import in_doubt

SUBJECTS = (
    unquoted_text,
    unused_names,
    structure,
    reachability,
    transition_guards,
    obligation_keys,
    amounts,
    circles,
    dates,
    completeness,
)
"""The modules of rules: what is a rule in one of them is held."""


def _turn(rule: Rule) -> tuple[str, bool, str]:
    """Return by what rules are put in the order in which they are held.

    Within a chapter, those that need a whole definition come after those that
    may find that it is none.
    """
    return rule.code[:3], rule.whole, rule.code


def _held() -> list[Rule]:
    written = (value for subject in SUBJECTS for value in vars(subject).values())
    return sorted((value for value in written if isinstance(value, Rule)), key=_turn)


HELD = _held()
"""The rules that a function holds, in the order in which they are."""
RULES = {
    rule.code: rule
    for rule in sorted(
        [*HELD, *held_elsewhere.BY_READING, *held_elsewhere.AFTER_THE_CHECK],
        key=lambda rule: rule.code,
    )
}
"""Every rule, in the order of the codes."""


def codes() -> tuple[str, ...]:
    """Return the code of every rule, in order."""
    return tuple(RULES)


def severity(code: str) -> Severity | None:
    """Return how heavy a departure from the rule of ``code`` is; None if there is none.

    >>> severity("PF303"), severity("PF308"), severity("PF999")
    ('error', 'warning', None)
    """
    return RULES[code].severity if code in RULES else None


def check(written: Written) -> None:
    """Note everything in which ``written`` departs from what must hold."""
    _hold([rule for rule in HELD if rule.severity == "error"], written)


def advise(written: Written) -> None:
    """Note everything in which ``written`` departs from what is advised.

    What rests on something faulty is not judged.
    """
    faults = written.scope.faults
    data, faulty = faults.document.data, faults.faulty | written.reading.damaged
    certain = msgspec.structs.replace(written, in_doubt=in_doubt(data, faulty))
    _hold([rule for rule in HELD if rule.severity != "error"], certain)


def _hold(rules: list[Rule], written: Written) -> None:
    faults = written.scope.faults
    for rule in rules:
        if rule.find is None or (rule.whole and faults.has_errors):
            continue
        for fault in rule.find(written):
            faults.add(
                rule.code,
                fault.path,
                fault.message,
                fault.remedy,
                at_key=fault.at_key,
                severity=rule.severity,
            )
