"""The command ``file``."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.pages.handed import handed_page
from phaseflow.cli.run import Unreceipted
from phaseflow.cli.terminal import emit
from phaseflow.errors import StoreUnavailable
from phaseflow.service.inbox import Desk, TakenIn
from phaseflow.service.json.handed import handed_document
from phaseflow.service.receipts import signing_with


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
    most_quiet: str | None,
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

    with opened(database, most_quiet=most_quiet) as store:
        desk = Desk(
            store=store,
            sign=None if recorder_key is None else signing_with(recorder_key),
            receipts=receipts,
            is_on_record=on_record,
            now=now,
        )
        handed: list[TakenIn] = []
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


def _show(handed: list[TakenIn], *, as_json: bool) -> None:
    if as_json:
        emit(handed_document(handed))
    else:
        click.echo(handed_page(handed))
