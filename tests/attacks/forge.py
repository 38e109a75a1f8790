"""A history written as its parties would write it, and as a forger would.

Nothing here comes from the code under test: an error shared by both would not show.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journal.signer import CHECKPOINT, Signer, signer

Value = dict[str, Any]
SOURCE, NEW_SOURCE = b"name: exchange\n", b"name: exchange\nedition: 2\n"
START = datetime(2025, 1, 15, 12, tzinfo=UTC)
ATTACHMENT = b"a map\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


DEFINITION, NEW_DEFINITION = sha256(SOURCE), sha256(NEW_SOURCE)


def spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def tagged(tag: str, text: str) -> str:
    return sha256(f"{tag}\n{text}".encode())


def moment(minute: int) -> str:
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def commitment(salt: str, value: Any) -> str:
    return tagged("phaseflow-commit-v1", f"{salt}\n{spelled(value)}")


@dataclass
class History:
    """Entries as values, checkpoints, and who holds which private key at the end."""

    signers: dict[str, Signer | None]
    body: Value
    entries: list[Value] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    points: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    openings: list[Value] = field(default_factory=list)

    @property
    def id(self) -> str:
        return tagged("phaseflow-agreement-v1", spelled(self.body))

    @property
    def hashes(self) -> list[str]:
        return [tagged("phaseflow-entry-v1", line) for line in self.lines]

    def say(
        self,
        actor: str,
        kind: str,
        body: Value,
        *,
        then: Sequence[Value] = (),
        seen: int | None = None,
        definition: str = DEFINITION,
        by: Signer | None = None,
        is_signed: bool = True,
    ) -> int:
        """Add an entry, and return its place."""
        seq, hashes = len(self.entries), self.hashes
        looked = seq - 1 if seen is None else seen
        stmt = {
            "v": "phaseflow-statement-v1",
            "agreement": self.id,
            "definition": definition,
            "actor": actor,
            "kind": kind,
            "body": body,
            "nonce": sha256(f"{actor}{kind}{seq}".encode())[:32],
            "occurred_at": moment(seq),
            "seen": {"hash": hashes[looked], "seq": looked} if seq else None,
        }
        key = by or self.signers.get(actor)
        entry = {
            "seq": seq,
            "prev": hashes[-1] if seq else self.id,
            "recorded_at": moment(seq),
            "sig": key.sign(spelled(stmt)) if key and is_signed else None,
            "stmt": stmt,
            "then": list(then),
        }
        self.entries.append(entry)
        self.lines.append(spelled(entry))
        return seq

    def fix(self, *cosigners: str, at: str | None = None, size: int | None = None) -> None:
        """Add a checkpoint over all entries there are, or over ``size``."""
        size = len(self.entries) if size is None else size
        text = "\n".join(
            [
                "phaseflow-checkpoint-v1",
                self.id,
                str(size),
                self.hashes[size - 1],
                at or self.entries[size - 1]["recorded_at"],
                "",
            ]
        )
        self.points[f"{size:08}"] = (text, {name: self.vouch(name, text) for name in cosigners})

    def vouch(self, name: str, text: str) -> str:
        key = self.signers[name]
        assert key is not None
        return key.sign(text, CHECKPOINT)

    def write(self, directory: Path) -> Path:
        """Write the bundle."""
        for folder in ("definitions", "attachments", "checkpoints"):
            (directory / folder).mkdir(parents=True, exist_ok=True)
        (directory / "entries.jsonl").write_bytes(
            "".join(self.lines).encode("utf-8", "surrogatepass")
        )
        for content in (SOURCE, NEW_SOURCE):
            (directory / "definitions" / sha256(content)).write_bytes(content)
        (directory / "attachments" / sha256(ATTACHMENT)).write_bytes(ATTACHMENT)
        for name, (text, signatures) in self.points.items():
            (directory / "checkpoints" / f"{name}.txt").write_text(text)
            for party, signature in signatures.items():
                path = directory / "checkpoints" / f"{name}.{party}.sig"
                path.write_text(armored(signature))
        openings = "".join(spelled(opening) for opening in self.openings)
        (directory / "disclosures.jsonl").write_bytes(openings.encode())
        return directory


def armored(signature: str) -> str:
    lines = [signature[at : at + 70] for at in range(0, len(signature), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


PARTIES: dict[str, Signer | None] = {
    "recorder": signer("recorder"),
    "israel": signer("israel"),
    "hamas": signer("hamas", "sk"),
    "egypt": signer("egypt", "ecdsa"),
    "qatar": signer("qatar", "rsa"),
    "observer": None,
}
POLICY = {
    "cosigners": ["israel", "hamas", "egypt", "qatar"],
    "cosign_quorum": 3,
    "recovery": ["egypt", "qatar"],
    "recovery_quorum": 2,
}
ROTATED, RECOVERED = signer("israel, rotated"), signer("hamas, recovered")
SALT = "5a" * 16
PRIVATE = "somebody's name"


def genesis(nonce: str = "0" * 32, policy: Value = POLICY, **keys: str | None) -> Value:
    given = {name: key and key.key for name, key in PARTIES.items()} | keys
    return {
        "definition": DEFINITION,
        "nonce": nonce,
        "parties": {
            name: {"key": key, "role": "recorder" if name == "recorder" else "party"}
            for name, key in given.items()
        },
        "policy": policy,
    }


def history(nonce: str = "0" * 32) -> History:
    """Return a good history in which everything happens that can."""
    made = History(dict(PARTIES), genesis(nonce))
    late = {
        "at": moment(3),
        "kind": "standing",
        "body": {"obligation": "release", "from": "pending", "to": "overdue"},
    }
    moved = {
        "at": moment(4),
        "kind": "move",
        "body": {"transition": "enter", "from": "talks", "to": "running", "cause": "statement"},
    }
    ground = {"rule": "state", "text": "not from here", "values": {"state": "running"}}
    refused = {"at": moment(5), "kind": "refused", "body": {"reasons": [ground]}}
    amended = {"at": moment(8), "kind": "amended", "body": {"definition": NEW_DEFINITION}}
    hidden = commitment(SALT, PRIVATE)
    made.say("recorder", "open", made.body)
    made.say("israel", "perform", {"obligation": "release", "amount": {"women": 3, "total": 5}})
    made.say("observer", "note", {"text": "é \U0001d11e", "about": [1]})
    made.say("recorder", "tick", {}, then=[late], is_signed=False)
    made.say("hamas", "advance", {"transition": "enter"}, then=[moved], seen=2)
    made.fix("recorder", "israel", "hamas", "egypt")
    made.say("qatar", "advance", {"transition": "enter"}, then=[refused])
    made.say("egypt", "attest", {"entry": 1, "evidence": [sha256(ATTACHMENT)]}, seen=1)
    made.say("israel", "note", {"text": {"@commit": hidden}, "sources": ["a paper"]})
    made.say("israel", "amend", {"definition": NEW_DEFINITION}, then=[amended])
    made.say(
        "israel",
        "key.set",
        rotation("israel", ROTATED, PARTIES["israel"]),
        definition=NEW_DEFINITION,
    )
    made.signers["israel"] = ROTATED
    for name in ("egypt", "qatar"):
        made.say(
            name,
            "key.set",
            rotation("hamas", RECOVERED, PARTIES["hamas"]),
            definition=NEW_DEFINITION,
        )
    made.signers["hamas"] = RECOVERED
    made.say("hamas", "find", {"finding": "degree", "value": "-5"}, definition=NEW_DEFINITION)
    made.say(
        "qatar", "key.set", rotation("qatar", None, PARTIES["qatar"]), definition=NEW_DEFINITION
    )
    made.fix("recorder", "israel", "hamas")
    made.say("recorder", "redact", {"commitment": hidden}, definition=NEW_DEFINITION)
    made.say("israel", "measure", MEASURED, definition=NEW_DEFINITION)
    made.fix("recorder")
    made.say("observer", "note", {}, definition=NEW_DEFINITION)
    made.openings = [{"salt": SALT, "value": PRIVATE}]
    return made


MEASURED = {"obligation": "aid", "amount": 600, "from": "2025-01-20", "to": "2025-01-26"}


def rotation(actor: str, new: Signer | None, old: Signer | None) -> Value:
    return {"actor": actor, "key": new and new.key, "replaces": old and old.key}


def rechained(made: History, change: Callable[[list[Value]], object]) -> History:
    """Return the history after ``change`` by somebody who owns the database and the recorder's key.

    Every hash is computed anew, also in ``seen``, and all is signed again that
    the recorder signs: statements of its own, and the checkpoints.
    """
    forged = History(made.signers, made.body, deepcopy(made.entries), openings=made.openings)
    change(forged.entries)
    hashes: list[str] = []
    for seq, entry in enumerate(forged.entries):
        stmt = entry.get("stmt")
        if isinstance(stmt, dict):
            if seq == 0 and isinstance(stmt.get("body"), dict):
                forged.body = stmt["body"]
            mend(entry, stmt, seq, hashes, forged)
        if "prev" in entry:
            entry["prev"] = hashes[-1] if seq else forged.id
        forged.lines.append(spelled(entry))
        hashes.append(forged.hashes[-1])
    for name, (text, signatures) in made.points.items():
        size = int(name)
        if size > len(hashes):
            continue
        lines = text.split("\n")
        lines[1], lines[3] = forged.id, hashes[size - 1]
        lines[4] = max(lines[4], str(forged.entries[size - 1].get("recorded_at")))
        again = "\n".join(lines)
        kept = {who: s for who, s in signatures.items() if again == text and who != "recorder"}
        forged.points[name] = (again, kept | {"recorder": forged.vouch("recorder", again)})
    return forged


def mend(entry: Value, stmt: Any, seq: int, hashes: list[str], forged: History) -> None:
    seen: Any = stmt.get("seen")
    is_place = isinstance(seen, dict) and isinstance(seen.get("seq"), int) and seen["seq"] < seq
    if is_place and stmt.get("actor") in ("recorder", "observer"):
        seen["hash"] = hashes[seen["seq"]]
    if stmt.get("actor") == "recorder":
        if "agreement" in stmt:
            stmt["agreement"] = forged.id
        if entry.get("sig") is not None:
            key = PARTIES["recorder"]
            assert key is not None
            entry["sig"] = key.sign(spelled(stmt))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every member and item."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield (*path, key)
        yield from leaves(inner, (*path, key))
