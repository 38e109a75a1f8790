"""The command ``mirror``."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.terminal import emit
from phaseflow.service.json.verified import mirrored_document
from phaseflow.service.mirror import mirror as renew


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--id", "known_id", metavar="HEX", help="The agreement id from your paper; needed once."
)
@options.as_json
def mirror(directory: Path, bundle: Path, known_id: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Bring one's own copy of a journal up to date from an exported one.

    The bundle is verified first; one that does not extend the copy, entry for
    entry, is refused, and the copy stays.

    Example: phaseflow mirror our_copy received/ --id 3f2a...
    """
    mirrored = renew(directory, bundle, known_id)
    report = mirrored.report
    if as_json:
        emit(mirrored_document(mirrored))
        return
    click.echo(f"{directory} holds {report.entries} entries now, {mirrored.added} of them new")
    click.echo(f"  agreement {report.agreement}\n  head      {report.head}")
