"""Entries deleted, doubled, exchanged, put in or cut off: as they are, and re-chained."""

from copy import deepcopy
from pathlib import Path

import pytest
from tests.attacks.conftest import Judge, broken
from tests.attacks.forge import History, Value, history, rechained

LAST = 16


def test_an_entry_that_is_taken_out_is_missed_by_the_next_one(
    judge: Judge, original: History
) -> None:
    for seq in range(LAST):
        forged = deepcopy(original)
        del forged.lines[seq]

        assert judge(forged) == broken("seq", seq)


def test_an_entry_that_is_doubled_is_out_of_turn(judge: Judge, original: History) -> None:
    for seq in range(LAST + 1):
        forged = deepcopy(original)
        forged.lines.insert(seq, forged.lines[seq])

        assert judge(forged) == broken("seq", seq + 1)


def test_two_entries_that_change_places_are_out_of_turn(judge: Judge, original: History) -> None:
    for seq in range(LAST):
        forged = deepcopy(original)
        forged.lines[seq : seq + 2] = reversed(forged.lines[seq : seq + 2])

        assert judge(forged) == broken("seq", seq)


def test_an_entry_of_another_agreement_does_not_follow(judge: Judge, original: History) -> None:
    foreign = history("1" * 32)
    for seq in range(1, LAST + 1):
        forged = deepcopy(original)
        forged.lines.insert(seq, foreign.lines[seq])

        assert judge(forged) == broken("prev", seq)


def renumbered(entries: list[Value]) -> None:
    for seq, entry in enumerate(entries):
        entry["seq"] = seq


@pytest.mark.parametrize("seq", range(1, LAST))
def test_what_the_owner_takes_out_is_missed_by_whoever_signed_after_having_seen_it(
    judge: Judge, original: History, pin: Path, seq: int
) -> None:
    def take_out(entries: list[Value]) -> None:
        del entries[seq]
        renumbered(entries)
        if seq == LAST - 1:
            # The last one is unsigned: what it has seen is for the owner to say.
            entries[-1]["stmt"]["seen"]["seq"] = LAST - 2

    found = judge(rechained(original, take_out))

    if seq == 15:
        # Nobody signed after that entry: a pin alone tells.
        assert found["holds"]
        assert judge(rechained(original, take_out), pins=[pin]) == broken("pin", LAST)
    else:
        assert (found["holds"], found["rule"] in {"seen", "signature", "key"}) == (False, True)


@pytest.mark.parametrize("seq", range(1, LAST + 1))
def test_what_the_owner_doubles_uses_a_nonce_twice(
    judge: Judge, original: History, seq: int
) -> None:
    def double(entries: list[Value]) -> None:
        entries.insert(seq, deepcopy(entries[seq]))
        entries[seq + 1]["recorded_at"] = entries[seq]["recorded_at"]
        renumbered(entries)

    found = judge(rechained(original, double))

    assert found in (broken("nonce", seq + 1), broken("definition", seq + 1))


@pytest.mark.parametrize("seq", range(1, LAST + 1))
def test_what_the_owner_puts_in_unsigned_speaks_for_nobody_who_has_a_key(
    judge: Judge, original: History, seq: int
) -> None:
    def put_in(entries: list[Value]) -> None:
        new = deepcopy(entries[2])
        new["stmt"] |= {"actor": "egypt", "nonce": "f" * 32, "definition": defined(entries, seq)}
        new["stmt"]["seen"] = {"seq": seq - 1, "hash": original.hashes[seq - 1]}
        new["recorded_at"] = entries[seq]["recorded_at"]
        entries.insert(seq, new)
        renumbered(entries)

    assert judge(rechained(original, put_in)) == broken("signature", seq)


def defined(entries: list[Value], seq: int) -> str:
    digest: str = (
        entries[seq]["stmt"]["definition"] if seq != 8 else entries[7]["stmt"]["definition"]
    )
    return digest


def test_a_tick_that_the_owner_puts_in_is_found_by_who_signed_later(
    judge: Judge, original: History
) -> None:
    def put_in(entries: list[Value]) -> None:
        tick = deepcopy(entries[3])
        tick["stmt"] |= {"nonce": "f" * 32, "seen": {"seq": 3, "hash": original.hashes[3]}}
        entries.insert(4, tick)
        renumbered(entries)

    found = judge(rechained(original, put_in))

    assert found["holds"] is False
    assert found["rule"] in {"seen", "signature"}


@pytest.mark.parametrize("size", range(1, LAST + 1))
def test_a_history_cut_short_is_whole_in_itself_and_shows_by_a_pin_only(
    judge: Judge, original: History, pin: Path, size: int
) -> None:
    cut = deepcopy(original)
    cut.lines = cut.lines[:size]
    cut.points = {name: point for name, point in cut.points.items() if int(name) <= size}
    if size <= 7:
        cut.openings = []
    cut.entries = cut.entries[:size]

    found = judge(cut)

    # Until somebody else keeps its head, the end of a history may be withheld.
    assert (found["holds"], found["entries"]) == (True, size)
    assert judge(cut, pins=[pin]) == broken("pin", size)


def test_what_is_left_beside_a_history_cut_short_shows_it(judge: Judge, good: History) -> None:
    good.lines = good.lines[:12]

    assert judge(good) == broken("checkpoint", 12)
    good.points.clear()
    good.lines = good.lines[:7]
    assert judge(good) == broken("disclosure", None)


def test_a_line_cut_in_the_middle_is_no_entry(judge: Judge, good: History) -> None:
    line = good.lines[-1]
    for place in (1, 40, len(line) - 1):
        good.lines[-1] = line[:place]
        assert judge(good) == broken("canonical", LAST)


def test_nothing_at_all_is_no_history(judge: Judge, good: History) -> None:
    good.lines = []

    assert judge(good) == broken("genesis", 0)
