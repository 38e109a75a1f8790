"""Commands that look after a database and its clock: tick, db, completion."""

import click
from click.shell_completion import get_completion_class

from phaseflow.cli import options
from phaseflow.cli.layout import emit
from phaseflow.cli.main import cli
from phaseflow.cli.pages.journal import ticked_page
from phaseflow.cli.stores import opened
from phaseflow.model.calendar import Period, parse_period
from phaseflow.service import maintenance
from phaseflow.service.json.documents import ticked_document


def _period(_ctx: click.Context, _parameter: click.Parameter, value: str) -> Period:
    try:
        return parse_period(value)
    except ValueError as error:
        msg = f"{value!r} is no period; write for example P7D or P400D"
        raise click.BadParameter(msg) from error


@click.command()
@click.argument("agreement", required=False)
@options.now
@click.option(
    "--quiet-for",
    default="P7D",
    show_default=True,
    metavar="PERIOD",
    callback=_period,
    help="How long nothing may have been recorded before this machine's clock is doubted.",
)
@options.most_quiet
@options.as_json
@options.database
def tick(  # noqa: PLR0917  its options, by name
    agreement: str | None,
    now: str | None,
    quiet_for: Period,
    most_quiet: Period | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Record what has fallen due, in one agreement or in all that are not rehearsals.

    Nothing depends on it: whoever speaks next records it first. Run it to have
    it stand in the journal earlier.

    Example: phaseflow tick plan

    Example: phaseflow tick --quiet-for P400D
    """
    if agreement is None and now is not None:
        msg = "--now is the clock of one rehearsal; name it"
        raise click.UsageError(msg)
    with opened(database, most_quiet=most_quiet and quiet_for) as store:
        if agreement is None:
            ticked = list(maintenance.tick_all(store))
        else:
            ticked = maintenance.tick(store, agreement, now)
    if as_json:
        emit(ticked_document(ticked))
    else:
        click.echo("\n".join(ticked_page(ticked)) or "nothing has fallen due")


@click.group()
def db() -> None:
    """Look after the database.

    Example: phaseflow db upgrade --database postgresql://localhost/agreements
    """


@db.command()
@options.database
def upgrade(database: str) -> None:
    """Create the tables, or bring them to this version.

    Example: phaseflow db upgrade --database postgresql://localhost/agreements
    """
    before, after = maintenance.upgrade(database)
    told = "is up to date" if before == after else f"was {before or 'empty'}, is now"
    click.echo(f"the database {told}: version {after}")


@db.command()
@click.argument("role")
@options.database
def grant(role: str, database: str) -> None:
    """Let a role of PostgreSQL file, and keep it from changing or deleting what was filed.

    Run it as the administrator, once the tables are there and again after each
    upgrade that changes them; phaseflow then connects as ROLE. The tables come
    to belong to the role phaseflow_owner, as which nobody logs in.

    Example: phaseflow db grant desk --database postgresql://postgres@localhost/agreements
    """
    maintenance.grant(database, role)
    click.echo(f"the role {role} may append entries, and cannot change or delete them")


@db.command()
@click.argument("agreement", required=False)
@options.database
def rebuild(agreement: str | None, database: str) -> None:
    """Compute the tables of present state anew from the journal, of one agreement or all.

    Example: phaseflow db rebuild plan
    """
    with opened(database) as store:
        rebuilt = maintenance.rebuild(store, agreement)
    for header in rebuilt:
        click.echo(f"rebuilt {header.label} from {header.position} entries")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Example: eval "$(phaseflow completion bash)"
    """
    completer = get_completion_class(shell)
    assert completer is not None
    script = completer(cli, {}, "phaseflow", "_PHASEFLOW_COMPLETE")
    click.echo(script.source_template % script.source_vars())
