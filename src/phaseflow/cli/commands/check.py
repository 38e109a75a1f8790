"""The command ``check``."""

from pathlib import Path

import click

from phaseflow import api
from phaseflow.cli import input_files, options
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.pages.check import fault_lines, holding_page
from phaseflow.cli.terminal import emit
from phaseflow.service.definitions import Examined
from phaseflow.service.json.check import faults_document


@click.command()
@click.argument("files", metavar="FILE...", type=options.FILE, nargs=-1, required=True)
@click.option("--advice", "with_advice", is_flag=True, help="Show what the text leaves open, too.")
@options.as_json
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[Path, ...],
    with_advice: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Check definitions, and show every fault with its place and its remedy.

    Errors keep a file from being used, and end with exit code 1. Warnings are
    most likely slips; `phaseflow explain CODE` says more. The comment
    `# phaseflow: ignore PF418 because ...`, in the line or above it, leaves one
    alone and gives the reason.

    Example: phaseflow check definitions/*/definition.yaml
    """
    examined: list[Examined] = []
    unread: list[str] = []
    for file in files:
        try:
            examined.append(api.check(input_files.document(file), str(file)))
        except click.UsageError as error:
            unread.append(error.message)
            continue
        if not as_json:
            _show(examined[-1], with_advice=with_advice)
    if as_json:
        emit(faults_document(examined))
    if unread:
        raise click.UsageError("; ".join(unread))
    if any(one.count("error") for one in examined):
        ctx.exit(REFUSED)


def _show(one: Examined, *, with_advice: bool) -> None:
    for line in fault_lines(one, with_advice=with_advice):
        click.echo(line, err=True)
    if one.definition is not None:
        click.echo(holding_page(one, one.definition, with_advice=with_advice))
