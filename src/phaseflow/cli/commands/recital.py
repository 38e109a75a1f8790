"""The commands that read definitions for people: prose, and compare."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.ending import unusable
from phaseflow.cli.layout import emit, exactly
from phaseflow.cli.pages.compare import compare_page
from phaseflow.service.comparing import compared
from phaseflow.service.json.documents import comparison_document
from phaseflow.service.prose import read_back

FILE = click.Path(path_type=Path)
_MARKDOWN = {"", ".md", ".markdown", ".txt"}


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
    if output is not None and output.suffix.lower() not in _MARKDOWN:
        msg = f"{output}: it is written as Markdown, into a file that ends in .md or .txt"
        raise click.UsageError(msg)
    text = read_back(options.document(file), str(file))
    if output is None:
        exactly(text.encode())
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unusable(output, "written", error) from error
    click.echo(f"{output} is written")


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@options.as_json
def compare(old: Path, new: Path, as_json: bool) -> None:  # noqa: FBT001
    """Show what changed from one edition to the next, clause by clause, and for whom.

    A change is heavier or lighter for a party (a larger duty, an earlier date, a
    shorter cure, a harder guard; or the reverse), moves authority, changes the
    structure, or is wording only. What no rule weighs is called structure.

    Example: phaseflow compare draft.yaml signed.yaml
    """
    found = compared((options.document(old), str(old)), (options.document(new), str(new)))
    if as_json:
        emit(comparison_document(found))
    else:
        click.echo(compare_page(found))
