"""Checking a journal against nothing but itself and the agreement id (journal format, §10)."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.checkpoint import (
    HashChain,
    Signed,
    check_place,
    check_signatures,
    sealed_by,
    sift,
    signed_both,
)
from phaseflow.journal.entry import Amended, Entry, agreement_id, hash_of, read_entry, signed_part
from phaseflow.journal.keys import KeyChange, Keys, may_file
from phaseflow.journal.privacy import commitments, opens, read_opening
from phaseflow.model.statement import ACTS, RECORDER, Open, Statement, parse_body

Source = Callable[[str], bytes]
"""Returns the exact bytes of a definition by digest, or raises JournalBroken."""

RULES = (
    "file",
    "canonical",
    "form",
    "seq",
    "genesis",
    "prev",
    "recorded_at",
    "agreement",
    "seen",
    "definition",
    "actor",
    "nonce",
    "signature",
    "authority",
    "key",
    "column",
    "pin",
    "checkpoint",
    "attachment",
    "disclosure",
)
"""What can fail, in the order in which it is checked."""

_EMPTY = "the journal is empty: not even entry 0 is there"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified journal is, and how far that may be relied on.

    ``is_anchored``: the agreement id was known beforehand; otherwise the
    journal agrees only with itself. ``head`` is the hash of the newest of
    ``entries``: compare both with a receipt, since a journal cut short is whole
    in itself. ``unsigned`` counts entries without a signature by party.
    ``sealed`` entries are under a seal by quorum; the rest is the unsealed
    tail. ``withheld`` counts private values of which no opening is there.
    ``definitions`` are the digests of all editions ever in effect. ``ignored``
    says in words what a database keeps beside the chain that does not verify.
    """

    agreement: str
    is_anchored: bool
    is_rehearsal: bool
    entries: int
    head: str
    recorded_at: str
    unsigned: dict[str, int]
    definitions: tuple[str, ...]
    keys: tuple[KeyChange, ...] = ()
    pins: int = 0
    checkpoints: int = 0
    sealed: int = 0
    withheld: int = 0
    ignored: tuple[str, ...] = ()

    @property
    def unsealed(self) -> int:
        """How many of the newest entries are under no seal."""
        return self.entries - self.sealed


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is checked besides the entries.

    ``pins`` are checkpoints that the auditor kept, with or without signatures.
    ``openings`` are the lines of ``disclosures.jsonl``. Each is read once, after
    the entries, in this order.
    """

    pins: Iterable[Signed] = ()
    checkpoints: Iterable[Signed] = ()
    openings: Iterable[str] = ()


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """What a database keeps beside the entries, and anybody may have written.

    ``checkpoints`` are texts with signatures by party. ``openings`` are lines
    by the commitment that each is said to open.
    """

    checkpoints: Iterable[tuple[str, Iterable[tuple[str, str]]]] = ()
    openings: Mapping[str, str] = {}


def verify(
    lines: Iterable[str],
    agreement: str | None,
    definitions: Source,
    evidence: Evidence = Evidence(),  # noqa: B008  it is a frozen value
) -> Report:
    """Return the report on the journal of ``lines``, each with its LF, read once.

    ``agreement`` is the id as known from elsewhere, None if it is not.

    Raises:
        JournalBroken: an entry fails, or the evidence; the first one is named.
    """
    chain = _Chain(agreement, definitions)
    for line in lines:
        chain.take(line)
    return chain.report(evidence)


def verify_columns(
    rows: Iterable[Mapping[str, Any]],
    agreement: str | None,
    definitions: Source,
    beside: Rows = Rows(),  # noqa: B008  it is a frozen value
    pins: Iterable[Signed] = (),
) -> Report:
    """Return the report on the rows of a database, whose columns must repeat their lines (§11).

    What stands beside the chain and does not verify is ignored, and named.

    Raises:
        JournalBroken: an entry fails, a column differs, or a checkpoint that the
            recorder signed is not one of this history.
    """
    chain = _Chain(agreement, definitions)
    for row in rows:
        entry = chain.take(row["line"])
        _compare(entry, chain.past.hashes[-1], row)
    evidence, ignored = chain.sift(beside)
    report = chain.report(msgspec.structs.replace(evidence, pins=pins))
    return msgspec.structs.replace(report, ignored=ignored)


def check_stretch(lines: Iterable[str], first: int, prev: str, keys: Keys) -> str:
    """Check order and authorship of the entries from ``first`` on; return the hash of the last.

    ``prev`` is the hash of the entry before, ``keys`` are those in effect at
    ``first``, and are moved on. What lies before was checked by whoever signed it.

    Raises:
        JournalBroken: an entry fails.
    """
    for seq, line in enumerate(lines, first):
        entry = read_entry(line)
        if (entry.seq, entry.prev) != (seq, prev):
            msg = f"entry {seq}: it does not follow the entry before it"
            raise JournalBroken(msg, seq, "prev")
        if seq > 0:
            try:
                keys.check(entry.stmt, entry.sig)
            except StatementInvalid as error:
                msg = f"entry {seq}: {error}"
                raise JournalBroken(msg, seq, "signature") from error
            keys.take(seq, entry.stmt)
        prev = hash_of(line)
    return prev


def verify_for_export(
    lines: Iterable[str], agreement: str, definitions: Source, beside: Rows
) -> tuple[Report, Evidence]:
    """Return the report on ``lines``, and what of the rows beside them verifies.

    Raises:
        JournalBroken: as of :func:`verify_columns`.
    """
    chain = _Chain(agreement, definitions)
    for line in lines:
        chain.take(line)
    evidence, _ = chain.sift(beside)
    return chain.report(evidence), evidence


def _compare(entry: Entry, hashed: str, row: Mapping[str, Any]) -> None:
    said = {
        "seq": entry.seq,
        "prev": entry.prev,
        "hash": hashed,
        "actor": entry.stmt.actor,
        "nonce": entry.stmt.nonce,
        "kind": entry.stmt.kind,
        "occurred_at": entry.stmt.occurred_at,
        "recorded_at": entry.recorded_at,
    }
    for column, value in said.items():
        if row[column] != value:
            msg = (
                f"entry {entry.seq}: the column {column} holds {row[column]!r}, the line {value!r}"
            )
            raise JournalBroken(msg, entry.seq, "column")


class _Chain:
    """The state of one pass: each entry's hash, time and nonce, never the lines."""

    def __init__(self, agreement: str | None, definitions: Source) -> None:
        self.given = agreement
        self.source = definitions
        self.nonces: set[tuple[str, str]] = set()
        self.unsigned: dict[str, int] = {}
        self.editions: list[tuple[int, str]] = []
        self.commitments: set[str] = set()
        self.past = HashChain()
        self.keys: Keys
        self.genesis: Open

    def take(self, line: str) -> Entry:
        """Check the next entry against all before it, and return it."""
        seq = len(self.past.hashes)
        try:
            entry = read_entry(line)
            self._check(entry, seq, line)
        except JournalBroken as error:
            msg = str(error) if str(error).startswith("entry") else f"entry {seq}: {error}"
            raise JournalBroken(msg, seq, error.rule) from error
        self.past.hashes.append(hash_of(line))
        self.past.times.append(entry.recorded_at)
        return entry

    def sift(self, beside: Rows) -> tuple[Evidence, tuple[str, ...]]:
        """Return what verifies of the rows beside the entries, and why the rest does not."""
        _require("genesis", bool(self.past.hashes), _EMPTY, 0)
        ignored: list[str] = []
        signed: dict[tuple[int, str], Signed] = {}
        for text, signatures in beside.checkpoints:
            found = sift(text, signatures, self.past.agreement, self.keys, ignored)
            if found is not None:
                # Two receipts made at once cover the same entries; the better signed one says both.
                place = (found.checkpoint.size, found.checkpoint.head)
                signed[place] = max(
                    signed.get(place, found), found, key=lambda one: len(one.signatures)
                )
        openings = tuple(
            line
            for commitment, line in beside.openings.items()
            if self._opens(commitment, line, ignored)
        )
        return Evidence(checkpoints=tuple(signed.values()), openings=openings), tuple(ignored)

    def _opens(self, commitment: str, line: str, ignored: list[str]) -> bool:
        """Tell whether ``line`` opens ``commitment``, and that stands in the journal."""
        if not opens(commitment, line):
            ignored.append(f"what is to open {commitment[:12]} does not open it")
        elif commitment not in self.commitments:
            ignored.append(f"an opening of {commitment[:12]}, which does not stand in this journal")
        else:
            return True
        return False

    def report(self, evidence: Evidence) -> Report:
        """Return what was found, after checking the evidence beside the entries."""
        past = self.past
        _require("genesis", bool(past.hashes), _EMPTY, 0)
        pins = 0
        for pins, pin in enumerate(evidence.pins, 1):  # noqa: B007  their number is told
            self._check_pin(pin, evidence.checkpoints)
        checkpoints = []
        for signed in evidence.checkpoints:
            check_place(signed.checkpoint, past)
            check_signatures(signed, self.keys)
            checkpoints.append(signed)
        return Report(
            agreement=past.agreement,
            is_anchored=self.given is not None,
            is_rehearsal=self.genesis.rehearsal is True,
            entries=len(past.hashes),
            head=past.hashes[-1],
            recorded_at=past.times[-1],
            unsigned=self.unsigned,
            definitions=tuple(dict.fromkeys(digest for _, digest in self.editions)),
            keys=tuple(self.keys.changes),
            pins=pins,
            checkpoints=len(checkpoints),
            sealed=sealed_by(checkpoints, self.genesis.policy),
            withheld=self._withheld(evidence.openings),
        )

    def _check(self, entry: Entry, seq: int, line: str) -> None:
        # The numbers are those of §10, in its order.
        statement, past = entry.stmt, self.past
        # 3. seq
        _require("seq", entry.seq == seq, f"it calls itself entry {entry.seq}")
        # 2. entry 0: the id, the keys, the policy
        if seq == 0:
            self._check_genesis(entry)
        # 3. prev, recorded_at, agreement
        prev = past.hashes[-1] if past.hashes else past.agreement
        _require("prev", entry.prev == prev, "prev is not the hash of the entry before it")
        _require(
            "recorded_at",
            not past.times or entry.recorded_at >= past.times[-1],
            "it was recorded before its predecessor",
        )
        _require("agreement", statement.agreement == past.agreement, "it names another agreement")
        # 3. seen, and the definition in effect there (§6)
        self._check_seen(statement, seq)
        # 3. the actor, the nonce, the signature, who may file it
        _require("actor", statement.actor in self.genesis.parties, f"{statement.actor} is no party")
        by = (statement.actor, statement.nonce)
        _require("nonce", by not in self.nonces, f"{statement.actor} used its nonce before")
        self._check_authorship(entry, line)
        self._apply(entry)

    def _check_genesis(self, entry: Entry) -> None:
        rule = "genesis"
        _require(rule, entry.stmt.kind == "open", "entry 0 does not open an agreement")
        self.past.agreement = agreement_id(entry.stmt.body)
        _require(
            rule,
            self.given in (None, self.past.agreement),
            f"the agreement is {self.past.agreement}, not {self.given}",
        )
        _require(rule, entry.stmt.seen is None, "entry 0 cannot have seen an entry")
        body = parse_body("open", entry.stmt.body)
        assert isinstance(body, Open)
        self.genesis = body
        parties = body.parties
        _require(
            rule,
            RECORDER in parties and parties[RECORDER].role == RECORDER,
            "the recorder is not listed with its role",
        )
        try:
            self.keys = Keys(body)
        except StatementInvalid as error:
            raise JournalBroken(str(error), rule=rule) from error
        self.editions.append((0, body.definition))

    def _check_seen(self, statement: Statement, seq: int) -> None:
        hashes = self.past.hashes
        in_effect = self.editions[-1][1]
        if seq > 0:
            seen = statement.seen
            if seen is None or seen.seq >= seq or hashes[seen.seq] != seen.hash:
                msg = "seen is not an entry before it"
                raise JournalBroken(msg, rule="seen")
            in_effect = next(digest for at, digest in reversed(self.editions) if at <= seen.seq)
        _require(
            "definition",
            statement.definition == in_effect,
            "it does not name the definition that was in effect when its author last looked",
        )
        if statement.kind in ACTS:
            _require(
                "definition",
                statement.definition == self.editions[-1][1],
                "an act names the definition in effect at its place",
            )

    def _check_authorship(self, entry: Entry, line: str) -> None:
        statement = entry.stmt
        actor, kind = statement.actor, statement.kind
        try:
            self.keys.check_signature(statement, entry.sig, signed_part(line))
        except StatementInvalid as error:
            raise JournalBroken(str(error), rule="signature") from error
        _require(
            "authority", (kind == "open") == (entry.seq == 0), "only entry 0 opens an agreement"
        )
        _require("authority", may_file(statement), f"{actor} may not file {kind}")
        try:
            self.keys.check_change(statement)
        except StatementInvalid as error:
            raise JournalBroken(str(error), rule="key") from error
        if entry.sig is None:
            self.unsigned[actor] = self.unsigned.get(actor, 0) + 1

    def _apply(self, entry: Entry) -> None:
        statement = entry.stmt
        self.nonces.add((statement.actor, statement.nonce))
        self.commitments.update(commitments(statement))
        self.keys.take(entry.seq, statement)
        editions = [self.genesis.definition] if entry.seq == 0 else []
        editions += [
            msgspec.convert(consequence.body, Amended).definition
            for consequence in entry.then
            if consequence.kind == "amended"
        ]
        for digest in editions:
            # 5. definitions hash to their names
            check_named(digest, [self.source(digest)], "definition")
            self.editions.append((entry.seq, digest))

    def _check_pin(self, pin: Signed, checkpoints: Iterable[Signed]) -> None:
        try:
            check_place(pin.checkpoint, self.past)
            if pin.signatures:
                check_signatures(pin, self.keys)
        except JournalBroken as error:
            twice = self._signed_twice(pin, checkpoints)
            also = f"; {', '.join(twice)} signed it, and signed this history" if twice else ""
            msg = f"of the pins, {error}{also}"
            raise JournalBroken(msg, error.seq, "pin") from error

    def _signed_twice(self, pin: Signed, checkpoints: Iterable[Signed]) -> list[str]:
        """Return who signed ``pin`` and a checkpoint of this history that contradicts it."""
        try:
            if pin.checkpoint.size > len(self.past.hashes):
                return []
            if self.past.hashes[pin.checkpoint.size - 1] == pin.checkpoint.head:
                return []
            later = [s for s in checkpoints if s.checkpoint.size >= pin.checkpoint.size]
        except JournalBroken:
            return []
        return sorted({name for other in later for name in signed_both(pin, other, self.keys)})

    def _withheld(self, openings: Iterable[str]) -> int:
        opened = set()
        for number, line in enumerate(openings, 1):
            try:
                commitment = read_opening(line).commitment
            except JournalBroken as error:
                msg = f"opening {number}: {error}"
                raise JournalBroken(msg, rule="disclosure") from error
            _require(
                "disclosure",
                commitment in self.commitments,
                f"opening {number} opens nothing that stands in this journal",
            )
            opened.add(commitment)
        return len(self.commitments - opened)


def check_named(digest: str, chunks: Iterable[bytes], rule: str) -> None:
    """Check that the bytes of a definition or an attachment hash to its name.

    Raises:
        JournalBroken: they do not.
    """
    hashing = hashlib.sha256()
    for chunk in chunks:
        hashing.update(chunk)
    if hashing.hexdigest() != digest:
        msg = f"{rule} {digest} was changed: it does not hash to its name"
        raise JournalBroken(msg, rule=rule)


def _require(rule: str, holds: bool, otherwise: str, seq: int | None = None) -> None:  # noqa: FBT001  a check reads as a sentence
    if not holds:
        raise JournalBroken(otherwise, seq, rule)
