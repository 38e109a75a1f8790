"""What a process leaves when it is killed is swept by the next one; what is in use is not."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.warm import python

from phaseflow import atomic_files
from phaseflow.journal.folder import copy

PAST = "0123456789abcdef"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, which is empty."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def left(place: Path, name: str) -> Path:
    """Leave a folder as a process that was killed does."""
    path = place / f".{name}.{PAST}.phaseflow"
    path.mkdir()
    (path / "entries.jsonl").write_text("half of it")
    return path


def killed(work: str, place: Path) -> None:
    """Run a process that is killed at its work in ``place``."""
    script = f"import os, signal, sys\nfrom pathlib import Path\nplace = Path(sys.argv[1])\n{work}"
    done = subprocess.run([python(), "-c", script, str(place)], check=False)
    assert done.returncode == -signal.SIGKILL


IN_A_FOLDER = """
from phaseflow import atomic_files
with atomic_files.folder(place / "exported") as part:
    (part / "entries.jsonl").write_text("half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""
IN_A_FILE = """
from phaseflow import atomic_files
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
atomic_files.write(place / "plan.yaml", b"half of it")
"""


def hidden(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name.startswith("."))


def test_an_export_that_was_killed_is_swept_by_the_next_one(run: Run, here: Path) -> None:
    run("open", "plan.yaml", "--label", "p")
    killed(IN_A_FOLDER, here)
    assert hidden(here)

    run("audit", "export", "p", "exported")

    assert not hidden(here)
    run("audit", "verify", here / "exported")


def test_a_file_that_was_half_written_is_swept_by_the_next_one(run: Run, here: Path) -> None:
    plan = (here / "plan.yaml").read_bytes()
    (here / "plan.yaml").write_bytes(plan.replace(b"parties:", b"parties:   "))
    killed(IN_A_FILE, here)
    assert hidden(here)

    run("fmt", "plan.yaml")

    assert not hidden(here)


def test_a_copy_that_was_half_made_is_swept_by_the_next_mirror(run: Run, here: Path) -> None:
    run("open", "plan.yaml", "--label", "p")
    run("audit", "export", "p", "exported")
    identity = (here / "exported" / "AGREEMENT_ID").read_text().strip()
    left(here, "copy")

    run("mirror", "copy", "exported", "--id", identity)

    assert not hidden(here)


def test_receipts_that_were_half_written_are_swept(signed: Run, keys: Path, here: Path) -> None:
    key = ("--recorder-key", keys / "recorder", "--pins", here / "pins")
    signed("audit", "checkpoint", "p", *key)
    [pin] = (here / "pins").rglob("*.txt")
    killed(IN_A_FILE, pin.parent)

    signed("audit", "checkpoint", "p", *key)

    assert not hidden(pin.parent)


def test_what_signing_left_is_swept_when_something_is_signed(
    signed: Run, keys: Path, temporary: Path
) -> None:
    left(temporary, "work")

    signed("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north")

    assert not hidden(temporary)


def test_what_a_cosigner_copies_is_gone_and_what_it_left_is_swept(
    signed: Run, keys: Path, here: Path, temporary: Path
) -> None:
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    signed("audit", "export", "p", "exported")
    identity = (here / "exported" / "AGREEMENT_ID").read_text().strip()
    left(temporary, "work")

    own = ("--id", identity, "--by", "north", "--sign-with", keys / "north", "--pins", "own")
    signed("audit", "cosign", "exported", *own)

    assert not hidden(temporary)


def test_what_another_process_is_still_at_is_left_alone(tmp_path: Path) -> None:
    with atomic_files.folder(tmp_path / "one") as live, atomic_files.folder(tmp_path / "two"):
        assert live.is_dir()

    assert not hidden(tmp_path)


@pytest.mark.parametrize(
    "name",
    [".exported.abc.phaseflow", "exported.0123456789abcdef.phaseflow", ".git", ".plan.yaml.swp"],
)
def test_what_does_not_bear_our_name_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    atomic_files.write(tmp_path / "plan.yaml", b"")

    assert (tmp_path / name).is_dir()


def test_a_link_that_bears_our_name_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / f".x.{PAST}.phaseflow").symlink_to(elsewhere)

    atomic_files.write(tmp_path / "plan.yaml", b"")

    assert (elsewhere / "precious").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to somebody else")
def test_what_is_another_users_is_left_alone(tmp_path: Path) -> None:
    other = left(tmp_path, "exported")
    os.chown(other, 65534, 65534)

    atomic_files.write(tmp_path / "plan.yaml", b"")

    assert other.is_dir()


def test_a_file_that_could_not_be_replaced_is_as_it_was_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.yaml").write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        atomic_files.write(tmp_path / "plan.yaml", b"after")

    assert (tmp_path / "plan.yaml").read_text() == "before"
    assert not hidden(tmp_path)


def test_what_a_cosigner_signs_is_what_it_verified(
    signed: Run, keys: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    signed("audit", "export", "p", "exported")
    identity = (here / "exported" / "AGREEMENT_ID").read_text().strip()
    [text] = (here / "exported" / "checkpoints").glob("*.txt")
    expected = text.read_text()

    def and_then_changed(bundle: Path, to: Path) -> None:
        copy(bundle, to)
        text.write_text(expected.replace(identity, "0" * 64))

    monkeypatch.setattr("phaseflow.service.receipts.copy", and_then_changed)
    own = ("--id", identity, "--by", "north", "--sign-with", keys / "north", "--pins", "own")
    signed("audit", "cosign", "exported", *own)

    [kept] = (here / "own").rglob("*.txt")
    assert kept.read_text() == expected


def test_what_is_swept_before_it_could_be_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir, made = Path.mkdir, []

    def and_swept(path: Path, mode: int = 0o777) -> None:
        mkdir(path, mode)
        made.append(path)
        if len(made) == 1:
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", and_swept)
    with atomic_files.folder(tmp_path / "exported") as part:
        assert part.is_dir()

    assert len(made) == 2
