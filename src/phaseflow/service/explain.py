"""What the rules of a definition are, and why."""

from phaseflow.errors import StatementInvalid
from phaseflow.language.rules.explain import Explanation, explanation, explanations
from phaseflow.language.rules.registry import codes


def explained(code: str | None) -> list[Explanation]:
    """Return the rule of ``code``, in whatever case it is written; None: all, in order.

    Raises:
        StatementInvalid: there is no such rule.
    """
    if code is None:
        return explanations()
    found = explanation(code.upper())
    if found is None:
        chapter = [known for known in codes() if known[:3] == code.upper()[:3]] or codes()
        msg = f"there is no rule {code}; there are {chapter[0]} to {chapter[-1]}: phaseflow explain"
        raise StatementInvalid(msg)
    return [found]
