"""Signing as people already do it: stock ``ssh-keygen``, which alone touches private keys."""

import subprocess
import sys
from pathlib import Path

from phaseflow import atomic_files, untrusted_files
from phaseflow.errors import NotSigned
from phaseflow.journal.signature import read_armored


def sign(key_file: Path, *, namespace: str, message: bytes) -> str:
    """Return the signature over ``message`` that ``ssh-keygen`` makes with ``key_file``.

    ``key_file`` is a private key, or a ``.pub`` whose private half the agent
    holds. A passphrase is asked for, and a hardware key waited for, by
    ``ssh-keygen`` itself, on the terminal.

    Raises:
        NotSigned: ssh-keygen is missing, or it did not sign.
    """
    _refuse_what_never_ends(key_file)
    options = ["-Y", "sign", "-n", namespace, "-f", str(key_file)]
    if not _asks_for_a_touch(key_file):
        # Quiet, it would not say either that it waits for a touch.
        options.append("-q")
    try:
        with atomic_files.workplace() as place:
            # A file, since with text on its standard input ssh-keygen asks for no passphrase.
            path = place / "statement"
            path.write_bytes(message)
            _run([*options, str(path)], key_file)
            return read_armored(path.with_suffix(".sig").read_text(encoding="ascii"))
    except OSError as error:
        msg = f"there is no place for the text that is to be signed: {error.strerror}"
        raise NotSigned(msg) from error


def _run(options: list[str], key_file: Path) -> None:
    # On a terminal its words go there at once, since it may be waiting.
    words = None if sys.stderr.isatty() else subprocess.PIPE
    try:
        done = subprocess.run(  # noqa: S603  no shell; the file is the user's own argument
            ["ssh-keygen", *options],  # noqa: S607  as found on the user's path
            stdout=subprocess.DEVNULL,
            stderr=words,
            check=False,
        )
    except FileNotFoundError as error:
        msg = "ssh-keygen is not installed; it comes with OpenSSH (openssh-client on Debian)"
        raise NotSigned(msg) from error
    if done.returncode != 0:
        said = (done.stderr or b"").decode(errors="replace").strip()
        reasons = filter(None, (said, _hint(key_file)))
        msg = ": ".join([f"ssh-keygen did not sign with {key_file}", *reasons])
        raise NotSigned(msg)


def _asks_for_a_touch(key_file: Path) -> bool:
    path = key_file if key_file.suffix == ".pub" else key_file.with_name(key_file.name + ".pub")
    return _beginning(path).startswith("sk-")


def _refuse_what_never_ends(key_file: Path) -> None:
    try:
        with untrusted_files.regular(key_file):
            pass
    except (FileNotFoundError, PermissionError):
        # ssh-keygen may do with the .pub beside and the agent, and else says so.
        return
    except OSError as error:
        msg = f"{key_file} cannot be read: {error.strerror}"
        raise NotSigned(msg) from error


def _hint(key_file: Path) -> str:
    """Return what to do about a file that ssh-keygen does not sign with, if that shows."""
    text = _beginning(key_file)
    if text.startswith("PuTTY-User-Key-File"):
        return "it is a key of PuTTY; `puttygen KEY.ppk -O private-openssh-new -o KEY` converts it"
    if text.startswith(("ssh-", "ecdsa-", "sk-")):
        return (
            "it is a public key, whose private half no agent holds here; add that with ssh-add, "
            "or name its file"
        )
    return ""


def _beginning(path: Path) -> str:
    try:
        return untrusted_files.decoded(untrusted_files.beginning(path, 64), errors="replace")
    except OSError:
        return ""
