"""How pages show debts that are created by what others deliver."""

from phaseflow.cli.pages.figures import in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.state import Due


def figures(account: Account) -> list[str]:
    """Return the units of all debts so far."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: each due is so many units in all."""
    return ""


def gaps(_account: Account, _form: InReturn) -> str:
    """Return nothing: it has no periods."""
    return ""
