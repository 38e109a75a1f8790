"""Rules on what is named and never used, or named as something else."""

from collections.abc import Iterator

from phaseflow.language.resolve.names import PLURAL
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.language.unreadable import names_in
from phaseflow.model.party import PartyExpression


@rule(
    "PF216",
    "warning",
    whole=True,
    asks="Something reads each finding.",
    why="""
        A finding that nothing reads looks as if it decided something. Most often the guard that was
        to read it is missing.
        """,
    instead="Read it, or remove it.",
    bad="""
        findings:
          roads_open: {by: watch}
        """,
    good="""
        findings:
          roads_open: {by: watch}
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, requires: roads_open}
        """,
)
def findings_are_read(written: Written) -> Iterator[Fault]:
    """Yield each finding that nothing reads."""
    used = _used(written, "findings")
    for name in written.definition.findings:
        if name not in used:
            message = f"nothing reads {name!r}: finding it changes nothing"
            remedy = "read it in a guard, a moment or an amount, or remove it"
            yield Fault(("findings", name), message, remedy, at_key=True)


@rule(
    "PF217",
    "warning",
    whole=True,
    asks="Some party expression names each group.",
    why="A group that nothing names has no power. Most often another group was named in its place.",
    instead="Name it where it decides, or remove it.",
    bad="""
        groups: {donors: [north, watch]}
        """,
    good="""
        groups: {donors: [north, watch]}
        amendments: {by: {all: donors}}
        """,
)
def groups_are_named(written: Written) -> Iterator[Fault]:
    """Yield each group that no party expression names."""
    used = _used(written, "groups")
    for name in written.reading.form.groups:
        if name not in used:
            message = f"no party expression names {name!r}"
            remedy = "name it where it decides, or remove it"
            yield Fault(("groups", name), message, remedy, at_key=True)


@rule(
    "PF218",
    "advice",
    whole=True,
    asks="Each party owes, is owed, verifies or decides something, or observes.",
    why="""
        Whoever signs will ask for what. A party without a part is often one whose duties were
        forgotten.
        """,
    instead="Give it a part, or the role observer.",
    bad="""
        parties:
          north: {role: signatory}
          south: {role: signatory}
          envoy: {role: mediator}
        """,
    good="""
        parties:
          north: {role: signatory}
          south: {role: signatory}
          envoy: {role: observer}
        """,
)
def parties_take_part(written: Written) -> Iterator[Fault]:
    """Yield each party that has nothing to do, and is not an observer."""
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


@rule(
    "PF219",
    "warning",
    whole=True,
    asks="No party is titled as another party, or as all who hold a role.",
    why="""
        In the sentences that people read, a party is called by its title. Where two are called the
        same, or one is called as all who hold a role, a right of one reads as a right of the other.
        """,
    instead="Give each party a title of its own.",
    bad="""
        parties:
          north: {role: signatory, title: The Republic}
          south: {role: signatory, title: The Republic}
        """,
    good="""
        parties:
          north: {role: signatory, title: The Northern Republic}
          south: {role: signatory, title: The Southern Republic}
        """,
)
def parties_are_told_apart(written: Written) -> Iterator[Fault]:
    """Yield each party whose title is that of another, or of a group."""
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
