"""The command ``phaseflow``: which commands there are, and what an error ends with."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from phaseflow.cli.run import Run, ended
from phaseflow.cli.safe_streams import shown

APP = "phaseflow"
FAULT_OF_DEFAULTS = "phaseflow.fault_of_defaults"

COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Agreements": {
        "new": ("new:new", "Write a definition to begin with."),
        "check": ("check:check", "Check definitions, and show every fault."),
        "fmt": ("fmt:fmt", "Put definitions in canonical order and spacing."),
        "explain": ("explain:explain", "Say what a rule asks, why, and what to write."),
        "schema": ("schema:schema", "Print the JSON Schema of definitions, for editors."),
        "compare": ("compare:compare", "Show what changed between two editions, and for whom."),
        "prose": ("prose:prose", "Read a definition back in numbered sentences."),
        "open": ("open:open_", "Open an agreement on a definition."),
        "list": ("list:list_", "List the agreements."),
        "status": ("status:status", "Show where an agreement stands."),
        "next": ("next:next_", "Show what can be done, by whom, and what falls due."),
        "draw": ("draw:draw", "Draw a definition, or an agreement as it stands."),
        "timeline": ("timeline:timeline", "Show what was due against what was delivered."),
    },
    "Acts: they change the agreement, and may be refused": {
        "advance": ("acts:advance", "Take a transition, or consent to it."),
        "withdraw": ("acts:withdraw", "Take a consent back."),
        "waive": ("acts:waive", "Give up a right, or give time."),
        "amend": ("acts:amend", "Consent to a new edition of the text, or see what it would do."),
    },
    "Reports: they say what happened": {
        "perform": ("reports:perform", "Report a performance."),
        "measure": ("reports:measure", "Report a figure over a span of days."),
        "attest": ("reports:attest", "Confirm what another entry claims."),
        "reject": ("reports:reject", "Deny what another entry claims."),
        "contest": ("reports:contest", "Dispute an entry, or no longer."),
        "allege": ("reports:allege", "Say that an obligation was violated."),
        "find": ("reports:find", "Determine a finding."),
        "notify": ("reports:notify", "Give notice of something that moves no due."),
        "correct": ("reports:correct", "Replace the amounts or the day of one's own report."),
        "note": ("reports:note", "Keep anything else that is worth keeping."),
    },
    "Keys, and what is signed elsewhere": {
        "keys": ("keys:keys", "Show who has had which key."),
        "key": ("key:key", "Replace or revoke a key."),
        "draft": ("draft:draft", "Print a statement to be signed elsewhere."),
        "file": ("file:file_", "File what was signed elsewhere, one statement or a folder."),
        "mirror": ("mirror:mirror", "Keep one's own verified copy of a journal."),
        "redact": ("redact:redact", "Destroy the opening of a private value."),
    },
    "The journal": {
        "history": ("history:history", "Show what was said, and what followed."),
        "show": ("show:show", "Show one entry whole."),
        "text": ("text:text", "Print the text of an agreement, byte for byte."),
        "tick": ("tick:tick", "Record what has fallen due."),
        "audit": ("audit:audit", "Verify, replay or export the journal."),
        "db": ("db:db", "Look after the database."),
        "cache": ("cache:cache", "Look after the compiled forms of texts."),
        "doctor": ("doctor:doctor", "Look whether all is well, and what to do."),
    },
    "To try things": {
        "rehearse": ("rehearse:rehearse", "Play a scenario in memory."),
        "demo": ("demo:demo", "Open the three-phase plan, and replay the record of 2025."),
        "completion": ("completion:completion", "Print the completion script of a shell."),
    },
}


class Face(click.Group):
    """A group that loads a command when it is used, and ends errors in one message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  Click's signature
        """Return the names in the order of the help."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of that name, loading its module."""
        for section in COMMANDS.values():
            if cmd_name in section:
                module, attribute = section[cmd_name][0].split(":")
                loaded = importlib.import_module(f"phaseflow.cli.commands.{module}")
                command: click.Command = getattr(loaded, attribute)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that ``args`` begin with; an unknown one gets a near miss."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=known, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by section, without loading them."""
        for heading, commands in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line, and end the process with an exit code of :mod:`exit_codes`."""
        run = Run()

        def act() -> Any:
            given = args[0] if args else extra.pop("args", None)
            return super(Face, self).main(
                _readable(sys.argv[1:] if given is None else given),
                *args[1:],
                **(extra | {"standalone_mode": False, "obj": run}),
            )

        with shown() as out:
            code = ended(act, run, out)
        sys.exit(code)


def _readable(arguments: Sequence[str]) -> list[str]:
    """Return the arguments.

    Raises:
        click.UsageError: one is not UTF-8, as all that is kept and shown has to be.
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            msg = f"the argument {argument!r} holds bytes that are not UTF-8; write it in UTF-8"
            raise click.UsageError(msg) from error
    return list(arguments)


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  --help is quick

    try:
        click.echo(f"phaseflow {version('phaseflow')}")
    except PackageNotFoundError:
        click.echo("phaseflow, run from its source")
    ctx.exit()


@click.group(
    cls=Face,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Exit codes: 0 done, 1 refused or faults found, 2 usage, 3 evidence broken, "
    "4 conflict, 5 database unavailable, 6 filed but not shown, 70 a bug, 74 the machine failed, "
    "130 interrupted, 141 the reader left.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Agreements in phases: who owes what, what was done, what may come next.

    Begin with `phaseflow demo`, or with `phaseflow new`. Every command has an
    example in its help.
    """
    from phaseflow.cli.defaults import defaults  # noqa: PLC0415  it needs the table above

    try:
        ctx.default_map = defaults()
    except (click.UsageError, RuntimeError) as error:
        # The doctor says so among the rest; it is asked when things are broken.
        if ctx.invoked_subcommand != "doctor":
            raise
        ctx.meta[FAULT_OF_DEFAULTS] = str(error)


def main() -> None:
    """Run the command line; the process ends with an exit code of the list in the help."""
    cli(prog_name="phaseflow")
