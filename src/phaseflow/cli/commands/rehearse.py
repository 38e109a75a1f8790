"""The command ``rehearse``."""

from pathlib import Path

import click

from phaseflow.cli import input_files, options
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.pages.status import status_page
from phaseflow.cli.terminal import emit, heading, wrapped
from phaseflow.service.json.rehearsal import played_document
from phaseflow.service.rehearse import Mismatch
from phaseflow.service.rehearse import rehearse as play


@click.command()
@click.argument("definition", type=options.FILE)
@click.argument("scenario", type=options.FILE)
@options.as_json
@click.pass_context
def rehearse(ctx: click.Context, definition: Path, scenario: Path, as_json: bool) -> None:  # noqa: FBT001
    """Play a scenario on a definition, in memory, and show where it ends.

    Example: phaseflow rehearse plan.yaml scenarios/all_goes_well.yaml
    """
    played = play(input_files.script(definition, scenario))
    if as_json:
        emit(played_document(played))
    else:
        click.echo(status_page(played.view))
        click.echo()
        click.echo(_verdict(played.mismatches))
    for mismatch in played.mismatches:
        click.echo(_told(scenario, mismatch), err=True)
    if played.mismatches:
        ctx.exit(REFUSED)


def _verdict(mismatches: tuple[Mismatch, ...]) -> str:
    if not mismatches:
        return heading("The scenario went as it says")
    places = "1 place" if len(mismatches) == 1 else f"{len(mismatches)} places"
    return heading(f"The scenario went otherwise than it says, in {places}")


def _told(scenario: Path, mismatch: Mismatch) -> str:
    place = f"{scenario}:{mismatch.line}"
    return "\n".join(wrapped(f"{place}: {mismatch.text}", indent=4, first=""))
