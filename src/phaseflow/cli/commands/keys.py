"""The command ``keys``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.pages.keys import keys_page
from phaseflow.cli.terminal import emit
from phaseflow.service import keyring
from phaseflow.service.json.keys import keys_document


@click.command()
@options.reading
def keys(agreement: str, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Show who has had which key, and from which entry on.

    Example: phaseflow keys plan
    """
    with opened(database) as store:
        held = keyring.held(store, agreement)
    if as_json:
        emit(keys_document(held))
        return
    click.echo(keys_page(held))
