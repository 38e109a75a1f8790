"""Statements and entries in canonical form: sealed when written, strict when read."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from phaseflow import untrusted_files
from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.canonical import canonical, parse_canonical, tagged_hash
from phaseflow.model.state import Standing
from phaseflow.model.statement import (
    NAME,
    RECORDER,
    REPORTS,
    Consequence,
    Digest,
    GenesisParty,
    Name,
    ObligationName,
    Policy,
    Statement,
    parse_body,
    parse_when,
)
from phaseflow.model.visible import quoted

STATEMENT = "phaseflow-statement-v1"
ENTRY_TAG = "phaseflow-entry-v1"
AGREEMENT_TAG = "phaseflow-agreement-v1"

_ENTRY_MEMBERS = {"seq", "prev", "recorded_at", "sig", "stmt", "then"}
_STATEMENT_MEMBERS = {"v", *Statement.__struct_fields__}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_NO_POLICY = Policy(cosigners=[], cosign_quorum=0, recovery=[], recovery_quorum=0)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One statement in its place (journal format, §3).

    ``prev`` is the hash of the entry before, in entry 0 the agreement id.
    ``recorded_at`` is the recorder's time, ``YYYY-MM-DDTHH:MM:SSZ``. ``sig`` is
    the base64 of the SSHSIG blob; None: unsigned. ``then`` is what follows.
    """

    seq: int
    prev: str
    recorded_at: str
    sig: str | None
    stmt: Statement
    then: tuple[Consequence, ...] = ()


class Sealed(msgspec.Struct, frozen=True):
    """The line of an entry, LF included, and the hash over that very line."""

    seq: int
    hash: str
    line: str


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The agreement went from one leaf to another."""

    transition: Name
    from_: Name = msgspec.field(name="from")
    to: Name
    cause: Literal["statement", "automatic"]


class StandingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An obligation, or with ``due`` only that due of it, changed its standing."""

    obligation: ObligationName
    due: str | UnsetType = UNSET
    from_: Standing = msgspec.field(name="from")
    to: Standing


class Amended(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new edition applies from the next entry."""

    definition: Digest


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason of a refusal."""

    rule: str
    text: str
    values: dict[str, str]


class RefusedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The act is on record, and has no effect."""

    reasons: list[Ground]


CONSEQUENCES: dict[str, type[msgspec.Struct]] = {
    "move": MoveBody,
    "standing": StandingChange,
    "amended": Amended,
    "refused": RefusedBody,
}


def statement_line(statement: Statement) -> str:
    """Return the canonical line of ``statement``: the bytes that a person signs, LF included.

    Raises:
        StatementInvalid: it holds a value that the format does not allow, or is too long.
    """
    return _bounded(canonical(_statement_value(statement)), untrusted_files.STATEMENT)


def seal(entry: Entry) -> Sealed:
    """Return the line of ``entry`` with its hash.

    Raises:
        StatementInvalid: it holds a value that the format does not allow, or is too long.
    """
    value = {
        "seq": entry.seq,
        "prev": entry.prev,
        "recorded_at": entry.recorded_at,
        "sig": entry.sig,
        "stmt": _statement_value(entry.stmt),
        "then": [{"at": c.at, "kind": c.kind, "body": c.body} for c in entry.then],
    }
    line = _bounded(canonical(value), untrusted_files.LINE)
    return Sealed(entry.seq, hash_of(line), line)


def _bounded(line: str, bound: untrusted_files.Bound) -> str:
    """Return ``line``, which whoever verifies it will read to the end.

    Raises:
        StatementInvalid: it is longer than ``bound``.
    """
    if len(line.encode()) > bound.size:
        msg = (
            f"it has more than {bound.size} bytes, which {bound.what} never has; put the words "
            "into a file, and name that with --evidence"
        )
        raise StatementInvalid(msg)
    return line


def hash_of(line: str) -> str:
    """Return the hash of the entry whose line is ``line``, LF included."""
    return tagged_hash(ENTRY_TAG, line)


def signed_part(line: str) -> bytes:
    """Return the line of the statement within ``line``, which :func:`read_entry` has read.

    No string holds these marks, since its quotation marks are escaped; and what
    stands before the first and after the last has no such member.
    """
    begin, end = line.index(',"stmt":') + len(',"stmt":'), line.rindex(',"then":[')
    return f"{line[begin:end]}\n".encode()


def read_entry(line: str) -> Entry:
    """Return the entry that ``line`` spells; it is canonical and well formed (§1-3).

    What needs the other entries is :mod:`phaseflow.journal.verify`'s to check.

    Raises:
        JournalBroken: it is not.
    """
    value = parse_canonical(line)
    seq = value.get("seq") if isinstance(value, dict) else None
    try:
        return _entry_of(value)
    except (msgspec.ValidationError, StatementInvalid, _Malformed) as error:
        msg = f"entry {seq} is malformed: {error}"
        raise JournalBroken(msg, seq if isinstance(seq, int) else None, "form") from error


def read_statement(line: str) -> Statement:
    """Return the statement that ``line`` spells: the bytes that a person signs (§2, §3).

    Raises:
        JournalBroken: it is not canonical, or malformed.
    """
    value = parse_canonical(line)
    try:
        return _statement_of(value)
    except (msgspec.ValidationError, StatementInvalid, _Malformed) as error:
        msg = f"the statement is malformed: {error}"
        raise JournalBroken(msg, rule="form") from error


def text_after(entry: Entry, before: str) -> str:
    """Return the digest of the text in effect after ``entry``, ``before`` being that before it."""
    found = str(entry.stmt.body["definition"]) if entry.seq == 0 else before
    for consequence in entry.then:
        if consequence.kind == "amended":
            found = msgspec.convert(consequence.body, Amended).definition
    return found


def genesis_body(
    *,
    definition: str,
    nonce: str,
    parties: Mapping[str, GenesisParty],
    policy: Policy = _NO_POLICY,
    is_rehearsal: bool = False,
) -> dict[str, Any]:
    """Return the body of entry 0 (§4); the recorder is added to ``parties`` if not there.

    Raises:
        StatementInvalid: it is malformed.
    """
    recorder = {RECORDER: GenesisParty(key=None, role=RECORDER)}
    body = {
        "definition": definition,
        "nonce": nonce,
        "parties": msgspec.to_builtins(recorder | dict(parties)),
        "policy": msgspec.to_builtins(policy),
    }
    if is_rehearsal:
        body["rehearsal"] = True
    parse_body("open", body)
    return body


def agreement_id(body: dict[str, Any]) -> str:
    """Return the id of the agreement whose genesis is ``body``."""
    return tagged_hash(AGREEMENT_TAG, canonical(body))


class _Malformed(Exception):
    """A line breaks a rule of §2 or §3."""


def _statement_value(statement: Statement) -> dict[str, Any]:
    seen = statement.seen
    return {
        "v": STATEMENT,
        "agreement": statement.agreement,
        "definition": statement.definition,
        "actor": statement.actor,
        "kind": statement.kind,
        "body": statement.body,
        "nonce": statement.nonce,
        "occurred_at": statement.occurred_at,
        "seen": None if seen is None else {"hash": seen.hash, "seq": seen.seq},
    }


def _entry_of(value: Any) -> Entry:
    _members(value, _ENTRY_MEMBERS, "an entry")
    _strip_statement(value["stmt"])
    for consequence in value["then"] if isinstance(value["then"], list) else ():
        _members(consequence, {"at", "kind", "body"}, "a consequence")
    entry = msgspec.convert(value, Entry, strict=True)
    _match(_DIGEST, entry.prev, "prev")
    _instant(entry.recorded_at, "recorded_at")
    if entry.sig is not None:
        _match(_BASE64, entry.sig, "sig")
    _check_statement(entry.stmt)
    _check_consequences(entry)
    return entry


def _statement_of(value: Any) -> Statement:
    _strip_statement(value)
    statement = msgspec.convert(value, Statement, strict=True)
    _check_statement(statement)
    return statement


def _strip_statement(value: Any) -> None:
    """Check the members of a statement, and take its version off."""
    _members(value, _STATEMENT_MEMBERS, "a statement")
    if value.pop("v") != STATEMENT:
        msg = f"v is not {STATEMENT}"
        raise _Malformed(msg)
    if value["seen"] is not None:
        _members(value["seen"], {"hash", "seq"}, "seen")


def _check_statement(statement: Statement) -> None:
    _match(_DIGEST, statement.agreement, "agreement")
    _match(_DIGEST, statement.definition, "definition")
    _match(re.compile(NAME), statement.actor, "actor")
    _match(_NONCE, statement.nonce, "nonce")
    parse_body(statement.kind, statement.body)
    if statement.kind in REPORTS:
        parse_when(statement.occurred_at, "occurred_at")
    else:
        _instant(statement.occurred_at, "occurred_at")


def _check_consequences(entry: Entry) -> None:
    for consequence in entry.then:
        _instant(consequence.at, "at")
        if consequence.kind not in CONSEQUENCES:
            msg = f"{quoted(consequence.kind)} is no kind of consequence"
            raise _Malformed(msg)
        msgspec.convert(consequence.body, CONSEQUENCES[consequence.kind], strict=True)
        if consequence.kind == "refused" and len(entry.then) > 1:
            msg = "a refusal is the only consequence of its entry"
            raise _Malformed(msg)


def _members(value: Any, wanted: set[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != wanted:
        msg = f"{what} has exactly the members {', '.join(sorted(wanted))}"
        raise _Malformed(msg)


def _match(pattern: re.Pattern[str], text: str, member: str) -> None:
    if not pattern.fullmatch(text):
        msg = f"{member} {quoted(text)} is misspelled"
        raise _Malformed(msg)


def _instant(text: str, member: str) -> None:
    if parse_when(text, member).is_day:
        msg = f"{member} {quoted(text)} is no instant; write YYYY-MM-DDTHH:MM:SSZ"
        raise _Malformed(msg)
