"""How pages show units owed by moments, and a single act."""

from collections.abc import Sequence

from phaseflow.cli.pages.figures import in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.amount import Amount
from phaseflow.model.state import Due
from phaseflow.service.status import View


def figures(account: Account) -> list[str]:
    """Return the units of the whole."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: each due is so many units in all."""
    return ""


def below(_seen: View, _shown: Sequence[tuple[Account, Amount]]) -> list[str]:
    """Return nothing: the table tells all."""
    return []
