"""An exported history is whole, and anyone can check it offline."""

import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
from tests.attacks.forge import ATTACHMENT, history, sha256, spelled
from tests.attacks.forge import NEW_SOURCE as SOURCE_2
from tests.attacks.forge import SOURCE as SOURCE_1
from tests.storage.filing import DIGEST, SOURCE, Filing

from phaseflow.errors import Conflict, JournalBroken
from phaseflow.journal.bundle import Beside, verify_bundle, write_bundle
from phaseflow.journal.checkpoint import Checkpoint
from phaseflow.journal.folder import read_lines
from phaseflow.journal.privacy import read_opening
from phaseflow.journal.verify import Rows

START = "2025-01-15T12:00:00Z"
STRAY = f'{{"salt":"{"0" * 32}","value":"x"}}\n'


@pytest.fixture
def filing() -> Filing:
    filing = Filing()
    filing.keep(filing.next("open", filing.body, actor="recorder"))
    filing.keep(filing.next("note", {"text": "é \u2028 𝄞 \t\n"}))
    filing.keep(filing.next("perform", {"obligation": "release", "amount": 3}))
    return filing


@pytest.fixture
def bundle(tmp_path: Path, filing: Filing) -> Path:
    write_bundle(tmp_path / "export", filing.lines, filing.id, lambda _: SOURCE)
    return tmp_path / "export"


def test_a_bundle_holds_the_very_lines_and_definitions(bundle: Path, filing: Filing) -> None:
    assert sorted(str(path.relative_to(bundle)) for path in bundle.rglob("*")) == [
        "AGREEMENT_ID",
        "README",
        "allowed_signers",
        "definitions",
        f"definitions/{DIGEST}",
        "disclosures.jsonl",
        "entries.jsonl",
    ]
    assert (bundle / "entries.jsonl").read_bytes() == "".join(filing.lines).encode()
    assert (bundle / "definitions" / DIGEST).read_bytes() == SOURCE
    assert (bundle / "AGREEMENT_ID").read_text() == filing.id + "\n"
    assert (bundle / "disclosures.jsonl").read_bytes() == b""
    assert bundle.stat().st_mode & 0o777 == 0o755


def test_a_bundle_verifies(bundle: Path, filing: Filing) -> None:
    report = verify_bundle(bundle, filing.id)

    assert (report.is_anchored, report.entries) == (True, 3)
    assert list(read_lines(bundle)) == filing.lines


def test_a_rehearsal_says_so(tmp_path: Path) -> None:
    filing = Filing(is_rehearsal=True)
    filing.keep(filing.next("open", filing.body, actor="recorder"))

    write_bundle(tmp_path / "export", filing.lines, filing.id, lambda _: SOURCE)

    assert "REHEARSAL" in (tmp_path / "export" / "README").read_text()


def test_an_empty_directory_is_filled_and_no_other_is_touched(
    tmp_path: Path, filing: Filing
) -> None:
    (tmp_path / "empty").mkdir()
    write_bundle(tmp_path / "empty", filing.lines, filing.id, lambda _: SOURCE)
    verify_bundle(tmp_path / "empty", filing.id)

    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "file").touch()
    for name in ("empty", "full", "file"):
        with pytest.raises(Conflict, match="name a new directory"):
            write_bundle(tmp_path / name, filing.lines, filing.id, lambda _: SOURCE)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


def test_a_journal_that_does_not_verify_is_not_exported(tmp_path: Path, filing: Filing) -> None:
    with pytest.raises(JournalBroken):
        write_bundle(tmp_path / "export", filing.lines[1:], filing.id, lambda _: SOURCE)

    assert list(tmp_path.iterdir()) == []


def spoil_entries(bundle: Path) -> None:
    path = bundle / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b"note", b"find"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_entries, "entry 1"),
        (lambda b: (b / "entries.jsonl").write_bytes(b"\xff\n"), "entry 0 is not UTF-8"),
        (lambda b: (b / "entries.jsonl").unlink(), "cannot be read"),
        (lambda b: (b / "definitions" / DIGEST).write_bytes(b"x"), "hash to its name"),
        (lambda b: (b / "definitions" / DIGEST).unlink(), "cannot be read"),
        (lambda b: (b / "definitions" / "extra").touch(), "'extra' does not belong"),
        (lambda b: (b / "definitions" / ("0" * 64)).touch(), "hash to its name"),
        (lambda b: (b / "disclosures.jsonl").write_text("{}\n"), "a salt of 32"),
        (lambda b: (b / "disclosures.jsonl").write_text(STRAY), "opens nothing"),
    ],
)
def test_a_bundle_that_was_changed_is_found(
    bundle: Path, filing: Filing, spoil: object, words: str
) -> None:
    assert callable(spoil)
    spoil(bundle)

    with pytest.raises(JournalBroken, match=words):
        verify_bundle(bundle, filing.id)


@pytest.mark.skipif(
    not all(map(which, ("jq", "sha256sum", "sh"))), reason="jq or sha256sum is not installed"
)
def test_the_commands_in_the_readme_check_the_bundle(bundle: Path, filing: Filing) -> None:
    script = "\n".join(re.findall(r"^    (.*)$", (bundle / "README").read_text(), re.MULTILINE))

    def check() -> str:
        done = subprocess.run(
            ["sh", "-c", script], cwd=bundle, capture_output=True, text=True, check=False
        )
        return done.stdout

    report = verify_bundle(bundle, filing.id)
    expected = [f"agreement {filing.id}", "canonical", f"head {report.head}", f"{DIGEST}: OK"]
    assert check().splitlines() == expected

    spoil_entries(bundle)
    assert "BROKEN" in check()


def test_a_bundle_holds_what_stands_beside_the_entries(tmp_path: Path) -> None:
    made = history()
    texts = {sha256(content): content for content in (SOURCE_1, SOURCE_2)}
    beside = Beside(
        rows=Rows(
            checkpoints=[
                (text, tuple(signatures.items())) for text, signatures in made.points.values()
            ],
            openings={read_opening(line).commitment: line for line in map(spelled, made.openings)},
        ),
        attachments=[(sha256(ATTACHMENT), ATTACHMENT)],
    )

    report = write_bundle(tmp_path / "ours", made.lines, made.id, texts.__getitem__, beside)

    theirs = made.write(tmp_path / "theirs")
    names = [path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()]
    for name in names:
        assert (tmp_path / "ours" / name).read_bytes() == (theirs / name).read_bytes(), name
    assert verify_bundle(tmp_path / "ours", made.id) == report
    assert (report.sealed, report.unsealed, report.withheld) == (5, 12, 0)
    signers = (tmp_path / "ours" / "allowed_signers").read_text().splitlines()
    assert len(signers) == 7
    assert signers[0].startswith(
        'egypt namespaces="statement.v1@phaseflow,checkpoint.v1@phaseflow" '
    )
    assert "3 of the 17 entries are UNSIGNED" in (tmp_path / "ours" / "README").read_text()


def test_what_proves_nothing_is_not_exported(tmp_path: Path, filing: Filing) -> None:
    stray = Checkpoint(agreement=filing.id, size=1, head="0" * 64, at=START)
    opening = read_opening(STRAY).commitment
    rows = Rows(
        checkpoints=[(stray.text, ()), ("junk", ()), (stray.text, [("recorder", "A")])],
        openings={opening: STRAY, "0" * 64: STRAY, "1" * 64: "junk"},
    )

    write_bundle(tmp_path / "export", filing.lines, filing.id, lambda _: SOURCE, Beside(rows=rows))

    assert not (tmp_path / "export" / "checkpoints").exists()
    assert (tmp_path / "export" / "disclosures.jsonl").read_text() == ""


def test_nothing_broken_is_exported_beside_the_entries(tmp_path: Path, filing: Filing) -> None:
    for beside in (Beside(attachments=[("0" * 64, b"x")]),):
        with pytest.raises(JournalBroken):
            write_bundle(tmp_path / "export", filing.lines, filing.id, lambda _: SOURCE, beside)
        assert list(tmp_path.iterdir()) == []
