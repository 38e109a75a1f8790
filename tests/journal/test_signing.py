"""Signatures go both ways: stock ssh-keygen verifies what is made here, and the reverse."""

import base64
import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journal.signer import KINDS, packed, signer

from phaseflow.errors import NotSigned
from phaseflow.journal.keyfile import read_public_key
from phaseflow.journal.keytext import KeyInvalid, parse_key
from phaseflow.journal.signature import (
    CHECKPOINT,
    STATEMENT,
    SignatureInvalid,
    armored,
    read_armored,
    signer_of,
    verify,
)
from phaseflow.journal.signing import sign

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None,
    reason="ssh-keygen is not installed (openssh-client on Debian), and nothing can sign",
)
MESSAGE = "é 𝄞\n".encode()


def generated(directory: Path, kind: str, passphrase: str = "") -> Path:
    path = directory / kind
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path), "-C", "a comment"]
    subprocess.run(command, check=True)
    return path


def accepted_by_ssh_keygen(directory: Path, key: str, signature: str, message: bytes) -> bool:
    (directory / "allowed").write_text(f'israel namespaces="{STATEMENT}" {key}\n')
    (directory / "sig").write_text(armored(signature))
    allowed = ["-f", str(directory / "allowed"), "-I", "israel", "-n", STATEMENT]
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", *allowed, "-s", str(directory / "sig")],
        input=message,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def public_key(key_file: Path) -> str:
    return read_public_key(key_file.with_suffix(".pub").read_text())


@needs_ssh_keygen
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_what_is_signed_here_stock_ssh_keygen_verifies(tmp_path: Path, kind: str) -> None:
    path = generated(tmp_path, kind)
    key = public_key(path)

    # ECDSA has two spellings, each made half of the time.
    for _ in range(6 if kind == "ecdsa" else 1):
        signature = sign(path, namespace=STATEMENT, message=MESSAGE)
        verify(signature, key=key, namespace=STATEMENT, message=MESSAGE)
        assert accepted_by_ssh_keygen(tmp_path, key, signature, MESSAGE)
        assert not accepted_by_ssh_keygen(tmp_path, key, signature, MESSAGE + b"x")


@needs_ssh_keygen
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_what_stock_ssh_keygen_signed_by_hand_is_verified_here(tmp_path: Path, kind: str) -> None:
    path = generated(tmp_path, kind)
    statement = tmp_path / "stmt.json"
    for n in range(6 if kind == "ecdsa" else 1):
        message = MESSAGE * (n + 1)
        statement.write_bytes(message)
        (tmp_path / "stmt.json.sig").unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", STATEMENT, "-f", str(path)]
        subprocess.run([*command, str(statement)], check=True)

        signature = read_armored((tmp_path / "stmt.json.sig").read_text())

        key = read_public_key(path.with_suffix(".pub").read_text())
        verify(signature, key=key, namespace=STATEMENT, message=message)
        assert signer_of(signature) == key
        with pytest.raises(SignatureInvalid, match="made for the namespace"):
            verify(signature, key=key, namespace=CHECKPOINT, message=message)
        with pytest.raises(SignatureInvalid, match="not made over this text, or was changed"):
            verify(signature, key=key, namespace=STATEMENT, message=message[1:])
        with pytest.raises(SignatureInvalid, match="made with another key"):
            verify(signature, key=signer("x").key, namespace=STATEMENT, message=message)


@needs_ssh_keygen
@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_of_the_tests_are_keys_to_ssh_keygen(tmp_path: Path, kind: str) -> None:
    key = signer("israel", kind)

    assert accepted_by_ssh_keygen(tmp_path, key.key, key.sign(MESSAGE), MESSAGE)
    verify(key.sign(MESSAGE), key=key.key, namespace=STATEMENT, message=MESSAGE)
    (tmp_path / "key.pub").write_text(key.key + "\n")
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert parse_key(key.key).fingerprint in told.stdout


@needs_ssh_keygen
def test_an_agent_signs_for_a_key_whose_private_half_is_nowhere_in_reach(tmp_path: Path) -> None:
    if shutil.which("ssh-agent") is None:
        pytest.skip("ssh-agent is not installed")
    path = generated(tmp_path, "ed25519")
    socket = Path(os.environ.get("TMPDIR", "/tmp")) / f"agent-{os.getpid()}"  # noqa: S108  short enough for a socket
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSH_AUTH_SOCK", str(socket))
            added = ["ssh-add", "-q", str(path)]
            for _ in range(50):
                if subprocess.run(added, capture_output=True, check=False).returncode == 0:
                    break
            path.unlink()

            signature = sign(tmp_path / "ed25519.pub", namespace=STATEMENT, message=MESSAGE)
    finally:
        agent.terminate()
        agent.wait()
        socket.unlink(missing_ok=True)

    verify(signature, key=public_key(path), namespace=STATEMENT, message=MESSAGE)


@needs_ssh_keygen
def test_a_passphrase_is_asked_for_on_the_terminal(tmp_path: Path) -> None:
    words = "open sesame"
    path = generated(tmp_path, "ed25519", words)
    program = f"""
from pathlib import Path
from phaseflow.journal.signing import sign
print(sign(Path({str(path)!r}), namespace={STATEMENT!r}, message={MESSAGE!r}))
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("SSH_AUTH_SOCK", None)
    ours, theirs = pty.openpty()

    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
    ) as signing:
        until(ours, b"passphrase")
        os.write(ours, f"{words}\n".encode())
        printed, _ = signing.communicate()
    os.close(ours)
    os.close(theirs)

    verify(printed.strip(), key=public_key(path), namespace=STATEMENT, message=MESSAGE)


def until(terminal: int, words: bytes) -> None:
    """Read what is said on the terminal, up to ``words``."""
    said = b""
    while words not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 1)


@needs_ssh_keygen
def test_a_failure_to_sign_says_what_ssh_keygen_said(tmp_path: Path) -> None:
    with pytest.raises(NotSigned, match=r"did not sign with .*nowhere: .*No such file"):
        sign(tmp_path / "nowhere", namespace=STATEMENT, message=MESSAGE)


def test_without_ssh_keygen_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotSigned, match="not installed"):
        sign(tmp_path / "key", namespace=STATEMENT, message=MESSAGE)


def test_of_a_pub_file_the_comment_is_dropped_and_nothing_else_is_let_in() -> None:
    key = signer("israel").key
    assert {read_public_key(f"{key}{end}") for end in ("", "\n", "\r\n", " me @ home\n")} == {key}

    for text in (
        "",
        "\n",
        f"{key}\n{key}\n",
        f'command="x" {key}',
        f"{key} me\n* {key}",
        f" {key}",
    ):
        with pytest.raises(KeyInvalid):
            read_public_key(text)
    with pytest.raises(KeyInvalid, match="does not lie on nistp256"):
        read_public_key(OFF_THE_CURVE)


OFF_THE_CURVE = (
    "ecdsa-sha2-nistp256 "
    + base64.b64encode(
        packed(b"ecdsa-sha2-nistp256", b"nistp256", b"\x04" + bytes(63) + b"\x09")
    ).decode()
)


@pytest.mark.parametrize("text", ["", "AAAA", "-----BEGIN SSH SIGNATURE-----\n"])
def test_a_file_that_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(SignatureInvalid, match=r"no \.sig file"):
        read_armored(text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_comes_back_from_its_file(kind: str) -> None:
    signature = signer("israel", kind).sign(MESSAGE)

    assert read_armored(armored(signature)) == signature
    assert all(len(line) <= 70 for line in armored(signature).splitlines())


def test_what_is_no_signature_was_signed_by_nobody() -> None:
    for nothing in ("", "AAAA", "####"):
        with pytest.raises(SignatureInvalid):
            signer_of(nothing)
