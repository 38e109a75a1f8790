"""What is signed at home or at the desk, handed in, mirrored and cosigned."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.conftest import NONCE, Read, Run
from tests.cli.test_keeping_commands import tamper

from phaseflow.cli.main import COMMANDS, cli

WIDTH = 80
KINDS: dict[str, tuple[object, ...]] = {
    "advance": ("advance", "p", "accept"),
    "withdraw": ("withdraw", "p", "accept"),
    "waive": ("waive", "p", "release", "--amount", "women=1"),
    "amend": ("amend", "p", "plan.yaml"),
    "perform": ("perform", "p", "release", "--amount", "women=1"),
    "measure": (
        "measure", "p", "release", "--amount", "2", "--from", "2025-03-01", "--to", "2025-03-02",
    ),
    "attest": ("attest", "p", 1),
    "reject": ("reject", "p", 1),
    "contest": ("contest", "p", 1),
    "allege": ("allege", "p", "withdrawal"),
    "find": ("find", "p", "talks", "false"),
    "notify": ("notify", "p", "dispute"),
    "correct": ("correct", "p", 1, "--amount", "women=1"),
    "note": ("note", "p", "--note", "hello"),
    "key.set": ("key", "set", "p", "new.pub"),
}  # fmt: skip


def fits(text: str, *but: object) -> bool:
    """Tell whether every line fits the page, but for those with a path that cannot be broken."""
    spared = [str(part) for part in but]
    return all(
        len(line) <= WIDTH or any(part in line for part in spared) for line in text.splitlines()
    )


def by_hand(key: Path, file: str, namespace: str = "statement.v1@phaseflow") -> None:
    """Sign as a person does."""
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key), file]
    subprocess.run(command, check=True, capture_output=True)


def draft(run: Run, file: str, *arguments: object) -> Path:
    Path(file).write_text(run("draft", *arguments).stdout, encoding="utf-8")
    return Path(file)


def pins(here: Path) -> list[Path]:
    return sorted((here / "config" / "phaseflow" / "pins").rglob("*.txt"))


def test_a_statement_is_signed_where_it_is_filed(signed: Run, read: Read, keys: Path) -> None:
    result = signed("advance", "p", "accept", "--by", "north", "--sign-with", keys / "north")

    assert "No receipt is signed yet" in result.stdout
    assert fits(result.stdout)
    assert read("show", "p", 1)["entry"]["sig"]
    assert "signed" in signed("show", "p", 1).stdout
    assert "all" not in read("audit", "verify", "p")["unsigned"]


def test_an_unsigned_statement_is_refused_and_the_way_out_is_told(signed: Run) -> None:
    result = signed("advance", "p", "accept", "--by", "north", code=2)

    assert "north has a key and did not sign" in result.stderr
    assert "--sign-with KEY" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("key", "words"),
    [("south", "made with another key"), ("none", "ssh-keygen did not sign with")],
)
def test_a_wrong_or_missing_key_ends_in_words(
    signed: Run, keys: Path, key: str, words: str
) -> None:
    result = signed("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / key, code=2)

    assert words in result.stderr


def test_the_same_nonce_signs_and_files_nothing_twice(signed: Run, read: Read, keys: Path) -> None:
    said = ("note", "p", "--note", "x", "--by", "north", "--nonce", NONCE)

    signed(*said, "--sign-with", keys / "north")
    again = signed(*said, "--sign-with", keys / "not there any more")

    assert "entry 1" in again.stdout
    assert read("status", "p")["position"] == 2


def test_who_expects_a_position_meets_a_conflict_signed_too(signed: Run, keys: Path) -> None:
    signed("note", "p", "--note", "x", "--by", "south", "--sign-with", keys / "south")

    signed(
        "note", "p", "--note", "y", "--by", "north", "--sign-with", keys / "north",
        "--expect-position", 1, code=4,
    )  # fmt: skip


def test_a_receipt_is_kept_and_taken_by_every_later_audit(
    signed: Run, read: Read, keys: Path, here: Path
) -> None:
    said = ("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north")
    result = signed(*said, "--recorder-key", keys / "recorder")

    [pin] = pins(here)
    assert "receipt over 2 entries" in result.stdout
    assert fits(result.stdout, pin)
    report = read("audit", "verify", "p")
    assert (report["pins"], report["checkpoints"]) == (1, 1)
    tamper(here, 'UPDATE entry SET line = replace(line, \'Z","seq":1\', \'Z","seq":1\')')
    pin.write_text(pin.read_text().replace(pin.read_text().split("\n")[3], "0" * 64))
    signed("audit", "verify", "p", code=3)
    assert signed("audit", "verify", "p", "--pins", here / "none").exit_code == 0


def test_a_filing_whose_receipt_fails_is_shown_as_filed(
    signed: Run, read: Read, keys: Path
) -> None:
    said = ("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north")

    result = signed(*said, "--recorder-key", keys / "south", code=6)
    document = read(*said, "--recorder-key", keys / "south", code=6)

    assert "filed entry 1" in result.stdout
    assert "not by the key of recorder" in result.stderr
    assert document["entry"]["seq"] == 2
    assert document["receipt"] is None
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    assert read("audit", "verify", "p")["checkpoints"] == 1


def test_a_recorder_without_a_key_signs_no_receipt_and_stops_nobody(
    running: Run, keys: Path
) -> None:
    result = running(
        "note", "p", "--note", "x", "--by", "north", "--recorder-key", keys / "recorder"
    )

    assert "receipt" not in result.stdout
    running("audit", "checkpoint", "p", "--recorder-key", keys / "recorder", code=2)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_can_be_said_can_be_drafted(signed: Run, keys: Path, kind: str) -> None:
    Path("new.pub").write_text((keys / "recorder.pub").read_text())

    text = signed("draft", *KINDS[kind], "--by", "north").stdout

    document = json.loads(text)
    assert (document["kind"], document["actor"]) == (kind, "north")
    assert (
        text
        == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    )
    assert text == text.strip("\n") + "\n"


def test_every_command_that_says_something_is_tried_as_a_draft() -> None:
    spoken = {
        name
        for heading, commands in COMMANDS.items()
        if heading.startswith(("Acts", "Reports"))
        for name in commands
    }

    assert spoken == KINDS.keys() - {"key.set"}


@pytest.mark.parametrize("where", ["p", "exported", "copy"])
def test_what_was_drafted_and_signed_by_hand_is_filed(
    signed: Run, read: Read, keys: Path, where: str
) -> None:
    signed("audit", "export", "p", "exported")
    signed("mirror", "copy", "exported", "--id", read("status", "p")["id"])
    draft(signed, "stmt.json", "advance", where, "accept", "--by", "north")
    by_hand(keys / "north", "stmt.json")
    signed("note", "p", "--note", "in between", "--by", "south", "--sign-with", keys / "south")

    result = signed("file", "stmt.json", "stmt.json.sig", "--recorder-key", keys / "recorder")
    again = signed("file", "stmt.json")

    assert "stmt.json: filed entry 2, advance by north" in result.stdout
    assert fits(result.stdout)
    assert Path("receipts/stmt.json/00000003.txt").is_file()
    assert "filed before, entry 2" in again.stdout
    assert read("audit", "verify", "p")["entries"] == 3


def test_a_key_is_drafted_from_a_copy(signed: Run, keys: Path) -> None:
    signed("audit", "export", "p", "exported")
    Path("new.pub").write_text((keys / "recorder.pub").read_text())

    told = signed("draft", "key", "revoke", "exported", "--by", "north").stdout

    assert json.loads(told)["body"]["key"] is None
    signed("draft", "key", "set", "exported", "new.pub", "--for", "nort", "--by", "watch", code=2)


def test_a_draft_files_nothing_and_takes_no_option_that_would(signed: Run, keys: Path) -> None:
    said = ("draft", "note", "p", "--note", "x", "--by", "north")

    for option in (
        ("--sign-with", keys / "north"),
        ("--recorder-key", keys / "recorder"),
        ("--dry-run",),
        ("--on-record",),
        ("--json",),
    ):
        result = signed(*said, *option, code=2)
        assert f"so {option[0]} is of no use" in result.stderr
    result = signed(*said, "--private", code=2)
    assert "--openings FILE" in result.stderr


def test_a_draft_from_a_damaged_copy_is_broken_evidence(signed: Run) -> None:
    signed("audit", "export", "p", "exported")
    Path("exported/entries.jsonl").write_text("x\n")

    signed("draft", "key", "revoke", "exported", "--by", "north", code=3)
    signed("draft", "note", "exported", "--note", "x", "--by", "north", code=3)


def test_private_words_stand_apart_until_they_are_redacted(
    signed: Run, read: Read, keys: Path
) -> None:
    said = ("note", "p", "--note", "a name", "--source", "a witness", "--private", "--by", "north")
    signed(*said, "--sign-with", keys / "north", "--openings", "mine")

    shown = read("show", "p", 1)
    commitment = shown["entry"]["stmt"]["body"]["text"]["@commit"]
    assert "a name" not in json.dumps(shown["entry"])
    assert set(shown["disclosed"].values()) == {"a name", "a witness"}
    assert "a name" in signed("show", "p", 1).stdout
    assert "a name" in Path("mine").read_text()
    signed("audit", "export", "p", "less", "--withhold")
    assert read("audit", "verify", "less")["withheld"] == 2

    redaction = ("redact", "p", commitment)
    signed(*redaction, "--by", "north", "--sign-with", keys / "north", code=2)
    signed(*redaction, "--by", "recorder", code=2)
    done = signed(*redaction, "--by", "recorder", "--sign-with", keys / "recorder")
    assert fits(done.stdout)
    twice = signed(*redaction, "--by", "recorder", "--sign-with", keys / "recorder", code=2)
    assert "was destroyed before" in twice.stderr
    for unknown in ("0" * 64, "x"):
        signed("redact", "p", unknown, "--by", "recorder", code=2)
    assert "a name" not in signed("show", "p", 1).stdout
    assert read("audit", "verify", "p")["withheld"] == 1
    assert fits(signed("audit", "verify", "p").stdout)
    assert fits(signed("history", "p").stdout)


def test_private_words_need_words_and_openings_a_new_file(signed: Run, keys: Path) -> None:
    said = ("--by", "north", "--sign-with", keys / "north")
    Path("mine").write_text("others")

    assert "--note and --source" in signed("note", "p", "--private", *said, code=2).stderr
    signed("note", "p", "--note", "x", "--openings", "new", *said, code=2)
    told = signed("note", "p", "--note", "x", "--private", "--openings", "mine", *said, code=2)
    assert "is there already" in told.stderr
    assert Path("mine").read_text() == "others"


def test_what_is_private_is_not_filed_twice_under_one_nonce(signed: Run, keys: Path) -> None:
    said = ("note", "p", "--private", "--by", "north", "--sign-with", keys / "north")
    again = ("--nonce", "1" * 32)

    signed(*said, "--note", "a name", "--source", "a witness", *again)
    second = signed(*said, "--note", "a name", "--source", "a witness", *again)
    other = signed(*said, "--note", "another", "--source", "a witness", *again, code=4)

    assert "filed before, under the same nonce, entry 1" in second.stdout
    assert "something else" in other.stderr


def test_what_was_filed_is_told_even_if_its_openings_cannot_be_kept(
    signed: Run, keys: Path
) -> None:
    said = ("note", "p", "--private", "--by", "north", "--sign-with", keys / "north")

    told = signed(*said, "--note", "a name", "--openings", "nowhere/mine", code=6)

    assert "filed entry" in told.stdout
    assert "cannot be written" in told.stderr


def test_openings_are_for_nobody_else_to_read(signed: Run, keys: Path) -> None:
    said = ("note", "p", "--private", "--by", "north", "--sign-with", keys / "north")

    signed(*said, "--note", "a name", "--openings", "mine")

    assert Path("mine").stat().st_mode & 0o077 == 0


def test_a_name_with_a_line_feed_passes_for_no_other_file(signed: Run) -> None:
    Path("inbox").mkdir()
    Path("inbox/a\nb.json: filed entry 1.json").touch()

    told = signed("file", "inbox", code=1)

    assert told.stdout.startswith("a b.json: filed entry 1.json: not filed")


def test_openings_of_a_draft_go_with_it(signed: Run, read: Read, keys: Path) -> None:
    said = ("note", "p", "--note", "a name", "--private", "--by", "north")
    draft(signed, "a.json", *said, "--openings", "a.json.openings")
    by_hand(keys / "north", "a.json")

    signed("file", "a.json")

    assert list(read("show", "p", 1)["disclosed"].values()) == ["a name"]


def test_a_folder_is_filed_and_each_is_told(signed: Run, read: Read, keys: Path) -> None:
    Path("inbox").mkdir()
    for name, text in (("a.json", "good"), ("b.json", "unsigned")):
        draft(signed, f"inbox/{name}", "note", "p", "--note", text, "--by", "north")
    by_hand(keys / "north", "inbox/a.json")
    Path("inbox/c\x1b[31m.json").write_text("garbage")

    result = signed("file", "inbox", "--recorder-key", keys / "recorder", code=1)
    document = read("file", "inbox", code=1)

    assert "a.json: filed entry 1" in result.stdout
    assert "b.json: not filed" in result.stdout
    assert "\x1b" not in result.stdout
    assert fits(result.stdout)
    assert document["schema"] == "phaseflow-handed-v1"
    assert [one["filed"] is None for one in document["statements"]] == [False, True, True]
    signed("file", "inbox", "inbox/a.json.sig", code=2)
    Path("empty").mkdir()
    assert "nothing was handed in" in signed("file", "empty").stdout


@pytest.mark.parametrize("which", ["inbox", "inbox/a.json"])
def test_what_is_filed_without_its_receipt_ends_with_6_and_gets_it_when_it_is_filed_again(
    signed: Run, keys: Path, which: str
) -> None:
    Path("inbox").mkdir()
    draft(signed, "inbox/a.json", "note", "p", "--note", "good", "--by", "north")
    by_hand(keys / "north", "inbox/a.json")
    in_the_way = Path("inbox/receipts")
    in_the_way.touch()

    told = signed("file", which, "--recorder-key", keys / "recorder", code=6)
    in_the_way.unlink()
    signed("file", which, "--recorder-key", keys / "recorder")

    assert "a.json: filed entry 1" in told.stdout
    assert "filed, and without a receipt yet: 1; file the same again" in told.stderr
    assert "entry 1 of p IS filed (note): hash " in told.stderr
    assert list(in_the_way.rglob("*.txt"))


def test_a_missing_receipt_is_told_before_what_was_not_filed(signed: Run, keys: Path) -> None:
    Path("inbox").mkdir()
    draft(signed, "inbox/a.json", "note", "p", "--note", "good", "--by", "north")
    by_hand(keys / "north", "inbox/a.json")
    Path("inbox/b.json").write_text("garbage")
    in_the_way = Path("inbox/receipts")
    in_the_way.touch()

    signed("file", "inbox", "--recorder-key", keys / "recorder", code=6)
    in_the_way.unlink()
    signed("file", "inbox", "--recorder-key", keys / "recorder", code=1)


def test_a_single_file_that_is_not_filed_ends_with_its_own_code(signed: Run, keys: Path) -> None:
    draft(signed, "a.json", "advance", "p", "finish", "--by", "north")
    by_hand(keys / "north", "a.json")

    refused = signed("file", "a.json", code=1)
    assert "in the state" in refused.stderr or "because" in refused.stderr
    on_record = signed("file", "a.json", "--on-record", code=1)
    assert "stands on record" in on_record.stdout
    Path("b.json").write_text("garbage")
    signed("file", "b.json", code=2)
    signed("file", "none.json", code=2)
    signed("file", "a.json", "--database", "none.db", code=5)
    draft(signed, "c.json", "note", "p", "--note", "x", "--by", "north")
    by_hand(keys / "north", "c.json")
    assert "--rehearsal" in signed("file", "c.json", "--now", "2025-01-01", code=2).stderr


def test_a_cosigned_checkpoint_is_collected_until_the_history_is_sealed(
    signed: Run, read: Read, keys: Path, here: Path
) -> None:
    identity = read("status", "p")["id"]
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    signed("audit", "export", "p", "exported")
    for party in ("north", "south", "watch"):
        own = ("--pins", here / f"of {party}", "--by", party, "--sign-with", keys / party)
        result = signed("audit", "cosign", "exported", "--id", identity, *own)
        path = here / f"of {party}" / identity / "00000001.txt"
        assert fits(result.stdout, path)
        collected = signed("audit", "collect", path)
        assert "1 new signature" in collected.stdout

    report = read("audit", "verify", "p")
    assert report["sealed"] == 1
    page = signed("audit", "verify", "p").stdout
    assert "seal      1 entry, 0 after it" in page
    assert fits(page)
    signed("audit", "export", "p", "sealed")
    assert read("audit", "verify", "sealed", "--id", identity)["sealed"] == 1


def test_who_has_no_key_or_another_paper_cosigns_nothing(
    signed: Run, read: Read, keys: Path
) -> None:
    identity = read("status", "p")["id"]
    signed("audit", "export", "p", "bare")
    signed("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    signed("audit", "export", "p", "exported")

    def cosign(bundle: str, known: str, party: str, key: str, code: int) -> None:
        own = ("--by", party, "--sign-with", keys / key)
        signed("audit", "cosign", bundle, "--id", known, *own, code=code)

    cosign("bare", identity, "watch", "watch", 3)
    cosign("exported", "0" * 64, "watch", "watch", 3)
    cosign("exported", identity, "watch", "south", 2)
    cosign("exported", identity, "nobody", "south", 2)
    signed("audit", "collect", "exported/entries.jsonl", code=3)


def test_a_rehearsal_is_cosigned_at_any_time(run: Run, read: Read, keys: Path, here: Path) -> None:
    given = [part for p in ("north", "recorder") for part in ("--key", f"{p}={keys / p}.pub")]
    rehearsal = ("--rehearsal", "--now", "2025-03-01T09:00")
    run("open", "plan.yaml", "--label", "p", *given, *rehearsal)
    run("audit", "checkpoint", "p", "--recorder-key", keys / "recorder")
    run("audit", "export", "p", "exported")

    own = ("--by", "north", "--sign-with", keys / "north")
    identity = read("status", "p")["id"]
    document = read("audit", "cosign", "exported", "--id", identity, *own)

    assert set(document["signatures"]) == {"north", "recorder"}
    assert "REHEARSAL" in run("audit", "verify", "exported").stdout


def test_a_copy_grows_and_refuses_what_contradicts_it(signed: Run, read: Read, keys: Path) -> None:
    identity = read("status", "p")["id"]
    signed("audit", "export", "p", "one")
    signed("mirror", "copy", "one", code=2)
    first = signed("mirror", "copy", "one", "--id", identity)
    signed("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north")
    signed("audit", "export", "p", "two")

    document = read("mirror", "copy", "two")

    assert "holds" in first.stdout
    assert document["added"] == 1
    assert fits(signed("mirror", "copy", "two").stdout)
    signed("mirror", "copy", "one", code=3)
    signed("mirror", "keys", "two", code=4)
    signed("mirror", "other", "two", "--id", "0" * 64, code=3)
    signed("mirror", "other", "nowhere", code=2)


def test_two_copies_are_compared(signed: Run, read: Read, keys: Path) -> None:
    signed("audit", "export", "p", "one")
    signed("note", "p", "--note", "x", "--by", "north", "--sign-with", keys / "north")
    signed("audit", "export", "p", "two")

    assert "the same entries" in signed("audit", "compare", "one", "one").stdout
    assert "two extends one" in signed("audit", "compare", "one", "two").stdout
    assert read("audit", "compare", "one", "two")["parting"]["fork"] is False
    lines = Path("two/entries.jsonl").read_text().splitlines()
    at = f'"recorded_at":"{json.loads(lines[1])["recorded_at"]}"'
    other = lines[1].replace(at, '"recorded_at":"2999-01-01T00:00:00Z"')
    Path("one/entries.jsonl").write_text(f"{lines[0]}\n{other}\n")
    forked = signed("audit", "compare", "one", "two", code=3)
    assert "They part at entry 1" in forked.stdout
    assert fits(forked.stdout, "sig")


@pytest.mark.parametrize(
    "command",
    ["keys", "key set", "key revoke", "draft", "file", "mirror", "redact", "audit checkpoint",
     "audit cosign", "audit collect", "audit compare", "audit export"],
)  # fmt: skip
def test_each_help_fits_the_page_and_has_an_example(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")

    assert "Example: phaseflow" in result.stdout
    assert fits(result.stdout)


def test_a_shared_database_takes_signed_statements_too(
    signed: Run, keys: Path, postgres_url: str
) -> None:
    on = ("--database", postgres_url)
    given = [part for p in ("north", "recorder") for part in ("--key", f"{p}={keys / p}.pub")]
    signed("open", "plan.yaml", "--label", "q", *given, *on)
    said = ("note", "q", "--note", "a name", "--private", "--by", "north")
    receipt = ("--recorder-key", keys / "recorder")
    signed(*said, "--sign-with", keys / "north", *receipt, *on)

    verified = CliRunner().invoke(cli, ["audit", "verify", "q", "--json", *on])

    report = json.loads(verified.stdout)
    assert (report["entries"], report["checkpoints"], report["pins"]) == (2, 1, 1)
