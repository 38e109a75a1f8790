"""Keys: rotated, revoked, recovered, used twice, backdated, and injected into what is signed."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from tests.attacks.conftest import Judge, broken
from tests.attacks.forge import (
    DEFINITION,
    PARTIES,
    POLICY,
    RECOVERED,
    ROTATED,
    History,
    Value,
    genesis,
    rotation,
)
from tests.journal.signer import Signer, packed, signer

NEW = signer("new")


@pytest.fixture
def fresh() -> History:
    """A history of one entry, whose parties have keys."""
    return begun(genesis())


def begun(body: Value) -> History:
    made = History(dict(PARTIES), body)
    made.say("recorder", "open", body)
    return made


def rotate(made: History, actor: str, new: Signer | None, old: Signer | None, by: str = "") -> int:
    seq = made.say(by or actor, "key.set", rotation(actor, new, old))
    if not by:
        made.signers[actor] = new
    return seq


def judged(judge: Judge, made: History) -> Any:
    return judge(made, known=made.id)


def test_a_rotation_holds_from_the_next_entry_on(judge: Judge, fresh: History) -> None:
    rotate(fresh, "israel", NEW, PARTIES["israel"])
    fresh.say("israel", "note", {})

    assert judged(judge, fresh)["holds"]


@pytest.mark.parametrize("old", [PARTIES["israel"], signer("a stranger")])
def test_after_a_rotation_only_the_new_key_signs(judge: Judge, fresh: History, old: Signer) -> None:
    rotate(fresh, "israel", NEW, PARTIES["israel"])
    seq = fresh.say("israel", "note", {}, by=old)

    assert judged(judge, fresh) == broken("signature", seq)


def test_a_stolen_old_key_cannot_backdate(judge: Judge, fresh: History) -> None:
    first = fresh.say("israel", "note", {})
    rotate(fresh, "israel", NEW, PARTIES["israel"])
    # It has seen nothing since, and claims an hour when the old key was good.
    seq = fresh.say("israel", "note", {"text": "earlier"}, by=PARTIES["israel"], seen=first)

    assert judged(judge, fresh) == broken("signature", seq)


def test_a_rotation_is_signed_by_the_old_key(judge: Judge, fresh: History) -> None:
    seq = fresh.say("israel", "key.set", rotation("israel", NEW, PARTIES["israel"]), by=NEW)

    assert judged(judge, fresh) == broken("signature", seq)


def test_a_rotation_replaces_the_present_key(judge: Judge, fresh: History) -> None:
    rotate(fresh, "israel", NEW, PARTIES["israel"])
    seq = rotate(fresh, "israel", signer("newer"), PARTIES["israel"])

    assert judged(judge, fresh) == broken("key", seq)


@pytest.mark.parametrize("used", [PARTIES["israel"], PARTIES["egypt"], PARTIES["recorder"]])
def test_no_key_is_ever_used_twice(judge: Judge, fresh: History, used: Signer) -> None:
    rotate(fresh, "israel", NEW, PARTIES["israel"])
    fresh.signers["israel"] = NEW
    seq = rotate(fresh, "israel", used, NEW)

    assert judged(judge, fresh) == broken("key", seq)


def test_a_revoked_party_speaks_no_more_neither_signed_nor_unsigned(
    judge: Judge, fresh: History
) -> None:
    seq = rotate(fresh, "israel", None, PARTIES["israel"])
    assert judged(judge, fresh)["holds"]

    for by in (None, PARTIES["israel"]):
        fresh.entries, fresh.lines = fresh.entries[: seq + 1], fresh.lines[: seq + 1]
        fresh.say("israel", "note", {}, by=by)
        assert judged(judge, fresh) == broken("signature", seq + 1)


def test_recovery_takes_a_quorum_of_the_identical_body(judge: Judge, fresh: History) -> None:
    rotate(fresh, "hamas", NEW, PARTIES["hamas"], by="egypt")
    fresh.say("hamas", "note", {})
    rotate(fresh, "hamas", NEW, PARTIES["hamas"], by="qatar")
    fresh.say("hamas", "note", {}, by=NEW)
    assert judged(judge, fresh)["holds"]

    seq = fresh.say("hamas", "note", {"text": "again"})
    assert judged(judge, fresh) == broken("signature", seq)


@pytest.mark.parametrize(
    "votes",
    [
        [("egypt", NEW)],
        [("egypt", NEW), ("egypt", NEW)],
        [("egypt", NEW), ("qatar", signer("newer"))],
    ],
)
def test_too_few_votes_or_votes_for_different_keys_change_nothing(
    judge: Judge, fresh: History, votes: list[tuple[str, Signer]]
) -> None:
    for by, new in votes:
        rotate(fresh, "hamas", new, PARTIES["hamas"], by=by)
    seq = fresh.say("hamas", "note", {}, by=NEW)

    assert judged(judge, fresh) == broken("signature", seq)


def test_who_is_not_in_the_policy_does_not_vote(judge: Judge, fresh: History) -> None:
    seq = rotate(fresh, "hamas", NEW, PARTIES["hamas"], by="israel")

    assert judged(judge, fresh) == broken("key", seq)


def test_the_recorder_replaces_nobodys_key_but_its_own(judge: Judge, fresh: History) -> None:
    rotate(fresh, "recorder", NEW, PARTIES["recorder"])
    assert judged(judge, fresh)["holds"]

    seq = rotate(fresh, "hamas", signer("newer"), PARTIES["hamas"], by="recorder")
    assert judged(judge, fresh) == broken("authority", seq)


def test_votes_end_with_the_key_that_they_would_replace(judge: Judge, fresh: History) -> None:
    rotate(fresh, "hamas", None, PARTIES["hamas"])
    rotate(fresh, "hamas", NEW, None, by="egypt")
    # Others bring another key, which is revoked: what egypt said before is of the past.
    other = signer("other")
    for name in ("egypt", "qatar"):
        rotate(fresh, "hamas", other, None, by=name)
    fresh.signers["hamas"] = other
    rotate(fresh, "hamas", None, other)
    rotate(fresh, "hamas", NEW, None, by="qatar")
    seq = fresh.say("hamas", "note", {}, by=NEW)

    assert judged(judge, fresh) == broken("signature", seq)


def test_there_is_nothing_to_revoke_where_there_is_no_key(judge: Judge, fresh: History) -> None:
    seq = rotate(fresh, "observer", None, None, by="egypt")

    assert judged(judge, fresh) == broken("key", seq)


def test_a_party_that_received_a_key_cannot_go_back_to_unsigned(
    judge: Judge, fresh: History
) -> None:
    fresh.say("observer", "note", {})
    for name in ("egypt", "qatar"):
        rotate(fresh, "observer", NEW, None, by=name)
    fresh.say("observer", "note", {}, by=NEW)
    assert judged(judge, fresh)["holds"]

    seq = fresh.say("observer", "note", {})
    assert judged(judge, fresh) == broken("signature", seq)


def test_a_key_is_not_set_by_an_unsigned_statement(judge: Judge, fresh: History) -> None:
    seq = fresh.say("observer", "key.set", rotation("observer", NEW, None))

    assert judged(judge, fresh) == broken("signature", seq)


def test_a_key_of_nobody_is_not_set(judge: Judge, fresh: History) -> None:
    seq = rotate(fresh, "stranger", NEW, None, by="egypt")

    assert judged(judge, fresh) == broken("key", seq)


def test_the_recorder_signs_what_it_redacts_if_it_has_a_key(judge: Judge, fresh: History) -> None:
    seq = fresh.say("recorder", "redact", {"commitment": "0" * 64}, is_signed=False)

    assert judged(judge, fresh) == broken("signature", seq)


@pytest.mark.parametrize(
    ("actor", "kind", "body"),
    [
        ("recorder", "note", {}),
        ("recorder", "advance", {"transition": "enter"}),
        ("israel", "tick", {}),
        ("israel", "redact", {"commitment": "0" * 64}),
        ("recorder", "open", genesis()),
        ("israel", "open", genesis()),
    ],
)
def test_a_kind_is_filed_by_who_may_file_it(
    judge: Judge, fresh: History, actor: str, kind: str, body: Value
) -> None:
    seq = fresh.say(actor, kind, body)

    assert judged(judge, fresh) == broken("authority", seq)


def encoded(blob: bytes) -> str:
    return base64.b64encode(blob).decode()


def key(kind: bytes, *fields: bytes) -> str:
    return f"{kind.decode()} {encoded(packed(kind, *fields))}"


def plain() -> str:
    return signer("israel").key.split()[1]


ED, SK, EC = b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com", b"ecdsa-sha2-nistp256"
POINT = signer("israel").private.public_key().public_bytes_raw()
RSA = signer("israel", "rsa").private.public_key().public_numbers()
MODULUS = RSA.n.to_bytes(257, "big")
E = b"\x01\x00\x01"
KEY_TEXTS: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "a comment": lambda: f"ssh-ed25519 {plain()} me@home",
    "a space after it": lambda: f"ssh-ed25519 {plain()} ",
    "two spaces in it": lambda: f"ssh-ed25519  {plain()}",
    "a tab in it": lambda: f"ssh-ed25519\t{plain()}",
    "a line feed after it": lambda: f"ssh-ed25519 {plain()}\n",
    "a second line": lambda: f"ssh-ed25519 {plain()}\n* {key(ED, bytes(range(32)))}",
    "an option before it": lambda: f"cert-authority ssh-ed25519 {plain()}",
    "principals before it": lambda: f'* namespaces="*" ssh-ed25519 {plain()}',
    "a certificate": lambda: f"ssh-ed25519-cert-v01@openssh.com {plain()}",
    "a type that is too old": lambda: f"ssh-dss {plain()}",
    "another type than it holds": lambda: f"ssh-rsa {plain()}",
    "a type in capitals": lambda: f"SSH-ED25519 {plain()}",
    "digits of another alphabet": lambda: f"ssh-ed2551\u0669 {plain()}",
    "base64 with white space": lambda: f"ssh-ed25519 {plain()[:20]} {plain()[20:]}",
    "base64 of another alphabet": lambda: key(ED, bytes([255] * 31 + [1])).replace("/", "_"),
    "base64 that is not canonical": lambda: key(ED, POINT + b"x")[:-2] + "B=",
    "a field too many": lambda: key(ED, POINT, b""),
    "a point too short": lambda: key(ED, POINT[:31]),
    "a field cut short": lambda: f"ssh-ed25519 {plain()[:-4]}",
    "bytes after it": lambda: "ssh-ed25519 " + encoded(packed(ED, POINT) + b"xyz"),
    "a point that fits any signature": lambda: key(ED, b"\x01" + bytes(31)),
    "a point of order eight": lambda: key(ED, bytes.fromhex(ORDER_EIGHT)),
    "a point of another spelling": lambda: key(ED, b"\xee" + b"\xff" * 30 + b"\x7f"),
    "a security key of a web site": lambda: key(SK, POINT, b"https://example.org"),
    "a security key of no application": lambda: key(SK, POINT),
    "another curve": lambda: key(EC, b"nistp384", b"\x04" + bytes(96)),
    "a compressed point": lambda: key(EC, b"nistp256", b"\x02" + bytes(32)),
    "a short modulus": lambda: key(b"ssh-rsa", E, MODULUS[:129]),
    "an even modulus": lambda: key(b"ssh-rsa", E, MODULUS[:-1] + b"\x00"),
    "an exponent of one": lambda: key(b"ssh-rsa", b"\x01", MODULUS),
    "a zero before the modulus": lambda: key(b"ssh-rsa", E, b"\x00" + MODULUS),
    "a zero before the exponent": lambda: key(b"ssh-rsa", b"\x00" + E, MODULUS),
    "a negative modulus": lambda: key(b"ssh-rsa", E, b"\xff" + MODULUS[1:]),
}
ORDER_EIGHT = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"


@pytest.mark.parametrize("name", KEY_TEXTS)
def test_a_key_is_spelled_in_one_way_at_the_beginning_and_later(
    judge: Judge, fresh: History, name: str
) -> None:
    text = KEY_TEXTS[name]()
    assert judged(judge, begun(genesis(israel=text))) == broken("genesis", 0)

    body = rotation("israel", NEW, PARTIES["israel"]) | {"key": text}
    seq = fresh.say("israel", "key.set", body)
    assert judged(judge, fresh) == broken("key", seq)


def test_a_point_off_its_curve_verifies_nothing(judge: Judge) -> None:
    off = key(EC, b"nistp256", b"\x04" + bytes(63) + b"\x09")
    made = begun(genesis(egypt=off))
    seq = made.say("egypt", "note", {})

    assert judged(judge, made) == broken("signature", seq)


def test_a_key_is_shared_by_nobody(judge: Judge) -> None:
    shared = signer("israel").key

    assert judged(judge, begun(genesis(israel=shared, egypt=shared))) == broken("genesis", 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"cosigners": ["stranger"]},
        {"cosigners": ["israel", "israel", "hamas"]},
        {"cosigners": ["recorder", "israel", "hamas"]},
        {"recovery": ["recorder", "egypt"]},
        {"recovery_quorum": 0},
        {"recovery_quorum": 3},
        {"cosign_quorum": 0},
        {"cosign_quorum": 5},
        {"cosigners": [], "cosign_quorum": 1},
    ],
)
def test_a_policy_makes_sense(judge: Judge, changed: Value) -> None:
    assert judged(judge, begun(genesis(policy=POLICY | changed))) == broken("genesis", 0)


def test_without_a_policy_nobody_recovers_and_nothing_is_sealed(judge: Judge) -> None:
    none = {"cosigners": [], "cosign_quorum": 0, "recovery": [], "recovery_quorum": 0}
    made = begun(genesis(policy=none))
    made.fix("recorder", "israel", "egypt")
    assert judged(judge, made)["sealed"] == 0

    seq = rotate(made, "hamas", NEW, PARTIES["hamas"], by="egypt")
    assert judged(judge, made) == broken("key", seq)


def test_the_good_history_has_each_way_to_change_a_key(good: History) -> None:
    set_ = [entry["stmt"] for entry in good.entries if entry["stmt"]["kind"] == "key.set"]

    assert {stmt["actor"] == stmt["body"]["actor"] for stmt in set_} == {True, False}
    keys = {stmt["body"]["key"] for stmt in set_}
    assert keys == {ROTATED.key, RECOVERED.key, None}
    assert all(stmt["definition"] != DEFINITION for stmt in set_)
