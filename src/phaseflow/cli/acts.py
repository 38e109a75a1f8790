"""Commands that change the agreement, and may be refused: advance, withdraw, waive."""

import click

from phaseflow.cli import options
from phaseflow.cli.said import Said, saying


@click.command()
@options.agreement
@click.argument("transition")
@saying
def advance(said: Said, transition: str) -> None:
    """Take a transition; where several must agree, consent to it.

    Example: phaseflow advance plan accept --by hamas

    Example: phaseflow advance plan begin_phase_2 --by israel --dry-run
    """
    said.file("advance", {"transition": transition})


@click.command()
@options.agreement
@click.argument("transition")
@saying
def withdraw(said: Said, transition: str) -> None:
    """Take back one's consent to a transition that was not yet taken.

    Example: phaseflow withdraw plan accept --by hamas
    """
    said.file("withdraw", {"transition": transition})


@click.command()
@options.agreement
@click.argument("obligation", required=False)
@options.amount
@click.option("--due", metavar="NAME", help="One due, as written: 'day 7', or the step.")
@click.option("--until", metavar="MOMENT", help="Give time until then, and waive nothing.")
@click.option("--transition", metavar="NAME", help="Waive a guard of this transition.")
@click.option("--guard", type=click.IntRange(min=1), metavar="N", help="Its place, from 1.")
@saying
def waive(  # noqa: PLR0917  its options, by name
    said: Said,
    obligation: str | None,
    amount: int | dict[str, int] | None,
    due: str | None,
    until: str | None,
    transition: str | None,
    guard: int | None,
) -> None:
    """Give up a right: an obligation, an amount or a due of it; or a guard; or give time.

    Example: phaseflow waive plan withdrawal --due coast_road --until 2025-01-27 --by hamas

    Example: phaseflow waive plan --transition begin_phase_2 --guard 1 --by israel
    """
    if (obligation is None) is (transition is None):
        msg = "name an obligation, or --transition with --guard"
        raise click.UsageError(msg)
    members = {
        "obligation": obligation,
        "amount": amount,
        "due": due,
        "until": until,
        "transition": transition,
        "guard": guard,
    }
    said.file("waive", members)
