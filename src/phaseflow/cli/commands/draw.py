"""The command ``draw``."""

from pathlib import Path
from typing import get_args

import click

from phaseflow.cli import input_files, options, output_files
from phaseflow.cli.database import opened
from phaseflow.drawing.states.diagram import Picture
from phaseflow.service import draw as drawing

_FORMS: dict[str, drawing.PictureFormat] = {
    ".svg": "svg",
    ".png": "png",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".md": "mermaid",
    "": "mermaid",
}


@click.command()
@click.argument("subject", metavar="FILE|AGREEMENT")
@click.option("--scenario", type=options.FILE, help="Draw FILE as it stands after this scenario.")
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(drawing.PictureFormat)),
    help="svg and png need the extra phaseflow[pictures].  [default: as FILE ends, else mermaid]",
)
@options.output
@options.now
@options.database
def draw(  # noqa: PLR0917  its options, by name
    subject: str,
    scenario: Path | None,
    form: drawing.PictureFormat | None,
    output: str | None,
    now: str | None,
    database: str,
) -> None:
    """Draw a definition, or an agreement with the way it came and what is late.

    Example: phaseflow draw definitions/three_phase_plan/definition.yaml

    Example: phaseflow draw plan --output plan.svg
    """
    wanted = output_files.form_of(output, _FORMS) if form is None else form
    picture = _picture(subject, scenario, now, database)
    output_files.write_or_print(output, drawing.drawn(picture, wanted))


def _picture(subject: str, scenario: Path | None, now: str | None, database: str) -> Picture:
    path = Path(subject)
    if scenario is not None:
        return drawing.of_rehearsal(input_files.script(path, scenario))
    if path.exists() and not path.is_dir():
        return drawing.of_definition(input_files.document(path), subject)
    input_files.refuse_file(subject)
    with opened(database) as store:
        return drawing.of_agreement(store, subject, now)
