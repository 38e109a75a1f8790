"""Keys of tests, and signatures made without ssh-keygen: also such as it would never make.

The bytes are put together here anew, from PROTOCOL.sshsig, and not by the code
under test.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

STATEMENT = "statement.v1@phaseflow"
CHECKPOINT = "checkpoint.v1@phaseflow"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KINDS = ("ed25519", "sk", "ecdsa", "rsa")


def packed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def mpint(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b""


@dataclass(frozen=True)
class Signer:
    """A private key, and how OpenSSH writes what it makes."""

    kind: str
    private: Any
    application: bytes = b"ssh:"

    @property
    def blob(self) -> bytes:
        public = self.private.public_key()
        if self.kind == "rsa":
            numbers = public.public_numbers()
            return packed(b"ssh-rsa", mpint(numbers.e), mpint(numbers.n))
        if self.kind == "ecdsa":
            point = public.public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
            return packed(b"ecdsa-sha2-nistp256", b"nistp256", point)
        if self.kind == "sk":
            return packed(
                b"sk-ssh-ed25519@openssh.com", public.public_bytes_raw(), self.application
            )
        return packed(b"ssh-ed25519", public.public_bytes_raw())

    @property
    def key(self) -> str:
        """The key as text."""
        kind = self.blob[4 : 4 + int.from_bytes(self.blob[:4], "big")].decode()
        return f"{kind} {base64.b64encode(self.blob).decode()}"

    def sign(
        self, message: str | bytes, namespace: str = STATEMENT, hashing: str = "sha512"
    ) -> str:
        """Return the signature as a journal holds it."""
        content = message.encode() if isinstance(message, str) else message
        digest = hashlib.new(hashing, content).digest()
        signed = b"SSHSIG" + packed(namespace.encode(), b"", hashing.encode(), digest)
        return wrapped(self.blob, self.inner(signed), namespace, hashing.encode())

    def inner(self, signed: bytes) -> bytes:
        """Return the innermost signature, over ``signed`` itself."""
        if self.kind == "rsa":
            made = self.private.sign(signed, padding.PKCS1v15(), hashes.SHA512())
            return packed(b"rsa-sha2-512", made)
        if self.kind == "ecdsa":
            r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
            return packed(b"ecdsa-sha2-nistp256", packed(mpint(r), mpint(min(s, ORDER - s))))
        if self.kind == "sk":
            told = b"\x01" + (7).to_bytes(4, "big")
            application = hashlib.sha256(self.application).digest()
            made = self.private.sign(application + told + hashlib.sha256(signed).digest())
            return packed(b"sk-ssh-ed25519@openssh.com", made) + told
        return packed(b"ssh-ed25519", self.private.sign(signed))

    def write(self, directory: Path, name: str = "key") -> Path:
        """Write the private key as ``ssh-keygen`` does, and return its path."""
        path = directory / name
        path.write_bytes(
            self.private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            )
        )
        path.chmod(0o600)
        path.with_name(f"{name}.pub").write_text(f"{self.key} {name}@test\n")
        return path


def wrapped(
    public: bytes,
    inner: bytes,
    namespace: str = STATEMENT,
    hashing: bytes = b"sha512",
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    reserved: bytes = b"",
    trailing: bytes = b"",
) -> str:
    blob = magic + version.to_bytes(4, "big")
    blob += packed(public, namespace.encode(), reserved, hashing, inner) + trailing
    return base64.b64encode(blob).decode()


@cache
def signer(name: str, kind: str = "ed25519") -> Signer:
    """Return the key of that name: always the same, but for RSA, which is made anew each run."""
    seed = hashlib.sha256(name.encode()).digest()
    if kind == "rsa":
        return Signer(kind, rsa.generate_private_key(65537, 2048))
    if kind == "ecdsa":
        return Signer(kind, ec.derive_private_key(int.from_bytes(seed, "big") >> 8, ec.SECP256R1()))
    return Signer(kind, ed25519.Ed25519PrivateKey.from_private_bytes(seed))
