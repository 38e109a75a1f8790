"""Filing, over every kind of store."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.conftest import Clock

from phaseflow.errors import Conflict, Refused, StatementInvalid
from phaseflow.journal.entry import read_entry
from phaseflow.model.calendar import Instant
from phaseflow.service import replay, tick
from phaseflow.service.audit import verify
from phaseflow.service.compose import Filing
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.rebuild import rebuild
from phaseflow.service.record import record, try_out
from phaseflow.service.status import status
from phaseflow.storage.port import Store

PLAN = (Path(__file__).parents[1] / "cli" / "plan.yaml").read_bytes()
NONCES = (f"{n:032x}" for n in range(1, 2**31))


def at(text: str) -> Instant:
    return Instant.parse_iso(text)


def say(actor: str, kind: str, **body: Any) -> Filing:
    return Filing(agreement="p", actor=actor, kind=kind, body=body, nonce=next(NONCES))


def opened(store: Store, source: bytes = PLAN, label: str = "p") -> str:
    opening = OpeningRequest(source=source, file="plan.yaml", nonce=next(NONCES), label=label)
    return open_agreement(store, opening).place.header.id


def running(store: Store, source: bytes = PLAN) -> str:
    identity = opened(store, source)
    record(store, say("north", "advance", transition="accept"))
    record(store, say("south", "advance", transition="accept"))
    return identity


def rows(store: Store, identity: str) -> dict[str, Any]:
    with store.read() as transaction:
        lines = [row.line for row in transaction.entries(identity)]
        return transaction.dump_projections(identity) | {"lines": lines}


def long_plan() -> bytes:
    """Twenty obligations with thirty dues each, all of which fall due on the same days."""
    days = range(1, 31)
    schedule = ", ".join(f"{{by: day {day}, total: {day}}}" for day in days)
    obligation = f"""\
    obligor: north
    obligee: south
    during: running
    amount: 30
    schedule: [{schedule}]
"""
    obligations = "".join(f"  supply_{n}:\n{obligation}" for n in range(20))
    return f"""\
phaseflow: 1
name: long_plan
edition: "1"
title: Long plan
calendar: {{time_zone: UTC, day_1: running}}
parties:
  north: {{title: North, role: signatory}}
  south: {{title: South, role: signatory}}
obligations:
{obligations}initial: proposed
states:
  proposed: {{}}
  running: {{}}
  done: {{final: success}}
transitions:
  - {{name: accept, from: proposed, to: running, by: {{all: signatories}}}}
  - {{name: finish, from: running, to: done, by: {{all: signatories}}}}
""".encode()


def test_a_statement_is_one_entry_recorded_by_the_clock_of_the_store(
    store: Store, clock: Clock
) -> None:
    opened(store)
    clock.at = at("2025-01-16T00:00:00Z")

    filed = record(store, say("guide", "note", text="seen"))

    assert (filed.entry.seq, filed.entry.recorded_at) == (1, "2025-01-16T00:00:00Z")
    assert filed.entry.stmt.occurred_at == "2025-01-16T00:00:00Z"
    assert filed.place.header.head == filed.hash


def test_a_clock_that_runs_back_records_nothing_before_the_newest_entry(
    store: Store, clock: Clock
) -> None:
    opened(store)
    clock.at = at("2020-01-01T00:00:00Z")

    filed = record(store, say("guide", "note"))

    assert filed.entry.recorded_at == "2025-01-15T12:00:00Z"


def test_what_fell_due_is_filed_first_and_causes_nothing_in_the_statements_entry(
    store: Store, clock: Clock
) -> None:
    running(store)
    clock.at = at("2025-01-20T00:00:00Z")

    filed = record(store, say("guide", "note"))

    assert [(tick.seq, tick.stmt.actor) for tick in filed.ticks] == [(3, "recorder")]
    assert {c.kind for c in filed.ticks[0].then} == {"standing"}
    assert (filed.entry.seq, filed.entry.then) == (4, ())


def test_a_refusal_and_a_malformed_statement_write_nothing(store: Store, clock: Clock) -> None:
    identity = running(store)
    before = rows(store, identity)
    clock.at = at("2025-01-20T00:00:00Z")

    with pytest.raises(Refused) as refused:
        record(store, say("south", "advance", transition="finish"))
    with pytest.raises(StatementInvalid):
        record(store, say("south", "perform", obligation="releases", amount=1))

    assert [reason.text for reason in refused.value.reasons] == [
        "all must be out",
        "the withdrawal must be complete",
    ]
    assert rows(store, identity) == before


def test_a_dry_run_gives_what_a_filing_would_and_changes_no_row(store: Store, clock: Clock) -> None:
    identity = running(store)
    clock.at = at("2025-01-20T00:00:00Z")
    filing = say("south", "perform", obligation="withdrawal", step="road")
    before = rows(store, identity)

    tried = try_out(store, filing)

    assert rows(store, identity) == before
    done = record(store, filing)
    assert tried.is_dry_run
    assert (tried.entry, tried.ticks, tried.hash) == (done.entry, done.ticks, done.hash)


def test_a_repeated_nonce_is_answered_before_anything_else(store: Store, clock: Clock) -> None:
    identity = running(store)
    filing = say("south", "perform", obligation="withdrawal", step="road")
    first = record(store, filing)
    before = rows(store, identity)
    clock.at = at("2025-03-01T00:00:00Z")

    again = record(store, msgspec.structs.replace(filing, expected_position=1))

    assert (again.is_repeat, again.entry, again.hash) == (True, first.entry, first.hash)
    assert try_out(store, filing).is_repeat
    assert rows(store, identity) == before


def test_the_nonce_of_something_else_is_a_conflict(store: Store) -> None:
    opened(store)
    filing = say("guide", "note", text="once")
    record(store, filing)

    with pytest.raises(Conflict):
        record(store, msgspec.structs.replace(filing, body={"text": "twice"}))
    record(store, msgspec.structs.replace(filing, actor="watch"))


def test_a_position_is_stale_only_if_somebody_spoke_since(store: Store, clock: Clock) -> None:
    running(store)
    clock.at = at("2025-01-20T00:00:00Z")
    tick.tick(store, "p")

    seen_before_the_tick = msgspec.structs.replace(say("guide", "note"), expected_position=3)
    filed = record(store, seen_before_the_tick)

    assert filed.entry.stmt.seen is not None
    assert filed.entry.stmt.seen.seq == 2
    with pytest.raises(Conflict, match="note by guide"):
        record(store, msgspec.structs.replace(say("watch", "note"), expected_position=4))
    with pytest.raises(Conflict):
        try_out(store, msgspec.structs.replace(say("watch", "note"), expected_position=4))


def test_a_long_sleep_is_caught_up_in_entries_of_at_most_500_consequences(
    store: Store, clock: Clock
) -> None:
    identity = running(store, long_plan())
    clock.at = at("2026-01-01T00:00:00Z")

    tried = try_out(store, say("north", "note"))
    filed = record(store, say("north", "note"))

    sizes = [len(tick.then) for tick in filed.ticks]
    # A tick ends with the moment of its 500th consequence, and each day has twenty.
    assert sizes == [500, 120]
    assert [tick.then for tick in tried.ticks] == [tick.then for tick in filed.ticks]
    assert status(store, identity).not_yet_recorded == ()
    assert replay.audit(store, identity).differing == ()


def test_ticking_often_or_never_gives_the_same_consequences(store: Store, clock: Clock) -> None:
    def consequences(identity: str) -> list[Any]:
        entries = (read_entry(line) for line in rows(store, identity)["lines"])
        return [c for entry in entries for c in entry.then]

    often = running(store)
    for day in range(16, 31):
        clock.at = at(f"2025-01-{day}T00:00:00Z")
        tick.tick(store, "p")
    clock.at = at("2025-01-15T12:00:00Z")
    opened(store, label="q")
    for actor in ("north", "south"):
        accept = say(actor, "advance", transition="accept")
        record(store, msgspec.structs.replace(accept, agreement="q"))
    clock.at = at("2025-01-30T00:00:00Z")
    never = tick.tick(store, "q")

    assert len(never) == 1
    assert consequences(never[0].place.header.id) == consequences(often)


def test_an_agreement_that_nobody_touches_is_ticked_once_it_is_due(
    store: Store, clock: Clock
) -> None:
    running(store)
    assert list(tick.tick_all(store)) == []
    clock.at = at("2025-01-20T00:00:00Z")

    ticked = list(tick.tick_all(store))

    assert [one.place.header.label for one in ticked] == ["p"]
    assert list(tick.tick_all(store)) == []


def test_a_journal_verifies_and_its_projections_can_be_rebuilt(store: Store, clock: Clock) -> None:
    identity = running(store)
    record(store, say("north", "perform", obligation="release", amount={"women": 2, "men": 1}))
    record(store, say("watch", "attest", entry=3, amount={"women": 2}))
    clock.at = at("2025-01-20T00:00:00Z")
    refused = say("south", "advance", transition="finish")
    record(store, msgspec.structs.replace(refused, is_on_record=True))
    before = rows(store, identity)

    assert verify(store, identity).entries == 7
    assert replay.audit(store, identity).differing == ()
    rebuild(store, None)

    assert rows(store, identity) == before


def test_an_opening_is_repeated_by_its_nonce_and_its_label_is_kept(store: Store) -> None:
    opening = OpeningRequest(source=PLAN, file="plan.yaml", nonce=next(NONCES), label="p")
    first = open_agreement(store, opening)

    again = open_agreement(store, opening)

    assert again.is_repeat
    assert (again.entry, again.hash) == (first.entry, first.hash)
    with pytest.raises(Conflict, match="taken"):
        open_agreement(store, msgspec.structs.replace(opening, nonce=next(NONCES)))


def test_every_party_is_listed_unsigned_in_the_genesis_beside_the_recorder(store: Store) -> None:
    opening = OpeningRequest(source=PLAN, file="plan.yaml", nonce=next(NONCES))

    body = open_agreement(store, opening).entry.stmt.body

    assert set(body["parties"]) == {"recorder", "north", "south", "watch", "guide"}
    assert {party["key"] for party in body["parties"].values()} == {None}
    assert "rehearsal" not in body


def test_the_beginning_of_an_id_may_not_mean_two_agreements(store: Store) -> None:
    opened(store)

    with pytest.raises(StatementInvalid, match="no agreement"):
        status(store, "00000000")
