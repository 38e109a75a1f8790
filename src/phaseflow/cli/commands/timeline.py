"""The command ``timeline``."""

from pathlib import Path
from typing import get_args

import click

from phaseflow.cli import input_files, options, output_files
from phaseflow.cli.database import opened
from phaseflow.cli.terminal import emit
from phaseflow.service.json.timeline import timeline_document
from phaseflow.service.timeline import (
    ChartFormat,
    charted,
    timeline_of_agreement,
    timeline_of_rehearsal,
)

_FORMS: dict[str, ChartFormat] = {".svg": "svg", ".png": "png", ".txt": "text", "": "text"}


@click.command()
@click.argument("subject", metavar="AGREEMENT|FILE")
@click.option("--scenario", type=options.FILE, help="Show FILE as it stands after this scenario.")
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(ChartFormat)),
    help="png needs the extra phaseflow[pictures].  [default: as FILE ends, else text]",
)
@options.output
@options.now
@options.as_json
@options.database
def timeline(  # noqa: PLR0917  its options, by name
    subject: str,
    scenario: Path | None,
    form: ChartFormat | None,
    output: str | None,
    now: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Show what was due against what was delivered, obligation by obligation.

    Example: phaseflow timeline plan

    Example: phaseflow timeline plan --output plan.svg

    Example: phaseflow timeline plan.yaml --scenario scenarios/record_2025.yaml
    """
    if as_json and (form or output):
        msg = "--json prints to stdout, without --format and --output"
        raise click.UsageError(msg)
    wanted = output_files.form_of(output, _FORMS) if form is None else form
    if scenario is not None:
        line = timeline_of_rehearsal(input_files.script(Path(subject), scenario))
    else:
        input_files.refuse_file(subject)
        with opened(database) as store:
            line = timeline_of_agreement(store, subject, now)
    if as_json:
        emit(timeline_document(line))
    else:
        output_files.write_or_print(output, charted(line, wanted))
