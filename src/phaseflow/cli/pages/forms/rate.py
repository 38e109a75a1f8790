"""How pages show an amount that is owed again and again."""

from collections.abc import Sequence

from phaseflow.cli.pages.figures import NOT_REPORTED, in_units
from phaseflow.cli.terminal import heading, items
from phaseflow.engine.outcome import Account
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import Due
from phaseflow.service.status import View


def figures(account: Account) -> list[str]:
    """Return the units of all periods so far."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: it has no parts."""
    return ""


def below(_seen: View, shown: Sequence[tuple[Account, Rate]]) -> list[str]:
    """Return for how many of its periods each rate is short or unknown."""
    texts = [
        f"{account.obligation}, each {form.every}: short in {account.periods_short}, "
        f"{NOT_REPORTED} for {account.periods_unknown}"
        for account, form in shown
        if account.periods_short + account.periods_unknown
    ]
    return [heading("Rates"), *items(texts)] if texts else []
