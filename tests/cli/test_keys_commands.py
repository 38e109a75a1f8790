"""Keys: given at the opening, shown, replaced, recovered, revoked."""

from pathlib import Path

import pytest
from tests.cli.conftest import PARTIES, Read, Run
from tests.cli.test_signing_commands import fits
from tests.journal.signer import signer

from phaseflow.model.statement import RECORDER


@pytest.fixture
def new(keys: Path) -> Path:
    """Another key of the north."""
    return signer("another").write(keys, "another")


def pub(key: Path) -> Path:
    return key.with_name(f"{key.name}.pub")


def test_the_keys_are_shown_with_the_entry_that_brought_them(
    signed: Run, read: Read, keys: Path, new: Path
) -> None:
    signed("key", "set", "p", pub(new), "--by", "north", "--sign-with", keys / "north")

    document = read("keys", "p")
    page = signed("keys", "p").stdout
    assert document["schema"] == "phaseflow-keys-v1"
    assert {"party": "north", "key": signer("another").key, "since": 2, "by": 1} in document["keys"]
    assert [one["party"] for one in document["keys"]][:5] == sorted([*PARTIES, RECORDER])
    assert "entry 1" in page
    assert fits(page)


def test_the_old_key_does_not_sign_any_more(signed: Run, keys: Path, new: Path) -> None:
    signed("key", "set", "p", pub(new), "--by", "north", "--sign-with", keys / "north")

    said = ("note", "p", "--note", "x", "--by", "north", "--sign-with")
    assert "another key" in signed(*said, keys / "north", code=2).stderr
    signed(*said, new)


def test_a_lost_key_is_replaced_by_those_who_may(
    signed: Run, read: Read, keys: Path, new: Path
) -> None:
    vote = ("key", "set", "p", pub(new), "--for", "north")
    signed(*vote, "--by", "south", "--sign-with", keys / "south", code=2)
    first = signed(*vote, "--by", "watch", "--sign-with", keys / "watch")
    signed(*vote, "--by", "guide", "--sign-with", keys / "guide")

    assert fits(first.stdout)
    assert read("keys", "p")["keys"][-1]["since"] == 3
    signed("note", "p", "--note", "x", "--by", "north", "--sign-with", new)


def test_a_dry_run_tells_that_a_key_cannot_be_set(signed: Run, keys: Path) -> None:
    told = signed("key", "set", "p", keys / "south.pub", "--by", "north", "--dry-run", code=2)

    assert "used twice" in told.stderr


def test_who_revoked_its_key_is_silent_until_it_is_recovered(
    signed: Run, keys: Path, new: Path
) -> None:
    signed("key", "revoke", "p", "--by", "north", "--sign-with", keys / "north")

    said = ("note", "p", "--note", "x", "--by", "north")
    assert "revoked: it cannot speak" in signed("keys", "p").stdout
    signed(*said, "--sign-with", keys / "north", code=2)
    signed(*said, code=2)
    signed("key", "revoke", "p", "--by", "north", "--sign-with", keys / "north", code=2)
    for party in ("watch", "guide"):
        vote = ("--for", "north", "--by", party, "--sign-with", keys / party)
        signed("key", "set", "p", pub(new), *vote)
    signed(*said, "--sign-with", new)


def test_the_recorder_replaces_its_own_key_and_signs_receipts_with_it(
    signed: Run, read: Read, keys: Path, new: Path
) -> None:
    own = ("--by", "recorder", "--sign-with", keys / "recorder", "--recorder-key", new)

    signed("key", "set", "p", pub(new), *own)

    assert read("audit", "verify", "p")["checkpoints"] == 1
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--key", "north"), "is no PARTY=FILE.pub"),
        (("--key", "north=keys/none.pub"), "cannot be read"),
        (("--key", "north=plan.yaml"), "no .pub file"),
        (("--key", "north=keys/north"), "THIS IS A PRIVATE KEY"),
        (("--key", "nort=keys/north.pub"), "did you mean 'north'"),
        (("--key", "north=keys/north.pub", "--key", "north=keys/south.pub"), "given two keys"),
        (("--key", "north=keys/north.pub", "--key", "south=keys/north.pub"), "used twice"),
        (("--cosigners", "north,south"), "--cosign-quorum says how many"),
        (("--cosign-quorum", "1"), "--cosign-quorum says how many"),
        (("--cosigners", "north", "--cosign-quorum", "2"), "asks for 2 of 1"),
        (("--cosigners", "north,", "--cosign-quorum", "1"), "is no list of parties"),
        (("--cosigners", "nobody", "--cosign-quorum", "1"), "who is no party"),
        (("--recovery", "north"), "--recovery-quorum says how many"),
    ],
)
def test_what_cannot_hold_is_told_before_anything_is_opened(
    run: Run, keys: Path, given: tuple[str, ...], words: str
) -> None:
    result = run("open", "plan.yaml", *given, code=2)

    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not Path("phaseflow.db").exists() or "no agreement" in run("list").stdout


def test_a_weak_quorum_is_warned_of_when_it_is_opened_and_shown(run: Run, keys: Path) -> None:
    rules = ("--cosigners", "north,south,watch", "--cosign-quorum", 2)

    opened = run("open", "plan.yaml", "--label", "p", *rules)

    assert "warning: a seal by 2 of 3 cosigners is weak" in opened.stderr
    page = run("keys", "p").stdout
    assert "is weak" in page
    assert "speaks UNSIGNED" in page
    assert fits(page)


@pytest.mark.parametrize("command", [("keys", "none"), ("key", "revoke", "none", "--by", "north")])
def test_an_agreement_that_is_not_there_is_named(signed: Run, command: tuple[str, ...]) -> None:
    assert "there is no agreement 'none'" in signed(*command, code=2).stderr
