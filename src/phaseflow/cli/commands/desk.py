"""Commands of those who hand in, take in, and keep copies: draft, file, mirror, redact."""

from copy import copy
from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.ending import Unreceipted
from phaseflow.cli.exits import REFUSED
from phaseflow.cli.layout import emit
from phaseflow.cli.main import COMMANDS, cli
from phaseflow.cli.pages.desk import handed_page
from phaseflow.cli.said import DRAFTING, OUTPUT, StatementOptions, saying
from phaseflow.cli.stores import opened
from phaseflow.errors import StoreUnavailable
from phaseflow.journal.checkpoint import Signed
from phaseflow.model.calendar import Period
from phaseflow.model.statement import RECORDER
from phaseflow.service.inbox import Desk, Handed
from phaseflow.service.json.documents import handed_document
from phaseflow.service.json.evidence import report_document
from phaseflow.service.mirroring import mirror as renew
from phaseflow.service.receipts import sign_as_recorder
from phaseflow.service.recording import Filed
from phaseflow.storage.port import Store

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


@click.command("file")
@click.argument("statement", type=click.Path(path_type=Path, exists=True))
@click.argument("signature", type=click.Path(path_type=Path, exists=True), required=False)
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write receipts.  [default: the folder `receipts` beside]",
)
@click.option("--on-record", is_flag=True, help="If refused, file it with the reasons.")
@options.now
@options.most_quiet
@options.recorder_key
@options.as_json
@options.database
@click.pass_context
def file_(  # noqa: PLR0917  its options, by name
    ctx: click.Context,
    statement: Path,
    signature: Path | None,
    receipts: Path | None,
    on_record: bool,  # noqa: FBT001
    now: str | None,
    most_quiet: Period | None,
    recorder_key: Path | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """File a statement that was composed elsewhere; of a folder, all that verify.

    Its signature is STATEMENT.sig unless it is named. In a folder every *.json is a
    statement; the text of an edition that one proposes may lie there as *.yaml.
    What was filed before is not filed twice.

    Example: phaseflow file stmt.json stmt.json.sig --recorder-key recorder

    Example: phaseflow file inbox/
    """
    if statement.is_dir() and signature is not None:
        msg = "each statement of a folder has its own signature beside it"
        raise click.UsageError(msg)

    def receipt(store: Store, filed: Filed) -> Signed | None:
        if recorder_key is None or filed.checkpoint is None:
            return None
        return sign_as_recorder(
            store, filed.checkpoint, lambda text: options.sign_checkpoint(recorder_key, text)
        )

    with opened(database, most_quiet=most_quiet) as store:
        desk = Desk(
            store=store,
            sign=receipt,
            is_receipted=recorder_key is not None,
            receipts=receipts,
            is_on_record=on_record,
            now=now,
        )
        handed: list[Handed] = []
        try:
            if statement.is_dir():
                handed.extend(desk.take_all(statement))
            else:
                handed.append(desk.take(statement, signature))
        except StoreUnavailable:
            # What was filed before the database failed is filed.
            _show(handed, as_json=as_json)
            raise
    _show(handed, as_json=as_json)
    unreceipted = sum(one.filed is not None and bool(one.problem) for one in handed)
    if unreceipted:
        msg = f"filed, and without a receipt yet: {unreceipted}; file the same again to make it"
        raise Unreceipted(msg)
    if any(one.filed is None or one.filed.is_refused for one in handed):
        ctx.exit(REFUSED)


def _show(handed: list[Handed], *, as_json: bool) -> None:
    if as_json:
        emit(handed_document(handed))
    else:
        click.echo(handed_page(handed))


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
        emit(report_document(report) | {"added": mirrored.added})
        return
    click.echo(f"{directory} holds {report.entries} entries now, {mirrored.added} of them new")
    click.echo(f"  agreement {report.agreement}\n  head      {report.head}")


@click.command()
@options.agreement
@click.argument("commitment")
@saying
def redact(said: StatementOptions, commitment: str) -> None:
    """Destroy the opening of a private value, and put on record that it was destroyed.

    Hashes and signatures stay valid. It is the recorder's to do, and it reaches
    this database only: destroy copies and backups too.

    Example: phaseflow redact plan 9f1c... --by recorder --note "on request of the family"
    """
    if said.by != RECORDER:
        msg = f"the opening is destroyed by the recorder, who keeps it: --by {RECORDER}"
        raise click.UsageError(msg)
    said.file("redact", {"commitment": commitment})
