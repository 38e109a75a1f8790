"""Bytes in, checked definition out; of a faulty one, every fault at once."""

import hashlib
import re

from phaseflow.diagnostic import Diagnostic
from phaseflow.errors import DefinitionInvalid
from phaseflow.language.document import DefinitionForm, listed
from phaseflow.language.document.read_document import Reading, read_form
from phaseflow.language.faults import Faults
from phaseflow.language.ignore import check_ignores, leave_alone
from phaseflow.language.resolve.calendar import resolve_calendar, resolve_zone
from phaseflow.language.resolve.declared_duties import declare
from phaseflow.language.resolve.findings import resolve_finding
from phaseflow.language.resolve.names import Scope, check_unique
from phaseflow.language.resolve.obligations import resolve_obligations
from phaseflow.language.resolve.parties import resolve_groups, resolve_parties
from phaseflow.language.resolve.party_expression import party_expression
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.resolve.states import (
    resolve_initial,
    resolve_renames,
    resolve_states,
    walk_states,
)
from phaseflow.language.resolve.transitions import resolve_transitions
from phaseflow.language.rules import registry
from phaseflow.language.rules.rule import Written
from phaseflow.language.unreadable import lost
from phaseflow.model.definition import Definition, Obligation
from phaseflow.text.source import read

_DEFINITION_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_THINGS_AT_MOST = 1_000


def parse_definition(source: bytes, file: str) -> Definition:
    """Return the definition that ``source`` spells; ``file`` names it in faults.

    Pure. Its ``digest`` is the lower-case hex SHA-256 of ``source``.

    Raises:
        DefinitionInvalid: with every error that could be found, in the order
            of the file.
    """
    faults, written = _written(source, file)
    faults.finish()
    return written.definition


def examine(source: bytes, file: str) -> tuple[Definition | None, tuple[Diagnostic, ...]]:
    """Return what :func:`parse_definition` would, None where it raises, and all diagnostics.

    These are errors, warnings and advice, in the order of the file, without
    what a comment in it gives a reason to leave alone.
    """
    try:
        faults, written = _written(source, file)
        registry.advise(written)
    except DefinitionInvalid as invalid:
        return None, invalid.faults
    leave_alone(faults)
    return None if faults.has_errors else written.definition, faults.ordered()


def _written(source: bytes, file: str) -> tuple[Faults, Written]:
    document = read(source, file)
    faults = Faults(document)
    if not document.is_readable:
        faults.fail()
    reading = read_form(document.data, faults)
    kept = (state.name for state in walk_states(reading.form.states))
    names = lost(document.data, reading.form, kept)
    scope = Scope(faults=faults, damaged=reading.damaged, lost=names)
    definition = _definition(reading, scope, hashlib.sha256(source).hexdigest())
    written = Written(definition=definition, reading=reading, scope=scope)
    registry.check(written)
    check_ignores(faults)
    return faults, written


def _definition(reading: Reading, scope: Scope, digest: str) -> Definition:
    form = reading.form
    _check_head(form, scope.faults)
    _check_size(form, scope.faults)
    parties = resolve_parties(form, scope)
    resolve_groups(form, scope)
    states = resolve_states(form, scope)
    scope.zone = resolve_zone(form.calendar, scope)
    scope.findings = {name: resolve_finding(name, f, scope) for name, f in form.findings.items()}
    declare(form, scope)
    _check_namespaces(reading, scope)
    numbered = resolve_calendar(form.calendar, scope)
    owed = [o for base, f in form.obligations.items() for o in resolve_obligations(base, f, scope)]
    owned = resolve_transitions(reading, scope)
    amendments = form.amendments
    return Definition(
        digest=digest,
        name=form.name,
        edition=form.edition,
        title=form.title or form.name,
        calendar=numbered,
        parties=parties,
        groups=scope.groups,
        findings=scope.findings,
        obligations=_by_name(owed),
        states=states,
        initial=resolve_initial(form.initial, scope),
        transitions={t.name: t for t in owned},
        amended_by=party_expression(amendments.by, ("amendments", "by"), scope)
        if amendments
        else None,
        amendment=remarks(amendments),
        renames=resolve_renames(form.renames, scope),
        sources=tuple(text for text, _ in listed(form.sources, ()) if text),
        remarks=remarks(form),
    )


def _by_name(owed: list[Obligation]) -> dict[str, Obligation]:
    return {obligation.name: obligation for obligation in owed}


def _check_head(form: DefinitionForm, faults: Faults) -> None:
    if not _DEFINITION_NAME.fullmatch(form.name):
        remedy = "use a-z, 0-9 and _, beginning with a letter, at most 64"
        faults.add("PF201", ("name",), f"{form.name!r} cannot name a definition", remedy)


def _check_size(form: DefinitionForm, faults: Faults) -> None:
    """Refuse what is too large to reckon with, at once: some work grows with the square."""
    count = {
        "parties": len(form.parties),
        "obligations": len(form.obligations),
        "states": sum(1 for _ in walk_states(form.states)),
        "transitions": len(form.transitions),
    }
    for section, number in count.items():
        if number > _THINGS_AT_MOST:
            message = f"there are more than {_THINGS_AT_MOST} {section}"
            faults.add("PF103", (section,), message, "make agreements of its parts", at_key=True)
    if any(number > _THINGS_AT_MOST for number in count.values()):
        faults.fail()


def _check_namespaces(reading: Reading, scope: Scope) -> None:
    """Note names that would say two things in a guard, a moment or a party expression."""
    parties = [("party", name, ("parties", name)) for name in scope.parties]
    groups = [("group", name, ("groups", name)) for name in reading.form.groups]
    findings = [("finding", name, ("findings", name)) for name in scope.findings]
    duties = [("obligation", name, ("obligations", name)) for name in scope.duties]
    states = [("state", name, node.path) for name, node in scope.states.items()]
    check_unique([*parties, *groups], scope.faults, at_key=True)
    check_unique([*parties, *findings, *duties], scope.faults, at_key=True)
    seen = {name for _, name, _ in [*findings, *duties]}
    clashing = [one for one in states if one[1] in seen]
    check_unique([*findings, *duties, *clashing], scope.faults, at_key=True)
