"""Commands that show the journal, and the text that it is about: history, show, text."""

import click

from phaseflow.cli import options
from phaseflow.cli.layout import emit, exactly
from phaseflow.cli.pages.journal import entry_page, history_page
from phaseflow.cli.stores import opened
from phaseflow.model.visible import escaped
from phaseflow.service import reading
from phaseflow.service.json.evidence import shown_document


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
    wanted = reading.Wanted(
        kinds=kinds, party=party, obligation=obligation, since=since, until=until, newest=newest
    )
    with opened(database) as store:
        if as_json:
            for line in reading.lines(store, agreement, wanted):
                if not exactly(line.encode(), visible=escaped):
                    break
        else:
            click.echo(history_page(reading.history(store, agreement, wanted)))


@click.command()
@options.agreement
@click.argument("entry", type=options.ENTRY)
@options.as_json
@options.database
def show(agreement: str, entry: int, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Show one entry whole, and what followed from it in plain sentences.

    Example: phaseflow show plan 12
    """
    with opened(database) as store:
        found = reading.show(store, agreement, entry)
    if as_json:
        emit(shown_document(found))
    else:
        click.echo(entry_page(found))


@click.command()
@options.agreement
@click.option("--edition", metavar="NAME|DIGEST", help="Of another that was in effect or proposed.")
@options.database
def text(agreement: str, edition: str | None, database: str) -> None:
    """Print the text of an agreement, byte for byte.

    It is the edition in effect, or with --edition one that was in effect before
    or was proposed: by its name, or by the beginning of its SHA-256.

    Example: phaseflow text plan > plan.yaml

    Example: phaseflow text plan --edition 5d1e > proposed.yaml
    """
    with opened(database) as store:
        source = reading.text(store, agreement, edition)
    exactly(source)
