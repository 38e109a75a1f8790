"""Bytes in, checked definition out; of a faulty one, every fault at once."""

import hashlib
import re
from collections.abc import Iterator
from typing import get_args

from phaseflow.diagnostic import Diagnostic
from phaseflow.errors import DefinitionInvalid
from phaseflow.language.document import (
    DefinitionForm,
    FindingForm,
    StateForm,
    listed,
)
from phaseflow.language.document.read_document import Reading, read_form
from phaseflow.language.faults import Faults, told
from phaseflow.language.ignore import check_ignores, leave_alone
from phaseflow.language.resolve.calendar import calendar, zone
from phaseflow.language.resolve.declare import declare
from phaseflow.language.resolve.moments import when_text
from phaseflow.language.resolve.names import (
    PLURAL,
    Node,
    Scope,
    check_name,
    check_state,
    check_unique,
)
from phaseflow.language.resolve.obligations import obligations
from phaseflow.language.resolve.party_expression import check_party, concur
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.resolve.transitions import transitions
from phaseflow.language.rules import registry
from phaseflow.language.rules.rule import Written
from phaseflow.language.suggest import NEAR, unquoted
from phaseflow.language.unreadable import lost
from phaseflow.model.definition import Definition, Finding, Obligation, Party, State
from phaseflow.model.guard import Type
from phaseflow.text.source import Path, read

_DEFINITION_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}")
_THINGS_AT_MOST = 1_000
_VALUE_OF = {
    "boolean": "write true or false, or leave it out",
    "integer": "write a whole number in digits, or leave it out",
    "date": "write it as in 2025-03-01, or leave it out",
    "instant": "write it as in 2025-03-01T12:00, or leave it out",
}
_TYPES = tuple(name for name in get_args(Type) if name != "word")


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
    kept = (name for name, _, _, _ in _walk(reading.form.states, ("states",), None))
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
    parties = _parties(form, scope)
    _groups(form, scope)
    states = _states(form, scope)
    scope.zone = zone(form.calendar, scope)
    scope.findings = {name: _finding(name, f, scope) for name, f in form.findings.items()}
    declare(form, scope)
    _check_namespaces(reading, scope)
    numbered = calendar(form.calendar, scope)
    owed = [o for base, f in form.obligations.items() for o in obligations(base, f, scope)]
    owned = transitions(reading, scope)
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
        initial=_initial(form.initial, scope),
        transitions={t.name: t for t in owned},
        amended_by=concur(amendments.by, ("amendments", "by"), scope) if amendments else None,
        amendment=remarks(amendments),
        renames=_renames(form.renames, scope),
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
        "states": sum(1 for _ in _walk(form.states, ("states",), None)),
        "transitions": len(form.transitions),
    }
    for section, number in count.items():
        if number > _THINGS_AT_MOST:
            message = f"there are more than {_THINGS_AT_MOST} {section}"
            faults.add("PF103", (section,), message, "make agreements of its parts", at_key=True)
    if any(number > _THINGS_AT_MOST for number in count.values()):
        faults.fail()


def _parties(form: DefinitionForm, scope: Scope) -> dict[str, Party]:
    scope.parties = {name: party.role for name, party in form.parties.items()}
    for name, party in form.parties.items():
        path = ("parties", name)
        check_name(name, path, scope.faults, what="party")
        _check_is_no_group(name, path, scope)
        if party.through == name:
            message = f"{name!r} is bound through itself"
            scope.faults.add("PF204", (*path, "through"), message, "name another party")
        elif party.through is not None:
            check_party(party.through, (*path, "through"), scope)
    if not form.parties and not scope.lost["parties"]:
        scope.faults.add("PF107", ("parties",), "there is no party", "name who is bound by it")
    return {
        name: Party(name=name, role=p.role, through=p.through, remarks=remarks(p))
        for name, p in form.parties.items()
    }


def _check_is_no_group(name: str, path: Path, scope: Scope) -> None:
    """Note it when a party is named as the group of a role that it does not hold alone."""
    for role, plural in PLURAL.items():
        holders = [party for party, held in scope.parties.items() if held == role]
        if name == plural and holders != [name]:
            message = f"{name!r} is the group of those who hold that role"
            scope.faults.add("PF203", path, message, "name the party otherwise", at_key=True)


def _groups(form: DefinitionForm, scope: Scope) -> None:
    """Fill the scope with the groups of the roles that somebody holds, and those written."""
    for role, plural in PLURAL.items():
        members = tuple(name for name, held in scope.parties.items() if held == role)
        if members or plural not in form.groups:
            scope.groups[plural] = members
    for name, listed_members in form.groups.items():
        members = tuple(listed_members)
        path = ("groups", name)
        check_name(name, path, scope.faults, what="group")
        if name in scope.groups:
            message = f"{name!r} is the group of those who hold that role"
            scope.faults.add("PF203", path, message, "name the group otherwise", at_key=True)
        for place, member in enumerate(members):
            check_party(member, (*path, place), scope)
            if member in members[:place]:
                scope.faults.add(
                    "PF203", (*path, place), f"{member!r} is listed twice", "once is enough"
                )
        scope.groups[name] = tuple(m for m in dict.fromkeys(members) if m in scope.parties)


_Written = tuple[str, StateForm | None, Path, str | None]


def _walk(
    states: dict[str, StateForm | None], path: Path, parent: str | None
) -> Iterator[_Written]:
    """Yield every state: its name, form, path and the state around it."""
    for name, form in states.items():
        here = (*path, name)
        yield name, form, here, parent
        if form is not None and form.states:
            yield from _walk(form.states, (*here, "states"), name)


def _states(form: DefinitionForm, scope: Scope) -> dict[str, State]:
    found: dict[str, State] = {}
    written = list(_walk(form.states, ("states",), None))
    check_unique([("state", name, path) for name, _, path, _ in written], scope.faults, at_key=True)
    first: dict[str, Path] = {}
    for name, _, path, _ in written:
        first.setdefault(name, path)
    for name, state, path, parent in written:
        check_name(name, path, scope.faults, what="state")
        if name in found:
            continue
        inner = tuple(state.states or ()) if state else ()
        within = tuple(name for name in inner if first[name] == (*path, "states", name))
        initial = state.initial if state else None
        final = state.final if state else None
        scope.states[name] = Node(
            path=path,
            parent=parent,
            inner=inner,
            within=within,
            initial=initial,
            is_final=final is not None,
        )
        found[name] = State(
            name=name,
            parent=parent,
            is_leaf=not within,
            initial=initial,
            final=final,
            deadlines=(state.deadlines if state else None) or "run",
            remarks=remarks(state),
        )
    return found


def _finding(name: str, form: FindingForm, scope: Scope) -> Finding:
    path = ("findings", name)
    check_name(name, path, scope.faults, what="finding")
    if name == "open":
        message = "'open' is an amount and cannot name a finding"
        scope.faults.add("PF202", path, message, "name it otherwise", at_key=True)
    type_ = _type(form, path, scope)
    words = tuple(form.type) if isinstance(form.type, list) else ()
    initially = _initially(form.initially, type_, words, (*path, "initially"), scope)
    by = concur(form.by, (*path, "by"), scope)
    return Finding(
        name=name, by=by, type=type_, words=words, initially=initially, remarks=remarks(form)
    )


def _type(form: FindingForm, path: Path, scope: Scope) -> Type:
    here = (*path, "type")
    if isinstance(form.type, list):
        if not form.type:
            scope.faults.add("PF215", here, "this list has no words", "write for example [yes, no]")
        for place, word in enumerate(form.type):
            if not _WORD.fullmatch(word) or word in {"true", "false", "and", "or", "not"}:
                small = word.lower().replace(" ", "_")
                remedy = "use a-z, 0-9 and _, beginning with a letter, at most 32"
                if _WORD.fullmatch(small) and small != word:
                    remedy = f"{NEAR}{small!r}?"
                scope.faults.add("PF215", (*here, place), f"{word!r} is not a word", remedy)
        return "word"
    if form.type not in _TYPES:
        message = f"{form.type!r} is not a type"
        near = scope.faults.near(form.type, _TYPES)
        remedy = near if near.startswith(NEAR) else f"{near}, or a list of words"
        scope.faults.add("PF109", here, message, remedy)
        return "boolean"
    return next(name for name in get_args(Type) if name == form.type)


def _initially(
    value: bool | int | str | None,  # noqa: FBT001 -- the value of a finding
    type_: Type,
    words: tuple[str, ...],
    path: Path,
    scope: Scope,
) -> bool | int | str | None:
    if value is None:
        return None
    if type_ in {"date", "instant"}:
        when = when_text(value, scope.zone) if isinstance(value, str) else None
        if when is not None and when.is_day == (type_ == "date"):
            return str(when)
    elif type_ == "word":
        if value in words:
            return value
    elif isinstance(value, bool if type_ == "boolean" else int) and not (
        type_ == "integer" and isinstance(value, bool)
    ):
        return value
    wanted = f"one of {', '.join(words)}" if words else f"of type {type_}"
    remedy = scope.faults.near(str(value), words) if words else _VALUE_OF.get(type_, "")
    if isinstance(value, str) and type_ in {"boolean", "integer"} and unquoted(value):
        remedy = f"write {unquoted(value)}, without quotes"
    scope.faults.add("PF215", path, f"{told(value)} is not {wanted}", remedy)
    return None


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


def _renames(renames: dict[str, str], scope: Scope) -> dict[str, str]:
    """Return what each state of an earlier edition is now."""
    found = {}
    for old, new in renames.items():
        path: Path = ("renames", old)
        check_name(old, path, scope.faults, what="state")
        if old in scope.states:
            message = f"{old!r} is a state of this edition, so it is called nothing else"
            scope.faults.add("PF203", path, message, "name a state that was dropped", at_key=True)
        if check_state(new, path, scope):
            found[old] = new
    return found


def _initial(name: str, scope: Scope) -> str:
    path: Path = ("initial",)
    is_written = path in scope.faults.document.values and path not in scope.damaged
    if (name or is_written) and check_state(name, path, scope):
        return scope.entry(name) or name
    return name
