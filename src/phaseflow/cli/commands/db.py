"""The command ``db``."""

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened


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
    from phaseflow.service.upgrade import upgrade as bring_up  # noqa: PLC0415  Alembic

    before, after = bring_up(database)
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
    from phaseflow.storage import database_roles  # noqa: PLC0415  slow to load

    database_roles.grant(database, role)
    click.echo(f"the role {role} may append entries, and cannot change or delete them")


@db.command()
@click.argument("agreement", required=False)
@options.database
def rebuild(agreement: str | None, database: str) -> None:
    """Compute the tables of present state anew from the journal, of one agreement or all.

    Example: phaseflow db rebuild plan
    """
    from phaseflow.service.rebuild import rebuild as compute_anew  # noqa: PLC0415  the engine

    with opened(database) as store:
        rebuilt = compute_anew(store, agreement)
    for header in rebuilt:
        click.echo(f"rebuilt {header.label} from {header.position} entries")


@db.command()
@click.argument("agreement", required=False)
@options.database
def sweep(agreement: str | None, database: str) -> None:
    """Delete checkpoints, signatures and openings that do not verify, of one agreement or all.

    Nothing depends on them, and `phaseflow audit verify` names them: look first
    who put them there. On PostgreSQL it is the administrator's to do.

    Example: phaseflow db sweep plan
    """
    from phaseflow.service.sweep import sweep as delete_strays  # noqa: PLC0415  seldom needed

    with opened(database) as store:
        swept = delete_strays(store, agreement)
    for one in swept:
        rows = "row" if one.rows == 1 else "rows"
        click.echo(f"deleted {one.rows} {rows} beside the journal of {one.header.label}")
