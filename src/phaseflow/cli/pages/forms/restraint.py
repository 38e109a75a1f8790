"""How pages show something that is not to be done."""

from collections.abc import Sequence

from phaseflow.cli.pages.figures import NOT_REPORTED
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.state import Due
from phaseflow.service.status import View


def figures(account: Account) -> list[str]:
    """Return the violations in the place of what was done; nothing of it is ever due."""
    count = account.violations
    done = "1 violation" if count == 1 else f"{count} violations"
    return [done if account.is_reported else NOT_REPORTED, "-", "-", "-"]


def part(_due: Due) -> str:
    """Return nothing: it has no parts."""
    return ""


def below(_seen: View, _shown: Sequence[tuple[Account, Restraint]]) -> list[str]:
    """Return nothing: the table tells all."""
    return []
