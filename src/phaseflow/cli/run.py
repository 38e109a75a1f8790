"""How a run of the program ends: its last words, and its exit code."""

import errno
import sys
import traceback
from collections.abc import Callable, Iterator

import click

from phaseflow.cli import exit_codes
from phaseflow.cli.safe_streams import SafeStream
from phaseflow.errors import PhaseflowError
from phaseflow.storage.committed import Committed

_OF_THE_MACHINE = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM
})  # fmt: skip


class Run:
    """What is known of a run beyond its own command: who reads it, and what it has written."""

    def __init__(self) -> None:
        """Begin with nothing written, for people."""
        self.as_json = False
        self.written = Committed()


class MachineFailed(click.ClickException):
    """The disk, the memory or another part of the machine failed; nobody used anything wrongly."""

    exit_code = exit_codes.FAILED


class Unreceipted(click.ClickException):
    """Something is filed, and its receipt could not be made or kept."""

    exit_code = exit_codes.UNSHOWN


def unusable(path: object, what: str, error: OSError) -> click.ClickException:
    """Return the error that a file cannot be read or written, by whose fault that is."""
    kind = MachineFailed if error.errno in _OF_THE_MACHINE else click.UsageError
    return kind(f"{path} cannot be {what}: {error.strerror or error}")


def ended(act: Callable[[], int | None], run: Run, out: SafeStream) -> int:
    """Run ``act``, say what went wrong, and return the exit code.

    What a user, an operator or the machine can cause ends in a message, a bug
    in its traceback.
    """
    is_whole = False
    try:
        code = act() or exit_codes.DONE
        is_whole = True
    except BaseException as error:  # noqa: BLE001  each is told, and has its code
        code = _told(error, run)
    out.flush()
    settled = _settled(code, run.written, out.failure)
    if out.failure is not None and settled != exit_codes.READER_LEFT:
        click.echo(f"error: the text could not be shown: {out.failure.strerror}", err=True)
    if out.failure is not None or not is_whole:
        for line in _standing(code, run.written):
            click.echo(line, err=True)
    return settled


def _settled(code: int, written: Committed, failure: OSError | None) -> int:
    """Return the code of the run whose command ended with ``code``: 6 comes before 0, 1, 2 and 74.

    Time that was recorded before a refused statement makes no statement filed.
    """
    is_filed = any(line.kind != "tick" for line in written.entries)
    if is_filed and code in (exit_codes.USAGE, exit_codes.FAILED):
        return exit_codes.UNSHOWN
    if failure is None:
        return code
    if (is_filed and code == exit_codes.REFUSED) or (written.committed and code == exit_codes.DONE):
        return exit_codes.UNSHOWN
    if code == exit_codes.DONE:
        return exit_codes.READER_LEFT if failure.errno == errno.EPIPE else exit_codes.FAILED
    return code


def _standing(code: int, written: Committed) -> Iterator[str]:
    """Yield what stands in the database after a run that did not end as it should."""
    for line in written.entries:
        yield f"entry {line.seq} of {line.agreement} IS filed ({line.kind}): hash {line.hash}"
    for line in written.unsure:
        look = f"look with `phaseflow history {line.agreement}`"
        yield f"whether entry {line.seq} of {line.agreement} was filed is not known: {look}"
    if not (written.entries or written.unsure):
        if code == exit_codes.INTERRUPTED and written.begun and not written.committed:
            yield "nothing was filed"
        elif code == exit_codes.DONE and written.committed:
            yield "what was asked IS done, and no entry is new"


def _told(error: BaseException, run: Run) -> int:
    """Say what ``error`` is, and return its exit code."""
    match error:
        case PhaseflowError():
            from phaseflow.cli.error_messages import exit_code, say  # noqa: PLC0415  --help is quick

            say(error, as_json=run.as_json)
            return exit_code(error)
        case SystemExit():
            return error.code if isinstance(error.code, int) else exit_codes.DONE
        case KeyboardInterrupt() | click.Abort():
            click.echo("interrupted", err=True)
            return exit_codes.INTERRUPTED
        case click.ClickException():
            error.show()
            return error.exit_code
        case MemoryError():
            click.echo("error: this takes more memory than the machine has", err=True)
            return exit_codes.FAILED
        case OSError():
            click.echo(f"error: {error}", err=True)
            return exit_codes.FAILED if error.errno in _OF_THE_MACHINE else exit_codes.USAGE
        case _:
            traceback.print_exception(error, file=sys.stderr)
            click.echo("This is a bug in phaseflow: please report it, with these lines.", err=True)
            return exit_codes.BUG
