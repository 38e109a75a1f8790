"""How pages show debts that are created by what others deliver."""

from collections.abc import Sequence

from phaseflow.cli.pages.figures import in_units
from phaseflow.cli.terminal import heading, table
from phaseflow.engine.outcome import Account, Batch
from phaseflow.model.calendar import When
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.state import Due
from phaseflow.service.status import View
from phaseflow.service.words.sentences import deadline, moment


def figures(account: Account) -> list[str]:
    """Return the units of all debts so far."""
    return in_units(account)


def part(_due: Due) -> str:
    """Return nothing: each due is so many units in all."""
    return ""


def below(seen: View, shown: Sequence[tuple[Account, InReturn]]) -> list[str]:
    """Return the debts of each obligation, by the day on which they began."""
    return [line for account, _ in shown if account.batches for line in _batches(seen, account)]


def _batches(seen: View, account: Account) -> list[str]:
    rows = [_batch(seen, batch) for batch in account.batches]
    owed = sum(batch.owed for batch in account.batches)
    delivered = sum(batch.delivered for batch in account.batches)
    rows.append(["in all", "", str(owed), str(delivered)])
    headings = ["Begun", "Due by", "Owed", "Delivered"]
    lines = table(headings, rows, flexible=1, right=[2, 3], indent=2)
    return [heading(f"{account.obligation}: exchange batches"), *lines]


def _batch(seen: View, batch: Batch) -> list[str]:
    definition, first_day = seen.place.definition, seen.place.agreement.first_day
    begun = moment(definition, When(batch.begun), first_day)
    due = "-" if batch.due is None else deadline(definition, batch.due, first_day)
    return [begun, due, str(batch.owed), str(batch.delivered)]
