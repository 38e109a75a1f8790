"""Signatures exchanged, replayed, spelled otherwise, made with other keys or for other things."""

import base64
import hashlib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.conftest import Judge, broken
from tests.attacks.forge import PARTIES, History, armored, history, spelled
from tests.journal.signer import (
    CHECKPOINT,
    ORDER,
    STATEMENT,
    Signer,
    mpint,
    packed,
    signer,
    wrapped,
)

from phaseflow.journal.signature import read_armored, verify

ISRAEL, HAMAS, EGYPT, QATAR = 1, 4, 6, 5
"""An entry of each, signed with Ed25519, a security key, ECDSA and RSA."""


def resigned(made: History, seq: int, sig: str | None) -> History:
    made.entries[seq]["sig"] = sig
    made.lines[seq] = spelled(made.entries[seq])
    return made


@pytest.mark.parametrize("seq", [ISRAEL, HAMAS, EGYPT, QATAR])
def test_a_signature_is_of_its_own_statement_and_of_no_other(
    judge: Judge, good: History, seq: int
) -> None:
    for other in (ISRAEL, HAMAS, EGYPT, QATAR, 7):
        if other != seq:
            forged = resigned(deepcopy(good), seq, good.entries[other]["sig"])
            assert judge(forged) == broken("signature", seq)
    assert judge(resigned(good, seq, None)) == broken("signature", seq)


def test_a_statement_signed_for_one_agreement_is_refused_in_another(
    judge: Judge, good: History
) -> None:
    foreign = history("1" * 32)
    good.entries[ISRAEL] |= {name: foreign.entries[ISRAEL][name] for name in ("stmt", "sig")}
    good.lines[ISRAEL] = spelled(good.entries[ISRAEL])

    assert judge(good) == broken("agreement", ISRAEL)


def test_a_statement_renamed_to_another_agreement_is_no_longer_the_signed_one(
    judge: Judge, good: History
) -> None:
    foreign = history("1" * 32)
    stmt = foreign.entries[ISRAEL]["stmt"] | {"agreement": good.id}
    stmt["seen"] = good.entries[ISRAEL]["stmt"]["seen"]
    good.entries[ISRAEL] |= {"stmt": stmt, "sig": foreign.entries[ISRAEL]["sig"]}
    good.lines[ISRAEL] = spelled(good.entries[ISRAEL])

    assert judge(good) == broken("signature", ISRAEL)


def by(name: str) -> Signer:
    found = PARTIES[name]
    assert found is not None
    return found


def inner(key: Signer, line: str, namespace: str = STATEMENT, hashing: str = "sha512") -> bytes:
    """Return the innermost signature over the text of a statement."""
    digest = hashlib.new(hashing, line.encode()).digest()
    return key.inner(b"SSHSIG" + packed(namespace.encode(), b"", hashing.encode(), digest))


Making = Callable[[str], str]
MADE_WRONG: dict[str, tuple[int, Making]] = {
    "for another namespace": (ISRAEL, lambda t: by("israel").sign(t, CHECKPOINT)),
    "for the namespace of files": (ISRAEL, lambda t: by("israel").sign(t, "file")),
    "for no namespace": (ISRAEL, lambda t: by("israel").sign(t, "")),
    "for one namespace, said to be for ours": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t, CHECKPOINT)),
    ),
    "with somebody else's key": (ISRAEL, lambda t: signer("a stranger").sign(t)),
    "with the key of another party": (ISRAEL, lambda t: by("egypt").sign(t)),
    "with somebody else's key, under the own one": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(signer("a stranger"), t)),
    ),
    "with the own key, under somebody else's": (
        ISRAEL,
        lambda t: wrapped(signer("a stranger").blob, inner(by("israel"), t)),
    ),
    "with the recorder's key": (ISRAEL, lambda t: by("recorder").sign(t)),
    "over the text without its line feed": (ISRAEL, lambda t: by("israel").sign(t[:-1])),
    "over a text with two line feeds": (ISRAEL, lambda t: by("israel").sign(t + "\n")),
    "with SHA-1": (
        ISRAEL,
        lambda t: wrapped(
            by("israel").blob, inner(by("israel"), t, hashing="sha1"), hashing=b"sha1"
        ),
    ),
    "with another hash than it says": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), hashing=b"sha256"),
    ),
    "of another magic": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), magic=b"SSHSIH"),
    ),
    "of version 0": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), version=0),
    ),
    "of version 2": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), version=2),
    ),
    "with something reserved": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), reserved=b"x"),
    ),
    "with something trailing": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t), trailing=b"\0"),
    ),
    "with something trailing inside": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, inner(by("israel"), t) + b"\0"),
    ),
    "with nothing inside": (ISRAEL, lambda _: wrapped(by("israel").blob, b"")),
    "with a thousand empty fields": (
        ISRAEL,
        lambda _: base64.b64encode(b"SSHSIG\0\0\0\1" + bytes(8000)).decode(),
    ),
    "cut short": (ISRAEL, lambda t: by("israel").sign(t)[:-4]),
    "with base64 that is not canonical": (
        EGYPT,
        lambda t: uncanonical(by("egypt"), t),
    ),
    "with s and the order of the group": (
        ISRAEL,
        lambda t: wrapped(by("israel").blob, shifted(inner(by("israel"), t))),
    ),
    "by a security key, with s and the order of the group": (
        HAMAS,
        lambda t: wrapped(
            by("hamas").blob, shifted(inner(by("hamas"), t)[:-5], inner(by("hamas"), t)[-5:])
        ),
    ),
    "by a security key, its counter changed": (
        HAMAS,
        lambda t: wrapped(by("hamas").blob, inner(by("hamas"), t)[:-1] + b"\x08"),
    ),
    "by a security key, its touch denied": (
        HAMAS,
        lambda t: wrapped(by("hamas").blob, inner(by("hamas"), t)[:-5] + bytes(5)),
    ),
    "by a security key, without its counter": (
        HAMAS,
        lambda t: wrapped(by("hamas").blob, inner(by("hamas"), t)[:-5]),
    ),
    "of ECDSA with the higher s": (
        EGYPT,
        lambda t: wrapped(
            by("egypt").blob, ecdsa(inner(by("egypt"), t), lambda r, s: (r, ORDER - s))
        ),
    ),
    "of ECDSA with r and the order of the group": (
        EGYPT,
        lambda t: wrapped(
            by("egypt").blob, ecdsa(inner(by("egypt"), t), lambda r, s: (r + ORDER, s))
        ),
    ),
    "of ECDSA with nothing for r": (
        EGYPT,
        lambda t: wrapped(by("egypt").blob, ecdsa(inner(by("egypt"), t), lambda _, s: (0, s))),
    ),
    "of ECDSA with a zero before s": (
        EGYPT,
        lambda t: wrapped(
            by("egypt").blob, ecdsa(inner(by("egypt"), t), lambda r, s: (r, s), pad=b"\0")
        ),
    ),
    "of RSA with SHA-1": (
        QATAR,
        lambda t: wrapped(by("qatar").blob, packed(b"ssh-rsa", strings(inner(by("qatar"), t))[1])),
    ),
    "of RSA with another hash than it says": (
        QATAR,
        lambda t: wrapped(
            by("qatar").blob, packed(b"rsa-sha2-256", strings(inner(by("qatar"), t))[1])
        ),
    ),
    "of RSA with a zero before it": (
        QATAR,
        lambda t: wrapped(
            by("qatar").blob, packed(b"rsa-sha2-512", b"\0" + strings(inner(by("qatar"), t))[1])
        ),
    ),
    "of RSA and the modulus": (
        QATAR,
        lambda t: wrapped(
            by("qatar").blob, packed(b"rsa-sha2-512", wrapped_around(inner(by("qatar"), t)))
        ),
    ),
}
L = 2**252 + 27742317777372353535851937790883648493


def strings(blob: bytes) -> list[bytes]:
    found = []
    while blob:
        end = 4 + int.from_bytes(blob[:4], "big")
        found.append(blob[4:end])
        blob = blob[end:]
    return found


def shifted(innermost: bytes, told: bytes = b"") -> bytes:
    """Return the second spelling of an Ed25519 signature, which OpenSSH accepts."""
    algorithm, made = strings(innermost)
    s = int.from_bytes(made[32:], "little") + L
    return packed(algorithm, made[:32] + s.to_bytes(32, "little")) + told


def ecdsa(
    innermost: bytes, change: Callable[[int, int], tuple[int, int]], pad: bytes = b""
) -> bytes:
    algorithm, made = strings(innermost)
    r, s = change(*(int.from_bytes(field, "big") for field in strings(made)))
    return packed(algorithm, packed(mpint(r), pad + mpint(s)))


def wrapped_around(innermost: bytes) -> bytes:
    key = by("qatar")
    modulus: int = key.private.public_key().public_numbers().n
    made = int.from_bytes(strings(innermost)[1], "big") + modulus
    return made.to_bytes(257, "big")


def uncanonical(key: Signer, line: str) -> str:
    """Return a signature whose base64 has bits that count for nothing, and are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for nonce in range(50):
        signature = key.sign(line)
        if signature.endswith("="):
            stem = signature.rstrip("=")
            last = alphabet[alphabet.index(stem[-1]) + 1]
            return stem[:-1] + last + "=" * (len(signature) - len(stem))
        assert nonce < 49
    raise AssertionError


@pytest.mark.parametrize("name", MADE_WRONG)
def test_a_signature_made_in_another_way_is_refused(judge: Judge, good: History, name: str) -> None:
    seq, making = MADE_WRONG[name]

    assert judge(resigned(good, seq, making(spelled(good.entries[seq]["stmt"])))) == broken(
        "signature", seq
    )


@pytest.mark.parametrize("hashing", ["sha256", "sha512"])
@pytest.mark.parametrize("seq", [ISRAEL, HAMAS, EGYPT, QATAR])
def test_either_hash_will_do(judge: Judge, good: History, seq: int, hashing: str) -> None:
    entry = good.entries[seq]
    key = by(entry["stmt"]["actor"])

    # Entries after it have seen another one: all is right up to there.
    found = judge(resigned(good, seq, key.sign(spelled(entry["stmt"]), hashing=hashing)))

    assert found["holds"] or found["entry"] > seq


def test_the_higher_s_of_ecdsa_is_lowered_where_a_file_is_taken_in() -> None:
    key, text = by("egypt"), "anything\n"
    low = inner(key, text)
    high = wrapped(key.blob, ecdsa(low, lambda r, s: (r, ORDER - s)))

    assert read_armored(armored(high)) == wrapped(key.blob, low)
    verify(read_armored(armored(high)), key=key.key, namespace=STATEMENT, message=text.encode())


def test_the_signature_of_a_checkpoint_may_have_either_s(
    judge: Judge, good: History, tmp_path: Path
) -> None:
    # Nothing hashes it, so it does not matter; and stock ssh-keygen makes either.
    text, signatures = good.points["00000005"]
    innermost = inner(by("egypt"), text, CHECKPOINT)
    high = ecdsa(innermost, lambda r, s: (r, ORDER - s))
    signatures["egypt"] = wrapped(by("egypt").blob, high, CHECKPOINT)

    assert judge(good)["sealed"] == 5


def test_a_key_of_a_name_that_was_not_touched_signs_as_its_owner_chose(
    judge: Judge, good: History
) -> None:
    key = by("hamas")
    line = spelled(good.entries[HAMAS]["stmt"])
    digest = hashlib.sha512(line.encode()).digest()
    signed = b"SSHSIG" + packed(STATEMENT.encode(), b"", b"sha512", digest)
    told = bytes(5)
    made: Any = key.private.sign(
        hashlib.sha256(key.application).digest() + told + hashlib.sha256(signed).digest()
    )
    sig = wrapped(key.blob, packed(b"sk-ssh-ed25519@openssh.com", made) + told)

    found = judge(resigned(good, HAMAS, sig))

    # ssh-keygen does not ask either; the next entry has seen another one.
    assert found == broken("prev", HAMAS + 1)
