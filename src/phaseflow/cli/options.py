"""Options that several commands share, and the forms in which people write values."""

import hashlib
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from phaseflow.cli.main import JSON

Command = TypeVar("Command", bound=Callable[..., Any])

_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PART = re.compile(r"([a-z][a-z0-9_]{0,31})=(\d{1,16})", re.ASCII)
_COUNT = re.compile(r"\d{1,16}", re.ASCII)
_LARGEST = 2**53 - 1


def database(command: Command) -> Command:
    """Add ``--database``."""
    return click.option(
        "--database",
        "database",
        envvar="PHASEFLOW_DATABASE",
        default="phaseflow.db",
        show_default=True,
        metavar="URL",
        help="SQLite file, or postgresql://...; else PHASEFLOW_DATABASE.",
    )(command)


def as_json(command: Command) -> Command:
    """Add ``--json``."""

    def remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:  # noqa: FBT001
        ctx.meta[JSON] = value
        return value

    return click.option(
        "--json", "as_json", is_flag=True, callback=remember, help="Print a document for programs."
    )(command)


def now(command: Command) -> Command:
    """Add ``--now``."""
    return click.option(
        "--now", "now", metavar="MOMENT", help="The clock of a rehearsal; refused on others."
    )(command)


def agreement(command: Command) -> Command:
    """Add the argument that names an agreement."""
    return click.argument("agreement")(command)


def reading(command: Command) -> Command:
    """Add what every reading command takes."""
    return agreement(as_json(database(command)))


def amount(command: Command) -> Command:
    """Add ``--amount``, repeatable."""
    return click.option(
        "--amount",
        "amount",
        multiple=True,
        metavar="N|NAME=N,...",
        callback=_amount,
        help="Units, or units by category; repeatable.",
    )(command)


def nonce(command: Command) -> Command:
    """Add ``--nonce``; random if it is not given."""
    return click.option(
        "--nonce",
        "nonce",
        metavar="HEX",
        callback=_nonce,
        help="32 hex digits; the same nonce files nothing twice. [default: random]",
    )(command)


def _amount(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> int | dict[str, int] | None:
    if not values:
        return None
    if len(values) == 1 and _COUNT.fullmatch(values[0]):
        return _bounded(values[0])
    parts: dict[str, int] = {}
    for text in ",".join(values).split(","):
        found = _PART.fullmatch(text.strip())
        if found is None:
            msg = f"{text!r} is no amount; write 3, or men_over_50=3,female_soldiers=1"
            raise click.BadParameter(msg)
        if found[1] in parts:
            msg = f"{found[1]} is given twice"
            raise click.BadParameter(msg)
        parts[found[1]] = _bounded(found[2])
    return parts


def _bounded(text: str) -> int:
    if int(text) > _LARGEST:
        msg = f"{text} is too large"
        raise click.BadParameter(msg)
    return int(text)


def _nonce(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    ctx.meta["phaseflow.nonce"] = value is not None
    if value is None:
        return secrets.token_hex(16)
    if not _NONCE.fullmatch(value):
        msg = f"{value!r} is no nonce; write 32 hex digits, or leave it out"
        raise click.BadParameter(msg)
    return value


def announce(nonce_: str) -> None:
    """Tell the nonce before anything is committed, unless it was given."""
    if not click.get_current_context().meta.get("phaseflow.nonce"):
        click.echo(f"nonce {nonce_}: to repeat this safely, add it with --nonce", err=True)


def read(path: Path) -> bytes:
    """Return the bytes of a file that a person named.

    Raises:
        click.BadParameter: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise click.UsageError(msg) from error


def document(path: Path) -> bytes:
    """Return the bytes of a definition or a scenario; of one that is too large, enough to tell.

    Raises:
        click.BadParameter: it cannot be read.
    """
    from phaseflow.language.source import BYTES_AT_MOST  # noqa: PLC0415  YAML is slow to load

    try:
        with path.open("rb") as file:
            return file.read(BYTES_AT_MOST + 1)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise click.UsageError(msg) from error


def digests(files: tuple[Path, ...]) -> list[str]:
    """Return the SHA-256 of each file."""
    return [hashlib.sha256(read(path)).hexdigest() for path in files]
