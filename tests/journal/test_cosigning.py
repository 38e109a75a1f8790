"""A cosigner signs what it has verified, what extends all that it signed, and in time."""

from pathlib import Path

import pytest
from tests.attacks.forge import START, History, history

from phaseflow.errors import JournalBroken
from phaseflow.journal.cosigning import checked_for_cosigning
from phaseflow.model.calendar import Instant


@pytest.fixture(scope="module")
def made() -> History:
    return history()


@pytest.fixture
def bundle(made: History, tmp_path: Path) -> Path:
    return made.write(tmp_path / "bundle")


def after(minutes: float) -> Instant:
    start = Instant.parse_iso(START.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return start.add(seconds=int(minutes * 60))


def kept(directory: Path, text: str) -> Path:
    path = directory / "kept.txt"
    path.write_text(text)
    return path


def test_the_largest_checkpoint_or_the_one_asked_for_may_be_signed(
    bundle: Path, made: History, tmp_path: Path
) -> None:
    old = kept(tmp_path, made.points["00000005"][0])

    found = checked_for_cosigning(bundle, made.id, [old], after(16))
    assert (found.size, found.text) == (16, made.points["00000016"][0])
    assert checked_for_cosigning(bundle, made.id, [old], after(14), 14).size == 14


@pytest.mark.parametrize("minutes", [9, 21])
def test_the_clocks_must_agree(bundle: Path, made: History, minutes: int) -> None:
    with pytest.raises(JournalBroken, match="not within 5 minutes"):
        checked_for_cosigning(bundle, made.id, [], after(minutes))


def test_nothing_smaller_is_signed_than_what_was_signed_before(
    bundle: Path, made: History, tmp_path: Path
) -> None:
    old = kept(tmp_path, made.points["00000014"][0])

    with pytest.raises(JournalBroken, match="5 entries does not extend that of 14"):
        checked_for_cosigning(bundle, made.id, [old], after(4), 5)


def test_a_history_that_contradicts_what_was_signed_is_not_signed(
    bundle: Path, made: History, tmp_path: Path
) -> None:
    text = made.points["00000005"][0].replace(made.hashes[4], "0" * 64)

    with pytest.raises(JournalBroken, match="fixes another entry 4"):
        checked_for_cosigning(bundle, made.id, [kept(tmp_path, text)], after(16))


def test_a_history_that_does_not_verify_is_not_signed(bundle: Path, made: History) -> None:
    with pytest.raises(JournalBroken, match="the agreement is"):
        checked_for_cosigning(bundle, "0" * 64, [], after(16))


def test_what_is_not_there_is_not_signed(bundle: Path, made: History) -> None:
    with pytest.raises(JournalBroken, match="no checkpoint of 7 entries"):
        checked_for_cosigning(bundle, made.id, [], after(16), 7)
    for path in (bundle / "checkpoints").iterdir():
        path.unlink()
    with pytest.raises(JournalBroken, match="holds no checkpoint; ask the recorder"):
        checked_for_cosigning(bundle, made.id, [], after(16))
