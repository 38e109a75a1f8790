"""The command ``history``."""

import click

from phaseflow import api
from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.pages.history import history_page
from phaseflow.cli.terminal import exactly
from phaseflow.model.visible import escaped
from phaseflow.service.history import Wanted, lines


@click.command()
@options.reading
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Of this kind; repeatable.")
@click.option("--party", metavar="PARTY", help="Filed by this party.")
@click.option("--obligation", metavar="NAME", help="About this obligation.")
@click.option("--since", metavar="MOMENT", help="Recorded then or later.")
@click.option("--until", metavar="MOMENT", help="Recorded then or before; of a day, all of it.")
@click.option("--newest", type=options.COUNT, metavar="N", help="Only the newest N.")
def history(  # noqa: PLR0917  its options, by name
    agreement: str,
    as_json: bool,  # noqa: FBT001
    database: str,
    kinds: tuple[str, ...],
    party: str | None,
    obligation: str | None,
    since: str | None,
    until: str | None,
    newest: int | None,
) -> None:
    """Show what was said, and what followed, as a table.

    With --json the lines of the journal, byte for byte.

    Example: phaseflow history plan --obligation hostages --since 2025-02-01

    Example: phaseflow history plan --kind advance --json
    """
    wanted = Wanted(
        kinds=kinds, party=party, obligation=obligation, since=since, until=until, newest=newest
    )
    with opened(database) as store:
        if as_json:
            for line in lines(store, agreement, wanted):
                if not exactly(line.encode(), visible=escaped):
                    break
        else:
            click.echo(history_page(api.history(store, agreement, wanted)))
