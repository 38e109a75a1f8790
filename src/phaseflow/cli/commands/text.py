"""The command ``text``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.terminal import exactly
from phaseflow.service.history import text as text_of


@click.command()
@options.agreement
@click.option("--edition", metavar="NAME|DIGEST", help="Of another that was in effect or proposed.")
@options.database
def text(agreement: str, edition: str | None, database: str) -> None:
    """Print the text of an agreement, byte for byte.

    It is the edition in effect, or with --edition one that was in effect before
    or was proposed: by its name, or by the beginning of its SHA-256.

    Example: phaseflow text plan > plan.yaml

    Example: phaseflow text plan --edition 5d1e > proposed.yaml
    """
    with opened(database) as store:
        source = text_of(store, agreement, edition)
    exactly(source)
