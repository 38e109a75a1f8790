"""The commands that say what happened."""

from collections.abc import Callable
from typing import get_args

import click

from phaseflow.cli import options
from phaseflow.cli.statement_options import StatementOptions, given, saying
from phaseflow.model.statement import (
    Allege,
    Contest,
    Correct,
    Find,
    Measure,
    Note,
    Notify,
    Perform,
    Subject,
    Verify,
)

SUBJECTS = get_args(Subject)


@click.command()
@options.agreement
@click.argument("obligation", required=False)
@options.amount
@click.option("--step", metavar="NAME", help="The step that was done.")
@click.option("--outside", is_flag=True, help="It is outside the agreement: kept, not counted.")
@saying
def perform(
    said: StatementOptions,
    obligation: str | None,
    amount: int | dict[str, int] | None,
    step: str | None,
    outside: bool,  # noqa: FBT001
) -> None:
    """Report a performance: an amount, a step, or a single act.

    Example: phaseflow perform plan hostages --amount men_over_50=3 --by hamas --at 2025-02-08

    Example: phaseflow perform plan withdrawal --step coast_road --by israel

    Example: phaseflow perform plan --outside --amount 5 --by hamas
    """
    if outside is (obligation is not None):
        msg = "name an obligation, or say --outside"
        raise click.UsageError(msg)
    body = Perform(obligation=given(obligation), amount=given(amount), step=given(step))
    said.file("perform", body)


@click.command()
@options.agreement
@click.argument("obligation")
@options.amount
@click.option("--from", "from_", required=True, metavar="DAY", help="The first day of the span.")
@click.option("--to", required=True, metavar="DAY", help="The last day, inclusive.")
@saying
def measure(
    said: StatementOptions,
    obligation: str,
    amount: int | dict[str, int] | None,
    from_: str,
    to: str,
) -> None:
    """Report a figure over a span of days.

    Example: phaseflow measure plan aid --amount total=630,north=300
    --from 2025-01-19 --to 2025-01-19 --by un
    """
    if amount is None:
        msg = "say the figure with --amount"
        raise click.UsageError(msg)
    said.file("measure", Measure(obligation=obligation, amount=amount, from_=from_, to=to))


def _on_a_claim(command: Callable[..., None]) -> Callable[..., None]:
    """Add what a verifier says of a claim: which, how much of it, and when it happened."""
    for add in (
        click.option(
            "--happened", metavar="MOMENT", help="When it happened, if otherwise than claimed."
        ),
        options.amount,
        click.argument("entry", type=options.ENTRY),
        options.agreement,
    ):
        command = add(command)
    return command


@click.command()
@_on_a_claim
@saying
def attest(
    said: StatementOptions, entry: int, amount: int | dict[str, int] | None, happened: str | None
) -> None:
    """Confirm, as its verifier, what an entry claims; without --amount all that is open.

    Example: phaseflow attest plan 7 --amount 3 --by icrc
    """
    said.file("attest", Verify(entry=entry, amount=given(amount), happened=given(happened)))


@click.command()
@_on_a_claim
@saying
def reject(
    said: StatementOptions, entry: int, amount: int | dict[str, int] | None, happened: str | None
) -> None:
    """Deny, as its verifier, what an entry claims; without --amount all that is open.

    Example: phaseflow reject plan 61 --amount 1 --by forensic_institute
    """
    said.file("reject", Verify(entry=entry, amount=given(amount), happened=given(happened)))


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
    body = Contest(entry=entry, amount=given(amount), withdrawn=given(withdrawn or None))
    said.file("contest", body)


@click.command()
@options.agreement
@click.argument("obligation")
@saying
def allege(said: StatementOptions, obligation: str) -> None:
    """Say that an obligation was violated; it counts once it is verified.

    Example: phaseflow allege plan cease_fire.israel --by hamas --note "strikes in the north"
    """
    said.file("allege", Allege(obligation=obligation))


@click.command()
@options.agreement
@click.argument("finding")
@click.argument("value")
@saying
def find(said: StatementOptions, finding: str, value: str) -> None:
    """Determine a finding: true or false, a number, a day, a moment, or one of its words.

    Example: phaseflow find plan talks_continue false --by egypt
    """
    said.file("find", Find(finding=finding, value=value))


@click.command()
@options.agreement
@click.argument("subject", type=click.Choice(SUBJECTS))
@click.option("--ends", type=options.ENTRY, metavar="ENTRY", help="Ends an earlier notice.")
@click.option("--obligation", multiple=True, metavar="NAME", help="What it is about; repeatable.")
@options.amount
@click.option("--transition", metavar="NAME", help="The transition it is about.")
@click.option("--effective", metavar="MOMENT", help="From when on.")
@saying
def notify(  # noqa: PLR0917  its options, by name
    said: StatementOptions,
    subject: Subject,
    ends: int | None,
    obligation: tuple[str, ...],
    amount: int | dict[str, int] | None,
    transition: str | None,
    effective: str | None,
) -> None:
    """Give notice of something that moves no due.

    Example: phaseflow notify plan withholding --obligation prisoners --amount 620 --by israel
    """
    about = obligation[0] if len(obligation) == 1 else list(obligation) or None
    body = Notify(
        subject=subject,
        ends=given(ends),
        obligation=given(about),
        amount=given(amount),
        transition=given(transition),
        effective=given(effective),
    )
    said.file("notify", body)


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
    body = Correct(entry=entry, amount=given(amount), occurred_at=given(occurred_at))
    said.file("correct", body)


@click.command()
@options.agreement
@click.argument("about", nargs=-1, type=options.ENTRY, metavar="[ENTRY]...")
@saying
def note(said: StatementOptions, about: tuple[int, ...]) -> None:
    """Keep anything else that is worth keeping, about some entries or none.

    Example: phaseflow note plan 12 14 --by egypt --note "both sides were heard"
    """
    said.file("note", Note(about=given(list(about) or None)))
