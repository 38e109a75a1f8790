"""The command ``show``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.pages.entry import entry_page
from phaseflow.cli.terminal import emit
from phaseflow.service.history import show as shown_whole
from phaseflow.service.json.entry import shown_document


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.as_json
@options.database
def show(agreement: str, entry: int, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Show one entry whole, and what followed from it in plain sentences.

    Example: phaseflow show plan 12
    """
    with opened(database) as store:
        found = shown_whole(store, agreement, entry)
    if as_json:
        emit(shown_document(found))
    else:
        click.echo(entry_page(found))
