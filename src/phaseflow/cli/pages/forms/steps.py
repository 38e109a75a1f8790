"""How pages show named acts, each with a date of its own."""

from phaseflow.cli.pages.figures import in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Due


def figures(account: Account) -> list[str]:
    """Return how many steps are done, due, missing, and there are."""
    return in_units(account)


def part(due: Due) -> str:
    """Return the name of the step."""
    return due.name


def gaps(_account: Account, _form: Steps) -> str:
    """Return nothing: it has no periods."""
    return ""
