"""The command ``redact``."""

import click

from phaseflow.cli import options
from phaseflow.cli.statement_options import StatementOptions, saying
from phaseflow.model.statement import RECORDER, Redact


@click.command()
@options.agreement
@click.argument("commitment")
@saying
def redact(said: StatementOptions, commitment: str) -> None:
    """Destroy the opening of a private value, and put on record that it was destroyed.

    Hashes and signatures stay valid. It is the recorder's to do, and it reaches
    this database only: destroy copies and backups too.

    Example: phaseflow redact plan 9f1c... --by recorder --note "on request of the family"
    """
    if said.by != RECORDER:
        msg = f"the opening is destroyed by the recorder, who keeps it: --by {RECORDER}"
        raise click.UsageError(msg)
    said.file("redact", Redact(commitment=commitment))
