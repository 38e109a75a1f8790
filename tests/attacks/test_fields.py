"""Every field of every entry: changed in place, and again by somebody who owns everything else."""

from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.conftest import Judge
from tests.attacks.forge import History, Value, history, leaves, rechained, spelled

ENTRIES = 17
LAST_SIGNED = 15
"""The newest statement with a signature; it has seen entry 14, and so signs all up to there."""


def spoil(value: Any, path: tuple[Any, ...]) -> None:
    """Change what is at ``path``, in its form where that can be."""
    *way, last = path
    for key in way:
        value = value[key]
    old = value[last]
    if isinstance(old, str) and old[:1].isdigit():
        value[last] = ("1" if old[0] != "1" else "2") + old[1:]
    elif isinstance(old, str) and old:
        value[last] = old[:-1] + ("a" if old[-1] != "a" else "b")
    elif isinstance(old, bool) or old is None:
        value[last] = 7
    elif isinstance(old, int):
        value[last] = old + 1
    elif isinstance(old, dict):
        old["text"] = "added"
    else:
        old.append({})


def take_away(value: Any, path: tuple[Any, ...]) -> None:
    *way, last = path
    for key in way:
        value = value[key]
    del value[last]


@pytest.mark.parametrize("seq", range(ENTRIES))
def test_a_field_changed_in_place_breaks_its_entry_or_the_next_one(
    judge: Judge, original: History, pin: Path, seq: int
) -> None:
    for path in leaves(original.entries[seq]):
        for change in (spoil, take_away):
            forged, value = deepcopy(original), deepcopy(original.entries[seq])
            change(value, path)
            forged.lines[seq] = spelled(value)

            found = judge(forged)

            if found["holds"]:
                # Nobody has signed, seen or fixed the newest entry: a pin alone tells.
                assert seq == ENTRIES - 1, path
                assert judge(forged, pins=[pin])["rule"] == "pin"
            else:
                assert found["entry"] in {seq, seq + 1}, path


@pytest.mark.parametrize("seq", range(ENTRIES))
def test_a_field_changed_by_the_owner_of_database_and_recorders_key_is_found_by_the_next_signature(
    judge: Judge, original: History, pin: Path, seq: int
) -> None:
    for path in leaves(original.entries[seq]):
        forged = rechained(original, partial(spoil, path=(seq, *path)))
        if forged.lines == original.lines:
            continue

        found = judge(forged)

        if found["holds"]:
            # What no signature covers: the recorder's time and consequences of the last
            # signed entry, and all of the unsigned one after it.
            assert seq > LAST_SIGNED or path[0] in ("recorded_at", "then"), path
            assert seq >= LAST_SIGNED, path
            assert judge(forged, pins=[pin])["rule"] == "pin"
        else:
            assert seq <= found["entry"] <= max(seq + 1, LAST_SIGNED), path


def test_the_good_history_holds(judge: Judge, good: History) -> None:
    found = judge(good)

    assert found == {
        "holds": True,
        "agreement": good.id,
        "anchored": True,
        "rehearsal": False,
        "entries": ENTRIES,
        "head": good.hashes[-1],
        "unsigned": {"observer": 2, "recorder": 1},
        "checkpoints": 3,
        "pins": 0,
        "sealed": 5,
        "withheld": 0,
    }


def test_without_an_id_from_elsewhere_a_wholly_invented_history_holds_but_is_not_anchored(
    judge: Judge, good: History
) -> None:
    invented = history("1" * 32)

    assert judge(invented, known=None)["anchored"] is False
    assert judge(invented) == {"holds": False, "rule": "genesis", "entry": 0}


def test_re_chaining_alone_changes_nothing(judge: Judge, good: History) -> None:
    def nothing(entries: list[Value]) -> None:
        pass

    assert rechained(good, nothing).lines == good.lines
