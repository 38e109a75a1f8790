"""Commands that audit a journal: verify, replay, export, checkpoint, cosign, collect, compare."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from phaseflow import api
from phaseflow.cli import input_files, options
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import BROKEN, REFUSED
from phaseflow.cli.pages.audit import CLOCK_SET, parting_page, report_page
from phaseflow.cli.terminal import emit
from phaseflow.journal.divergence import compare_bundles
from phaseflow.journal.folder import is_bundle, read_pin
from phaseflow.model.calendar import Instant
from phaseflow.service import audit as auditing
from phaseflow.service.json.parting import parting_document
from phaseflow.service.json.verified import report_document

if TYPE_CHECKING:
    from phaseflow.service.receipts import Receipt

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
@click.option(
    "--pin",
    "pin_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A checkpoint that you kept; repeatable. Kept receipts are always taken.",
)
@options.pins
@options.as_json
@options.database
def verify(  # noqa: PLR0917  its options, by name
    agreement: str | None,
    bundle: Path | None,
    known_id: str | None,
    pin_files: tuple[Path, ...],
    pins: Path | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Check that a journal is whole: form, hash chain, signatures, checkpoints, definitions.

    AGREEMENT is one of the database, or the directory of an exported journal.

    Example: phaseflow audit verify plan

    Example: phaseflow audit verify exported --id 3f2a... --pin 00000042.txt
    """
    if (agreement is None) is (bundle is None):
        msg = "name an agreement, or an exported journal with --bundle"
        raise click.UsageError(msg)
    directory = bundle or (Path(str(agreement)) if is_bundle(str(agreement)) else None)
    if directory is not None:
        kept_in = options.pins_folder(pins)
        report = auditing.verify_exported(directory, known_id, pin_files, kept_in)
    else:
        with opened(database) as store:
            kept_in = options.pins_folder(pins)
            report = api.verify(store, str(agreement), known_id, pin_files, kept_in)
    if as_json:
        emit(report_document(report))
    else:
        click.echo(report_page(report))


@audit.command()
@options.reading
@click.pass_context
def replay(ctx: click.Context, agreement: str, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Check that all consequences follow from the definition, stepping it again.

    AGREEMENT is one of the database, or the directory of an exported journal,
    which is verified first. The text is compiled from its bytes.

    Example: phaseflow audit replay plan

    Example: phaseflow audit replay exported
    """
    from phaseflow.cli.pages.replayed import replayed_page  # noqa: PLC0415  the engine
    from phaseflow.service import replay as replaying  # noqa: PLC0415
    from phaseflow.service.json.replayed import replayed_document  # noqa: PLC0415

    if is_bundle(agreement):
        replayed = replaying.audit_exported(Path(agreement))
    else:
        input_files.refuse_folder(agreement)
        with opened(database) as store:
            replayed = replaying.audit(store, agreement)
    if as_json:
        emit(replayed_document(replayed))
    else:
        click.echo(replayed_page(replayed))
    if replayed.differing:
        ctx.exit(REFUSED)


@audit.command()
@options.agreement
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--withhold", is_flag=True, help="Leave out what discloses private values.")
@options.as_json
@options.database
def export(
    agreement: str,
    directory: Path,
    withhold: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Write a copy of the journal that anybody can check offline, with jq and ssh-keygen.

    Example: phaseflow audit export plan exported
    """
    with opened(database) as store:
        report = auditing.export(store, agreement, directory, discloses=not withhold)
    if as_json:
        emit(report_document(report))
    else:
        noun = "entry" if report.entries == 1 else "entries"
        click.echo(f"wrote {report.entries} {noun} to {directory}; its README tells how to check")
        if report.is_rehearsal:
            click.echo(f"  {CLOCK_SET}")
        click.echo(f"  agreement {report.agreement}\n  head      {report.head}")


@audit.command()
@options.agreement
@click.option(
    "--recorder-key",
    required=True,
    type=options.FILE,
    metavar="KEY",
    help="The recorder's key, or the .pub of one that the agent holds.",
)
@options.pins
@options.most_quiet
@options.as_json
@options.database
def checkpoint(  # noqa: PLR0917  its options, by name
    agreement: str,
    recorder_key: Path,
    pins: Path | None,
    most_quiet: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Verify the journal, and have the recorder sign that these are all entries so far.

    It is a receipt for everybody, and what cosigners sign.

    Example: phaseflow audit checkpoint plan --recorder-key recorder
    """
    from phaseflow.service import receipts  # noqa: PLC0415  the other audits sign nothing

    sign, kept_in = receipts.signing_with(recorder_key), options.pins_folder(pins)
    with opened(database, most_quiet=most_quiet) as store:
        receipt = receipts.issue_and_keep(store, agreement, sign, kept_in)
    _show(receipt, as_json=as_json)


@audit.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--id", "known_id", required=True, metavar="HEX", help="The agreement id from your paper."
)
@click.option("--by", required=True, metavar="PARTY", help="Who cosigns.")
@click.option("--sign-with", required=True, type=options.FILE, metavar="KEY", help="Its key.")
@options.pins
@options.as_json
def cosign(  # noqa: PLR0917  its options, by name
    bundle: Path,
    known_id: str,
    by: str,
    sign_with: Path,
    pins: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Cosign the newest checkpoint of an exported journal, and keep it.

    Only if the whole history verifies, extends every checkpoint that you ever
    cosigned, and is of the last five minutes. Hand the file in to the operator,
    who adds your signature with `phaseflow audit collect`.

    Example: phaseflow audit cosign exported --id 3f2a... --by egypt --sign-with egypt
    """
    from phaseflow.service import receipts  # noqa: PLC0415  the other audits sign nothing

    kept = options.pins_folder(pins) / known_id
    cosigning = receipts.Cosigning(party=by, agreement=known_id, kept=kept)
    sign = receipts.signing_with(sign_with)
    receipt = receipts.cosign(bundle, cosigning, Instant.now(), sign)
    _show(receipt, as_json=as_json)


@audit.command()
@click.argument("file", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@options.database
def collect(file: tuple[Path, ...], database: str) -> None:
    """Add to the database the cosignatures of checkpoints that were handed in.

    The signatures of SIZE.txt are SIZE.PARTY.sig beside it.

    Example: phaseflow audit collect 00000042.txt
    """
    from phaseflow.service import receipts  # noqa: PLC0415  the other audits sign nothing

    with opened(database) as store:
        for path in file:
            signed = read_pin(path)
            count = receipts.take_in(store, signed)
            noun = "signature" if count == 1 else "signatures"
            click.echo(f"{path.name}: {count} new {noun}, over {signed.checkpoint.size} entries")


@audit.command()
@click.argument("one", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("other", type=click.Path(path_type=Path, exists=True, file_okay=False))
@options.as_json
@click.pass_context
def compare(ctx: click.Context, one: Path, other: Path, as_json: bool) -> None:  # noqa: FBT001
    """Find the first entry at which two exported journals of one agreement part.

    Example: phaseflow audit compare ours theirs
    """
    parting = compare_bundles(one, other)
    if as_json:
        emit(parting_document(parting))
    else:
        click.echo(parting_page(parting, str(one), str(other)))
    if parting is not None and parting.is_fork:
        ctx.exit(BROKEN)


def _show(receipt: "Receipt", *, as_json: bool) -> None:
    from phaseflow.cli.pages.receipt import receipt_page  # noqa: PLC0415
    from phaseflow.service.json.receipt import signed_document  # noqa: PLC0415

    if as_json:
        emit(signed_document(receipt))
    else:
        click.echo(receipt_page(receipt))
