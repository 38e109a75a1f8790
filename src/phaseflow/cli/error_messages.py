"""Errors as people meet them: one message on stderr, one exit code."""

import click

from phaseflow.cli.exit_codes import BROKEN, CONFLICT, REFUSED, UNREACHABLE, USAGE
from phaseflow.cli.terminal import emit, heading, wrapped
from phaseflow.errors import (
    Conflict,
    DefinitionInvalid,
    JournalBroken,
    NotDrawn,
    NotSigned,
    PhaseflowError,
    Refused,
    StatementInvalid,
    StoreUnavailable,
    Unconfirmed,
)
from phaseflow.model.statement import Reason
from phaseflow.model.visible import clean

CODES: dict[type[PhaseflowError], int] = {
    DefinitionInvalid: REFUSED,
    Refused: REFUSED,
    Unconfirmed: REFUSED,
    StatementInvalid: USAGE,
    NotDrawn: USAGE,
    NotSigned: USAGE,
    JournalBroken: BROKEN,
    Conflict: CONFLICT,
    StoreUnavailable: UNREACHABLE,
}


def exit_code(error: PhaseflowError) -> int:
    """Return what the process ends with."""
    return next(code for kind, code in CODES.items() if isinstance(error, kind))


def say(error: PhaseflowError, *, as_json: bool) -> None:
    """Write the message of ``error``; a refusal with all its reasons."""
    if isinstance(error, Refused):
        _say_refused(error, as_json=as_json)
        return
    if as_json and isinstance(error, Unconfirmed):
        from phaseflow.service.json.refused import refused_document  # noqa: PLC0415  slow to load

        emit(refused_document(str(error), ()))
    message = clean(str(error))
    click.echo(message if isinstance(error, DefinitionInvalid) else f"error: {message}", err=True)


def _say_refused(error: Refused, *, as_json: bool) -> None:
    if as_json:
        from phaseflow.service.json.refused import refused_document  # noqa: PLC0415  slow to load

        emit(refused_document(str(error), error.reasons))
    click.echo(heading(f"{error}, because"), err=True)
    for reason in error.reasons:
        click.echo(reason_text(reason), err=True)
    click.echo("Nothing was filed; --on-record files it with these reasons.", err=True)


def reason_text(reason: Reason, indent: int = 2) -> str:
    """Return a reason as people read it: rule, sentence, values, clause, who could change it."""
    lines = wrapped(reason.text, indent=indent + 2, first=" " * indent + "- ")
    for name, value in reason.values.items():
        lines += wrapped(f"{name} is {value}", indent=indent + 4)
    if reason.clause:
        lines += wrapped(f"clause: {reason.clause}", indent=indent + 4)
    if reason.curable_by:
        lines += wrapped(f"could be changed by {', '.join(reason.curable_by)}", indent=indent + 4)
    return "\n".join(lines)
