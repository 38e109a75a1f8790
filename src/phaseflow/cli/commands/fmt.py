"""The command ``fmt``."""

import difflib
import re
import sys
from pathlib import Path

import click

from phaseflow.cli import input_files, output_files
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.terminal import exactly
from phaseflow.model.visible import clean
from phaseflow.service.format_text import Formatted, put_in_order
from phaseflow.untrusted_files import DEFINITION

FILE = click.Path(path_type=Path, allow_dash=True)


STREAM = Path("-")


_NO_FEED = "\n\\ No newline at end of file\n"


@click.command()
@click.argument("files_", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_context
def fmt(ctx: click.Context, files_: tuple[Path, ...], check: bool, diff: bool) -> None:  # noqa: FBT001
    """Put definitions in canonical order and spacing; no comment is lost.

    Keys come in the order in which people read them; parties, obligations,
    states, transitions, guards and rows stay in that of the file. The meaning
    stays, and formatting again changes nothing. A file with faults of form
    (PF1xx) is left as it is. `-` reads from stdin, and writes to stdout.

    Example: phaseflow fmt plan.yaml

    Example: phaseflow fmt --check --diff definitions/*/definition.yaml
    """
    all_are_well = True
    for path in files_:
        formatted = put_in_order(_source(path), str(path))
        all_are_well &= _settle(path, formatted, check=check, diff=diff)
    if not all_are_well:
        ctx.exit(REFUSED)


def _source(path: Path) -> bytes:
    if path == STREAM:
        return sys.stdin.buffer.read(DEFINITION.size + 1)
    return input_files.document(path)


def _settle(path: Path, formatted: Formatted, *, check: bool, diff: bool) -> bool:
    """Write, or show, what comes of one file; return whether all is well with it."""
    if formatted.trouble:
        click.echo(clean(formatted.trouble), err=True)
        return False
    if diff:
        click.echo(_difference(formatted), nl=False)
    if check:
        if not formatted.is_in_order:
            click.echo(f"{path} would change", err=diff)
        return formatted.is_in_order
    if diff:
        return True
    if path == STREAM:
        exactly(formatted.after)
    elif formatted.is_in_order:
        click.echo(f"{path} is in order")
    else:
        output_files.replace(path, formatted.after)
        click.echo(f"{path} is put in order")
    return True


def _difference(formatted: Formatted) -> str:
    """Return a unified diff, or nothing where nothing changes."""
    before, after = (
        re.findall(r"[^\n]*\n|[^\n]+", text.decode())
        for text in (formatted.before, formatted.after)
    )
    lines = difflib.unified_diff(before, after, formatted.file, f"{formatted.file} in order")
    return clean("".join(line if line.endswith("\n") else line + _NO_FEED for line in lines))
