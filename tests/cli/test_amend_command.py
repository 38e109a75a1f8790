"""Amending from the command line: seen beforehand, consented to, and kept."""

import hashlib
import json
from pathlib import Path

import pytest
from tests.cli.conftest import NONCE, PLAN, Read, Run

BY_ALL = "amendments: {by: {all: signatories}}\n"
CHANGES = (
    ('edition: "1"', 'edition: "2"'),
    ("title: Small plan", "title: Small plan, extended"),
    ("by: day 10, total: 6", "by: day 4, total: 6"),
    ("hill, by: day 20", "hill, by: day 25"),
)
PAGE = """\
Small plan, extended: edition 2 in place of 1
REHEARSAL: its clock is not the real one
Digest  {digest}
As of   2025-03-05 12:00 (day 5), Asia/Jerusalem
State   running
Consent nobody yet; awaited: north, south
Nothing is filed: this is what would follow if all consented now.

Consents that lapse
  finish: given by south

Obligation        Standing  Delivered  Due  Short  In all
release     now   pending           2    2      0       6
            then  breached          2    6      4       6
3 others stand as before.

Due               Now                           Then
release: day 10   2025-03-10 (day 10), pending  none
release: day 4    none                          2025-03-04 (day 4), breached
withdrawal: hill  2025-03-20 (day 20), pending  2025-03-25 (day 25), pending

What would follow at once
  2025-03-05 12:00 (day 5)  the edition {short} takes effect
  2025-03-05 12:00 (day 5)  release, due day 4: was dormant, is breached
  2025-03-05 12:00 (day 5)  release: was pending, is breached
"""


def write(path: Path, *changes: tuple[str, str]) -> str:
    """Write the plan with ``changes``; return its digest."""
    text = PLAN.read_text(encoding="utf-8") + BY_ALL
    for written, instead in changes:
        assert written in text
        text = text.replace(written, instead)
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def edition(here: Path) -> str:
    """Editions one and two in the working directory; the digest of the second."""
    write(here / "plan.yaml")
    return write(here / "two.yaml", *CHANGES)


@pytest.fixture
def agreed(edition: str, run: Run) -> Run:
    """A rehearsal ``p`` on day 5: two women out, the road late, nothing amended yet."""
    run("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", "2025-03-01T09:00")
    for party in ("north", "south"):
        run("advance", "p", "accept", "--by", party, "--at", "2025-03-01T11:00")
    at = ("--at", "2025-03-02T12:00")
    run("perform", "p", "release", "--amount", "women=2", "--by", "north", *at)
    run("attest", "p", 3, "--by", "watch")
    run("perform", "p", "withdrawal", "--step", "road", "--by", "south", "--at", "2025-03-05T12:00")
    return run


def adopt(run: Run, file: str = "two.yaml") -> None:
    run("amend", "p", file, "--by", "north")
    run("amend", "p", file, "--by", "south")


def test_the_plan_of_an_amendment_is_one_page(agreed: Run, read: Read, edition: str) -> None:
    agreed("waive", "p", "--transition", "finish", "--guard", 1, "--by", "south")
    agreed("perform", "p", "withdrawal", "--step", "hill", "--by", "south", "--at", "2025-03-05")
    entry = read("status", "p")["position"] - 1
    agreed("advance", "p", "finish", "--by", "south")
    agreed("correct", "p", entry, "--amount", 0, "--by", "south")
    before = read("status", "p")["position"]

    result = agreed("amend", "p", "two.yaml", "--plan")

    assert result.stdout == PAGE.format(digest=edition, short=edition[:12])
    assert read("status", "p")["position"] == before


def test_the_plan_is_a_document_too(agreed: Run, read: Read, edition: str) -> None:
    document = read("amend", "p", "two.yaml", "--plan")

    assert document["schema"] == "phaseflow-amendment-v1"
    assert document["edition"]["digest"] == edition
    assert (document["given"], document["awaited"]) == ([], ["north", "south"])
    assert (document["reasons"], document["state_after"]) == ([], "running")
    release = document["obligations"]["release"]
    assert [release[side]["standing"] for side in ("before", "after")] == ["pending", "breached"]
    assert [(d["obligation"], d["name"]) for d in document["dues"]] == [
        ("release", "day 10"),
        ("release", "day 4"),
        ("withdrawal", "hill"),
    ]
    assert [c["kind"] for c in document["consequences"]] == ["amended", "standing", "standing"]


def test_what_the_plan_tells_is_what_follows(agreed: Run, read: Read) -> None:
    agreed("amend", "p", "two.yaml", "--by", "north")
    planned = read("amend", "p", "two.yaml", "--plan")

    filed = read("amend", "p", "two.yaml", "--by", "south")

    assert planned["given"] == ["north"]
    assert filed["entry"]["then"] == planned["consequences"]


def test_the_plan_says_what_keeps_an_edition_out(agreed: Run, here: Path) -> None:
    write(here / "three.yaml", ("running", "going"), ("name: small_plan", "name: large_plan"))

    result = agreed("amend", "p", "three.yaml", "--plan", code=1)

    assert "It cannot take effect now" in result.stdout
    assert "it is an edition of 'large_plan'" in result.stdout
    assert "under `renames` what it is called there" in result.stdout
    assert "What would follow" not in result.stdout


def test_a_text_that_lets_nobody_amend_it_says_so_in_the_plan(
    running: Run, here: Path, read: Read
) -> None:
    write(here / "two.yaml", *CHANGES)

    document = read("amend", "p", "two.yaml", "--plan", code=1)

    assert [reason["rule"] for reason in document["reasons"]] == ["authority"]
    assert document["awaited"] == []


def test_the_page_fits_eighty_columns_however_long_the_names_are(agreed: Run, here: Path) -> None:
    long = "w" * 32
    write(
        here / "wide.yaml",
        ("release", "r" * 32),
        ("withdrawal", long),
        ("hill, by: day 20", "h" * 32 + ", by: {earlier_of: [running + P1M, 2025-04-01]}"),
    )

    result = agreed("amend", "p", "wide.yaml", "--plan")

    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "not in the text" in result.stdout


def test_the_plan_tells_what_else_is_gone(agreed: Run, read: Read, here: Path) -> None:
    agreed("find", "p", "talks", "false", "--by", "guide")
    agreed("waive", "p", "--transition", "finish", "--guard", 1, "--by", "south")
    write(
        here / "other.yaml",
        ("talks: {title: Talks go on, by: guide, initially: true}", "rest: {by: guide}"),
        ("not talks", "not rest"),
        ("that: release.discharged", "that: release.outstanding == 0"),
    )

    page = agreed("amend", "p", "other.yaml", "--plan").stdout
    document = read("amend", "p", "other.yaml", "--plan")

    assert "What else is gone" in page
    assert "  finish: its guard release.discharged is waived no more\n" in page
    assert "  finding talks: false does not stand any more\n" in page
    assert document["findings_gone"] == {"talks": False}
    assert document["waived_no_more"] == [{"transition": "finish", "guard": "release.discharged"}]


def test_the_plan_tells_of_waivers_to_which_not_all_have_agreed(
    agreed: Run, read: Read, here: Path
) -> None:
    write(here / "both.yaml", ("waivable_by: south", "waivable_by: {all: signatories}"))
    agreed("amend", "p", "both.yaml", "--by", "north")
    agreed("amend", "p", "both.yaml", "--by", "south")
    agreed("waive", "p", "--transition", "finish", "--guard", 1, "--by", "south")
    write(here / "two.yaml", *CHANGES)

    page = agreed("amend", "p", "two.yaml", "--plan").stdout

    assert "  to waive guard 1 of finish: given by south\n" in page
    assert read("amend", "p", "two.yaml", "--plan")["lapsing_waivers"] == [
        {"body": {"guard": 1, "transition": "finish"}, "given": ["south"]}
    ]


def test_an_edition_takes_effect_with_the_last_consent_and_text_prints_it(
    agreed: Run, read: Read, edition: str, here: Path
) -> None:
    first = agreed("amend", "p", "two.yaml", "--by", "north")
    between = agreed("text", "p").stdout
    last = agreed("amend", "p", "two.yaml", "--by", "south")

    assert "Consent given; awaited: south." in first.stdout
    assert between == (here / "plan.yaml").read_text(encoding="utf-8")
    assert f"the edition {edition[:12]} takes effect" in last.stdout
    assert agreed("text", "p").stdout == (here / "two.yaml").read_text(encoding="utf-8")
    assert agreed("text", "p", "--edition", "1").stdout == between
    assert read("status", "p")["definition"]["digest"] == edition


def test_a_text_is_asked_for_by_a_name_that_it_alone_has(agreed: Run, edition: str) -> None:
    agreed("amend", "p", "two.yaml", "--by", "north")

    result = agreed("text", "p", "--edition", "3", code=2)

    assert "no text of this agreement is named by '3'" in result.stderr
    assert f"{edition}  edition 2" in result.stderr


def test_the_plan_tells_what_is_owed_and_has_no_day(agreed: Run, read: Read, here: Path) -> None:
    agreed("perform", "p", "release", "--amount", "men=4", "--by", "north")
    agreed("attest", "p", 7, "--by", "watch")
    agreed("note", "p", "--by", "guide", "--now", "2025-03-11")
    more = ("men: 4}", "men: 5}"), ("by: day 10, total: 6", "by: day 10, total: 7")
    write(here / "more.yaml", *more)

    page = agreed("amend", "p", "more.yaml", "--plan").stdout

    assert "Owed without a day\n  release: 1; what was due of it was met" in page
    assert read("amend", "p", "more.yaml", "--plan")["undated"] == {"release": 1}


def test_open_proposals_stand_in_status_and_next(agreed: Run, read: Read, edition: str) -> None:
    agreed("amend", "p", "two.yaml", "--by", "north")

    line = f"edition 2 ({edition[:12]}): given by north; awaited: south"
    assert line in agreed("status", "p").stdout
    assert edition[:12] in agreed("next", "p").stdout
    agreed("withdraw", "p", "--edition", "two.yaml", "--by", "north")
    assert edition[:12] not in agreed("status", "p").stdout


def test_a_dry_run_of_the_last_consent_shows_what_follows_and_writes_nothing(
    agreed: Run, read: Read, edition: str
) -> None:
    agreed("amend", "p", "two.yaml", "--by", "north")
    position = read("status", "p")["position"]

    result = agreed("amend", "p", "two.yaml", "--by", "south", "--dry-run")

    assert f"the edition {edition[:12]} takes effect" in result.stdout
    assert read("status", "p")["position"] == position
    assert read("status", "p")["definition"]["digest"] != edition


def test_a_repeated_consent_files_nothing_twice_even_after_the_adoption(
    agreed: Run, read: Read
) -> None:
    agreed("amend", "p", "two.yaml", "--by", "north")
    agreed("amend", "p", "two.yaml", "--by", "south", "--nonce", NONCE)
    position = read("status", "p")["position"]

    document = read("amend", "p", "two.yaml", "--by", "south", "--nonce", NONCE)

    assert document["repeated"]
    assert read("status", "p")["position"] == position


def test_who_had_not_seen_the_amendment_is_told_of_it(agreed: Run, read: Read) -> None:
    position = read("status", "p")["position"]
    adopt(agreed)

    result = agreed(
        "advance", "p", "finish", "--by", "north", "--expect-position", position, code=4
    )

    assert "somebody acted first" in result.stderr
    assert "amend by south" in result.stderr


def test_a_refused_consent_stands_on_record_with_its_edition(
    agreed: Run, read: Read, edition: str
) -> None:
    refused = agreed("amend", "p", "two.yaml", "--by", "watch", code=1)
    recorded = agreed("amend", "p", "two.yaml", "--by", "watch", "--on-record", code=1)

    assert "amending the agreement is for north and south, not for watch" in refused.stderr
    assert "stands on record" in recorded.stdout
    assert read("status", "p")["definition"]["digest"] != edition


def test_faults_of_an_edition_are_told_as_by_check(agreed: Run, here: Path, read: Read) -> None:
    write(here / "two.yaml", ("obligor: north", "obligor: nroth"))
    told = agreed("check", "two.yaml", code=1).output

    for arguments in (("--plan",), ("--by", "north")):
        result = agreed("amend", "p", "two.yaml", *arguments, code=1)

        assert "two.yaml:17:14 PF204" in result.stderr
        assert told.splitlines()[0] in result.stderr


def test_a_file_that_cannot_be_read_is_named_without_a_traceback(agreed: Run, here: Path) -> None:
    (here / "folder").mkdir()
    for name, said in (("none.yaml", "cannot be read"), ("folder", "is a folder")):
        result = agreed("amend", "p", name, "--by", "north", code=2)

        assert f"{name} {said}" in result.stderr
    (here / "large.yaml").write_bytes(b"#" * 3_000_000)
    large = agreed("amend", "p", "large.yaml", "--plan", code=1)
    assert "large.yaml" in large.stderr


def test_without_a_party_or_plan_it_asks_for_one_of_them(agreed: Run) -> None:
    result = agreed("amend", "p", "two.yaml", code=2)

    assert "say who consents with --by" in result.stderr


@pytest.mark.parametrize("command", ["amend", "withdraw", "text"])
def test_the_help_has_an_example(run: Run, command: str) -> None:
    assert "Example: phaseflow" in run(command, "--help").stdout


WITHDRAWAL = """\
  withdrawal:
    title: Withdrawal
    obligor: south
    obligee: north
    during: running
    steps: [{name: road, by: day 3}, {name: hill, by: day 20}]
"""
GUARD = """
      - that: withdrawal.discharged
        else: the withdrawal must be complete"""


def test_a_dropped_obligation_leaves_status_and_stays_in_history(
    agreed: Run, here: Path, read: Read
) -> None:
    write(here / "two.yaml", (WITHDRAWAL, ""), (GUARD, ""))

    adopt(agreed)
    late = agreed("perform", "p", "withdrawal", "--step", "hill", "--by", "south")

    assert "withdrawal" not in read("status", "p")["obligations"]
    assert "filed entry" in late.stdout
    history = agreed("history", "p", "--obligation", "withdrawal").stdout
    assert "withdrawal: road" in history
    assert "withdrawal: hill" in history


@pytest.fixture
def on(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both databases, by the variable that names them."""
    monkeypatch.setenv("PHASEFLOW_DATABASE", database_url)
    return database_url


def test_what_was_amended_verifies_is_stepped_again_and_rebuilt(
    edition: str, run: Run, read: Read, on: str
) -> None:
    identity = json.loads(run("open", "plan.yaml", "--label", "p", "--json").stdout)["id"]
    for party in ("north", "south"):
        run("advance", "p", "accept", "--by", party)
    run("perform", "p", "release", "--amount", "women=2", "--by", "north")
    run("attest", "p", 3, "--by", "watch")
    adopt(run)
    run("perform", "p", "release", "--amount", "men=1", "--by", "north")
    before = read("status", "p")

    verified = run("audit", "verify", "p", "--id", identity)
    replayed = run("audit", "replay", "p")
    run("db", "rebuild")

    assert "The journal is whole" in verified.stdout
    assert "are those that follow from it" in replayed.stdout
    after = read("status", "p")
    assert {**after, "at": None} == {**before, "at": None}
    assert after["definition"]["digest"] == edition


def test_every_look_at_an_amended_agreement_reads_by_the_new_text(
    agreed: Run, here: Path, read: Read
) -> None:
    renames = ("initial:", "renames: {running: going}\ninitial:")
    write(here / "two.yaml", (WITHDRAWAL, ""), (GUARD, ""), ("running", "going"), renames)
    adopt(agreed)

    looks: tuple[tuple[object, ...], ...] = (
        ("next", "p"),
        ("history", "p"),
        ("show", "p", 5),
        ("draw", "p", "--format", "mermaid"),
        ("timeline", "p"),
        ("list",),
    )
    for look in looks:
        assert agreed(*look).stdout
    status = read("status", "p")

    assert (status["state"], status["since"]) == ("going", "2025-03-01T09:00:00Z")
    assert list(status["obligations"]) == ["release", "calm.north", "calm.south"]
