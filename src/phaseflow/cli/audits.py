"""Commands that audit a journal: verify, replay, export."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.audit_page import replayed_page, report_page
from phaseflow.cli.layout import emit
from phaseflow.service import auditing, replaying
from phaseflow.service.documents import replayed_document, report_document
from phaseflow.service.stores import opened

FAULTS_FOUND = 1
KNOWN_ID = click.option(
    "--id", "known_id", metavar="HEX", help="The agreement id as you know it, from paper."
)


@click.group()
def audit() -> None:
    """Verify the journal, replay it on its definition, or export it.

    Example: phaseflow audit verify plan
    """


@audit.command()
@click.argument("agreement", required=False)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Verify an exported journal; needs no database.",
)
@KNOWN_ID
@options.as_json
@options.database
def verify(
    agreement: str | None,
    bundle: Path | None,
    known_id: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Check that the journal is whole: form, hash chain, columns, definitions.

    Example: phaseflow audit verify plan

    Example: phaseflow audit verify --bundle exported --id 3f2a...
    """
    if (agreement is None) is (bundle is None):
        msg = "name an agreement, or an exported journal with --bundle"
        raise click.UsageError(msg)
    if bundle is not None:
        report = auditing.verify_exported(bundle, known_id)
    else:
        with opened(database) as store:
            report = auditing.verify(store, str(agreement), known_id)
    if as_json:
        emit(report_document(report))
    else:
        click.echo(report_page(report))


@audit.command()
@options.reading
@click.pass_context
def replay(ctx: click.Context, agreement: str, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Check that all consequences follow from the definition, stepping it again.

    Example: phaseflow audit replay plan
    """
    with opened(database) as store:
        replayed = replaying.audit(store, agreement)
    if as_json:
        emit(replayed_document(replayed))
    else:
        click.echo(replayed_page(replayed))
    if replayed.differing:
        ctx.exit(FAULTS_FOUND)


@audit.command()
@options.agreement
@click.argument("directory", type=click.Path(path_type=Path))
@options.as_json
@options.database
def export(agreement: str, directory: Path, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Write a copy of the journal that anybody can check offline, with jq and sha256sum.

    Example: phaseflow audit export plan exported
    """
    with opened(database) as store:
        report = auditing.export(store, agreement, directory)
    if as_json:
        emit(report_document(report))
    else:
        click.echo(f"wrote {report.entries} entries to {directory}; its README tells how to check")
        click.echo(f"  agreement {report.agreement}\n  head      {report.head}")
