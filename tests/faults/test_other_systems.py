"""What other systems and editors write: taken where nothing is signed over it, else named."""

import base64
import codecs
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Read, Run
from tests.journal.signer import packed, signer

from phaseflow.errors import StatementInvalid
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.folder import read_pin
from phaseflow.journal.keyfile import read_public_key

Write = Callable[[bytes], bytes]

WRITTEN: dict[str, Write] = {
    "a mark": lambda content: codecs.BOM_UTF8 + content,
    "CR LF": lambda content: content.replace(b"\n", b"\r\n"),
    "no last line feed": lambda content: content.removesuffix(b"\n"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "all of PowerShell": lambda content: (
        codecs.BOM_UTF16_LE + content.decode().replace("\n", "\r\n").encode("utf-16-le")
    ),
}
NAMED = {
    "a mark": "begins with a byte-order mark",
    "CR LF": "has CR LF line ends",
    "no last line feed": "lacks the line feed at its end",
    "UTF-16": "is in UTF-16",
    "all of PowerShell": "is in UTF-16",
}


def rewrite(path: Path, name: str) -> None:
    path.write_bytes(WRITTEN[name](path.read_bytes()))


def signed_by_hand(key: Path, path: Path) -> None:
    options = ["-q", "-Y", "sign", "-n", "statement.v1@phaseflow", "-f", str(key), str(path)]
    subprocess.run(["ssh-keygen", *options], check=True, capture_output=True)


@pytest.fixture
def stmt(signed: Run) -> Path:
    """A draft of a statement, not signed yet."""
    signed("draft", "note", "p", "--note", "é", "--by", "north", "--output", "stmt.json")
    return Path("stmt.json")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_key_is_taken_whichever_system_wrote_its_file(run: Run, keys: Path, name: str) -> None:
    rewrite(keys / "north.pub", name)

    run("open", "plan.yaml", "--label", "p", "--key", f"north={keys / 'north.pub'}")

    assert signer("north").key in run("keys", "p", "--json").stdout


@pytest.mark.parametrize("name", WRITTEN)
def test_defaults_are_taken_whichever_system_wrote_them(
    here: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    config = here / "config.toml"
    config.write_bytes(b'database = "other.db"\nby = "north"\n')
    rewrite(config, name)
    monkeypatch.setenv("PHASEFLOW_CONFIG", str(config))

    run("open", "plan.yaml", "--label", "p")

    assert (here / "other.db").exists()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_signature_is_taken_whichever_system_wrote_its_file(
    signed: Run, read: Read, keys: Path, stmt: Path, name: str
) -> None:
    signed_by_hand(keys / "north", stmt)
    rewrite(Path("stmt.json.sig"), name)

    signed("file", stmt)

    assert read("show", "p", 1)["entry"]["sig"]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_statement_that_another_system_wrote_is_named_with_what_to_do(
    signed: Run, keys: Path, stmt: Path, name: str
) -> None:
    rewrite(stmt, name)
    signed_by_hand(keys / "north", stmt)

    told = " ".join(signed("file", stmt, code=2).stderr.split())

    assert f"stmt.json: it {NAMED[name]}, written by another system or an editor" in told
    assert "draft it again with --output FILE, and sign that file as it is" in told


@pytest.mark.parametrize("name", WRITTEN)
def test_a_checkpoint_that_another_system_wrote_is_named(
    signed: Run, keys: Path, here: Path, name: str
) -> None:
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder", "--pins", "pins")
    [pin] = (here / "pins").rglob("*.txt")
    rewrite(pin, name)

    told = " ".join(signed("audit", "collect", pin, code=3).stderr.split())

    assert f"it {NAMED[name]}, written by another system or an editor" in told


def test_what_merely_is_no_statement_is_not_said_to_be_of_another_system(signed: Run) -> None:
    Path("stmt.json").write_bytes(b'{"v": "phaseflow-statement-v1"}')

    assert "another system" not in signed("file", "stmt.json", code=2).stderr


@pytest.mark.parametrize("name", ["a mark", "CR LF", "no last line feed"])
def test_a_signature_of_a_checkpoint_counts_whichever_system_wrote_it(
    signed: Run, keys: Path, here: Path, name: str
) -> None:
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder", "--pins", "pins")
    signed("audit", "export", "p", "exported")
    rewrite(here / "exported" / "checkpoints" / "00000001.recorder.sig", name)
    [pin] = (here / "pins").rglob("*.txt")
    rewrite(pin.with_name("00000001.recorder.sig"), name)

    assert verify_bundle(here / "exported", None).checkpoints == 1
    assert set(read_pin(pin).signatures) == {"recorder"}


@pytest.mark.parametrize("is_first", [True, False])
def test_a_draft_is_written_as_it_is_signed(
    signed: Run,
    keys: Path,
    is_first: bool,
) -> None:
    said = ("note", "p", "--note", "é", "--by", "north", "--nonce", "0" * 32, "--at", "2025-03-01")
    output = ("--output", "a.json")
    printed = signed("draft", *said).stdout_bytes

    result = signed("draft", *(*output, *said) if is_first else (*said, *output))

    assert "a.json is written; next: ssh-keygen -Y sign" in result.stdout
    assert Path("a.json").read_bytes() == printed
    signed_by_hand(keys / "north", Path("a.json"))
    signed("file", "a.json")


def test_a_draft_of_a_key_is_written_too(signed: Run, keys: Path) -> None:
    signer("other").write(keys, "other")

    signed("draft", "key", "set", "p", keys / "other.pub", "--by", "north", "--output", "k.json")

    assert '"kind":"key.set"' in Path("k.json").read_text()


def test_a_draft_is_written_over_no_file(signed: Run, stmt: Path) -> None:
    before = stmt.read_bytes()
    said = ("note", "p", "--note", "x", "--by", "north", "--private", "--openings", "words")

    result = signed("draft", *said, "--output", stmt, code=2)

    assert "stmt.json is there already; name another with --output" in result.stderr
    assert stmt.read_bytes() == before
    assert not Path("words").exists()


def test_what_is_filed_has_no_output(signed: Run) -> None:
    assert "--output" in signed("draft", "note", "--help").stdout
    assert "--output" not in signed("note", "--help").stdout


def blob(kind: str, *fields: bytes) -> str:
    return f"{kind} {base64.b64encode(packed(kind.encode(), *fields)).decode()}"


KEY = signer("north").key
FORMS = {
    "ecdsa-sha2-nistp384": (
        blob("ecdsa-sha2-nistp384", b"nistp384", b"\4" + bytes(96)) + " me@home\n",
        "a key of the type ecdsa-sha2-nistp384, which is not taken",
    ),
    "sk-ecdsa": (
        blob("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\4" + bytes(64), b"ssh:"),
        "a key of the type sk-ecdsa-sha2-nistp256@openssh.com, which is not taken",
    ),
    "ssh-dss": (blob("ssh-dss", b"\1") + "\n", "a key of the type ssh-dss, which is not taken"),
    "a certificate": (
        blob("ssh-ed25519-cert-v01@openssh.com", bytes(32)) + " me\n",
        "a certificate, ssh-ed25519-cert-v01@openssh.com, which is not taken",
    ),
    "options": (f'command="ls -l",no-pty {KEY} me\n', "a line of authorized_keys"),
    "restrict": (f"restrict {KEY} me\n", "a line of authorized_keys"),
    "allowed_signers": (f'me@home namespaces="file" {KEY}\n', "a line of allowed_signers"),
    "SSH2": (
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
        "`ssh-keygen -i -f FILE > KEY.pub`",
    ),
    "PKCS8": ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "`ssh-keygen -i -m PKCS8 -f FILE > KEY.pub`"),
    "PEM": ("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n", "`ssh-keygen -i -m PEM -f FILE > KEY.pub`"),
    "a signature": ("-----BEGIN SSH SIGNATURE-----\nAAAA\n", "a signature, and no key"),
    "nothing": ("", "no .pub file"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_key_as_it_is_taken_is_called_by_its_name(name: str) -> None:
    text, words = FORMS[name]

    with pytest.raises(StatementInvalid) as told:
        read_public_key(text)

    assert words in str(told.value)
    if "not taken" in words and "certificate" not in words:
        assert "ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256 and ssh-rsa" in str(
            told.value
        )


@pytest.mark.parametrize("command", ["open plan.yaml --key north={}", "key set p {} --by north"])
def test_the_file_with_a_key_that_is_not_taken_is_named(signed: Run, command: str) -> None:
    Path("e384.pub").write_text(FORMS["ecdsa-sha2-nistp384"][0])

    told = signed(*command.format("e384.pub").split(), code=2).stderr

    assert "e384.pub: this is a key of the type ecdsa-sha2-nistp384" in " ".join(told.split())


PUTTY = "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nc2VjcmV0d29yZHM=\n"
PRIVATE = {
    "OpenSSH": "",
    "PuTTY": PUTTY,
    "PEM": "-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0d29yZHM=\n-----END EC PRIVATE KEY-----\n",
    "without its first line": "b3BlbnNzaC1rZXktdjEAAAAAc2VjcmV0d29yZHM=",
    "behind a public one": f"{KEY}\n-----BEGIN PRIVATE KEY-----\nc2VjcmV0d29yZHM=\n",
}
COMMANDS = (
    "open plan.yaml --key north={}",
    "key set p {} --by north",
    "file {}",
    "file stmt.json {}",
)


@pytest.mark.parametrize("form", PRIVATE)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_private_key_where_something_else_is_asked_for_is_said_loudly_and_never_repeated(
    signed: Run, keys: Path, stmt: Path, form: str, command: str
) -> None:
    content = PRIVATE[form] or (keys / "north").read_text()
    Path("key").write_text(content)

    result = signed(*command.format("key").split(), code=2)

    told = " ".join(result.stderr.split())
    assert "THIS IS A PRIVATE KEY. Do not send it to anybody; if it was sent" in told
    secret = max(content.split(), key=len)
    assert not any(secret[at : at + 12] in told for at in range(0, len(secret) - 12, 4))


def test_a_public_key_that_no_agent_holds_is_told_with_the_way_out(
    signed: Run, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (keys / "north").unlink()

    told = signed(
        *("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north.pub"), code=2
    )

    assert "it is a public key, whose private half no agent holds here" in " ".join(
        told.stderr.split()
    )


def test_a_key_of_putty_is_told_how_to_be_converted(signed: Run) -> None:
    Path("key.ppk").write_text(PUTTY)
    Path("key.ppk").chmod(0o600)
    said = ("note", "p", "--note", "x", "--by", "north", "--sign-with", "key.ppk")

    assert "puttygen KEY.ppk -O private-openssh-new -o KEY" in signed(*said, code=2).stderr


def test_a_signature_by_a_key_of_another_type_says_which(signed: Run) -> None:
    options = ["-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", "e384"]
    subprocess.run(["ssh-keygen", *options], check=True, capture_output=True)
    said = ("note", "p", "--note", "x", "--by", "north", "--sign-with", "e384")

    told = signed(*said, code=2).stderr

    assert "of the type ecdsa-sha2-nistp384, which is not taken" in told


def test_words_about_private_keys_may_be_said(signed: Run, keys: Path) -> None:
    words = "-----BEGIN OPENSSH PRIVATE KEY----- stood in the letter"
    signed("draft", "note", "p", "--note", words, "--by", "north", "--output", "a.json")
    signed_by_hand(keys / "north", Path("a.json"))

    signed("file", "a.json")


def test_what_may_be_another_secret_is_not_repeated() -> None:
    with pytest.raises(StatementInvalid) as told:
        read_public_key("sk-abcdef0123456789abcdef words\n")

    assert "abcdef" not in str(told.value)
