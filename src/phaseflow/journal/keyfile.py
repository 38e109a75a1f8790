"""What people hand in where the ``.pub`` file of a key is asked for, each by its own name."""

import re

from phaseflow.journal.keytext import (
    ECDSA,
    ED25519,
    RSA,
    SK_ED25519,
    KeyInvalid,
    check_on_curve,
    parse_key,
)

_LINE = re.compile(r"(\S+ \S+)(?: [^\r\n]*)?(?:\r?\n)*", re.ASCII)
_TYPE = re.compile(
    r"(?:webauthn-)?(?:sk-)?(?:ssh|ecdsa)-[a-z0-9-]{2,40}(?:@openssh\.com)?", re.ASCII
)
_OPTION = re.compile(
    r"[a-z-]+=.*|cert-authority|restrict|no-.+|.*-forwarding|pty|user-rc", re.ASCII
)

# The last stands for a file that lost its first line: the base64 of `openssh-key-v1`.
_PRIVATE = re.compile(r"-- ?BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File|b3BlbnNzaC1rZXktdjEA")
_WARNING = (
    "THIS IS A PRIVATE KEY. Do not send it to anybody; if it was sent, or lay where others read, "
    "replace it"
)
_PUBLIC = (
    "What is asked for is the public one, in the file whose name ends in .pub; `ssh-keygen -y -f "
    "KEY > KEY.pub` writes it, of a .ppk `puttygen KEY.ppk -O public-openssh -o KEY.pub`"
)
TAKEN = (
    f"those taken are {ED25519}, {SK_ED25519}, {ECDSA} and {RSA}; "
    "`ssh-keygen -t ed25519` makes one of the first type"
)
_CONVERTED = "`ssh-keygen -i{} -f FILE > KEY.pub` writes it as it is asked for"
_FORMS = {
    "---- BEGIN SSH2 PUBLIC KEY": "a public key in the form SSH2 (RFC 4716); "
    + _CONVERTED.format(""),
    "-----BEGIN PUBLIC KEY": "a public key in PEM; " + _CONVERTED.format(" -m PKCS8"),
    "-----BEGIN RSA PUBLIC KEY": "a public key in PEM; " + _CONVERTED.format(" -m PEM"),
    "-----BEGIN SSH SIGNATURE": "a signature, and no key; name the .pub of the key that made it",
    "-----BEGIN CERTIFICATE": f"a certificate of X.509, and no key; {TAKEN}",
    "-----BEGIN PGP": f"a key of PGP, which is not taken; {TAKEN}",
}


def read_public_key(text: str) -> str:
    """Return the key in the text of a ``.pub`` file, its comment left out.

    What is no such file is never repeated in the message: it may be a secret.

    Raises:
        KeyInvalid: it is not one line of TYPE BASE64 COMMENT, or of a type that is not taken.
    """
    refuse_private(text, _PUBLIC)
    found = _LINE.fullmatch(text)
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if found is None or first not in {ED25519, SK_ED25519, ECDSA, RSA}:
        msg = f"this is {_described(text, first)}"
        raise KeyInvalid(msg)
    key = parse_key(found[1])
    check_on_curve(key)
    return key.text


def refuse_private(text: str, instead: str) -> None:
    """Do nothing, unless ``text`` holds a private key; ``instead`` says what is asked for.

    Raises:
        KeyInvalid: it does.
    """
    if _PRIVATE.search(text):
        msg = f"{_WARNING}. {instead}"
        raise KeyInvalid(msg)


def _described(text: str, first: str) -> str:
    """Return what a text is that is no ``.pub`` file as it is asked for."""
    for beginning, what in _FORMS.items():
        if text.lstrip().startswith(beginning):
            return what
    if _TYPE.fullmatch(first) and first not in {ED25519, SK_ED25519, ECDSA, RSA}:
        return _untaken(first)
    words = text.partition("\n")[0].split()
    if any(map(_TYPE.fullmatch, words[1:])):
        if _OPTION.fullmatch(first):
            return "a line of authorized_keys; leave out the options before the type of the key"
        return "a line of allowed_signers or known_hosts; leave out what stands before the type"
    return "no .pub file: one line is expected, TYPE BASE64 COMMENT"


def _untaken(kind: str) -> str:
    if kind.endswith("-cert-v01@openssh.com"):
        return f"a certificate, {kind}, which is not taken; name the .pub of the key itself"
    return f"a key of the type {kind}, which is not taken; {TAKEN}"
