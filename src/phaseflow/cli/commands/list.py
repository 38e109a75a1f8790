"""The command ``list``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.pages.list import list_page
from phaseflow.cli.terminal import emit
from phaseflow.service.json.list import list_document
from phaseflow.service.list import Listing, listed
from phaseflow.storage.port import NoDatabase


@click.command("list")
@options.as_json
@options.database
def list_(as_json: bool, database: str) -> None:  # noqa: FBT001
    """List the agreements, by label.

    Example: phaseflow list --json
    """
    found = Listing()
    try:
        with opened(database) as store:
            found = listed(store)
    except NoDatabase:
        pass
    if as_json:
        emit(list_document(found))
    else:
        click.echo(list_page(found))
