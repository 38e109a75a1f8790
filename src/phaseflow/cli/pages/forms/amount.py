"""How pages show units owed by moments, and a single act."""

from phaseflow.cli.pages.figures import in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.amount import Amount
from phaseflow.model.state import Due


def figures(account: Account) -> list[str]:
    """Return the units of the whole."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: each due is so many units in all."""
    return ""


def gaps(_account: Account, _form: Amount) -> str:
    """Return nothing: it has no periods."""
    return ""
