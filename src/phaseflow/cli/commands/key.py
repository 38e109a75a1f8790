"""The command ``key``."""

from pathlib import Path

import click

from phaseflow.cli import input_files, options
from phaseflow.cli.statement_options import StatementOptions, saying
from phaseflow.model.statement import KeySet
from phaseflow.service import keyring

FOR = click.option(
    "--for",
    "owner",
    metavar="PARTY",
    help="Whose key it is, if not one's own: then it is a vote of those who may recover it.",
)


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
    _replace(said, input_files.public_key(file), owner)


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
    said.file("key.set", KeySet(actor=party, key=new, replaces=present))
