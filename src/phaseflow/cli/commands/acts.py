"""The commands that change the agreement, and may be refused."""

from functools import partial
from pathlib import Path

import click

from phaseflow.cli import input_files, options
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.pages.amend import plan_page
from phaseflow.cli.statement_options import StatementOptions, given, saying
from phaseflow.cli.terminal import emit
from phaseflow.model.statement import Advance, Amend, Waive, Withdraw
from phaseflow.service.amend import plan
from phaseflow.service.definitions import digest_of
from phaseflow.service.json.amendment import plan_document


@click.command()
@options.agreement
@click.argument("transition")
@saying
def advance(said: StatementOptions, transition: str) -> None:
    """Take a transition; where several must agree, consent to it.

    Example: phaseflow advance plan accept --by hamas

    Example: phaseflow advance plan begin_phase_2 --by israel --dry-run
    """
    said.file("advance", Advance(transition=transition))


@click.command()
@options.agreement
@click.argument("transition", required=False)
@click.option(
    "--edition", metavar="FILE", type=options.FILE, help="A new edition, and no transition."
)
@saying
def withdraw(said: StatementOptions, transition: str | None, edition: Path | None) -> None:
    """Take back one's consent to a transition, or to an edition, that awaits others still.

    Example: phaseflow withdraw plan accept --by hamas

    Example: phaseflow withdraw plan --edition edition_2.yaml --by hamas
    """
    if (transition is None) is (edition is None):
        msg = "name a transition, or a new edition with --edition"
        raise click.UsageError(msg)
    if edition is None:
        said.file("withdraw", Withdraw(transition=given(transition)))
        return
    source = input_files.document(edition)
    body = Withdraw(definition=digest_of(source))
    said.file("withdraw", body, edition=(source, str(edition)))


@click.command()
@options.agreement
@click.argument("file", type=options.FILE)
@click.option("--plan", "is_plan", is_flag=True, help="Show what would follow; nobody consents.")
@partial(saying, is_by_required=False)
def amend(said: StatementOptions, file: Path, is_plan: bool) -> None:  # noqa: FBT001
    """Consent to a new edition of the text; it takes effect once all have who must.

    Obligations are known by their names and keep what they received; what is
    due is computed anew. See it with --plan before anybody consents.

    Example: phaseflow amend plan edition_2.yaml --plan

    Example: phaseflow amend plan edition_2.yaml --by israel
    """
    source = input_files.document(file)
    if is_plan:
        with opened(said.database) as store:
            planned = plan(store, said.agreement, source, str(file), said.now)
        if said.as_json:
            emit(plan_document(planned))
        else:
            click.echo(plan_page(planned))
        click.get_current_context().exit(REFUSED if planned.reasons else 0)
    if said.by is None:
        msg = "say who consents with --by, or look at what would follow with --plan"
        raise click.UsageError(msg)
    said.file("amend", Amend(definition=digest_of(source)), edition=(source, str(file)))


@click.command()
@options.agreement
@click.argument("obligation", required=False)
@options.amount
@click.option("--due", metavar="NAME", help="One due, as written: 'day 7', or the step.")
@click.option("--until", metavar="MOMENT", help="Give time until then, and waive nothing.")
@click.option("--transition", metavar="NAME", help="Waive a guard of this transition.")
@click.option("--guard", type=options.COUNT, metavar="N", help="Its place, from 1.")
@saying
def waive(  # noqa: PLR0917  its options, by name
    said: StatementOptions,
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
    body = Waive(
        obligation=given(obligation),
        amount=given(amount),
        due=given(due),
        until=given(until),
        transition=given(transition),
        guard=given(guard),
    )
    said.file("waive", body)
