"""The commands of the page for auditors find what the verifiers find, run as they stand there."""

import base64
import hashlib
import re
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
from tests.attacks.forge import ATTACHMENT, History, Value, history, rechained, sha256, spelled
from tests.attacks.test_signatures import strings
from tests.journal.signer import CHECKPOINT, ORDER, STATEMENT, mpint, packed, signer, wrapped

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "by_hand.md"
TOOLS = ("bash", "jq", "ssh-keygen", "sha256sum", "base64", "od")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"the page needs what is not installed here: {', '.join(MISSING)}"
)


@pytest.fixture(scope="module")
def original() -> History:
    return history()


def by_hand(made: History, directory: Path, known: str | None = None) -> list[str]:
    """Return what the commands print, the id being typed in."""
    bundle = made.write(directory / "bundle")
    return run(bundle, known or made.id)


def run(bundle: Path, known: str) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        ["bash", "-c", "".join(blocks)],
        cwd=bundle,
        input=f"{known}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_of_a_good_history_they_print_id_head_and_seal(original: History, tmp_path: Path) -> None:
    assert by_hand(original, tmp_path) == [
        f"AGREEMENT {original.id}",
        f"HEAD {original.hashes[-1]} after 17 entries",
        "UNSIGNED 3 entries",
        "SEALED 5 entries",
    ]


def reserved(entry: Value) -> str:
    """Return a signature that ssh-keygen takes, though something is in it that should be empty."""
    key = signer("israel")
    digest = hashlib.sha512(spelled(entry["stmt"]).encode()).digest()
    signed = b"SSHSIG" + packed(STATEMENT.encode(), b"", b"sha512", digest)
    return wrapped(key.blob, key.inner(signed), reserved=b"x")


def high(signature: str) -> str:
    """Return the other spelling of an ECDSA signature."""
    blob = base64.b64decode(signature)
    fields = strings(blob[10:])
    algorithm, made = strings(fields[4])
    r, s = (int.from_bytes(field, "big") for field in strings(made))
    inner = packed(algorithm, packed(mpint(r), mpint(ORDER - s)))
    return wrapped(fields[0], inner)


def test_each_thing_that_was_changed_is_broken(original: History, tmp_path: Path) -> None:
    made = deepcopy(original)
    entries = made.entries
    entries[1]["sig"] = reserved(entries[1])
    entries[4]["stmt"]["occurred_at"] = "2024-01-15T12:00:00Z"
    entries[5]["sig"] = None
    entries[6]["sig"] = high(entries[6]["sig"])
    entries[9]["stmt"]["nonce"] = entries[8]["stmt"]["nonce"]
    entries[15]["stmt"]["body"]["amount"] = 0.5
    entries[16]["stmt"]["seen"]["seq"] = 14
    made.lines = [spelled(entry) for entry in entries]
    made.lines[2] = made.lines[2].replace(":", ": ", 1)
    made.points["00000005"][1].pop("recorder")
    text, signatures = made.points["00000014"]
    signatures["israel"] = signer("israel").sign(text, CHECKPOINT)
    made.openings.append({"salt": "0" * 32, "value": "x"})

    printed = "\n".join(by_hand(made, tmp_path, "0" * 64))

    for words in (
        "BROKEN this is not the agreement of your paper",
        "BROKEN a line is not canonical",
        "BROKEN a number is not whole, or too large",
        "BROKEN at 1: the signature of israel does not hold",
        "BROKEN at 2: prev is not the hash of the entry before it",
        "BROKEN at 4: the signature of hamas does not hold",
        "BROKEN at 5: qatar did not sign",
        "BROKEN at 6: the signature of egypt does not hold",
        "BROKEN at 9: a nonce is used twice",
        "BROKEN at 16: what its author had seen is not here",
        "BROKEN checkpoints/00000005.txt is not of this history",
        "BROKEN an opening opens nothing",
    ):
        assert words in printed


def test_a_checkpoint_is_broken_by_itself(original: History, tmp_path: Path) -> None:
    made = deepcopy(original)
    made.points["00000005"][1].pop("recorder")
    text, signatures = made.points["00000014"]
    signatures["israel"] = signer("israel").sign(text, CHECKPOINT)

    printed = by_hand(made, tmp_path)

    assert [text for text in printed if text.startswith("BROKEN")] == [
        "BROKEN checkpoints/00000005.txt is not signed by the recorder",
        "BROKEN checkpoints/00000014.israel.sig does not hold",
    ]


def test_what_the_owner_re_chains_is_broken_where_somebody_signed_later(
    original: History, tmp_path: Path
) -> None:
    def change(entries: list[Value]) -> None:
        entries[3]["then"].clear()

    printed = by_hand(rechained(original, change), tmp_path, original.id)

    assert any("what its author had seen is not here" in text for text in printed)


def test_odd_names_links_and_changed_files_are_broken(original: History, tmp_path: Path) -> None:
    bundle = original.write(tmp_path / "bundle")
    attachment = f"attachments/{sha256(ATTACHMENT)}"
    for path in ("notes.txt", "README\nx", attachment, "checkpoints/00000005.Egypt.sig"):
        (bundle / path).write_text("x")
    (bundle / "README").symlink_to("/etc/passwd")

    printed = run(bundle, original.id)

    assert {text for text in printed if text.startswith("BROKEN")} >= {
        "BROKEN: no regular file: ./README",
        "BROKEN: does not belong here: ./notes.txt",
        "BROKEN: does not belong here: ./README?x",
        "BROKEN: does not belong here: ./checkpoints/00000005.Egypt.sig",
        f"BROKEN {attachment} was changed",
    }
