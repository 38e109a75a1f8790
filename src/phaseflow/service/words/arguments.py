"""What people write, brought into the form of the journal: moments, values, short names."""

import re
from collections.abc import Collection
from typing import Any

from phaseflow.errors import StatementInvalid
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.statement import KINDS, RECORDER
from phaseflow.model.visible import quoted
from phaseflow.service.words.moments import moment
from phaseflow.service.words.suggestion import suggestion

_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_QUOTED = 60
_WHOLE = re.compile(r"-?\d{1,16}", re.ASCII)
_OF_OTHERS = {name for name, kind in KINDS.items() if kind.is_of_others}


def settled(
    definition: Definition,
    actor: str,
    kind: str,
    body: dict[str, Any],
    former: Collection[str] = (),
) -> dict[str, Any]:
    """Return ``body`` with full names of obligations, moments in UTC and typed values.

    ``former`` are obligations of earlier editions, by their full names.

    Raises:
        StatementInvalid: a short name could be several obligations, a moment or
            a value is spelled in no known way.
    """
    zone = definition.calendar.zone
    settled = dict(body)
    for member in ("until", "happened", "effective", "occurred_at", "from", "to"):
        if member in settled:
            settled[member] = str(moment(zone, str(settled[member]), member))
    named = settled.get("obligation")
    if isinstance(named, str):
        settled["obligation"] = _meant(definition, named, actor, kind, former)
    elif isinstance(named, list):
        meant = [_meant(definition, str(n), actor, kind, former) for n in named]
        settled["obligation"] = meant
    if kind == "find" and isinstance(settled.get("value"), str):
        settled["value"] = _value(definition, str(settled.get("finding")), settled["value"])
    return settled


def _meant(
    definition: Definition, name: str, actor: str, kind: str, former: Collection[str]
) -> str:
    return name if name in former else full_name(definition, name, actor, kind)


def is_of_the_recorder(actor: str, kind: str) -> bool:
    """Tell whether the recorder may say this by itself, as it opens and lets time pass."""
    return actor == RECORDER and kind in ("key.set", "redact")


def check_actor(definition: Definition, actor: str) -> None:
    """Do nothing if ``actor`` may speak in the agreement.

    Raises:
        StatementInvalid: it is no party.
    """
    if actor in definition.parties:
        return
    if actor == RECORDER:
        msg = "the recorder only opens the journal and records that time has passed"
    else:
        near = suggestion(actor, definition.parties)
        msg = f"{actor!r} is no party{near}; the parties are {', '.join(definition.parties)}"
    raise StatementInvalid(msg)


def full_name(definition: Definition, name: str, actor: str | None = None, kind: str = "") -> str:
    """Return the obligation that ``name`` means when ``actor`` says it.

    A short name (``cease_fire`` of ``cease_fire.israel``) means one's own, in
    an accusation or a waiver the only one of somebody else.

    Raises:
        StatementInvalid: there is none, or it could be several.
    """
    if name in definition.obligations:
        return name
    same = [o for o in definition.obligations.values() if o.base == name]
    if not same:
        bases = {*definition.obligations, *(o.base for o in definition.obligations.values())}
        msg = f"there is no obligation {name!r}{suggestion(name, bases)}"
        raise StatementInvalid(msg)
    fitting = [o for o in same if _fits(o, actor, kind)]
    if len(fitting) == 1:
        return fitting[0].name
    msg = f"{name!r} is owed by several; say which: {', '.join(o.name for o in same)}"
    raise StatementInvalid(msg)


def _fits(obligation: Obligation, actor: str | None, kind: str) -> bool:
    return (obligation.obligor == actor) is not (kind in _OF_OTHERS)


def _value(definition: Definition, finding: str, text: str) -> bool | int | str:
    if finding not in definition.findings:
        msg = f"there is no finding {finding!r}{suggestion(finding, definition.findings)}"
        raise StatementInvalid(msg)
    kind = definition.findings[finding].type
    wanted: str
    value: bool | int | str | None
    match kind:
        case "boolean":
            wanted = "true or false"
            value = _BOOLEANS.get(text)
        case "integer":
            wanted = "a whole number"
            value = _whole(text)
        case "date":
            wanted = "a day, 2025-02-08"
            when = moment(definition.calendar.zone, text, "value")
            value = str(when) if when.is_day else None
        case "instant":
            wanted = "a moment, 2025-02-08T12:00"
            when = moment(definition.calendar.zone, text, "value")
            value = None if when.is_day else str(when)
        case "word":
            wanted = "a word"
            value = text
    if value is None:
        msg = f"the finding {finding!r} takes {wanted}, not {quoted(text, _QUOTED)}"
        raise StatementInvalid(msg)
    return value


def _whole(text: str) -> int | str | None:
    """Return a whole number as the journal holds it: one below zero as text."""
    if not _WHOLE.fullmatch(text):
        return None
    value = int(text)
    return value if value >= 0 else str(value)
