"""A private value stands in the journal as a commitment, which its opening fits and no other."""

import subprocess
from shutil import which

import pytest

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.checkpoint import Checkpoint, check_clock, parse_checkpoint
from phaseflow.journal.privacy import Opening, read_opening
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import parse_body

SALT = "5a" * 16


def test_an_opening_comes_back_from_its_line_and_commits_to_salt_and_value() -> None:
    opening = Opening(SALT, "somebody's name")

    assert read_opening(opening.line) == opening
    assert opening.stands_as == {"@commit": opening.commitment}
    others = {Opening("0" * 32, opening.value), Opening(SALT, "another"), Opening(SALT, 1)}
    assert opening.commitment not in {other.commitment for other in others}
    assert len({other.commitment for other in others}) == 3


@pytest.mark.skipif(which("sha256sum") is None, reason="sha256sum is not installed")
def test_a_commitment_is_computed_by_hand_as_the_format_says() -> None:
    script = f"""printf 'phaseflow-commit-v1\\n{SALT}\\n"x"\\n' | sha256sum | cut -d' ' -f1"""
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == Opening(SALT, "x").commitment


@pytest.mark.parametrize(
    "line",
    [
        "{}\n",
        "[]\n",
        f'{{"salt":"{SALT}"}}\n',
        '{"salt":"x","value":1}\n',
        '{"salt":1,"value":1}\n',
    ],
)
def test_what_is_no_opening_is_refused(line: str) -> None:
    with pytest.raises(JournalBroken, match="a salt of 32"):
        read_opening(line)


def test_words_may_be_private_and_nothing_else() -> None:
    hidden = Opening(SALT, "x").stands_as
    parse_body("note", {"text": hidden, "sources": [hidden, "a paper"]})

    for body in (
        {"text": hidden | {"more": 1}},
        {"text": {"@commit": "x"}},
        {"evidence": [hidden]},
        {"about": [hidden]},
    ):
        with pytest.raises(StatementInvalid):
            parse_body("note", body)


def test_a_checkpoint_comes_back_from_its_five_lines() -> None:
    checkpoint = Checkpoint(agreement="1" * 64, size=12, head="2" * 64, at="2025-01-15T12:00:00Z")

    assert checkpoint.text.count("\n") == 5
    assert parse_checkpoint(checkpoint.text) == checkpoint
    assert checkpoint.name == "00000012"


@pytest.mark.parametrize(
    ("seconds", "is_near"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_a_cosigner_compares_the_time_with_its_own_clock(seconds: int, is_near: bool) -> None:
    at = Instant.parse_iso("2025-01-15T12:00:00Z")
    checkpoint = Checkpoint(agreement="1" * 64, size=12, head="2" * 64, at=at.format_iso())

    if is_near:
        check_clock(checkpoint, at.add(seconds=seconds))
    else:
        with pytest.raises(JournalBroken, match="not within 5 minutes"):
            check_clock(checkpoint, at.add(seconds=seconds))
