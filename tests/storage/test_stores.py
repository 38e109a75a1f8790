"""Rules that every store keeps: memory, SQLite and PostgreSQL alike."""

from contextlib import closing

import msgspec
import pytest
from tests.conftest import Clock
from tests.storage.filing import DEFINITION, DIGEST, OPENING, SOURCE, START, Filing, standing

from phaseflow.errors import Conflict, StatementInvalid, StoreUnavailable
from phaseflow.journal.entry import read_entry
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.state import Claim, RatePeriod
from phaseflow.model.statement import Consequence
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Filter, Header, Kept, Store


@pytest.fixture
def filing(store: Store) -> Filing:
    """An agreement with its entry 0."""
    filing = Filing()
    filing.open(store)
    return filing


def header_of(store: Store, filing: Filing) -> Header:
    with store.read() as tx:
        [header] = tx.find(filing.id)
    return header


def seqs(store: Store, filing: Filing, wanted: Filter) -> list[int]:
    with store.read() as tx:
        return [row.seq for row in tx.entries(filing.id, wanted)]


def test_an_opened_agreement_is_found_by_label_id_and_prefix(store: Store, filing: Filing) -> None:
    for name in ("plan", filing.id, filing.id[:8]):
        with store.read() as tx:
            assert [header.label for header in tx.find(name)] == ["plan"]
    for name in (filing.id[:7], "pla", "%", "________"):
        with store.read() as tx:
            assert tx.find(name) == []


def test_the_newest_moment_is_that_of_any_agreement_but_a_rehearsal(store: Store) -> None:
    rehearsal = Filing("rehearsal", is_rehearsal=True)
    rehearsal.at = START.add(hours=1)
    rehearsal.open(store)
    with store.read() as tx:
        assert tx.newest() is None

    filing = Filing("plan")
    filing.open(store)
    filing.file(store)
    Filing("older").open(store)

    with store.read() as tx:
        assert tx.newest() == START.add(minutes=1)


def test_a_header_shows_the_newest_entry(store: Store, filing: Filing) -> None:
    due = Instant.parse_iso("2025-02-01T00:00:00Z")

    newest = filing.file(store, next_due_at=due)

    assert header_of(store, filing) == Header(
        id=filing.id,
        label="plan",
        definition=DIGEST,
        state="running",
        position=2,
        head=newest.sealed.hash,
        recorded_at=START.add(minutes=1),
        next_due_at=due,
        is_rehearsal=False,
    )


def test_a_label_is_taken_once(store: Store, filing: Filing) -> None:
    other = Filing("plan", is_rehearsal=True)
    with pytest.raises(Conflict, match="label is taken"):
        other.open(store)

    same = Filing("plan")
    same.label = "another"
    with pytest.raises(Conflict, match="is there already"):
        same.open(store)

    with store.read() as tx:
        assert [header.id for header in tx.headers()] == [filing.id]


def test_headers_come_by_label_and_are_filtered(store: Store) -> None:
    labels = ["b", "a", "Z", "é", "_", *(f"n{i:03}" for i in range(400))]
    with store.write() as tx:
        for label in labels:
            Filing(label).begin(tx)

    with store.read() as tx:
        assert [header.label for header in tx.headers()] == sorted(labels)
        assert len(list(tx.headers(state="running", definition=DIGEST))) == len(labels)
        assert list(tx.headers(state="done")) == []
        assert list(tx.headers(definition="1" * 64)) == []


def test_a_definition_comes_back_with_its_exact_bytes(store: Store, filing: Filing) -> None:
    with store.write() as tx:
        tx.add_definition(DEFINITION, b"something else")

    with store.read() as tx:
        assert tx.source(DIGEST) == SOURCE


def test_what_is_not_there_is_named(store: Store, filing: Filing) -> None:
    with store.read() as tx:
        with pytest.raises(StatementInvalid, match="no definition 1111"):
            tx.source("1" * 64)
        with pytest.raises(StatementInvalid, match="no agreement 1111"):
            tx.lock("1" * 64)
        with pytest.raises(StatementInvalid, match="no agreement 1111"):
            tx.state("1" * 64)
        assert tx.entry(filing.id, 1) is None
        assert tx.entry(filing.id, 2**40) is None
        assert tx.records(filing.id).claim(2**40) is None


def test_a_line_is_kept_byte_for_byte(store: Store, filing: Filing) -> None:
    text = 'é e\u0301 𝄞 \t \n "quoted" \\ \u2028 \ufeff \U0010ffff \u202e'

    filed = filing.file(store, body={"text": text})

    with store.read() as tx:
        row = tx.entry(filing.id, 1)
    assert row is not None
    assert row.line.encode() == filed.sealed.line.encode()
    assert read_entry(row.line).stmt.body == {"text": text}


def test_only_what_extends_the_head_is_appended(store: Store, filing: Filing) -> None:
    stale = filing.next("note", {"text": "slow"}, nonce="1" * 32)
    filing.file(store)
    gap = Filing("plan")
    gap.entries, gap.sealed = [*filing.entries, *filing.entries], filing.sealed

    for append in (stale, gap.next("note", {"text": "too far"}, nonce="2" * 32)):
        with pytest.raises(Conflict, match=r"extends? the head"), store.write() as tx:
            tx.append(filing.id, append)

    assert seqs(store, filing, Filter()) == [0, 1]


def test_an_author_uses_a_nonce_once(store: Store, filing: Filing) -> None:
    filing.file(store, nonce="a" * 32)
    again = filing.next("note", {"text": "again"}, nonce="a" * 32)

    with pytest.raises(Conflict, match="used this nonce before"), store.write() as tx:
        tx.append(filing.id, again)
    filing.file(store, nonce="a" * 32, actor="hamas")

    with store.read() as tx:
        found = tx.by_nonce(filing.id, "israel", "a" * 32)
        other = tx.by_nonce(filing.id, "hamas", "a" * 32)
        nobody = tx.by_nonce(filing.id, "egypt", "a" * 32)
    assert (found and found.seq, other and other.seq, nobody) == (1, 2, None)


def test_a_transaction_that_fails_leaves_nothing(store: Store, filing: Filing) -> None:
    filing.file(store, "perform", {"obligation": "release", "amount": 3})
    with store.read() as tx:
        before = tx.dump_projections(filing.id), list(tx.entries(filing.id))

    changed = filing.next(
        "perform",
        {"obligation": "release", "amount": 1},
        then=[standing("release")],
        claims=[filing.claim(1, {"obligation": "release", "amount": 9})],
    )

    def fail() -> None:
        with store.write() as tx:
            tx.append(filing.id, changed)
            Filing("other").begin(tx)
            tx.clear_projections(filing.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with store.read() as tx:
        assert (tx.dump_projections(filing.id), list(tx.entries(filing.id))) == before
        assert tx.find("other") == []
        assert tx.by_nonce(filing.id, "israel", changed.entry.stmt.nonce) is None


def test_a_read_transaction_cannot_write(store: Store, filing: Filing) -> None:
    append = filing.next("note", {"text": "dry"})

    with pytest.raises(StoreUnavailable), store.read() as tx:
        tx.append(filing.id, append)

    assert seqs(store, filing, Filter()) == [0]


def test_a_dry_run_locks_and_asks_what_is_due_as_a_real_one(store: Store, filing: Filing) -> None:
    filing.file(store, next_due_at=START)

    with store.read() as tx:
        assert [header.id for header in tx.due(tx.now(), 10)] == [filing.id]
        assert tx.lock(filing.id).position == 2


def test_the_clock_gives_whole_seconds(store: Store, clock: Clock) -> None:
    clock.at = START.add(milliseconds=999)

    with store.write() as tx:
        assert tx.now() == START


def test_due_gives_the_longest_due_first_and_no_rehearsal(store: Store) -> None:
    for label, minutes in (("late", 0), ("later", 1), ("latest", 1), ("not yet", 3)):
        Filing(label).open(store, START.add(minutes=minutes))
    Filing("rehearsed", is_rehearsal=True).open(store, START)
    Filing("never").open(store)

    with store.write() as tx:
        due = [header.label for header in tx.due(START.add(minutes=2), 10)]
        first = [header.label for header in tx.due(START.add(minutes=2), 1)]
        at_once = [header.label for header in tx.due(START, 10)]
    assert due[0] == "late"
    assert sorted(due) == ["late", "later", "latest"]
    assert first == ["late"]
    assert at_once == ["late"]


def test_state_and_records_come_back_as_values_of_their_own(store: Store, filing: Filing) -> None:
    filed = filing.file(store, "perform", {"obligation": "release", "amount": 3})

    with store.read() as tx:
        state = tx.state(filing.id)
        claim = tx.records(filing.id).claim(1)
        assert state == filed.agreement
        assert claim == filed.changes.claims[1]
        state.leaf = "spoilt"
        claim.counted["total"] = 9
        assert tx.state(filing.id) == filed.agreement
        assert tx.records(filing.id).claim(1) == filed.changes.claims[1]
    assert filed.changes.claims[1].counted == {}


def test_claims_are_found_by_the_day_on_which_they_happened(store: Store, filing: Filing) -> None:
    for day in (10, 11, 12, 13, 14, 20):
        seq = len(filing.entries)
        claim = filing.claim(seq, {"obligation": "release", "amount": 1})
        claim.occurred = When(Date(2025, 1, day))
        filing.file(store, claims=[claim])
    moved = filing.claim(6, {"obligation": "release", "amount": 1})
    moved.happened = When(Date(2025, 1, 12))
    alleged = filing.claim(7, {"obligation": "release", "amount": 1})
    alleged.kind, alleged.occurred = "allege", When(Date(2025, 1, 12))
    filing.file(store, claims=[moved, alleged])

    with store.read() as tx:
        records = tx.records(filing.id)
        days = Date(2025, 1, 12), Date(2025, 1, 13)
        found = [claim.entry for claim in records.claims_between("release", *days)]
        none = list(records.claims_between("withdrawal", *days))
    # A day more on either side: of an instant, the day depends on the time zone.
    assert found == [2, 3, 4, 5, 6]
    assert none == []


def test_a_settled_period_is_kept_by_obligation_and_first_day(store: Store, filing: Filing) -> None:
    first = Date(2025, 1, 20)
    append = filing.next("note", {"text": "settled"})
    append.changes.periods["aid", first] = RatePeriod(
        first=first, last=first, delivered={"fuel": 50}
    )
    with store.write() as tx:
        tx.append(filing.id, append)

    with store.read() as tx:
        records = tx.records(filing.id)
        assert records.period("aid", first) == append.changes.periods["aid", first]
        assert records.period("aid", first.add(days=1)) is None
        assert records.period("release", first) is None


def filed_history(store: Store) -> Filing:
    """Eight entries of several kinds and authors, about two obligations."""
    filing = Filing()
    filing.open(store)
    filing.file(store, "perform", {"obligation": "release", "amount": 3})
    filing.file(store, "attest", {"entry": 1}, actor="egypt")
    filing.file(store, actor="hamas")
    filing.file(store, "notify", {"subject": "dispute", "obligation": ["release", "withdrawal"]})
    filing.file(store, "tick", {}, actor="recorder", then=[standing("withdrawal")])
    filing.file(store, "note", {"about": [0, 1, 2, 2**40]}, actor="hamas")
    filing.file(store, "contest", {"entry": 3}, actor="egypt")
    return filing


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Filter(kinds=("note",)), [3, 6]),
        (Filter(kinds=("note", "tick", "allege", "open")), [0, 3, 5, 6]),
        (Filter(kinds=("note", "tick", "open"), newest=2), [5, 6]),
        (Filter(actor="egypt"), [2, 7]),
        (Filter(actor="egypt", kinds=("attest", "note")), [2]),
        (Filter(obligation="release"), [1, 2, 4, 6]),
        (Filter(obligation="withdrawal"), [4, 5]),
        (Filter(obligation="release", actor="israel", kinds=("notify",)), [4]),
        (Filter(obligation="release", newest=2), [4, 6]),
        (Filter(since=START.add(minutes=2)), [2, 3, 4, 5, 6, 7]),
        (Filter(until=START.add(minutes=2)), [0, 1]),
        (Filter(since=START.add(minutes=2), until=START.add(minutes=4)), [2, 3]),
        (Filter(since=START.add(minutes=90)), []),
        (Filter(until=START), []),
        (Filter(first=6), [6, 7]),
        (Filter(newest=3), [5, 6, 7]),
        (Filter(newest=0), []),
        (Filter(newest=100, first=5), [5, 6, 7]),
        (Filter(actor="nobody"), []),
        (Filter(actor="nobody", newest=3), []),
    ],
)
def test_history_is_filtered_and_in_order(
    store: Store, wanted: Filter, expected: list[int]
) -> None:
    assert seqs(store, filed_history(store), wanted) == expected


def test_a_long_history_comes_page_by_page_and_whole(store: Store, filing: Filing) -> None:
    with store.write() as tx:
        for _ in range(450):
            append = filing.next("note", {"text": "long"})
            tx.append(filing.id, append)
            filing.keep(append)

    with store.read() as tx:
        lines = [row.line for row in tx.entries(filing.id)]
        kinds = [row.seq for row in tx.entries(filing.id, Filter(kinds=("open", "note")))]
        newest = [row.seq for row in tx.entries(filing.id, Filter(newest=250))]
    assert lines == filing.lines
    assert kinds == list(range(451))
    assert newest == list(range(201, 451))


def test_obligations_are_asked_for_across_agreements(store: Store) -> None:
    filings = [Filing(f"n{i:03}") for i in range(120)]
    with store.write() as tx:
        for filing in filings:
            filing.begin(tx)
    ids = sorted(filing.id for filing in filings)

    with store.read() as tx:
        every = [(row.agreement, row.name) for row in tx.obligations()]
        overdue = [row.agreement for row in tx.obligations(standing="overdue")]
        first = next(iter(tx.obligations()))
    assert every == [(id_, name) for id_ in ids for name in ("release", "withdrawal")]
    assert overdue == ids
    assert first.total == 2**53 - 1


def test_projections_written_anew_are_the_same(store: Store) -> None:
    filing = filed_history(store)
    with store.read() as tx:
        before = tx.dump_projections(filing.id)
    again = Filing()
    appends = [
        again.keep(again.next(e.stmt.kind, e.stmt.body, actor=e.stmt.actor, then=e.then))
        for e in filing.entries
    ]

    with store.write() as tx:
        tx.clear_projections(filing.id)
        cleared = tx.dump_projections(filing.id)
        for append in appends:
            tx.project(filing.id, append)

    with store.read() as tx:
        assert tx.dump_projections(filing.id) == before
    assert not any(cleared[table] for table in cleared if table != "agreement")
    assert all(before[table] for table in before if table != "period")


def test_every_store_projects_the_same_rows(store: Store, clock: Clock) -> None:
    model = MemoryStore(clock)
    expected, filing = filed_history(model), filed_history(store)

    with model.read() as tx, store.read() as other:
        assert other.dump_projections(filing.id) == tx.dump_projections(expected.id)


def test_an_amendment_drops_the_obligations_that_are_gone(store: Store, filing: Filing) -> None:
    amendment = Consequence(at=START.format_iso(), kind="amended", body={"definition": DIGEST})
    append = filing.next("note", {"text": "amended"}, then=[amendment])
    amended = msgspec.structs.replace(append, obligations=append.obligations[:1])

    with store.write() as tx:
        tx.append(filing.id, amended)

    with store.read() as tx:
        assert [row.name for row in tx.obligations()] == ["release"]


def test_a_claim_is_rewritten_in_place(store: Store, filing: Filing) -> None:
    filing.file(store, "perform", {"obligation": "release", "amount": 3})
    attested = filing.claim(1, {"obligation": "release", "amount": 3})
    attested.counted = {"total": 3}

    filing.file(store, "attest", {"entry": 1}, actor="egypt", claims=[attested])

    with store.read() as tx:
        claim = tx.records(filing.id).claim(1)
    assert isinstance(claim, Claim)
    assert claim.counted == {"total": 3}


def test_a_closed_store_opens_again(store: Store, filing: Filing) -> None:
    with closing(store):
        filing.file(store)

    assert header_of(store, filing).position == 2


def test_the_lines_of_keys_are_entry_0_and_what_sets_a_key(store: Store) -> None:
    filing = Filing()
    filing.open(store)
    for kind in ("note", "key.set", "note"):
        filing.file(store, kind=kind)

    with store.read() as tx:
        assert tx.turning_lines(filing.id) == [filing.lines[0], filing.lines[2]]


def test_nothing_that_is_kept_as_a_checkpoint_is_in_the_place_of_another(store: Store) -> None:
    filing = Filing()
    filing.open(store)
    one, other = filing.checkpoint(), filing.checkpoint(at="2025-01-15T13:00:00Z")

    with store.write() as tx:
        papers = tx.papers(filing.id)
        papers.keep(1, one, {"recorder": "A"})
        papers.keep(1, other, {})
        papers.keep(1, one, {"recorder": "B", "egypt": "C"})
        papers.keep(1, one, {"recorder": "A"})

    with store.read() as tx:
        papers = tx.papers(filing.id)
        first, second = sorted(papers.checkpoints(), key=lambda kept: kept.text)
        assert (first.size, first.text, sorted(first.signatures)) == (
            1,
            one,
            [("egypt", "C"), ("recorder", "A"), ("recorder", "B")],
        )
        assert second == Kept(size=1, text=other)
        assert papers.checkpoints(1) == papers.checkpoints()
        assert not papers.checkpoints(2)
        assert (papers.size_below(2), papers.size_below(1)) == (1, None)


def test_an_opening_is_kept_until_it_is_forgotten(store: Store) -> None:
    filing = Filing()
    filing.open(store)

    with store.write() as tx:
        tx.papers(filing.id).disclose(OPENING.commitment, OPENING.line)
        assert tx.papers(filing.id).disclosures() == {OPENING.commitment: OPENING.line}

    assert filing.redact(store)
    assert not filing.redact(store)

    with store.read() as tx:
        assert tx.papers(filing.id).disclosures() == {}


def test_what_is_kept_beside_a_journal_is_undone_with_its_transaction(store: Store) -> None:
    filing = Filing()
    filing.open(store)

    def write() -> None:
        with store.write() as tx:
            tx.papers(filing.id).keep(1, filing.checkpoint(), {"recorder": "A"})
            tx.papers(filing.id).disclose(OPENING.commitment, OPENING.line)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()

    with store.read() as tx:
        assert not tx.papers(filing.id).checkpoints()
        assert not tx.papers(filing.id).disclosures()
