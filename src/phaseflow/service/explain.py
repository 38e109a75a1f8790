"""What the rules of a definition are, and why."""

from typing import NoReturn

from phaseflow.errors import StatementInvalid
from phaseflow.language.rules import explain
from phaseflow.language.rules.registry import codes

Explanation = explain.Explanation


def explained(code: str) -> Explanation:
    """Return the rule of ``code``, in whatever case it is written.

    Raises:
        StatementInvalid: there is no such rule.
    """
    found = explain.explanation(code.upper())
    return _refuse(code) if found is None else found


def all_explained() -> list[Explanation]:
    """Return every rule, in the order of their codes."""
    return explain.explanations()


def _refuse(code: str) -> NoReturn:
    chapter = [known for known in codes() if known[:3] == code.upper()[:3]] or codes()
    msg = f"there is no rule {code}; there are {chapter[0]} to {chapter[-1]}: phaseflow explain"
    raise StatementInvalid(msg)
