"""Advice PF216 to PF219: what is named and never used, or named as something else."""

from collections.abc import Iterator

from phaseflow.language.resolve.names import PLURAL
from phaseflow.language.rules.written import Fault, Written
from phaseflow.language.unreadable import names_in
from phaseflow.model.definition import PartyExpression


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


def parties_are_told_apart(written: Written) -> Iterator[Fault]:
    """No party is titled as another party, or as all who hold a role."""
    parties = written.definition.parties
    called = {role: f"the group {role!r}" for role in PLURAL.values()}
    called |= {_plain(name): repr(name) for name in parties}
    for name, party in parties.items():
        title = _plain(party.remarks.title or name)
        other = called.setdefault(title, repr(name))
        if other != repr(name):
            message = f"{name!r} is titled as {other}: who reads it cannot tell them apart"
            path = ("parties", name, "title")
            yield Fault(path, message, "give each party a title of its own")


def _plain(title: str) -> str:
    """Return ``title`` without what the eye does not count."""
    return " ".join(word for word in title.casefold().split() if word not in {"all", "the"})


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
    return names_in([inner for key, inner in document.items() if key != section])
