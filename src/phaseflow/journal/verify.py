"""Checking a journal against nothing but itself and the agreement id (journal format, §10)."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from phaseflow.errors import JournalBroken
from phaseflow.journal.entry import Amended, Entry, agreement_id, hash_of, read_entry
from phaseflow.model.statement import ACTS, RECORDED, RECORDER, Open, Statement, parse_body

Source = Callable[[str], bytes]
"""Returns the exact bytes of a definition by digest, or raises JournalBroken."""

UNSIGNED_ANYWAY = frozenset({"open", "tick"})

_KEY = re.compile(
    r"(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp256|ssh-rsa) [A-Za-z0-9+/]+={0,2}",
    re.ASCII,
)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified journal is, and how far that may be relied on.

    ``is_anchored``: the agreement id was known beforehand; otherwise the
    journal agrees only with itself. ``head`` is the hash of the newest of
    ``entries``: compare both with a receipt, since a journal cut short is whole
    in itself. ``unsigned`` counts entries without a signature by party.
    ``definitions`` are the digests of all editions ever in effect.
    """

    agreement: str
    is_anchored: bool
    is_rehearsal: bool
    entries: int
    head: str
    recorded_at: str
    unsigned: dict[str, int]
    definitions: tuple[str, ...]


def verify(lines: Iterable[str], agreement: str | None, definitions: Source) -> Report:
    """Return the report on the journal of ``lines``, each with its LF, read once.

    ``agreement`` is the id as known from elsewhere, None if it is not.

    Raises:
        JournalBroken: an entry fails; the first one is named.
    """
    chain = _Chain(agreement, definitions)
    for line in lines:
        chain.take(line)
    return chain.report()


def verify_columns(
    rows: Iterable[Mapping[str, Any]], agreement: str | None, definitions: Source
) -> Report:
    """Return the report on the rows of a database, whose columns must repeat their lines (§11).

    Raises:
        JournalBroken: an entry fails, or a column differs.
    """
    chain = _Chain(agreement, definitions)
    for row in rows:
        entry = chain.take(row["line"])
        _compare(entry, chain.hashes[-1], row)
    return chain.report()


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
            raise JournalBroken(msg, entry.seq)


class _Chain:
    """The state of one pass: each entry's hash and nonce, never the lines."""

    def __init__(self, agreement: str | None, definitions: Source) -> None:
        self.given = agreement
        self.source = definitions
        self.hashes: list[str] = []
        self.nonces: set[tuple[str, str]] = set()
        self.unsigned: dict[str, int] = {}
        self.editions: list[tuple[int, str]] = []
        self.recorded_at = ""
        self.agreement = ""
        self.genesis: Open

    def take(self, line: str) -> Entry:
        """Check the next entry against all before it, and return it."""
        seq = len(self.hashes)
        try:
            entry = read_entry(line)
            self._check(entry, seq)
        except JournalBroken as error:
            if error.seq == seq:
                raise
            msg = str(error) if str(error).startswith("entry") else f"entry {seq}: {error}"
            raise JournalBroken(msg, seq) from error
        self.hashes.append(hash_of(line))
        return entry

    def report(self) -> Report:
        """Return what was found."""
        if not self.hashes:
            msg = "the journal is empty: not even entry 0 is there"
            raise JournalBroken(msg, 0)
        return Report(
            agreement=self.agreement,
            is_anchored=self.given is not None,
            is_rehearsal=self.genesis.rehearsal is True,
            entries=len(self.hashes),
            head=self.hashes[-1],
            recorded_at=self.recorded_at,
            unsigned=self.unsigned,
            definitions=tuple(dict.fromkeys(digest for _, digest in self.editions)),
        )

    def _check(self, entry: Entry, seq: int) -> None:
        # The numbers are those of §10, in its order.
        statement = entry.stmt
        # 3. seq
        _require(entry.seq == seq, f"it calls itself entry {entry.seq}")
        # 2. entry 0: the id, the parties, the policy
        if seq == 0:
            self._check_genesis(entry)
        # 3. prev, recorded_at, agreement
        prev = self.hashes[-1] if self.hashes else self.agreement
        _require(entry.prev == prev, "prev is not the hash of the entry before it")
        _require(entry.recorded_at >= self.recorded_at, "it was recorded before its predecessor")
        _require(statement.agreement == self.agreement, "it names another agreement")
        # 3. seen, and the definition in effect there (§6)
        self._check_seen(statement, seq)
        # 3. the actor, the nonce, the signature, who may file it
        _require(statement.actor in self.genesis.parties, f"{statement.actor} is no party")
        by = (statement.actor, statement.nonce)
        _require(by not in self.nonces, f"{statement.actor} used its nonce before")
        self._check_signature(entry)
        _require((statement.kind == "open") == (seq == 0), "only entry 0 opens an agreement")
        _require(
            (statement.kind in RECORDED) == (statement.actor == RECORDER),
            f"{statement.actor} may not file {statement.kind}",
        )
        self._apply(entry)

    def _check_genesis(self, entry: Entry) -> None:
        _require(entry.stmt.kind == "open", "entry 0 does not open an agreement")
        self.agreement = agreement_id(entry.stmt.body)
        _require(
            self.given in (None, self.agreement),
            f"the agreement is {self.agreement}, not {self.given}",
        )
        _require(entry.stmt.seen is None, "entry 0 cannot have seen an entry")
        body = parse_body("open", entry.stmt.body)
        assert isinstance(body, Open)
        self.genesis = body
        parties = body.parties
        _require(
            RECORDER in parties and parties[RECORDER].role == RECORDER,
            "the recorder is not listed with its role",
        )
        for member in (*body.policy.cosigners, *body.policy.recovery):
            _require(member in parties, f"the policy names {member}, who is no party")
        keys = [party.key for party in parties.values() if party.key is not None]
        _require(all(_KEY.fullmatch(key) for key in keys), "a key is misspelled")
        _require(len(set(keys)) == len(keys), "a key is used twice")
        self._begin_edition(0, body.definition)

    def _check_seen(self, statement: Statement, seq: int) -> None:
        in_effect = self.editions[-1][1]
        if seq > 0:
            seen = statement.seen
            if seen is None or seen.seq >= seq or self.hashes[seen.seq] != seen.hash:
                msg = "seen is not an entry before it"
                raise JournalBroken(msg)
            in_effect = next(digest for at, digest in reversed(self.editions) if at <= seen.seq)
        _require(
            statement.definition == in_effect,
            "it does not name the definition that was in effect when its author last looked",
        )
        if statement.kind in ACTS:
            _require(
                statement.definition == self.editions[-1][1],
                "an act names the definition in effect at its place",
            )

    def _check_signature(self, entry: Entry) -> None:
        actor = entry.stmt.actor
        # Signed journals come with a later format of this program; until then no
        # signature can be checked, and none may pass unchecked.
        _require(entry.sig is None, "it is signed, and this version cannot check signatures")
        if entry.stmt.kind not in UNSIGNED_ANYWAY:
            _require(self.genesis.parties[actor].key is None, f"{actor} has a key and did not sign")
        self.unsigned[actor] = self.unsigned.get(actor, 0) + 1

    def _apply(self, entry: Entry) -> None:
        self.nonces.add((entry.stmt.actor, entry.stmt.nonce))
        self.recorded_at = entry.recorded_at
        for consequence in entry.then:
            if consequence.kind == "amended":
                self._begin_edition(
                    entry.seq, msgspec.convert(consequence.body, Amended).definition
                )

    def _begin_edition(self, seq: int, digest: str) -> None:
        # 5. definitions hash to their names
        check_definition(digest, self.source(digest))
        self.editions.append((seq, digest))


def check_definition(digest: str, source: bytes) -> None:
    """Check that the bytes of a definition hash to its name.

    Raises:
        JournalBroken: they do not.
    """
    if hashlib.sha256(source).hexdigest() != digest:
        msg = f"the text of definition {digest} was changed: it does not hash to its name"
        raise JournalBroken(msg)


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001  a check reads as a sentence
    if not holds:
        raise JournalBroken(otherwise)
