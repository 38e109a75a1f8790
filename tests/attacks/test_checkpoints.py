"""Checkpoints that contradict the history, the time, each other, or what an auditor kept."""

from copy import deepcopy
from pathlib import Path

import pytest
from tests.attacks.conftest import Judge, broken
from tests.attacks.forge import (
    PARTIES,
    History,
    Value,
    armored,
    genesis,
    moment,
    rechained,
    rotation,
)
from tests.journal.signer import CHECKPOINT, signer

from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.divergence import check_extends, compare_bundles

FIRST = "00000005"
"""Sealed: signed by the recorder and three of four cosigners."""


def changed(made: History, old: str, new: str, name: str = FIRST) -> History:
    """Return the history with a checkpoint whose text was changed, and signed again by all."""
    text, signatures = made.points[name]
    assert old in text
    again = text.replace(old, new)
    made.points[name] = (again, {party: made_by(party, again) for party in signatures})
    return made


def made_by(party: str, text: str) -> str:
    key = PARTIES[party]
    assert key is not None
    return key.sign(text, CHECKPOINT)


def test_a_checkpoint_fixes_the_history_that_there_is(judge: Judge, good: History) -> None:
    assert judge(changed(good, good.hashes[4], "0" * 64)) == broken("checkpoint", 4)


def test_a_checkpoint_of_another_agreement_fixes_nothing_here(judge: Judge, good: History) -> None:
    assert judge(changed(good, good.id, "0" * 64)) == broken("checkpoint", None)


def test_a_checkpoint_covers_no_more_than_there_is(judge: Judge, good: History) -> None:
    good.points["00000099"] = (good.points[FIRST][0].replace("\n5\n", "\n99\n"), {})

    assert judge(good) == broken("checkpoint", 17)


def test_a_checkpoint_bears_the_name_of_its_size(judge: Judge, good: History) -> None:
    good.points["00000006"] = good.points.pop(FIRST)

    assert judge(good) == broken("checkpoint", None)


@pytest.mark.parametrize(("minute", "entry"), [(3, 4), (4, None), (5, None), (6, 5)])
def test_the_time_of_a_checkpoint_lies_between_the_entries_around_it(
    judge: Judge, good: History, minute: int, entry: int | None
) -> None:
    found = judge(changed(good, moment(4), moment(minute)))

    assert found["holds"] if entry is None else found == broken("checkpoint", entry)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("phaseflow-checkpoint-v1", "phaseflow-checkpoint-v2"),
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n+5\n"),
        ("\n5\n", "\n5 \n"),
        ("\n5\n", "\n0\n"),
        ("\n5\n", "\n\u0665\n"),
        ("Z\n", "Z"),
        ("Z\n", "Z\n\n"),
        ("Z\n", "Z\r\n"),
        ("Z\n", "z\n"),
        ("2025-01-15", "2025-13-15"),
        ("T12:", "T24:"),
        ("T12:04:00", "T12:04:60"),
    ],
)
def test_a_checkpoint_has_one_spelling(judge: Judge, good: History, old: str, new: str) -> None:
    assert judge(changed(good, old, new)) == broken("checkpoint", None)


def test_a_checkpoint_is_signed_by_the_recorder(judge: Judge, good: History) -> None:
    del good.points[FIRST][1]["recorder"]

    assert judge(good) == broken("checkpoint", 4)


@pytest.mark.parametrize("party", ["recorder", "israel", "hamas", "egypt"])
def test_each_signature_of_a_checkpoint_is_over_it_and_for_checkpoints(
    judge: Judge, good: History, party: str
) -> None:
    text, signatures = good.points[FIRST]
    key = PARTIES[party]
    assert key is not None
    for wrong in (
        key.sign(text),
        key.sign(text + "\n", CHECKPOINT),
        signer("a stranger").sign(text, CHECKPOINT),
        good.points["00000014"][1]["recorder"],
        "AAAA",
    ):
        signatures[party] = wrong
        assert judge(good) == broken("checkpoint", 4)


def test_only_parties_with_a_key_sign_checkpoints(judge: Judge, good: History) -> None:
    text, signatures = good.points[FIRST]
    for name in ("observer", "stranger"):
        forged = deepcopy(good)
        forged.points[FIRST] = (text, signatures | {name: signer(name).sign(text, CHECKPOINT)})
        assert judge(forged) == broken("checkpoint", 4)


def test_a_checkpoint_is_signed_with_the_key_in_effect_after_it(
    judge: Judge, good: History
) -> None:
    # At 14 entries israel and hamas have new keys, and qatar has none.
    text, signatures = good.points["00000014"]
    for name in ("israel", "hamas", "qatar"):
        forged = deepcopy(good)
        forged.points["00000014"] = (text, signatures | {name: made_by(name, text)})
        assert judge(forged) == broken("checkpoint", 13)


def test_a_seal_takes_the_quorum_and_the_largest_counts(judge: Judge, good: History) -> None:
    assert judge(good)["sealed"] == 5

    del good.points[FIRST][1]["egypt"]
    assert judge(good)["sealed"] == 0

    text, signatures = good.points["00000014"]
    signatures["egypt"] = made_by("egypt", text)
    assert judge(good)["sealed"] == 14


def test_a_contradictory_checkpoint_that_an_auditor_kept_is_found_and_names_who_signed_both(
    judge: Judge, good: History, original: History, tmp_path: Path
) -> None:
    # The auditor keeps what the recorder signed; then the owner writes the past anew.
    kept = tmp_path / "kept.txt"
    text, signatures = original.points["00000016"]
    kept.write_text(text)
    (tmp_path / "kept.recorder.sig").write_text(armored(signatures["recorder"]))

    def rewrite(entries: list[Value]) -> None:
        entries[15]["then"].append(entries[3]["then"][0])

    forged = rechained(good, rewrite)
    assert judge(forged)["holds"]
    assert judge(forged, pins=[kept]) == broken("pin", 15)

    with pytest.raises(JournalBroken, match="recorder signed it, and signed this history"):
        verify_bundle(forged.write(tmp_path / "bundle"), original.id, [kept])


def test_a_key_that_only_a_false_history_knows_accuses_nobody(
    judge: Judge, good: History, tmp_path: Path
) -> None:
    honest, false = (History(dict(PARTIES), genesis()) for _ in range(2))
    for made in (honest, false):
        made.say("recorder", "open", made.body)
    honest.say("israel", "note", {})
    honest.fix("recorder", "israel")
    text, signatures = honest.points["00000002"]
    (tmp_path / "kept.txt").write_text(text)
    for name, signature in signatures.items():
        (tmp_path / f"kept.{name}.sig").write_text(armored(signature))
    for name in ("egypt", "qatar"):
        false.say(name, "key.set", rotation("israel", signer("theirs"), PARTIES["israel"]))
    false.signers["israel"] = signer("theirs")
    false.fix("recorder", "israel")

    with pytest.raises(JournalBroken, match="; recorder signed it, and signed this") as broken:
        verify_bundle(false.write(tmp_path / "false"), false.id, [tmp_path / "kept.txt"])

    assert (broken.value.rule, broken.value.seq) == ("pin", 1)


def test_a_pin_may_be_kept_without_signatures_and_with_those_that_are_kept_it_must_hold(
    judge: Judge, good: History, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    text, signatures = good.points[FIRST]
    kept.write_text(text)
    assert judge(good, pins=[kept])["pins"] == 1

    (tmp_path / "kept.egypt.sig").write_text(armored(signatures["egypt"]))
    assert judge(good, pins=[kept]) == broken("pin", 4)
    (tmp_path / "kept.recorder.sig").write_text(armored(signatures["recorder"]))
    assert judge(good, pins=[kept])["holds"]
    (tmp_path / "kept.israel.sig").write_text(armored(signatures["egypt"]))
    assert judge(good, pins=[kept]) == broken("pin", 4)


@pytest.mark.parametrize("text", ["", "phaseflow-checkpoint-v1\n", "\xff"])
def test_a_pin_that_is_no_checkpoint_is_refused(
    judge: Judge, good: History, tmp_path: Path, text: str
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(text.encode("latin-1"))
    assert judge(good, pins=[kept]) == broken("pin", None)

    kept.unlink()
    assert judge(good, pins=[kept]) == broken("pin", None)


def fork(made: History, text: str) -> History:
    """Return a history that parts at entry 17, and is fixed by recorder and israel."""
    forked = deepcopy(made)
    forked.say(
        "israel", "note", {"text": text}, definition=forked.entries[-1]["stmt"]["definition"]
    )
    forked.fix("recorder", "israel")
    return forked


def test_two_histories_that_part_hold_each_and_comparing_them_names_the_entry_and_who_signed_both(
    judge: Judge, good: History, tmp_path: Path
) -> None:
    one, other = fork(good, "one"), fork(good, "other")
    # One history alone shows nothing: a fork is found by those who compare.
    assert judge(one)["holds"]
    assert judge(other)["holds"]

    parting = compare_bundles(one.write(tmp_path / "one"), other.write(tmp_path / "other"))

    assert parting is not None
    assert (parting.seq, parting.is_fork) == (17, True)
    assert (parting.one, parting.other) == (one.lines[17], other.lines[17])
    assert parting.signed_both == ("israel", "recorder")


def test_a_key_that_came_after_the_parting_proves_nothing_against_its_party(
    tmp_path: Path,
) -> None:
    one, other = (History(dict(PARTIES), genesis()) for _ in range(2))
    for made in (one, other):
        made.say("recorder", "open", made.body)
    # In one history, those who may replace a lost key give israel one of their own.
    for name in ("egypt", "qatar"):
        one.say(name, "key.set", rotation("israel", signer("theirs"), PARTIES["israel"]))
    one.signers["israel"] = signer("theirs")
    other.say("israel", "note", {})
    for made in (one, other):
        made.fix("recorder", "israel")

    for left, right in ((one, other), (other, one)):
        directories = (tmp_path / f"{id(left)}" / "left", tmp_path / f"{id(left)}" / "right")
        parting = compare_bundles(left.write(directories[0]), right.write(directories[1]))
        assert parting is not None
        assert (parting.seq, parting.signed_both) == (1, ("recorder",))


def test_of_two_histories_one_may_be_longer(good: History, tmp_path: Path) -> None:
    short, long = good.write(tmp_path / "short"), fork(good, "more").write(tmp_path / "long")

    assert compare_bundles(short, short) is None
    parting = compare_bundles(short, long)
    assert parting is not None
    assert (parting.seq, parting.one, parting.is_fork, parting.signed_both) == (17, None, False, ())


def test_histories_of_two_agreements_are_not_compared(good: History, tmp_path: Path) -> None:
    other = History(dict(PARTIES), good.body | {"nonce": "1" * 32})
    other.say("recorder", "open", other.body)

    with pytest.raises(JournalBroken, match="of two agreements"):
        compare_bundles(good.write(tmp_path / "good"), other.write(tmp_path / "other"))


def test_a_mirror_follows_a_history_that_extends_it_and_no_other(
    good: History, tmp_path: Path
) -> None:
    kept = good.write(tmp_path / "kept")
    one, other = (fork(good, text).write(tmp_path / text) for text in ("one", "other"))

    assert check_extends(kept, kept) == 0
    assert check_extends(kept, one) == 1
    for older, newer, words in (
        (one, other, "entry 17 .* has another one"),
        (one, kept, "entry 17 .* ends before it"),
    ):
        with pytest.raises(JournalBroken, match=words) as raised:
            check_extends(older, newer)
        assert raised.value.seq == 17
