"""The command ``check``."""

from collections.abc import Sized
from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.terminal import emit
from phaseflow.model.visible import clean
from phaseflow.service.definitions import Examined, examine
from phaseflow.service.json.check import faults_document

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
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
            examined.append(examine(options.document(file), str(file)))
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
    """Write the faults to stderr, and what holds to stdout."""
    for fault in one.found:
        if with_advice or fault.severity != "advice":
            click.echo(clean(str(fault)), err=True)
    definition = one.definition
    if definition is None:
        return
    click.echo(
        f"{one.file} holds: {clean(definition.title or definition.name)}, "
        f"edition {clean(definition.edition)}\n"
        f"  {_count(definition.parties, 'party', 'parties')}, "
        f"{_count(definition.obligations, 'obligation', 'obligations')}, "
        f"{_count(definition.leaves, 'state', 'states')}, "
        f"{_count(definition.transitions, 'transition', 'transitions')}\n"
        f"  SHA-256 {definition.digest}"
    )
    if one.count("advice") and not with_advice:
        what = "point" if one.count("advice") == 1 else "points"
        click.echo(f"  {one.count('advice')} {what} left open: see them with --advice")


def _count(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"
