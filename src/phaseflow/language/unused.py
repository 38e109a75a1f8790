"""Advice PF216 to PF218: what is named and never used."""

import re
from collections.abc import Iterator
from typing import Any

from phaseflow.language.scope import REMARKS
from phaseflow.language.written import Fault, Written
from phaseflow.model.definition import PartyExpression

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FOR_PEOPLE = REMARKS | {"else", "sources", "unit"}


def findings_are_read(written: Written) -> Iterator[Fault]:
    """Something reads each finding."""
    used = _used(written, "findings")
    for name in written.definition.findings:
        if name not in used:
            message = f"nothing reads {name!r}: finding it changes nothing"
            remedy = "read it in a guard, a moment or an amount, or remove it"
            yield Fault(("findings", name), message, remedy, at_key=True)


def groups_are_named(written: Written) -> Iterator[Fault]:
    """Some party expression names each group."""
    used = _used(written, "groups")
    for name in written.reading.form.groups:
        if name not in used:
            message = f"no party expression names {name!r}"
            remedy = "name it where it decides, or remove it"
            yield Fault(("groups", name), message, remedy, at_key=True)


def parties_take_part(written: Written) -> Iterator[Fault]:
    """Each party owes, is owed, verifies or decides something, or observes."""
    definition = written.definition
    busy = {party.through for party in definition.parties.values()}
    for expression in _expressions(written):
        busy.update(expression.members if expression is not None else ())
    for owed in definition.obligations.values():
        busy |= {owed.obligor, *owed.obligees}
    for name, party in definition.parties.items():
        if name not in busy and party.role != "observer":
            message = f"{name!r} owes nothing, is owed nothing, and decides nothing"
            remedy = "give it a part, or the role observer"
            yield Fault(("parties", name), message, remedy, at_key=True)


def _expressions(written: Written) -> Iterator[PartyExpression | None]:
    definition = written.definition
    yield definition.amended_by
    yield from (finding.by for finding in definition.findings.values())
    yield from (owed.verified_by for owed in definition.obligations.values())
    for transition in definition.transitions.values():
        yield transition.owners
        yield from (guard.waivable_by for guard in transition.guards)


def _used(written: Written, section: str) -> set[str]:
    """Return every word of the file outside ``section`` and of what is for people only."""
    document = written.scope.faults.document.data
    found: set[str] = set()
    pending: list[Any] = [inner for key, inner in document.items() if key != section]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            found.update(_NAME.findall(one))
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            found.update(one)
            pending += [inner for key, inner in one.items() if key not in _FOR_PEOPLE]
    return found
