"""What rules ask, why, and what to write instead."""

from collections.abc import Iterable

from phaseflow.cli.terminal import heading, wrapped
from phaseflow.language.rules.explain import Explanation
from phaseflow.model.visible import clean


def rules_page(rules: Iterable[Explanation]) -> str:
    """Return every rule in a line or two."""
    lines: list[str] = []
    for rule in rules:
        first = f"{rule.code}  {rule.severity:<7}  "
        lines += wrapped(rule.what, indent=len(first), first=first)
    return "\n".join(lines)


def rule_page(rule: Explanation) -> str:
    """Return one rule whole, with an example of what it reports."""
    parts = [heading(f"{rule.code} ({rule.severity}): {rule.what}"), *wrapped(rule.why), ""]
    parts += [*_block(rule.bad), ""]
    if rule.reported:
        parts += ["is reported as", "", *_block(rule.reported), ""]
    parts += [*wrapped(rule.instead), "", *_block(rule.good)]
    return "\n".join(parts)


def _block(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in clean(text).splitlines()]
