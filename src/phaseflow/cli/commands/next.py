"""The command ``next``."""

import click

from phaseflow import api
from phaseflow.cli import options
from phaseflow.cli.clock_warnings import warn_of_doubt
from phaseflow.cli.database import opened
from phaseflow.cli.pages.next import next_page
from phaseflow.cli.terminal import emit
from phaseflow.service.json.next import outlook_document


@click.command("next")
@options.reading
@options.now
def next_(agreement: str, as_json: bool, database: str, now: str | None) -> None:  # noqa: FBT001
    """Show what can be done now and by whom, what cannot and why, and what falls due.

    Example: phaseflow next plan
    """
    with opened(database) as store:
        seen = api.next(store, agreement, now)
    warn_of_doubt(seen.view)
    if as_json:
        emit(outlook_document(seen))
    else:
        click.echo(next_page(seen))
