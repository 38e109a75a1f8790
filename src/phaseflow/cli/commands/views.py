"""Commands that show where an agreement stands: status, next."""

import click

from phaseflow.cli import options
from phaseflow.cli.clock_warnings import warn_of_doubt
from phaseflow.cli.layout import emit
from phaseflow.cli.pages.next import next_page
from phaseflow.cli.pages.status import status_page
from phaseflow.cli.stores import opened
from phaseflow.service.json.documents import outlook_document, status_document
from phaseflow.service.reading import outlook
from phaseflow.service.reading import status as read_status


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
        seen = read_status(store, agreement, now)
    warn_of_doubt(seen)
    if as_json:
        emit(status_document(seen))
    else:
        click.echo(status_page(seen))


@click.command("next")
@options.reading
@options.now
def next_(agreement: str, as_json: bool, database: str, now: str | None) -> None:  # noqa: FBT001
    """Show what can be done now and by whom, what cannot and why, and what falls due.

    Example: phaseflow next plan
    """
    with opened(database) as store:
        seen = outlook(store, agreement, now)
    warn_of_doubt(seen.view)
    if as_json:
        emit(outlook_document(seen))
    else:
        click.echo(next_page(seen))
