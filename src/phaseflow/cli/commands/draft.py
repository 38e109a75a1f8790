"""The command ``draft``."""

from copy import copy
from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.main import COMMANDS, cli
from phaseflow.cli.statement_options import DRAFTING, OUTPUT

SPOKEN = tuple(
    name
    for heading, commands in COMMANDS.items()
    if heading.startswith(("Acts", "Reports"))
    for name in commands
)


def _remember(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.meta[OUTPUT] = value


def _output() -> click.Option:
    """Return ``--output``, which only a draft takes: before the command or after it."""
    return click.Option(
        ["--output"],
        type=options.FILE,
        metavar="FILE",
        expose_value=False,
        callback=_remember,
        help="Write it there, as it is to be signed; a new file.  [default: stdout]",
    )


def _with_output(command: click.Command) -> click.Command:
    found = copy(command)
    if isinstance(found, click.Group):
        found.commands = {name: _with_output(inner) for name, inner in found.commands.items()}
    else:
        found.params = [*command.params, _output()]
    return found


class Drafting(click.Group):
    """The commands that say something, which here file nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  Click's signature
        """Return the names of what can be said, and `key`."""
        return [*SPOKEN, "key"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name."""
        command = cli.get_command(ctx, cmd_name) if cmd_name in self.list_commands(ctx) else None
        return command and _with_output(command)


@click.group(cls=Drafting, params=[_output()])
@click.pass_context
def draft(ctx: click.Context) -> None:
    """Print or write a statement to be signed elsewhere, and file nothing.

    It takes what the command takes that would file it. Instead of an agreement
    in a database, name the directory of an exported journal or of a mirror.

    Example: phaseflow draft perform plan hostages --amount 3 --by hamas --output stmt.json

    Then: ssh-keygen -Y sign -n statement.v1@phaseflow -f KEY stmt.json

    And hand in both files: phaseflow file stmt.json
    """
    ctx.meta[DRAFTING] = True
