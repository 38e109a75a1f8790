"""The command doctor: whether all is well, and what to do if not."""

import locale
import sys
from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.database import forms_folder
from phaseflow.cli.exit_codes import BROKEN, REFUSED, UNREACHABLE
from phaseflow.cli.main import FAULT_OF_DEFAULTS
from phaseflow.cli.pages.doctor import examination_page
from phaseflow.cli.terminal import emit
from phaseflow.model.calendar import Instant
from phaseflow.service import definitions
from phaseflow.service.doctor import Surroundings, examine
from phaseflow.service.json.doctor import examination_document


@click.command()
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    metavar="N",
    help="Verify the journals of at most N agreements.",
)
@click.option(
    "--recorder-key",
    "recorder_key",
    type=options.FILE,
    metavar="KEY",
    help="The recorder's key: is it there, safe, and the one in the journals?",
)
@options.as_json
@options.database
@click.pass_context
def doctor(
    ctx: click.Context,
    sample: int,
    recorder_key: Path | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Look whether all is well: database, rights, clock, keys, journals.

    Nothing is created or changed. Of the journals, half of the sample are those
    written last. It ends with 0 if nothing is wrong, 1 if something is, 3 if a
    journal does not hold, 5 if the database cannot be reached.

    Example: phaseflow doctor

    Example: phaseflow doctor --sample 100 --json
    """
    surroundings = Surroundings(
        now=Instant.from_timestamp(int(Instant.now().timestamp())),
        encodings={
            "the terminal": getattr(sys.stdout, "encoding", None) or "unknown",
            "the environment": locale.getpreferredencoding(do_setlocale=False),
        },
        recorder_key=recorder_key,
        fault=ctx.meta.get(FAULT_OF_DEFAULTS),
    )
    definitions.keep_compiled_in(forms_folder())
    found = examine(database, surroundings, sample)
    if as_json:
        emit(examination_document(found))
    else:
        click.echo(examination_page(found))
    if not found.is_reachable:
        ctx.exit(UNREACHABLE)
    if found.is_broken:
        ctx.exit(BROKEN)
    if not found.is_well:
        ctx.exit(REFUSED)
