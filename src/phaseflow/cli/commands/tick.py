"""The command ``tick``."""

import click

from phaseflow.api import QUIET_AT_MOST
from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.pages.ticked import ticked_page
from phaseflow.cli.terminal import emit
from phaseflow.model.calendar import parse_period
from phaseflow.service.json.ticked import ticked_document
from phaseflow.service.tick import tick as let_pass
from phaseflow.service.tick import tick_all


def _period(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        parse_period(value)
    except ValueError as error:
        msg = f"{value!r} is no period; write for example P7D or P400D"
        raise click.BadParameter(msg) from error
    return value


@click.command()
@click.argument("agreement", required=False)
@options.now
@click.option(
    "--quiet-for",
    default=QUIET_AT_MOST,
    show_default=True,
    metavar="PERIOD",
    callback=_period,
    help="How long nothing may have been recorded before this machine's clock is doubted.",
)
@options.most_quiet
@options.as_json
@options.database
def tick(  # noqa: PLR0917  its options, by name
    agreement: str | None,
    now: str | None,
    quiet_for: str,
    most_quiet: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Record what has fallen due, in one agreement or in all that are not rehearsals.

    Nothing depends on it: whoever speaks next records it first. Run it to have
    it stand in the journal earlier.

    Example: phaseflow tick plan

    Example: phaseflow tick --quiet-for P400D
    """
    if agreement is None and now is not None:
        msg = "--now is the clock of one rehearsal; name it"
        raise click.UsageError(msg)
    with opened(database, most_quiet=most_quiet and quiet_for) as store:
        ticked = list(tick_all(store)) if agreement is None else let_pass(store, agreement, now)
    if as_json:
        emit(ticked_document(ticked))
    else:
        click.echo("\n".join(ticked_page(ticked)) or "nothing has fallen due")
