"""Keys in the order in which they took effect, from few entries or from all."""

import re

import msgspec
import pytest
from tests.attacks.forge import PARTIES, RECOVERED, ROTATED, History, genesis, history

from phaseflow.errors import StatementInvalid
from phaseflow.journal.entry import read_entry, statement_line
from phaseflow.journal.keys import Keys, keys_of, weak_quorum
from phaseflow.journal.signature import SignatureInvalid
from phaseflow.model.statement import KeySet, Open, Policy, parse_body


@pytest.fixture(scope="module")
def made() -> History:
    return history()


def text(name: str) -> str:
    key = PARTIES[name]
    assert key is not None
    return key.key


def test_each_key_is_told_with_the_entry_at_which_it_took_effect(made: History) -> None:
    keys = keys_of(map(read_entry, made.lines))

    told = [(c.party, c.key, c.since, c.by) for c in keys.changes if c.since]
    assert told == [
        ("israel", ROTATED.key, 10, 9),
        ("hamas", RECOVERED.key, 12, 11),
        ("qatar", None, 14, 13),
    ]
    assert [keys.at("hamas", seq) for seq in (0, 11, 12, 99)] == [
        text("hamas"),
        text("hamas"),
        RECOVERED.key,
        RECOVERED.key,
    ]
    assert keys.at("stranger", 0) is None
    assert (keys.current("qatar"), keys.had_one("qatar")) == (None, True)
    assert (keys.current("observer"), keys.had_one("observer")) == (None, False)
    assert keys.every("israel") == [text("israel"), ROTATED.key]


def test_entry_0_and_the_changes_are_enough(made: History) -> None:
    entries = [read_entry(line) for line in made.lines]
    few = [entry for entry in entries if entry.stmt.kind in ("open", "key.set")]

    assert keys_of(few).changes == keys_of(entries).changes
    for wrong in ([], entries[1:]):
        with pytest.raises(StatementInvalid, match="begin with its entry 0"):
            keys_of(wrong)


def test_what_would_be_recorded_next_is_checked_before(made: History) -> None:
    entries = [read_entry(line) for line in made.lines]
    keys = keys_of(entries[:1])

    for entry in entries[1:]:
        keys.check(entry.stmt, entry.sig)
        with pytest.raises(SignatureInvalid):
            keys.check(entry.stmt, entries[1].sig if entry.seq != 1 else entries[4].sig)
        keys.take(entry.seq, entry.stmt)

    assert keys.changes == keys_of(entries).changes


def test_who_is_no_party_and_who_may_not_say_it_are_refused_before(made: History) -> None:
    entries = [read_entry(line) for line in made.lines]
    keys = keys_of(entries[:1])
    note = entries[2].stmt

    with pytest.raises(StatementInvalid, match="stranger is no party; there are"):
        keys.check(msgspec.structs.replace(note, actor="stranger"), None)
    with pytest.raises(StatementInvalid, match="observer may not file tick"):
        keys.check(msgspec.structs.replace(note, kind="tick", body={}), None)
    key, said = PARTIES["recorder"], msgspec.structs.replace(note, actor="recorder")
    assert key is not None
    signature = key.sign(statement_line(said))
    with pytest.raises(StatementInvalid, match="recorder may not file note"):
        keys.check(said, signature)


def test_votes_are_counted_while_they_count(made: History) -> None:
    entries = [read_entry(line) for line in made.lines]
    body = parse_body("key.set", entries[10].stmt.body)
    assert isinstance(body, KeySet)

    assert keys_of(entries[:10]).votes(body) == set()
    assert keys_of(entries[:11]).votes(body) == {"egypt"}
    assert keys_of(entries[:12]).votes(body) == set()


def test_a_genesis_with_a_bad_key_is_refused() -> None:
    body = parse_body("open", genesis(israel="ssh-ed25519 AAAA"))
    assert isinstance(body, Open)

    with pytest.raises(StatementInvalid, match="malformed"):
        Keys(body)


@pytest.mark.parametrize(
    ("n", "quorum", "words"),
    [
        (3, 2, "needs one dishonest cosigner"),
        (1, 1, "needs one dishonest cosigner .* name more cosigners"),
        (4, 2, "choose a quorum of 3 or more"),
        (4, 2, "needs no dishonest cosigner at all"),
        (5, 2, r"2\*2 - 5 = -1"),
        (5, 3, "choose a quorum of 4 or more"),
    ],
)
def test_a_quorum_that_few_can_break_is_warned_about(n: int, quorum: int, words: str) -> None:
    warned = weak_quorum(policy(n, quorum))

    assert warned is not None
    assert re.search(words, warned)


@pytest.mark.parametrize(("n", "quorum"), [(0, 0), (2, 2), (5, 4), (3, 3), (4, 3)])
def test_a_quorum_that_takes_several_is_not(n: int, quorum: int) -> None:
    assert weak_quorum(policy(n, quorum)) is None


def policy(n: int, quorum: int) -> Policy:
    names = [f"c{i}" for i in range(n)]
    return Policy(cosigners=names, cosign_quorum=quorum, recovery=[], recovery_quorum=0)
