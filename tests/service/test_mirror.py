"""A party's own copy: it grows, and takes in nothing that contradicts it."""

import os
import shutil
from pathlib import Path

import pytest
from tests.conftest import Clock
from tests.service.signed import Desk

from phaseflow.errors import Conflict, JournalBroken, StatementInvalid, StoreUnavailable
from phaseflow.journal.divergence import check_extends
from phaseflow.journal.privacy import Opening
from phaseflow.journal.signature import armored
from phaseflow.service import audit, receipts
from phaseflow.service.mirror import mirror
from phaseflow.storage.memory import MemoryStore


@pytest.fixture
def desk(clock: Clock, tmp_path: Path) -> Desk:
    made = Desk(MemoryStore(clock), tmp_path)
    made.say("north", "note", text="hello")
    return made


@pytest.fixture
def bundle(desk: Desk, tmp_path: Path) -> Path:
    return exported(desk, tmp_path / "bundle")


@pytest.fixture
def copy(desk: Desk, bundle: Path, tmp_path: Path) -> Path:
    mirror(tmp_path / "copy", bundle, desk.id)
    return tmp_path / "copy"


def test_a_first_copy_is_held_against_the_id_of_the_paper(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(StatementInvalid, match="--id"):
        mirror(tmp_path / "copy", bundle)

    assert not (tmp_path / "copy").exists()


def exported(desk: Desk, to: Path, *, discloses: bool = True) -> Path:
    audit.export(desk.store, "p", to, discloses=discloses)
    return to


def longer(desk: Desk, to: Path) -> Path:
    desk.say("south", "note", text="more")
    return exported(desk, to)


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_the_first_bundle_becomes_the_copy(desk: Desk, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()

    mirrored = mirror(tmp_path / "copy", bundle, desk.id)

    assert mirrored.added == 2
    assert mirrored.report.is_anchored
    assert files(tmp_path / "copy") == files(bundle)


def test_the_first_bundle_must_be_of_the_agreement_on_the_paper(
    bundle: Path, tmp_path: Path
) -> None:
    with pytest.raises(JournalBroken, match="the agreement is"):
        mirror(tmp_path / "copy", bundle, "0" * 64)

    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".copy*"))


def test_a_bundle_that_extends_the_copy_takes_its_place(
    desk: Desk, copy: Path, tmp_path: Path
) -> None:
    mirrored = mirror(copy, longer(desk, tmp_path / "longer"))

    assert mirrored.added == 1
    assert files(copy) == files(tmp_path / "longer")
    assert mirror(copy, tmp_path / "longer").added == 0


def test_an_older_bundle_is_refused(desk: Desk, copy: Path, bundle: Path, tmp_path: Path) -> None:
    mirror(copy, longer(desk, tmp_path / "longer"))
    before = files(copy)

    with pytest.raises(JournalBroken, match=r"entry 2 of the copy that was kept.*ends before it"):
        mirror(copy, bundle)

    assert files(copy) == before


def test_a_forked_bundle_is_refused(desk: Desk, copy: Path, tmp_path: Path) -> None:
    entries = tmp_path / "fork"
    shutil.copytree(copy, entries)
    mirror(copy, longer(desk, tmp_path / "longer"))
    text = (tmp_path / "longer" / "entries.jsonl").read_text()
    recorded = '"recorded_at":"2025-01-15T12:00:00Z"'
    head, newest = text.rsplit("\n", 2)[0], text.rsplit("\n", 2)[1]
    forged = newest.replace(recorded, recorded.replace("12:00", "13:00"))
    assert forged != newest
    (entries / "entries.jsonl").write_text(f"{head}\n{forged}\n")
    before = files(copy)

    with pytest.raises(JournalBroken, match=r"entry 2 of the copy that was kept.*has another one"):
        mirror(copy, entries)

    assert files(copy) == before


def test_a_damaged_bundle_or_copy_is_refused(desk: Desk, copy: Path, tmp_path: Path) -> None:
    newer = longer(desk, tmp_path / "longer")
    before = files(copy)
    (newer / "disclosures.jsonl").write_text("x\n")
    with pytest.raises(JournalBroken):
        mirror(copy, newer)
    assert files(copy) == before

    (newer / "disclosures.jsonl").write_text("")
    (copy / "entries.jsonl").write_text("x\n")
    with pytest.raises(JournalBroken, match=r"the copy that was kept in .* does not verify"):
        mirror(copy, newer)


def test_a_bundle_of_another_agreement_is_refused(copy: Path, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    other = exported(Desk(MemoryStore(clock), tmp_path / "keys"), tmp_path / "other")

    with pytest.raises(JournalBroken, match="the agreement is"):
        mirror(copy, other)


@pytest.mark.parametrize("is_file", [True, False])
def test_what_is_no_copy_is_left_alone(bundle: Path, tmp_path: Path, is_file: bool) -> None:
    there = tmp_path / "there"
    if is_file:
        there.write_text("mine")
    else:
        there.mkdir()
        (there / "letter").write_text("mine")

    with pytest.raises(Conflict, match="holds something else"):
        mirror(there, bundle)

    assert "mine" in (there if is_file else there / "letter").read_text()


def test_a_link_in_a_bundle_is_refused_before_anything_is_read(copy: Path, bundle: Path) -> None:
    (bundle / "disclosures.jsonl").unlink()
    (bundle / "disclosures.jsonl").symlink_to("/etc/hostname")

    with pytest.raises(JournalBroken, match="is no regular file"):
        mirror(copy, bundle)


def test_copies_do_not_lie_in_each_other(bundle: Path) -> None:
    with pytest.raises(Conflict, match="lie in each other"):
        mirror(bundle / "copy", bundle)


def test_the_copy_may_be_where_one_stands(
    desk: Desk, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = longer(desk, tmp_path / "longer")
    monkeypatch.chdir(copy)

    assert mirror(Path(), newer).added == 1


def test_a_crash_between_the_two_moves_costs_nothing(
    desk: Desk, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = longer(desk, tmp_path / "longer")
    before = files(copy)
    rename = Path.rename

    def crash(path: Path, target: Path) -> Path:
        if path.name == "bundle":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", crash)
    with pytest.raises(KeyboardInterrupt):
        mirror(copy, newer)
    assert not copy.exists()
    assert files(tmp_path / ".copy.old") == before

    monkeypatch.setattr(Path, "rename", rename)
    assert mirror(copy, newer).added == 1
    assert files(copy) == files(newer)
    assert not list(tmp_path.glob(".copy*"))


def test_checkpoints_stay_in_the_copy_even_if_the_bundle_leaves_them_out(
    desk: Desk, copy: Path, tmp_path: Path
) -> None:
    receipts.issue(desk.store, "p", desk.signs("recorder"))
    mirror(copy, exported(desk, tmp_path / "signed"))
    newer = longer(desk, tmp_path / "longer")
    shutil.rmtree(newer / "checkpoints")

    mirrored = mirror(copy, newer)

    assert mirrored.report.checkpoints == 1
    assert (copy / "checkpoints" / "00000002.recorder.sig").is_file()
    assert audit.verify_exported(copy, desk.id).checkpoints == 1


def test_of_two_checkpoints_of_one_size_the_one_that_was_kept_stays(
    desk: Desk, copy: Path, tmp_path: Path
) -> None:
    receipts.issue(desk.store, "p", desk.signs("recorder"))
    mirror(copy, exported(desk, tmp_path / "signed"))
    kept = files(copy / "checkpoints")
    other = exported(desk, tmp_path / "other")
    text = (other / "checkpoints" / "00000002.txt").read_text().replace("12:00:00Z", "12:00:07Z")
    (other / "checkpoints" / "00000002.txt").write_text(text)
    signature = armored(desk.signs("recorder")(text.encode()))
    (other / "checkpoints" / "00000002.recorder.sig").write_text(signature)

    mirror(copy, other)

    assert files(copy / "checkpoints") == kept


def test_an_opening_that_was_destroyed_leaves_the_copy_too(
    desk: Desk, copy: Path, tmp_path: Path
) -> None:
    opened = Opening("ab" * 16, "a name")
    desk.hand_in(desk.compose("north", "note", text=opened.stands_as), openings=(opened,))
    mirror(copy, exported(desk, tmp_path / "disclosed"))
    assert "a name" in (copy / "disclosures.jsonl").read_text()
    desk.say("recorder", "redact", commitment=opened.commitment)

    mirrored = mirror(copy, exported(desk, tmp_path / "redacted"))

    assert mirrored.report.withheld == 1
    assert (copy / "disclosures.jsonl").read_text() == ""


def test_a_bundle_that_changes_meanwhile_is_verified_as_it_was_taken(
    desk: Desk, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = longer(desk, tmp_path / "longer")
    whole = files(newer)

    def changes(kept: Path, new: Path) -> int:
        (newer / "entries.jsonl").write_text("x\n")
        return check_extends(kept, new)

    monkeypatch.setattr("phaseflow.service.mirror.check_extends", changes)
    mirror(copy, newer)

    assert files(copy) == whole


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_is_told(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)

    with pytest.raises(StoreUnavailable, match="cannot be written"):
        mirror(tmp_path / "closed" / "copy", bundle)
