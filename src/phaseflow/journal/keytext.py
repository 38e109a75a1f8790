"""Public keys as OpenSSH spells them: one spelling each, and none that is weak."""

import base64
import binascii
import hashlib
import re
from functools import lru_cache

import msgspec

from phaseflow.errors import StatementInvalid
from phaseflow.model.visible import quoted

_QUOTED = 60
"""So much of a key tells it from others."""

ED25519 = "ssh-ed25519"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
ECDSA = "ecdsa-sha2-nistp256"
RSA = "ssh-rsa"

# NIST P-256 (FIPS 186-5): the field, the coefficient b, the order of the group.
_P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# Edwards 25519: the field, and the y of every point of small order; under such a
# key one signature fits any statement.
_P25519 = 2**255 - 19
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_WEAK = {0, 1, _P25519 - 1, _Y_OF_ORDER_8, _P25519 - _Y_OF_ORDER_8}

RSA_BITS = range(2048, 8193)
RSA_EXPONENT = 65537

_TEXT = re.compile(
    rf"({ED25519}|{re.escape(SK_ED25519)}|{ECDSA}|{RSA}) ([A-Za-z0-9+/]+={{0,2}})", re.ASCII
)
# A security key answers for the application that it was made for; that of a web
# site would let the site ask for signatures.
_APPLICATION = re.compile(rb"ssh:[!-~]{0,64}")


class KeyInvalid(StatementInvalid):
    """The text is no key that a party may have."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was checked.

    ``blob`` is its binary form. ``point`` is the encoded point of a curve;
    ``application`` that of a security key; ``modulus`` that of RSA.
    """

    text: str
    kind: str
    blob: bytes
    point: bytes = b""
    application: bytes = b""
    modulus: int = 0

    @property
    def fingerprint(self) -> str:
        """What ``ssh-keygen -l`` shows, to be compared by telephone."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return "SHA256:" + digest.rstrip("=")


@lru_cache(maxsize=1024)
def parse_key(text: str) -> Key:
    """Return the key that ``text`` spells: type, space, base64; no options, no comment.

    Raises:
        KeyInvalid: it spells none, spells it another way, or the key is weak.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        msg = f"{quoted(text, _QUOTED)} is no key; write TYPE BASE64 as in a .pub file, without its comment"
        raise KeyInvalid(msg)
    kind, written = found.groups()
    try:
        blob = decode(written)
        first, *fields = strings(blob)
    except ValueError as error:
        msg = f"the key {quoted(text, _QUOTED)} is malformed: {error}"
        raise KeyInvalid(msg) from error
    if first != kind.encode():
        msg = f"the key calls itself {kind}, but holds a key of another type"
        raise KeyInvalid(msg)
    try:
        return _READ[kind](text, blob, fields)
    except ValueError as error:
        msg = f"the key {quoted(text, _QUOTED)} is refused: {error}"
        raise KeyInvalid(msg) from error


def check_on_curve(key: Key) -> None:
    """Check the point of an ECDSA key, which costs more than a journal has to spend on each entry.

    Raises:
        KeyInvalid: it does not lie on the curve, so that the key would verify nothing.
    """
    if key.kind == ECDSA and not _is_on_curve(key.point):
        msg = f"the key {quoted(key.text, _QUOTED)} is refused: its point does not lie on nistp256"
        raise KeyInvalid(msg)


def decode(text: str) -> bytes:
    """Return the bytes of base64, which must be its own canonical form.

    Raises:
        ValueError: it is not.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        msg = "it is not base64"
        raise ValueError(msg) from error
    if base64.b64encode(decoded).decode() != text:
        msg = "its base64 is not canonical"
        raise ValueError(msg)
    return decoded


def strings(blob: bytes) -> list[bytes]:
    """Return the strings that ``blob`` is made of, each with its length before it (RFC 4251, §5).

    Raises:
        ValueError: the last one is cut short.
    """
    found, place, end = [], 0, len(blob)
    while place < end:
        begin = place + 4
        place = begin + int.from_bytes(blob[place:begin], "big")
        if place > end or begin > end:
            msg = "it is cut short"
            raise ValueError(msg)
        found.append(blob[begin:place])
    return found


def packed(*parts: bytes) -> bytes:
    """Return ``parts``, each with its length before it."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def number(field: bytes) -> int:
    """Return the positive number that ``field`` spells (RFC 4251, mpint).

    Raises:
        ValueError: it is not positive, or has leading zeros that it does not need.
    """
    has_spare_zero = field[:1] == b"\0" and field[1:2] < b"\x80"
    if not field or field >= b"\x80" or has_spare_zero:
        msg = "a number in it is not spelled canonically"
        raise ValueError(msg)
    return int.from_bytes(field, "big")


def _ed25519(text: str, blob: bytes, fields: list[bytes]) -> Key:
    (point,) = _count(fields, 1)
    _check_edwards(point)
    return Key(text=text, kind=ED25519, blob=blob, point=point)


def _sk_ed25519(text: str, blob: bytes, fields: list[bytes]) -> Key:
    point, application = _count(fields, 2)
    _check_edwards(point)
    if not _APPLICATION.fullmatch(application):
        msg = "its application does not begin with ssh:"
        raise ValueError(msg)
    return Key(text=text, kind=SK_ED25519, blob=blob, point=point, application=application)


def _ecdsa(text: str, blob: bytes, fields: list[bytes]) -> Key:
    # Off the curve it would verify nothing, which :func:`check_on_curve` tells beforehand.
    curve, point = _count(fields, 2)
    if curve != b"nistp256" or len(point) != 65 or point[0] != 4:  # noqa: PLR2004  SEC 1, §2.3.3
        msg = "it is no uncompressed point of nistp256"
        raise ValueError(msg)
    return Key(text=text, kind=ECDSA, blob=blob, point=point)


def _is_on_curve(point: bytes) -> bool:
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return max(x, y) < _P256 and (y * y - x * x * x + 3 * x - _P256_B) % _P256 == 0


def _rsa(text: str, blob: bytes, fields: list[bytes]) -> Key:
    exponent, modulus = (number(field) for field in _count(fields, 2))
    if modulus.bit_length() not in RSA_BITS or modulus % 2 == 0 or exponent != RSA_EXPONENT:
        msg = "RSA keys have 2048 to 8192 bits and the exponent 65537"
        raise ValueError(msg)
    return Key(text=text, kind=RSA, blob=blob, modulus=modulus)


_READ = {ED25519: _ed25519, SK_ED25519: _sk_ed25519, ECDSA: _ecdsa, RSA: _rsa}


def _count(fields: list[bytes], wanted: int) -> list[bytes]:
    if len(fields) != wanted:
        msg = f"it has {len(fields) + 1} fields instead of {wanted + 1}"
        raise ValueError(msg)
    return fields


def _check_edwards(point: bytes) -> None:
    y = int.from_bytes(point, "little") & (2**255 - 1)
    if len(point) != 32 or y >= _P25519 or y in _WEAK:  # noqa: PLR2004  RFC 8032, §5.1.5
        msg = "its point is malformed, or of small order"
        raise ValueError(msg)
