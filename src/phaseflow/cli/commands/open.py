"""The command ``open``."""

from pathlib import Path

import click

from phaseflow import api
from phaseflow.cli import input_files, options
from phaseflow.cli.clock_warnings import warn_of_clock
from phaseflow.cli.database import opened
from phaseflow.cli.pages.opened import opened_page
from phaseflow.cli.terminal import emit
from phaseflow.journal.keys import weak_quorum
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Policy
from phaseflow.service.json.opened import opened_document
from phaseflow.service.open import Opened, OpeningRequest, try_opening
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import NoDatabase


def _keys(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        party, mark, file = value.partition("=")
        if not (party and mark and file):
            msg = f"{value!r} is no PARTY=FILE.pub"
            raise click.BadParameter(msg)
        if party in found:
            msg = f"{party} is given two keys"
            raise click.BadParameter(msg)
        found[party] = input_files.public_key(Path(file))
    return found


def _parties(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> list[str]:
    names = [] if value is None else [name.strip() for name in value.split(",")]
    if not all(names):
        msg = f"{value!r} is no list of parties; write them with commas between"
        raise click.BadParameter(msg)
    return names


def _quorum(members: list[str], quorum: int | None, what: str) -> int:
    """Return the quorum that was given; of somebody it must be, of nobody it is 0."""
    if bool(members) is not (quorum is not None):
        msg = f"--{what}-quorum says how many of --{what if what == 'recovery' else 'cosigners'}"
        raise click.UsageError(msg)
    return quorum or 0


@click.command("open")
@click.argument("file", type=options.FILE)
@click.option("--label", metavar="NAME", help="How to call it.  [default: the definition's name]")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="PARTY=FILE.pub",
    callback=_keys,
    help="Its first key; `recorder` has one too. Repeatable.",
)
@click.option("--cosigners", metavar="PARTY,...", callback=_parties, help="Who may cosign.")
@click.option("--cosign-quorum", type=options.COUNT, metavar="N", help="How many seal.")
@click.option(
    "--recovery", metavar="PARTY,...", callback=_parties, help="Who may replace a lost key."
)
@click.option("--recovery-quorum", type=options.COUNT, metavar="N", help="How many of them.")
@click.option("--rehearsal", is_flag=True, help="Its clock is --now, not the real one.")
@options.now
@options.most_quiet
@options.nonce
@click.option("--dry-run", is_flag=True, help="Show what would be opened; write nothing.")
@options.as_json
@options.database
def open_(  # noqa: PLR0917  its options, by name
    file: Path,
    label: str | None,
    keys: dict[str, str],
    cosigners: list[str],
    cosign_quorum: int | None,
    recovery: list[str],
    recovery_quorum: int | None,
    rehearsal: bool,  # noqa: FBT001
    now: str | None,
    most_quiet: str | None,
    nonce: str,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Open an agreement on a definition: entry 0 of its journal.

    Example: phaseflow open plan.yaml --label plan

    Example: phaseflow open plan.yaml --rehearsal --now 2025-01-15T21:00

    Example: phaseflow open plan.yaml --key israel=israel.pub --key recorder=desk.pub
    """
    if rehearsal is not (now is not None):
        msg = "--rehearsal and --now go together: the clock of a rehearsal stands where you say"
        raise click.UsageError(msg)
    policy = Policy(
        cosigners=cosigners,
        cosign_quorum=_quorum(cosigners, cosign_quorum, "cosign"),
        recovery=recovery,
        recovery_quorum=_quorum(recovery, recovery_quorum, "recovery"),
    )
    opening = OpeningRequest(
        source=input_files.document(file),
        file=str(file),
        nonce=nonce,
        label=label,
        rehearsed_at=now,
        keys=keys,
        policy=policy,
    )
    if dry_run:
        done = _try(database, opening, most_quiet)
    else:
        options.announce(nonce)
        with opened(database, creates=True, most_quiet=most_quiet) as store:
            done = api.open_agreement(store, opening)
    if not (done.is_dry_run or done.is_repeat):
        warn_of_clock(done.place.header)
    if as_json:
        emit(opened_document(done))
    else:
        click.echo(opened_page(done))
    warning = weak_quorum(policy)
    if warning:
        click.echo(f"warning: {warning}", err=True)


def _try(database: str, opening: OpeningRequest, most_quiet: str | None) -> Opened:
    try:
        with opened(database, most_quiet=most_quiet) as store:
            return try_opening(store, opening)
    except NoDatabase:
        # The first agreement creates the file; what is only tried out does not.
        return try_opening(MemoryStore(Instant.now), opening)
