"""The command ``compare``."""

from pathlib import Path

import click

from phaseflow.cli import input_files, options
from phaseflow.cli.pages.compare import compare_page
from phaseflow.cli.terminal import emit
from phaseflow.service.compare import compared
from phaseflow.service.json.comparison import comparison_document


@click.command()
@click.argument("old", type=options.FILE)
@click.argument("new", type=options.FILE)
@options.as_json
def compare(old: Path, new: Path, as_json: bool) -> None:  # noqa: FBT001
    """Show what changed from one edition to the next, clause by clause, and for whom.

    A change is heavier or lighter for a party (a larger duty, an earlier date, a
    shorter cure, a harder guard; or the reverse), moves authority, changes the
    structure, or is wording only. What no rule weighs is called structure.

    Example: phaseflow compare draft.yaml signed.yaml
    """
    found = compared((input_files.document(old), str(old)), (input_files.document(new), str(new)))
    if as_json:
        emit(comparison_document(found))
    else:
        click.echo(compare_page(found))
