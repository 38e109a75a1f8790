"""How pages show named acts, each with a date of its own."""

from collections.abc import Sequence

from phaseflow.cli.pages.figures import in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Due
from phaseflow.service.status import View


def figures(account: Account) -> list[str]:
    """Return how many steps are done, due, missing, and there are."""
    return in_units(account)


def part(due: Due) -> str:
    """Return the name of the step."""
    return due.name


def below(_seen: View, _shown: Sequence[tuple[Account, Steps]]) -> list[str]:
    """Return nothing: the table tells all."""
    return []
