"""Commands that speak of another entry: attest, reject, contest, correct."""

import click

from phaseflow.cli import options
from phaseflow.cli.said import StatementOptions, saying


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.amount
@click.option("--happened", metavar="MOMENT", help="When it happened, if otherwise than claimed.")
@saying
def attest(
    said: StatementOptions, entry: int, amount: int | dict[str, int] | None, happened: str | None
) -> None:
    """Confirm, as its verifier, what an entry claims; without --amount all that is open.

    Example: phaseflow attest plan 7 --amount 3 --by icrc
    """
    said.file("attest", {"entry": entry, "amount": amount, "happened": happened})


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.amount
@click.option("--happened", metavar="MOMENT", help="When it happened, if otherwise than claimed.")
@saying
def reject(
    said: StatementOptions, entry: int, amount: int | dict[str, int] | None, happened: str | None
) -> None:
    """Deny, as its verifier, what an entry claims; without --amount all that is open.

    Example: phaseflow reject plan 61 --amount 1 --by forensic_institute
    """
    said.file("reject", {"entry": entry, "amount": amount, "happened": happened})


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.amount
@click.option("--withdrawn", is_flag=True, help="End one's own contest of that entry.")
@saying
def contest(
    said: StatementOptions,
    entry: int,
    amount: int | dict[str, int] | None,
    withdrawn: bool,  # noqa: FBT001
) -> None:
    """Dispute an entry, or the part of it that --amount names; it stands beside the entry.

    Example: phaseflow contest plan 19 --amount life=1 --by qatar
    """
    said.file("contest", {"entry": entry, "amount": amount, "withdrawn": withdrawn or None})


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.amount
@click.option("--occurred-at", metavar="MOMENT", help="When it happened after all.")
@saying
def correct(
    said: StatementOptions, entry: int, amount: int | dict[str, int] | None, occurred_at: str | None
) -> None:
    """Replace the amounts or the day of a report of one's own.

    Example: phaseflow correct plan 7 --amount civilian_women_and_children=3 --by hamas
    """
    said.file("correct", {"entry": entry, "amount": amount, "occurred_at": occurred_at})
