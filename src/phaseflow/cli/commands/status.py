"""The command ``status``."""

import click

from phaseflow import api
from phaseflow.cli import options
from phaseflow.cli.clock_warnings import warn_of_doubt
from phaseflow.cli.database import opened
from phaseflow.cli.pages.status import status_page
from phaseflow.cli.terminal import emit
from phaseflow.service.json.status import status_document


@click.command()
@options.reading
@options.now
def status(agreement: str, as_json: bool, database: str, now: str | None) -> None:  # noqa: FBT001
    """Show where an agreement stands: state, obligations, what is late, what was exchanged.

    What fell due since the newest entry is shown as not yet recorded; nothing
    is written.

    Example: phaseflow status plan
    """
    with opened(database) as store:
        seen = api.status(store, agreement, now)
    warn_of_doubt(seen)
    if as_json:
        emit(status_document(seen))
    else:
        click.echo(status_page(seen))
