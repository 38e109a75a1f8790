"""The command that reads a definition back: prose."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.service.prose import read_back

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--output", type=FILE, metavar="PATH", help="Write it there; else print it.")
def prose(file: Path, output: Path | None) -> None:
    """Read a definition back in numbered sentences, as Markdown.

    Clause by clause, to be held against the signed text by people who do not
    read YAML.

    Example: phaseflow prose definitions/three_phase_plan/definition.yaml

    Example: phaseflow prose plan.yaml --output plan.md
    """
    text = read_back(options.read(file), str(file))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{output} cannot be written: {error.strerror}"
        raise click.UsageError(msg) from error
    click.echo(f"{output} is written")
