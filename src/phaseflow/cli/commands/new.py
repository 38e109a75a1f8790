"""The command ``new``."""

from pathlib import Path

import click

from phaseflow.cli import output_files
from phaseflow.cli.terminal import exactly
from phaseflow.language.starter import starter

FILE = click.Path(path_type=Path, allow_dash=True)


STREAM = Path("-")


@click.command()
@click.argument("name", default="agreement")
@click.option(
    "--output", type=FILE, metavar="FILE", help="Where to write it.  [default: NAME.yaml]"
)
def new(name: str, output: Path | None) -> None:
    """Write a commented definition to begin with; it holds as it stands.

    Example: phaseflow new delivery

    Example: phaseflow new delivery --output texts/delivery.yaml
    """
    content = starter(name)
    path = output or Path(f"{name}.yaml")
    if path == STREAM:
        exactly(content)
        return
    output_files.create(path, content, "--output")
    click.echo(f"{path} is written; next: phaseflow check {path}")
