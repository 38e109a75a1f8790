"""One agreement, grown to a wanted number of entries.

It is grown with the real engine, journal and store; only the transaction is
shared, by many statements, since nothing is measured meanwhile. Reports bear
their day, as reports of hand-overs do.
"""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from phaseflow.engine.outcome import Refusal
from phaseflow.engine.step import step
from phaseflow.model.calendar import Date, Instant
from phaseflow.model.statement import Seen, Statement
from phaseflow.service.agreement import Place, hold
from phaseflow.service.compose import Filing
from phaseflow.service.next_entry import draft, draft_ticks
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import Filed, record
from phaseflow.storage.port import Store, Transaction

LABEL = "delivery"
DEFINITION = Path(__file__).parents[1] / "delivery.yaml"
FIRST_DAY = Date(2025, 1, 6)
WEEK = 7
CHUNK = 500
"""Rounds in one transaction."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of the load.

    ``back`` is how many entries before it stands the one it speaks of; with
    ``is_last`` a round is whole.
    """

    actor: str
    kind: str
    body: dict[str, Any]
    day: Date
    back: int = 0
    is_last: bool = False


@dataclass(slots=True)
class Grown:
    """The claims on ``machines``, with and without the word of their verifier; the last day of all."""

    until: Date = FIRST_DAY
    attested: list[int] = field(default_factory=list)
    unattested: list[int] = field(default_factory=list)

    def middle(self, count: int, rng: random.Random) -> tuple[list[int], list[int]]:
        """Return so many of either kind from the middle half of the journal, in random order."""
        return tuple(
            rng.sample(claims[len(claims) // 4 : len(claims) * 3 // 4], count)
            for claims in (self.unattested, self.attested)
        )  # type: ignore[return-value]


def fresh_nonce() -> str:
    return secrets.token_hex(16)


def open_delivery(store: Store) -> None:
    opening = OpeningRequest(
        source=DEFINITION.read_bytes(),
        file=DEFINITION.name,
        nonce=fresh_nonce(),
        label=LABEL,
        rehearsed_at=f"{FIRST_DAY}T08:00",
    )
    open_agreement(store, opening)


def grow(store: Store, entries: int, *, handovers: int = 7, apart: int = WEEK) -> Grown:
    """Grow the agreement to ``entries``, reported on ``handovers`` days, ``apart`` days apart.

    It ends with a whole round, up to five entries later.
    """
    grown = Grown()
    rounds = _rounds(max(handovers, entries // 6), handovers, apart)
    position = 0
    while position < entries:
        with store.write() as transaction:
            place = hold(transaction, LABEL)
            for said in chain.from_iterable(islice(rounds, CHUNK)):
                place = _say(transaction, place, said, grown)
                if place.header.position >= entries and said.is_last:
                    break
            position = place.header.position
    return grown


def _rounds(rounds: int, handovers: int, apart: int) -> Iterator[tuple[Said, ...]]:
    """Yield rounds of six statements, spread evenly over the days; then more on the last day."""
    for number in count():
        handover = min(number, rounds - 1) * handovers // rounds
        day = FIRST_DAY.add(days=apart * (handover + 1))
        delivered = {"obligation": "machines", "amount": {"presses": 3, "lathes": 1}}
        later = {"obligation": "machines", "amount": {"presses": 2}}
        cans = {"obligation": "fuel", "amount": {"total": 600, "winter": 50}}
        paid = {"obligation": "payment", "amount": {"euros": 1100}}
        yield (
            Said("seller", "perform", delivered, day),
            Said("surveyor", "attest", {}, day, back=1),
            Said("seller", "perform", later, day),
            Said("buyer", "perform", paid, day),
            Said("seller", "perform", cans, day.subtract(days=number % apart)),
            Said("surveyor", "attest", {}, day, back=1, is_last=True),
        )


def _say(transaction: Transaction, place: Place, said: Said, grown: Grown) -> Place:
    now = max(_noon(place, said.day), place.header.recorded_at)
    for tick in draft_ticks(place, now):
        transaction.append(place.header.id, tick.append)
        place = tick.place
    header = place.header
    statement = Statement(
        agreement=header.id,
        definition=header.definition,
        actor=said.actor,
        kind=said.kind,
        body=said.body | ({"entry": header.position - said.back} if said.back else {}),
        nonce=fresh_nonce(),
        occurred_at=str(said.day),
        seen=Seen(hash=header.head, seq=header.position - 1),
    )
    outcome = step(place.definition, place.agreement, place.records, statement, now)
    assert not isinstance(outcome, Refusal), outcome
    _note(grown, statement, header.position)
    grown.until = said.day
    drafted = draft(place, statement, outcome, now)
    transaction.append(header.id, drafted.append)
    return drafted.place


def _noon(place: Place, day: Date) -> Instant:
    return place.definition.calendar.zone.at(day, "12:00")


def _note(grown: Grown, statement: Statement, seq: int) -> None:
    if statement.body.get("obligation") == "machines":
        grown.unattested.append(seq)
    elif statement.kind == "attest" and statement.body["entry"] in grown.unattested[-1:]:
        grown.attested.append(grown.unattested.pop())


def say(store: Store, actor: str, kind: str, day: Date, **body: Any) -> Filed:
    """File one statement as a user does: look, step, append, commit."""
    filing = Filing(
        agreement=LABEL,
        actor=actor,
        kind=kind,
        body=body,
        nonce=fresh_nonce(),
        occurred_at=str(day),
        now=f"{day}T18:00",
    )
    return record(store, filing)
