"""The command ``prose``."""

from pathlib import Path

import click

from phaseflow.cli import input_files, options, output_files
from phaseflow.cli.terminal import exactly
from phaseflow.prose.definition import prose as read_back
from phaseflow.service import definitions

_MARKDOWN = {"", ".md", ".markdown", ".txt"}


@click.command()
@click.argument("file", type=options.FILE)
@click.option("--output", type=options.FILE, metavar="PATH", help="Write it there; else print it.")
def prose(file: Path, output: Path | None) -> None:
    """Read a definition back in numbered sentences, as Markdown.

    Clause by clause, to be held against the signed text by people who do not
    read YAML.

    Example: phaseflow prose definitions/three_phase_plan/definition.yaml

    Example: phaseflow prose plan.yaml --output plan.md
    """
    if output is not None and output.suffix.lower() not in _MARKDOWN:
        msg = f"{output}: it is written as Markdown, into a file that ends in .md or .txt"
        raise click.UsageError(msg)
    text = read_back(definitions.check(input_files.document(file), str(file)))
    if output is None:
        exactly(text.encode())
        return
    output_files.write(output, text.encode())
    click.echo(f"{output} is written")
