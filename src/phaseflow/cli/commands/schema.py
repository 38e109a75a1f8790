"""The command ``schema``."""

import click

from phaseflow.cli.terminal import exactly
from phaseflow.language.document.json_schema import schema_text


@click.command()
def schema() -> None:
    """Print the JSON Schema of definitions, for editors.

    Example: phaseflow schema > definition.schema.json
    """
    exactly(schema_text().encode())
