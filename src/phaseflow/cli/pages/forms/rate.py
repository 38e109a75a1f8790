"""How pages show an amount that is owed again and again."""

from phaseflow.cli.pages.figures import NOT_REPORTED, in_units
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import Due


def figures(account: Account) -> list[str]:
    """Return the units of all periods so far."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: it has no parts."""
    return ""


def gaps(account: Account, form: Rate) -> str:
    """Return how many periods are short, and how many nobody reported on."""
    if account.periods_short + account.periods_unknown == 0:
        return ""
    return (
        f"each {form.every}: short in {account.periods_short}, "
        f"{NOT_REPORTED} for {account.periods_unknown}"
    )
