"""Options that several commands share, and the forms in which people write values."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from phaseflow.api import QUIET_AT_MOST
from phaseflow.cli.defaults import folder
from phaseflow.cli.run import Run

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
        ctx.ensure_object(Run).as_json = value
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


def most_quiet(command: Command) -> Command:
    """Add ``--clock-is-right``; it gives how long the database may have been quiet, None: for ever."""

    def settle(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> str | None:  # noqa: FBT001
        return None if value else QUIET_AT_MOST

    return click.option(
        "--clock-is-right",
        "most_quiet",
        is_flag=True,
        callback=settle,
        help="Record by this machine's clock, however long nothing was recorded.",
    )(command)


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


class _Entry(click.ParamType[int]):
    """The number of an entry in the journal."""

    name = "entry"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        if not _COUNT.fullmatch(value):
            history = "`phaseflow history` shows the numbers of the entries"
            self.fail(f"{value!r} is no number of an entry; {history}", param, ctx)
        return int(value)


ENTRY = _Entry()
COUNT = click.IntRange(min=1, max=_LARGEST)
FILE = click.Path(path_type=Path)


def sign_with(command: Command) -> Command:
    """Add ``--sign-with``."""
    return click.option(
        "--sign-with",
        "sign_with",
        type=FILE,
        metavar="KEY",
        help="Sign with this key of ssh-keygen, or the .pub of one that the agent holds.",
    )(command)


def recorder_key(command: Command) -> Command:
    """Add ``--recorder-key``."""
    return click.option(
        "--recorder-key",
        "recorder_key",
        type=FILE,
        metavar="KEY",
        help="The recorder's key, where it is at hand: it signs the receipt.",
    )(command)


def pins(command: Command) -> Command:
    """Add ``--pins``."""
    return click.option(
        "--pins",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Where receipts are kept.  [default: a folder of your own]",
    )(command)


def output(command: Command) -> Command:
    """Add ``--output``, the name of a file that is written over."""
    return click.option("--output", metavar="FILE", help="Where to write it.  [default: stdout]")(
        command
    )


def receipting(command: Command) -> Command:
    """Add what a command takes that may end with a receipt."""
    return recorder_key(pins(command))


def pins_folder(given: Path | None) -> Path:
    """Return where receipts are kept, a folder for each agreement.

    Raises:
        click.UsageError: nothing is given, and there is no home directory.
    """
    return given or folder() / "pins"


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
