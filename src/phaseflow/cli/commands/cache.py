"""The command ``cache``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.service import definitions


@click.group()
def cache() -> None:
    """Look after the compiled forms of texts.

    A text is read anew from its bytes, or found again where an earlier run has
    kept what it read: in the folder that PHASEFLOW_CACHE names, else in the cache
    of the user. It is believed only if nobody else may write there.

    Example: phaseflow cache fill
    """


@cache.command()
@options.database
def fill(database: str) -> None:
    """Read every text of a database, and keep what it is compiled to.

    Whoever may read the folder can use it: run it as root to prepare one for
    services, which believe what is root's.

    Example: phaseflow cache fill
    """
    with opened(database) as store:
        count = definitions.fill_cache(store)
    click.echo(f"kept the compiled form of {count} {'text' if count == 1 else 'texts'}")
