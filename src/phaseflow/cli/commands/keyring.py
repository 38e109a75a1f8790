"""Commands on keys: keys, key set, key revoke."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.layout import emit
from phaseflow.cli.pages.desk import keys_page
from phaseflow.cli.said import StatementOptions, saying
from phaseflow.cli.stores import opened
from phaseflow.service import keyring
from phaseflow.service.json.evidence import keys_document

FOR = click.option(
    "--for",
    "owner",
    metavar="PARTY",
    help="Whose key it is, if not one's own: then it is a vote of those who may recover it.",
)


@click.command()
@options.reading
def keys(agreement: str, as_json: bool, database: str) -> None:  # noqa: FBT001
    """Show who has had which key, and from which entry on.

    Example: phaseflow keys plan
    """
    with opened(database) as store:
        held = keyring.held(store, agreement)
    if as_json:
        emit(keys_document(held))
        return
    click.echo(keys_page(held))


@click.group()
def key() -> None:
    """Give oneself another key, revoke it, or vote for that of somebody who lost it.

    Example: phaseflow key set plan new.pub --by israel --sign-with old
    """


@key.command("set")
@options.agreement
@click.argument("file", type=click.Path(path_type=Path))
@FOR
@saying
def set_(said: StatementOptions, file: Path, owner: str | None) -> None:
    """Put a new key in the place of the present one; signed with the present one.

    Example: phaseflow key set plan new.pub --by israel --sign-with old

    Example: phaseflow key set plan new.pub --for israel --by egypt --sign-with egypt
    """
    _replace(said, options.public_key(file), owner)


@key.command()
@options.agreement
@FOR
@saying
def revoke(said: StatementOptions, owner: str | None) -> None:
    """Revoke the present key; its owner cannot speak until it has another.

    Example: phaseflow key revoke plan --by israel --sign-with israel
    """
    _replace(said, None, owner)


def _replace(said: StatementOptions, new: str | None, owner: str | None) -> None:
    party = owner or said.by or ""
    present = keyring.present(said.agreement, party, said.database)
    body = {"actor": party, "key": new, "replaces": present}
    said.file("key.set", body, nullable=("key", "replaces"))
