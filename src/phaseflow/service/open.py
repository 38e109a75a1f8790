"""Opening an agreement: entry 0 of its journal."""

import re
from typing import Any

import msgspec

from phaseflow.engine.step import begin
from phaseflow.errors import Conflict, StatementInvalid
from phaseflow.journal.entry import Entry, agreement_id, genesis_body, read_entry
from phaseflow.journal.keys import Keys
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import InMemory
from phaseflow.model.statement import RECORDER, GenesisParty, Open, Policy, Statement, parse_body
from phaseflow.service import definitions
from phaseflow.service.agreement import Overlay, Place, look
from phaseflow.service.next_entry import projected, sealed_entry
from phaseflow.service.recorder_clock import refuse_doubtful
from phaseflow.service.words.moments import instant
from phaseflow.service.words.suggestion import suggestion
from phaseflow.storage.port import Append, Header, Store, Transaction

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_DIGITS = re.compile(r"[0-9a-f]{8,64}", re.ASCII)


class OpeningRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be opened: the bytes of a definition, ``file`` naming them in faults.

    ``label`` None: the definition's name. ``rehearsed_at`` makes it a
    rehearsal, whose clock stands there. ``keys`` are first keys by party, the
    recorder's among them; a party without one speaks unsigned.
    """

    source: bytes
    file: str
    nonce: str
    label: str | None = None
    rehearsed_at: str | None = None
    keys: dict[str, str] = {}
    policy: Policy = Policy(cosigners=[], cosign_quorum=0, recovery=[], recovery_quorum=0)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement after its entry 0; ``is_repeat``: it had been opened before."""

    place: Place
    entry: Entry
    hash: str
    is_repeat: bool = False
    is_dry_run: bool = False


def open_agreement(store: Store, opening: OpeningRequest) -> Opened:
    """Open an agreement, and return it.

    Raises:
        DefinitionInvalid: the definition has faults.
        StatementInvalid: the label is no label, ``rehearsed_at`` no moment, a key or the
            policy does not hold.
        Unconfirmed: the clock is in doubt.
        Conflict: the label is taken.
    """
    definition = definitions.check(opening.source, opening.file)
    with store.write() as transaction:
        repeated = _repeated(transaction, definition, opening)
        if repeated is not None:
            return repeated
        opened, first = _draft(transaction, definition, opening)
        transaction.add_definition(definition, opening.source)
        transaction.create(opened.place.header, first)
    return opened


def try_opening(store: Store, opening: OpeningRequest) -> Opened:
    """Return what :func:`open_agreement` would open, over a read-only transaction.

    Raises:
        DefinitionInvalid: as :func:`open_agreement`.
        StatementInvalid: as :func:`open_agreement`.
        Conflict: as :func:`open_agreement`.
    """
    definition = definitions.check(opening.source, opening.file)
    with store.read() as transaction:
        repeated = _repeated(transaction, definition, opening)
        if repeated is not None:
            return repeated
        opened, _ = _draft(transaction, definition, opening)
    return msgspec.structs.replace(opened, is_dry_run=True)


def _repeated(
    transaction: Transaction, definition: Definition, opening: OpeningRequest
) -> Opened | None:
    """Return the agreement that this very opening has opened, or None.

    Raises:
        Conflict: its label belongs to another.
    """
    identity = agreement_id(_genesis(definition, opening))
    for header in transaction.find(identity):
        row = transaction.entry(header.id, 0)
        if header.id == identity and row is not None:
            place = look(transaction, identity)
            return Opened(place=place, entry=read_entry(row.line), hash=row.hash, is_repeat=True)
    label = _label(definition, opening)
    if any(header.label == label for header in transaction.find(label)):
        msg = f"the label {label!r} is taken; give this one another with --label"
        raise Conflict(msg)
    return None


def _draft(
    transaction: Transaction, definition: Definition, opening: OpeningRequest
) -> tuple[Opened, Append]:
    at = _clock(transaction, definition, opening)
    body = _genesis(definition, opening)
    identity = agreement_id(body)
    statement = Statement(
        agreement=identity,
        definition=definition.digest,
        actor=RECORDER,
        kind="open",
        body=body,
        nonce=opening.nonce,
        occurred_at=at.format_iso(),
        seen=None,
    )
    outcome = begin(definition, at)
    sealed, entry = sealed_entry(0, identity, statement, outcome, at)
    first = projected(definition, identity, sealed, entry, outcome)
    header = Header(
        id=identity,
        label=_label(definition, opening),
        definition=definition.digest,
        state=first.agreement.leaf,
        position=1,
        head=sealed.hash,
        recorded_at=at,
        next_due_at=first.next_due_at,
        is_rehearsal=opening.rehearsed_at is not None,
    )
    records = Overlay(InMemory())
    records.apply(first.changes)
    place = Place(header=header, definition=definition, agreement=first.agreement, records=records)
    return Opened(place=place, entry=entry, hash=sealed.hash), first


def _genesis(definition: Definition, opening: OpeningRequest) -> dict[str, Any]:
    roles = {p.name: p.role for p in definition.parties.values()} | {RECORDER: RECORDER}
    for party in opening.keys:
        if party not in roles:
            msg = f"{party!r} is no party{suggestion(party, roles)}, so it is given no key"
            raise StatementInvalid(msg)
    body = genesis_body(
        definition=definition.digest,
        nonce=opening.nonce,
        parties={p: GenesisParty(key=opening.keys.get(p), role=role) for p, role in roles.items()},
        policy=opening.policy,
        is_rehearsal=opening.rehearsed_at is not None,
    )
    genesis = parse_body("open", body)
    assert isinstance(genesis, Open)
    Keys(genesis)
    return body


def _clock(transaction: Transaction, definition: Definition, opening: OpeningRequest) -> Instant:
    if opening.rehearsed_at is None:
        refuse_doubtful(transaction, None)
        return transaction.now()
    return instant(definition.calendar.zone, opening.rehearsed_at, "now")


def _label(definition: Definition, opening: OpeningRequest) -> str:
    label = definition.name if opening.label is None else opening.label
    if not _LABEL.fullmatch(label) or _DIGITS.fullmatch(label):
        msg = (
            f"{label!r} is no label; write letters, digits and - _ . (at most 64), "
            "and not what could be the beginning of an id"
        )
        raise StatementInvalid(msg)
    return label
