"""Signatures as ``ssh-keygen -Y sign`` makes them (PROTOCOL.sshsig), verified in process.

A signature is the base64 of the SSHSIG blob, as one string. It has one spelling:
whoever lacks the private key cannot make a second one of it that verifies.

- Every length, name and number is canonical, ``reserved`` is empty, nothing trails.
- Ed25519, also of security keys: the last byte of s is below 0x10, which excludes
  s + group order; ``ssh-keygen`` accepts it, other libraries do not. Flags and
  counter of a security key are signed along.
- ECDSA: s is at most half the order of the group, since (r, order - s) verifies as
  well as (r, s). ``ssh-keygen`` makes either; :func:`read_armored` takes the lower.
- RSA: exactly as long as the modulus; ``ssh-keygen`` also accepts it without its
  leading zeros.
"""

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any

from phaseflow.errors import StatementInvalid
from phaseflow.journal.keyfile import refuse_private
from phaseflow.journal.keytext import (
    ECDSA,
    ED25519,
    P256_ORDER,
    RSA,
    RSA_EXPONENT,
    SK_ED25519,
    Key,
    decode,
    number,
    packed,
    parse_key,
    strings,
)
from phaseflow.model.visible import quoted

STATEMENT = "statement.v1@phaseflow"
CHECKPOINT = "checkpoint.v1@phaseflow"

_MAGIC = b"SSHSIG"
_PREAMBLE = _MAGIC + (1).to_bytes(4, "big")
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA_ALGORITHMS = (b"rsa-sha2-256", b"rsa-sha2-512")
_ARMOR = re.compile(
    r"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?", re.ASCII
)
_WIDTH = 70


class SignatureInvalid(StatementInvalid):
    """The signature does not prove what it should; the message says which check failed."""


def verify(signature: str, *, key: str, namespace: str, message: bytes) -> None:
    """Check that ``signature`` was made over ``message`` with ``key``, for ``namespace``.

    Raises:
        SignatureInvalid: it was not, or is spelled another way.
        KeyInvalid: ``key`` is no key.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  slow to load

    checked = parse_key(key)
    try:
        _verify(signature, checked, namespace.encode(), message)
    except (ValueError, InvalidSignature) as error:
        reason = str(error) or "it was not made over this text, or was changed"
        msg = f"the signature is refused: {reason}"
        raise SignatureInvalid(msg) from error


def read_armored(text: str) -> str:
    """Return the signature in the text of a ``.sig`` file.

    Of an ECDSA signature, the lower of its two spellings; so a file that stock
    ``ssh-keygen`` wrote is taken in as the journal spells it.

    Raises:
        SignatureInvalid: it holds none.
    """
    refuse_private(text, "What is asked for is a signature, the .sig file of ssh-keygen -Y sign")
    found = _ARMOR.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        msg = "this is no .sig file as ssh-keygen -Y sign writes it"
        raise SignatureInvalid(msg)
    signature = found[1].replace("\n", "")
    try:
        return _lowered(signature)
    except ValueError:
        # What is wrong with it, verifying it will tell.
        return signature


def armored(signature: str) -> str:
    """Return the text of the ``.sig`` file that holds ``signature``."""
    lines = [signature[at : at + _WIDTH] for at in range(0, len(signature), _WIDTH)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def signer_of(signature: str) -> str:
    """Return the key, as text, that ``signature`` says it was made with; nothing is verified.

    Raises:
        SignatureInvalid: it is malformed.
    """
    try:
        public = _parts(signature)[0]
        kind = strings(public)[0].decode()
        return parse_key(f"{kind} {base64.b64encode(public).decode()}").text
    except (ValueError, IndexError) as error:
        msg = f"the signature is refused: {error}"
        raise SignatureInvalid(msg) from error


def _verify(signature: str, key: Key, namespace: bytes, message: bytes) -> None:
    public, made_for, hashing, inner = _parts(signature)
    if public != key.blob:
        kind = b"".join(strings(public)[:1]).decode(errors="replace")
        untaken = "" if kind in _VERIFY else f", of the type {kind}, which is not taken"
        msg = f"it was made with another key{untaken}, not with {key.fingerprint}"
        raise ValueError(msg)
    if made_for != namespace:
        msg = f"it was made for the namespace {quoted(made_for.decode(errors='replace'))}"
        raise ValueError(msg)
    digest = _HASHES[hashing](message).digest()
    _VERIFY[key.kind](key, inner, _MAGIC + packed(namespace, b"", hashing, digest))


def _parts(signature: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the public key, the namespace, the hash algorithm and the inner signature."""
    blob = decode(signature)
    fields = strings(blob[len(_PREAMBLE) :])
    if not blob.startswith(_PREAMBLE) or len(fields) != 5:  # noqa: PLR2004  PROTOCOL.sshsig
        msg = "it is no SSH signature, version 1"
        raise ValueError(msg)
    public, namespace, reserved, hashing, inner = fields
    if reserved or hashing not in _HASHES:
        msg = "its hash algorithm is neither sha256 nor sha512, or it is not empty where it must be"
        raise ValueError(msg)
    return public, namespace, hashing, inner


def _lowered(signature: str) -> str:
    public, namespace, hashing, inner = _parts(signature)
    fields = strings(inner) if strings(public)[:1] == [ECDSA.encode()] else []
    if len(fields) != 2:  # noqa: PLR2004  the algorithm and (r, s)
        return signature
    r, s = (number(field) for field in _exactly(2, strings(fields[1])))
    if not P256_ORDER // 2 < s < P256_ORDER:
        return signature
    inner = packed(fields[0], packed(_spelled(r), _spelled(P256_ORDER - s)))
    blob = _PREAMBLE + packed(public, namespace, b"", hashing, inner)
    return base64.b64encode(blob).decode()


def _spelled(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _verify_ed25519(key: Key, inner: bytes, signed: bytes) -> None:
    algorithm, made = _exactly(2, strings(inner))
    _check_edwards(algorithm, ED25519, made)
    _loaded(key).verify(made, signed)


def _verify_sk_ed25519(key: Key, inner: bytes, signed: bytes) -> None:
    # Whether the key was touched is told by the flags; its owner made the key with
    # or without that, and ssh-keygen does not ask either.
    flags_and_counter = inner[-5:]
    algorithm, made = _exactly(2, strings(inner[:-5]))
    _check_edwards(algorithm, SK_ED25519, made)
    application = hashlib.sha256(key.application).digest()
    digest = hashlib.sha256(signed).digest()
    _loaded(key).verify(made, application + flags_and_counter + digest)


def _verify_ecdsa(key: Key, inner: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA as SCHEME  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    algorithm, made = _exactly(2, strings(inner))
    r, s = (number(field) for field in _exactly(2, strings(made)))
    _check_algorithm(algorithm, [ECDSA.encode()])
    if r >= P256_ORDER or s > P256_ORDER // 2:
        msg = "its s is not the lower of the two that verify"
        raise ValueError(msg)
    _loaded(key).verify(encode_dss_signature(r, s), signed, SCHEME(SHA256()))


def _verify_rsa(key: Key, inner: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256, SHA512  # noqa: PLC0415

    algorithm, made = _exactly(2, strings(inner))
    _check_algorithm(algorithm, _RSA_ALGORITHMS)
    if len(made) != (key.modulus.bit_length() + 7) // 8:
        msg = "it is not as long as the modulus"
        raise ValueError(msg)
    hashing = SHA256() if algorithm == b"rsa-sha2-256" else SHA512()
    _loaded(key).verify(made, signed, PKCS1v15(), hashing)


_VERIFY = {
    ED25519: _verify_ed25519,
    SK_ED25519: _verify_sk_ed25519,
    ECDSA: _verify_ecdsa,
    RSA: _verify_rsa,
}


def _check_edwards(algorithm: bytes, wanted: str, made: bytes) -> None:
    _check_algorithm(algorithm, [wanted.encode()])
    if len(made) != 64 or made[63] >= 0x10:  # noqa: PLR2004  RFC 8032, §5.1.7
        msg = "it is spelled in the second way that some libraries accept"
        raise ValueError(msg)


def _check_algorithm(algorithm: bytes, wanted: Any) -> None:
    if algorithm not in wanted:
        msg = f"its algorithm is {quoted(algorithm.decode(errors='replace'))}"
        raise ValueError(msg)


def _exactly(count: int, fields: list[bytes]) -> list[bytes]:
    if len(fields) != count:
        msg = "it is malformed"
        raise ValueError(msg)
    return fields


@lru_cache(maxsize=1024)
def _loaded(key: Key) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415

    if key.kind == RSA:
        return rsa.RSAPublicNumbers(RSA_EXPONENT, key.modulus).public_key()
    if key.kind == ECDSA:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.point)
    return ed25519.Ed25519PublicKey.from_public_bytes(key.point)
