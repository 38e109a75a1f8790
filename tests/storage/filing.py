"""A small agreement that tests file statements in, without any engine.

:class:`Filing` writes entries whose projections are made up: a store only keeps
what it is given.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from phaseflow.journal.checkpoint import Checkpoint
from phaseflow.journal.entry import Entry, Sealed, agreement_id, genesis_body, seal
from phaseflow.journal.privacy import Opening
from phaseflow.model.calendar import Instant, When, Zone
from phaseflow.model.definition import Definition, State
from phaseflow.model.moment import Anchor, Calendar
from phaseflow.model.party import Party
from phaseflow.model.state import Agreement, AmountState, Changes, Claim, Duty
from phaseflow.model.statement import Consequence, GenesisParty, Seen, Statement
from phaseflow.storage.port import Append, Header, ObligationRow, Store, Transaction

SOURCE = "name: exchange # é, 𝄞\n".encode()
DIGEST = hashlib.sha256(SOURCE).hexdigest()
PARTIES = {name: GenesisParty(key=None, role="signatory") for name in ("israel", "hamas", "egypt")}
DEFINITION = Definition(
    digest=DIGEST,
    name="exchange",
    edition="1",
    title="An exchange",
    calendar=Calendar(Zone("Asia/Jerusalem"), 1, Anchor("state", "running")),
    parties={name: Party(name=name, role="signatory") for name in PARTIES},
    groups={},
    findings={},
    obligations={},
    states={"running": State(name="running")},
    initial="running",
    transitions={},
)
OPENING = Opening("5" * 32, ["ç", {"n": 2}, "}\n{"])
START = Instant.parse_iso("2025-01-15T12:00:00Z")


class Filing:
    """Writes the journal of one agreement, an entry a minute."""

    def __init__(self, label: str = "plan", *, is_rehearsal: bool = False) -> None:
        nonce = hashlib.sha256(label.encode()).hexdigest()[:32]
        self.label = label
        self.is_rehearsal = is_rehearsal
        self.body = genesis_body(
            definition=DIGEST, nonce=nonce, parties=PARTIES, is_rehearsal=is_rehearsal
        )
        self.id = agreement_id(self.body)
        self.entries: list[Entry] = []
        self.sealed: list[Sealed] = []
        self.at = START
        self.delivered = 0

    @property
    def lines(self) -> list[str]:
        return [sealed.line for sealed in self.sealed]

    def open(self, store: Store, next_due_at: Instant | None = None) -> str:
        """Begin the agreement in ``store``, and return its id."""
        with store.write() as tx:
            self.begin(tx, next_due_at)
        return self.id

    def begin(self, tx: Transaction, next_due_at: Instant | None = None) -> None:
        first = self.next("open", self.body, actor="recorder", next_due_at=next_due_at)
        header = Header(
            id=self.id,
            label=self.label,
            definition=DIGEST,
            state="running",
            position=1,
            head=first.sealed.hash,
            recorded_at=self.at,
            next_due_at=next_due_at,
            is_rehearsal=self.is_rehearsal,
        )
        tx.add_definition(DEFINITION, SOURCE)
        tx.create(header, first)
        self.keep(first)

    def file(
        self, store: Store, kind: str = "note", body: dict[str, Any] | None = None, **more: Any
    ) -> Append:
        """Append one statement in a transaction of its own."""
        append = self.next(kind, {"text": "seen"} if body is None else body, **more)
        with store.write() as tx:
            tx.lock(self.id)
            tx.append(self.id, append)
        return self.keep(append)

    def redact(self, store: Store) -> bool:
        """Append that :data:`OPENING` is destroyed, and destroy it; tell whether it was there."""
        append = self.next("redact", {"commitment": OPENING.commitment}, actor="recorder")
        with store.write() as tx:
            tx.lock(self.id)
            tx.append(self.id, append)
            self.keep(append)
            return tx.papers(self.id).forget(OPENING.commitment)

    def checkpoint(self, size: int = 1, at: str = "2025-01-15T12:00:00Z") -> str:
        """Return the text of a checkpoint over the first entries."""
        head = self.sealed[size - 1].hash
        return Checkpoint(agreement=self.id, size=size, head=head, at=at).text

    def keep(self, append: Append) -> Append:
        """Note that ``append`` was recorded."""
        self.entries.append(append.entry)
        self.sealed.append(append.sealed)
        self.at = self.at.add(minutes=1)
        return append

    def next(
        self,
        kind: str,
        body: dict[str, Any],
        *,
        actor: str = "israel",
        nonce: str | None = None,
        then: Sequence[Consequence] = (),
        claims: Sequence[Claim] = (),
        next_due_at: Instant | None = None,
    ) -> Append:
        """Return what would extend the head."""
        seq = len(self.entries)
        at = self.at.format_iso()
        head = self.sealed[-1] if self.sealed else None
        statement = Statement(
            agreement=self.id,
            definition=DIGEST,
            actor=actor,
            kind=kind,
            body=body,
            nonce=nonce or hashlib.sha256(f"{self.id}{seq}".encode()).hexdigest()[:32],
            occurred_at=at,
            seen=None if head is None else Seen(hash=head.hash, seq=head.seq),
        )
        entry = Entry(
            seq=seq,
            prev=self.id if head is None else head.hash,
            recorded_at=at,
            sig=None,
            stmt=statement,
            then=tuple(then),
        )
        if kind == "perform":
            claims = [*claims, self.claim(seq, body)]
        return Append(
            sealed=seal(entry),
            entry=entry,
            agreement=Agreement(
                definition=DIGEST,
                leaf="running",
                clock=self.at,
                position=seq + 1,
                obligations={"release": Duty(of_form=AmountState(), reports=seq)},
            ),
            changes=Changes(claims={claim.entry: claim for claim in claims}),
            obligations=[self.obligation("release", seq), self.obligation("withdrawal", 0)],
            next_due_at=next_due_at,
        )

    def claim(self, seq: int, body: dict[str, Any]) -> Claim:
        return Claim(
            entry=seq,
            kind="perform",
            obligation=body["obligation"],
            actor="israel",
            recorded_at=self.at,
            occurred=When(self.at),
            claimed={"total": body["amount"]},
        )

    def obligation(self, name: str, delivered: int) -> ObligationRow:
        return ObligationRow(
            agreement=self.id,
            name=name,
            standing="overdue" if name == "release" else "dormant",
            total=2**53 - 1,
            due=3,
            delivered=delivered,
            outstanding=2,
            next_due_at=None,
        )


def standing(obligation: str, at: str = "2025-01-15T12:00:00Z") -> Consequence:
    """Return a change of standing."""
    body = {"obligation": obligation, "from": "pending", "to": "overdue"}
    return Consequence(at=at, kind="standing", body=body)
