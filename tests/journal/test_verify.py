"""Whatever is done to a journal, its verification finds it, and names the first bad entry."""

import hashlib
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.signer import signer
from tests.storage.filing import DIGEST, PARTIES, SOURCE, START, Filing, standing

from phaseflow.errors import JournalBroken
from phaseflow.journal.canonical import canonical, tagged_hash
from phaseflow.journal.entry import agreement_id, genesis_body, hash_of
from phaseflow.journal.keys import KeyChange
from phaseflow.journal.verify import Report, verify, verify_columns
from phaseflow.model.statement import Consequence, GenesisParty, Policy
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Row

Value = dict[str, Any]


def source(digest: str) -> bytes:
    if digest != DIGEST:
        msg = f"definition {digest} is missing"
        raise JournalBroken(msg)
    return SOURCE


def history(body: Value | None = None) -> list[str]:
    """Six entries: a genesis, reports, an act and a tick."""
    filing = Filing()
    if body is not None:
        filing.body, filing.id = body, agreement_id(body)
    filing.keep(filing.next("open", filing.body, actor="recorder"))
    filing.keep(filing.next("perform", {"obligation": "release", "amount": 3}))
    filing.keep(filing.next("attest", {"entry": 1}, actor="egypt"))
    filing.keep(filing.next("tick", {}, actor="recorder", then=[standing("release")]))
    filing.keep(filing.next("advance", {"transition": "enter"}, actor="hamas"))
    filing.keep(filing.next("note", {"text": "é𝄞"}))
    return filing.lines


LINES = history()
ID = agreement_id(Filing().body)


def failing(lines: list[str], agreement: str | None = ID) -> int | None:
    """Return which entry fails first."""
    with pytest.raises(JournalBroken) as raised:
        verify(lines, agreement, source)
    return raised.value.seq


def rewritten(lines: list[str], change: Callable[[list[Value]], object]) -> list[str]:
    """Return ``lines`` after ``change``, every hash computed anew: the forger's best work."""
    values = [json.loads(line) for line in lines]
    change(values)
    hashes: list[str] = []
    done: list[str] = []
    for seq, value in enumerate(values):
        if seq == 0:
            value["prev"] = tagged_hash("phaseflow-agreement-v1", canonical(value["stmt"]["body"]))
        else:
            value["prev"] = hashes[-1]
            seen = value["stmt"]["seen"]
            if seen is not None and seen["seq"] < seq:
                seen["hash"] = hashes[seen["seq"]]
        value["stmt"]["agreement"] = values[0]["prev"]
        done.append(canonical(value))
        hashes.append(hash_of(done[-1]))
    return done


def test_a_whole_journal_is_reported() -> None:
    report = verify(LINES, ID, source)

    assert report == Report(
        agreement=ID,
        is_anchored=True,
        is_rehearsal=False,
        entries=6,
        head=hash_of(LINES[-1]),
        recorded_at="2025-01-15T12:05:00Z",
        unsigned={"recorder": 2, "israel": 2, "egypt": 1, "hamas": 1},
        definitions=(DIGEST,),
        keys=tuple(
            KeyChange(party=name, key=None, since=0, by=0)
            for name in ("egypt", "hamas", "israel", "recorder")
        ),
    )


def test_without_an_id_from_elsewhere_it_is_not_anchored() -> None:
    assert not verify(LINES, None, source).is_anchored
    assert failing(LINES, "0" * 64) == 0


def test_a_rehearsal_is_marked() -> None:
    body = genesis_body(definition=DIGEST, nonce="0" * 32, parties=PARTIES, is_rehearsal=True)

    assert verify(history(body), None, source).is_rehearsal


def test_the_lines_are_read_once_and_not_kept() -> None:
    def once() -> Iterator[str]:
        yield from LINES

    assert verify(once(), ID, source).entries == 6


def test_memory_does_not_grow_with_what_entries_say() -> None:
    filing = Filing()
    filing.keep(filing.next("open", filing.body, actor="recorder"))
    for _ in range(100):
        filing.keep(filing.next("note", {"text": "x" * 50_000}))

    def once() -> Iterator[str]:
        for line in filing.lines:
            yield line[:1] + line[1:]

    tracemalloc.start()
    verify(once(), filing.id, source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # The lines together are 5 MB.
    assert peak < 1_000_000


def test_an_empty_journal_is_broken() -> None:
    assert failing([]) == 0


@given(st.data())
def test_a_changed_letter_anywhere_is_found(data: st.DataObject) -> None:
    seq = data.draw(st.integers(0, len(LINES) - 2))
    line = LINES[seq]
    place = data.draw(st.integers(0, len(line) - 1))
    letter = data.draw(st.characters(exclude_characters=line[place]))
    lines = LINES.copy()
    lines[seq] = line[:place] + letter + line[place + 1 :]

    assert failing(lines) in {seq, seq + 1}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
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


@pytest.mark.parametrize("seq", range(6))
def test_each_single_field_that_is_changed_or_taken_away_is_found(seq: int) -> None:
    head = verify(LINES, ID, source).head
    for path in leaves(json.loads(LINES[seq])):
        for change in (spoil, remove):
            value = json.loads(LINES[seq])
            change(value, path)
            found = outcome([*LINES[:seq], canonical(value), *LINES[seq + 1 :]])
            if isinstance(found, Report):
                # Of the newest entry only a receipt can tell.
                assert seq == len(LINES) - 1
                assert found.head != head, path
            else:
                assert found in {seq, seq + 1}, path


def outcome(lines: list[str]) -> Report | int | None:
    """Return the report, or which entry fails first."""
    try:
        return verify(lines, ID, source)
    except JournalBroken as error:
        return error.seq


def inside(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


def spoil(value: Any, path: tuple[str | int, ...]) -> None:
    holder, key = inside(value, path), path[-1]
    old = holder[key]
    if isinstance(old, str) and old[:1].isdigit():
        holder[key] = ("1" if old[0] != "1" else "2") + old[1:]
    elif isinstance(old, str):
        holder[key] = old + "x"
    elif isinstance(old, int):
        holder[key] = old + 1
    else:
        holder[key] = 7


def remove(value: Any, path: tuple[str | int, ...]) -> None:
    del inside(value, path)[path[-1]]


def test_deletion_duplication_reordering_and_insertion_are_found() -> None:
    for seq in range(5):
        assert failing(LINES[:seq] + LINES[seq + 1 :]) == seq
        assert failing([*LINES[: seq + 1], *LINES[seq:]]) == seq + 1
        assert failing([*LINES[:seq], LINES[seq + 1], LINES[seq], *LINES[seq + 2 :]]) == seq
    foreign = history(genesis_body(definition=DIGEST, nonce="f" * 32, parties=PARTIES))
    for seq in range(6):
        assert failing([*LINES[:seq], foreign[seq], *LINES[seq:]]) == seq


def test_an_entry_that_nobody_looked_at_is_held_by_the_next_one_all_the_same() -> None:
    lines = rewritten(LINES, lambda e: [x["stmt"]["seen"].update(seq=0) for x in e[1:]])
    assert verify(lines, ID, source).entries == 6

    other = rewritten(lines, lambda e: e[1]["stmt"]["body"].update(amount=4))

    assert failing([lines[0], other[1], *lines[2:]]) == 2


def test_a_journal_cut_short_shows_by_its_head_only() -> None:
    report = verify(LINES[:-1], ID, source)

    assert (report.entries, report.head) == (5, hash_of(LINES[-2]))
    assert failing([*LINES[:-1], LINES[-1][:-1]]) == 5
    assert failing([*LINES[:-1], LINES[-1][:40] + "\n"]) == 5


FORGERIES: dict[str, tuple[int, Callable[[list[Value]], object]]] = {
    "a position out of turn": (2, lambda e: e[2].update(seq=3)),
    "recorded before its predecessor": (
        2,
        lambda e: e[2].update(recorded_at="2025-01-15T12:00:59Z"),
    ),
    "seen is itself": (2, lambda e: e[2]["stmt"]["seen"].update(seq=2)),
    "seen is later": (2, lambda e: e[2]["stmt"]["seen"].update(seq=3)),
    "nothing seen": (2, lambda e: e[2]["stmt"].update(seen=None)),
    "the genesis saw something": (
        0,
        lambda e: e[0]["stmt"].update(seen={"hash": "0" * 64, "seq": 0}),
    ),
    "another definition": (2, lambda e: e[2]["stmt"].update(definition="1" * 64)),
    "a stranger": (2, lambda e: e[2]["stmt"].update(actor="qatar")),
    "a nonce used twice": (5, lambda e: e[5]["stmt"].update(nonce=e[1]["stmt"]["nonce"])),
    "signed by somebody without a key": (2, lambda e: e[2].update(sig="AAAA")),
    "a second opening": (3, lambda e: e[3]["stmt"].update(kind="open", body=e[0]["stmt"]["body"])),
    "no opening": (0, lambda e: e[0]["stmt"].update(kind="tick", body={})),
    "a party that ticks": (3, lambda e: e[3]["stmt"].update(actor="israel")),
    "a recorder that reports": (1, lambda e: e[1]["stmt"].update(actor="recorder")),
    "a recorder that is not listed": (0, lambda e: e[0]["stmt"]["body"]["parties"].pop("recorder")),
    "a recorder of another role": (
        0,
        lambda e: e[0]["stmt"]["body"]["parties"]["recorder"].update(role="observer"),
    ),
    "a cosigner who is no party": (
        0,
        lambda e: e[0]["stmt"]["body"]["policy"].update(cosigners=["qatar"]),
    ),
    "a definition that is missing": (
        0,
        lambda e: e[0]["stmt"]["body"].update(definition="1" * 64),
    ),
    "an edition that is missing": (
        3,
        lambda e: e[3]["then"].append(
            {"at": e[3]["recorded_at"], "kind": "amended", "body": {"definition": "1" * 64}}
        ),
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_rules_forbid_is_found_though_every_hash_is_right(forgery: str) -> None:
    seq, change = FORGERIES[forgery]

    assert failing(rewritten(LINES, change), None) == seq


def test_a_forger_who_computes_every_hash_anew_meets_the_id_and_the_head() -> None:
    text = rewritten(LINES, lambda e: e[5]["stmt"]["body"].update(text="otherwise"))
    assert verify(text, ID, source).head != hash_of(LINES[-1])

    party = rewritten(LINES, lambda e: e[0]["stmt"]["body"]["parties"].update(x=PARTY))
    assert verify(party, None, source).agreement != ID
    assert failing(party) == 0


PARTY = {"key": None, "role": "observer"}


@pytest.mark.parametrize(
    "keys",
    [
        (signer("israel").key, signer("israel").key),
        ("ssh-dss AAAA", None),
        (f"{signer('israel').key} me@home", None),
        (f"{signer('israel').key}\n", None),
    ],
)
def test_keys_are_spelled_plainly_and_never_shared(keys: tuple[str | None, str | None]) -> None:
    parties = {
        name: GenesisParty(key=key, role="signatory")
        for name, key in zip(("israel", "hamas"), keys, strict=True)
    }
    body = genesis_body(definition=DIGEST, nonce="0" * 32, parties=PARTIES | parties, policy=POLICY)

    assert failing(history(body), None) == 0


POLICY = Policy(cosigners=["egypt"], cosign_quorum=1, recovery=["egypt"], recovery_quorum=1)


def test_a_party_with_a_key_must_sign() -> None:
    keyed = PARTIES | {"egypt": GenesisParty(key=signer("egypt").key, role="mediator")}
    body = genesis_body(definition=DIGEST, nonce="0" * 32, parties=keyed)

    assert failing(history(body), None) == 2


def amended(named: str, seen: int, kind: str = "note") -> list[str]:
    """A journal whose entry 1 brings edition NEW; entry 2 names ``named``, having seen ``seen``."""
    filing = Filing()
    filing.keep(filing.next("open", filing.body, actor="recorder"))
    then = [Consequence(at=START.format_iso(), kind="amended", body={"definition": NEW})]
    filing.keep(filing.next("amend", {"definition": NEW}, then=then))
    body = {"text": "x"} if kind == "note" else {"transition": "enter"}
    filing.keep(filing.next(kind, body))

    def change(values: list[Value]) -> None:
        values[2]["stmt"].update(definition=named)
        values[2]["stmt"]["seen"].update(seq=seen)

    return rewritten(filing.lines, change)


NEW = hashlib.sha256(b"new edition").hexdigest()


@pytest.mark.parametrize(
    ("named", "seen", "kind", "holds"),
    [
        (NEW, 1, "note", True),
        (DIGEST, 1, "note", False),
        (DIGEST, 0, "note", True),
        (NEW, 0, "note", False),
        (NEW, 1, "advance", True),
        (DIGEST, 0, "advance", False),
    ],
)
def test_a_statement_names_the_edition_that_its_author_saw(
    named: str, seen: int, kind: str, holds: bool
) -> None:
    texts = {DIGEST: SOURCE, NEW: b"new edition"}
    lines = amended(named, seen, kind)

    if holds:
        assert verify(lines, None, texts.__getitem__).definitions == (DIGEST, NEW)
    else:
        with pytest.raises(JournalBroken, match="entry 2") as raised:
            verify(lines, None, texts.__getitem__)
        assert raised.value.seq == 2


def test_a_definition_whose_text_was_changed_is_found() -> None:
    with pytest.raises(JournalBroken, match="does not hash to its name") as raised:
        verify(LINES, ID, lambda _: SOURCE + b"\n")
    assert raised.value.seq == 0


@pytest.fixture
def rows() -> list[Row]:
    store = MemoryStore(lambda: START)
    filing = Filing()
    filing.open(store)
    for _ in range(3):
        filing.file(store)
    with store.read() as tx:
        return list(tx.entries(filing.id))


def test_the_columns_of_a_database_repeat_the_lines(rows: list[Row]) -> None:
    columns = [msgspec.structs.asdict(row) for row in rows]
    assert verify_columns(columns, ID, source).entries == 4

    for column in set(columns[2]) - {"line"}:
        changed = [dict(row) for row in columns]
        changed[2][column] = 9 if column == "seq" else "9"
        with pytest.raises(JournalBroken, match=f"entry 2: the column {column}") as raised:
            verify_columns(changed, ID, source)
        assert raised.value.seq == 2
