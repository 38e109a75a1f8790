"""The same command twice: what would count twice is asked about, and a consent stands once."""

import os
import subprocess
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.attacks.forge import armored
from tests.faults.sale import SECOND, TEXT, Desk, document
from tests.journal.signer import signer
from tests.warm import python

from phaseflow.engine.outcome import Outcome
from phaseflow.engine.step import step
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Statement
from phaseflow.service.agreement import hold
from phaseflow.service.compose import Filing
from phaseflow.service.next_entry import draft
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import record
from phaseflow.service.replay import audit
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

GOODS = ("perform", "sale", "goods", "--amount", 5, "--by", "seller")


def now(at: str) -> tuple[str, str]:
    return ("--now", f"2025-03-{at}")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Desk:
    """A rehearsal ``sale`` that is running, entries 0 and 1, in a database of each kind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Path("sale.yaml").write_text(TEXT, encoding="utf-8")
    Path("second.yaml").write_text(SECOND, encoding="utf-8")
    desk = Desk(database_url)
    desk("open", "sale.yaml", "--rehearsal", *now("03T09:00"))
    desk("advance", "sale", "sign", "--by", "seller", *now("03T09:05"))
    return desk


def test_the_same_within_the_hour_is_not_filed_and_names_the_entry(desk: Desk) -> None:
    desk(*GOODS, *now("04T10:00"))

    again = desk(*GOODS, *now("04T10:59"), code=1)

    assert "entry 2, recorded 2025-03-04 10:00" in again.stderr
    assert "--again" in again.stderr
    assert desk.entries() == 3


def test_the_same_after_the_hour_is_another_delivery(desk: Desk) -> None:
    desk(*GOODS, *now("04T10:00"))

    desk(*GOODS, *now("04T11:01"))

    assert desk.entries() == 4


def test_the_same_of_one_moment_is_told_however_late(desk: Desk) -> None:
    desk(*GOODS, "--at", "2025-03-04", *now("04T10:00"))

    again = desk(*GOODS, "--at", "2025-03-04", *now("20T10:00"), code=1)

    assert "entry 2" in again.stderr
    assert desk.entries() == 3


@pytest.mark.parametrize(
    "other",
    [
        ("perform", "sale", "goods", "--amount", 6, "--by", "seller", "--at", "2025-03-04"),
        ("perform", "sale", "goods", "--amount", 5, "--by", "buyer", "--at", "2025-03-04"),
        ("perform", "sale", "goods", "--amount", 5, "--by", "seller", "--at", "2025-03-03"),
    ],
    ids=["figure", "party", "moment"],
)
def test_what_differs_in_figure_party_or_moment_is_not_the_same(
    desk: Desk, other: tuple[object, ...]
) -> None:
    desk(*GOODS, "--at", "2025-03-04", *now("04T10:00"))

    desk(*other, *now("04T10:05"))

    assert desk.entries() == 4


def test_other_words_make_no_other_delivery(desk: Desk) -> None:
    desk(*GOODS, "--note", "five crates", *now("04T10:00"))

    desk(*GOODS, "--note", "5 crates", *now("04T10:05"), code=1)


@pytest.mark.parametrize(
    "said",
    [
        ("allege", "sale", "quiet", "--by", "seller"),
        ("waive", "sale", "goods", "--until", "2025-04-05", "--by", "buyer"),
        ("waive", "sale", "goods", "--amount", 3, "--by", "buyer"),
        ("perform", "sale", "--outside", "--amount", 2, "--by", "seller"),
    ],
    ids=["allegation", "time", "waiver", "outside"],
)
@pytest.mark.parametrize("at", [(), ("--at", "2025-03-04T09:00")], ids=["undated", "dated"])
def test_whatever_adds_is_told(desk: Desk, said: tuple[object, ...], at: tuple[str, ...]) -> None:
    desk(*said, *at, *now("04T10:00"))

    desk(*said, *at, *now("04T10:05"), code=1)

    assert desk.entries() == 3


def test_what_replaces_or_adds_nothing_is_not_asked_about(desk: Desk) -> None:
    desk("note", "sale", "--note", "heard", "--by", "buyer", *now("04T10:00"))

    desk("note", "sale", "--note", "heard", "--by", "buyer", *now("04T10:05"))

    assert desk.entries() == 4


def test_again_files_it(desk: Desk) -> None:
    desk(*GOODS, *now("04T10:00"))

    desk(*GOODS, *now("04T10:05"), "--again")

    assert desk.entries() == 4


def test_a_known_nonce_comes_first(desk: Desk) -> None:
    nonce = ("--nonce", "0123456789abcdef" * 2)
    desk(*GOODS, *nonce, *now("04T10:00"))

    repeated = desk(*GOODS, *nonce, *now("04T10:00"))

    assert "under the same nonce" in repeated.stdout


def test_a_dry_run_tells_it(desk: Desk) -> None:
    desk(*GOODS, *now("04T10:00"))

    dry = desk(*GOODS, *now("04T10:05"), "--dry-run", code=1)

    assert "entry 2" in dry.stderr


def test_a_program_is_told_too(desk: Desk) -> None:
    desk(*GOODS, *now("04T10:00"))

    told = document(desk(*GOODS, *now("04T10:05"), "--json", code=1))

    assert told["schema"] == "phaseflow-refused-v1"
    assert "entry 2" in told["message"]


def test_a_report_that_was_corrected_to_nothing_may_be_made_anew(desk: Desk) -> None:
    desk(*GOODS, "--at", "2025-03-04", *now("04T10:00"))
    desk("correct", "sale", 2, "--amount", 0, "--by", "seller", *now("05T10:00"))

    desk(*GOODS, "--at", "2025-03-04", *now("06T10:00"))

    assert desk.entries() == 5


@pytest.mark.parametrize(("answer", "filed"), [("y", 1), ("n", 0)])
def test_on_a_terminal_it_is_asked_and_nothing_is_locked_meanwhile(
    desk: Desk, answer: str, filed: int
) -> None:
    desk(*GOODS, *now("04T10:00"))
    person, terminal = os.openpty()
    command = [python(), "-m", "phaseflow.cli", *map(str, GOODS), *now("04T10:05")]
    with subprocess.Popen(
        [*command, "--database", desk.database], stdin=terminal, stderr=subprocess.PIPE
    ) as asking:
        assert asking.stderr is not None
        stderr = asking.stderr.fileno()
        asked = b""
        while b"File it all the same?" not in asked and (piece := os.read(stderr, 4096)):
            asked += piece

        desk("note", "sale", "--note", "meanwhile", "--by", "buyer", *now("04T10:05"))
        os.write(person, f"{answer}\n".encode())
        asking.stderr.read()
        code = asking.wait()
    for end in (person, terminal):
        os.close(end)

    assert b"entry 2" in asked
    assert (code, desk.entries()) == (1 - filed, 4 + filed)


def test_signed_at_the_command_line_it_is_told_and_handed_in_it_is_filed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Path("sale.yaml").write_text(TEXT, encoding="utf-8")
    signer("seller").write(tmp_path, "seller")
    desk = Desk(sqlite_url)
    desk("open", "sale.yaml", "--rehearsal", "--key", "seller=seller.pub", *now("03T09:00"))
    desk(*GOODS, "--sign-with", "seller", *now("04T10:00"))

    told = desk(*GOODS, "--sign-with", "seller", *now("04T10:05"), code=1)
    paper = desk("draft", *GOODS, *now("04T10:05")).stdout
    Path("paper.json").write_text(paper, encoding="utf-8")
    signature = armored(signer("seller").sign(paper))
    Path("paper.json.sig").write_text(signature, encoding="utf-8")
    desk("file", "paper.json", *now("04T10:06"))

    assert "entry 1" in told.stderr
    assert desk.entries() == 3


def test_a_surplus_over_all_that_is_owed_is_told_at_once(desk: Desk) -> None:
    desk("perform", "sale", "goods", "--amount", 20, "--by", "seller", *now("04T10:00"))

    page = desk(*GOODS, *now("05T10:00"), "--dry-run").stdout
    document = desk.read(*GOODS, *now("05T10:00"))

    assert "goods: reported in all 25 of 20 owed: 5 beyond what the text owes" in page
    assert document["surplus"] == {"obligation": "goods", "reported": 25, "owed": 20, "beyond": 5}


def test_all_that_is_owed_is_no_surplus(desk: Desk) -> None:
    filed = ("perform", "sale", "goods", "--amount", 20, "--by", "seller", *now("04T10:00"))

    assert desk.read(*filed)["surplus"] is None


@pytest.mark.parametrize(
    "owed",
    [
        "in_return_for: [{obligation: payment, within: P1D, each: 2}]",
        "every: week, amount: 4",
    ],
    ids=["in return", "each week"],
)
def test_what_may_still_grow_is_never_told_as_a_surplus(desk: Desk, owed: str) -> None:
    payment = "  payment: {obligor: buyer, obligee: seller, amount: 3, by: 2025-03-31}\n"
    text = TEXT.replace("amount: 20", owed).replace(", by: 2025-03-31", "")
    Path("growing.yaml").write_text(
        text.replace("  quiet:", f"{payment}  quiet:"), encoding="utf-8"
    )
    desk("open", "growing.yaml", "--rehearsal", "--label", "grows", *now("03T09:00"))
    desk("advance", "grows", "sign", "--by", "seller", *now("03T09:05"))

    filed = ("perform", "grows", "goods", "--amount", 50, "--by", "seller", *now("04T10:00"))

    assert desk.read(*filed)["surplus"] is None


@pytest.mark.parametrize(
    "command",
    [
        (*GOODS, "--at", "2025-03-04"),
        ("advance", "sale", "close", "--by", "seller"),
        ("tick", "sale"),
        ("draft", *GOODS),
    ],
    ids=["report", "act", "tick", "draft"],
)
def test_a_rehearsal_without_its_clock_is_refused(desk: Desk, command: tuple[object, ...]) -> None:
    refused = desk(*command, code=2)

    assert "add --now" in refused.stderr
    assert desk.entries() == 2


def test_a_second_consent_stands_and_is_not_filed(desk: Desk) -> None:
    close = ("advance", "sale", "close", "--by", "seller")
    desk(*close, *now("04T10:00"))

    again = desk(*close, *now("05T10:00"))

    assert again.stdout.startswith("stands since entry 2")
    assert "awaited: buyer" in again.stdout
    assert desk.entries() == 3


def test_a_second_consent_to_an_edition_or_a_withdrawn_one(desk: Desk) -> None:
    amend = ("amend", "sale", "second.yaml", "--by", "buyer")
    desk(*amend, *now("04T10:00"))

    stood = desk.read(*amend, *now("05T10:00"))
    desk("withdraw", "sale", "--edition", "second.yaml", "--by", "buyer", *now("06T10:00"))
    anew = desk.read(*amend, *now("07T10:00"))

    assert (stood["stood"], stood["entry"]["seq"]) == (True, 2)
    assert (anew["stood"], anew["entry"]["seq"]) == (False, 4)


def test_a_second_paper_of_a_consent_gives_it_no_life_after_it_was_taken_back(desk: Desk) -> None:
    close = ("advance", "sale", "close", "--by", "seller")
    Path("paper.json").write_text(desk("draft", *close, *now("04T09:00")).stdout, encoding="utf-8")
    desk(*close, *now("04T10:00"))

    stood = desk("file", "paper.json", *now("04T11:00"))
    desk("withdraw", "sale", "close", "--by", "seller", *now("05T10:00"))
    late = desk("file", "paper.json", *now("06T10:00"), code=4)

    assert "not filed, as this consent stands since entry 2" in stood.stdout
    assert "entry 3" in late.stderr
    assert desk.entries() == 4


def test_a_journal_that_holds_a_second_consent_replays(sqlite_url: str) -> None:
    at = Instant.parse_iso("2025-03-03T09:00:00Z")

    def consent(transition: str, nonce: str) -> Statement:
        body = {"transition": transition}
        filing = Filing(agreement="sale", actor="seller", kind="advance", body=body, nonce=nonce)
        return record(store, filing).entry.stmt

    with closing(open_store(sqlite_url, clock=lambda: at)) as store:
        open_agreement(
            store, OpeningRequest(source=TEXT.encode(), file="sale.yaml", nonce="0" * 32)
        )
        consent("sign", "1" * 32)
        given = consent("close", "2" * 32)
        file_as_it_was_done_before(store, msgspec.structs.replace(given, nonce="3" * 32), at)

        replayed = audit(store, "sale")

    assert (replayed.entries, replayed.differing) == (4, ())


def file_as_it_was_done_before(store: Store, statement: Statement, at: Instant) -> None:
    """Append a consent that stands already."""
    with store.write() as transaction:
        place = hold(transaction, "sale")
        outcome = step(place.definition, place.agreement, place.records, statement, at)
        assert isinstance(outcome, Outcome)
        transaction.append(place.header.id, draft(place, statement, outcome, at).append)


EVENTS = """\
definition: sale.yaml
title: A sale
events:
  - {at: 2025-03-03T09:00, by: seller, advance: {transition: sign}}
  - {at: 2025-03-04T09:00, by: seller, perform: {obligation: goods, amount: 5}}
  - {at: 2025-03-04T09:00, by: seller, perform: {obligation: goods, amount: 5}}
"""


@pytest.mark.parametrize(
    ("event", "line", "told"),
    [
        ("{at: 2025-03-05, by: seller, perform: {obligation: goods, amount: {x: 1}}}", 7, "x"),
        ("{at: 2025-03-05, by: seller, perform: {obligation: nothing}}", 7, "'nothing'"),
        ("{at: 2025-03-05, by: buyer, amend: {definition: faulty.yaml}}", 7, "faulty.yaml:2:"),
        ("{at: 2025-03-05, by: buyer, amend: {definition: none.yaml}}", 7, "none.yaml"),
        ("{at: 2025-03-05, by: buyer, recorded: 2025-03-01, note: {}}", 7, "newest entry"),
        ("tick: 2025-03-01", 7, "newest entry"),
        ("{at: 2025-03-05, by: buyer, note: {}, expect: {state: done}}", 7, "state"),
        ("{at: 2025-03-05, by: buyer, note: {}}\nthen: {state: done}", 8, "in the end, state"),
    ],
    ids=["body", "name", "faults", "missing", "back", "tick", "expected", "end"],
)
def test_a_rehearsal_names_file_and_line_of_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: str, line: int, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sale.yaml").write_text(TEXT, encoding="utf-8")
    Path("faulty.yaml").write_text(TEXT.replace("name: sale", "name: 7 days"), encoding="utf-8")
    Path("course.yaml").write_text(f"{EVENTS}  - {event}\n", encoding="utf-8")

    played = Desk("").alone("rehearse", "sale.yaml", "course.yaml", code=1)

    assert played.stderr.startswith(f"course.yaml:{line}: ")
    assert told in played.stderr


def test_a_scenario_may_hold_the_same_twice_and_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sale.yaml").write_text(TEXT, encoding="utf-8")
    Path("course.yaml").write_text(EVENTS, encoding="utf-8")

    played = document(Desk("").alone("rehearse", "sale.yaml", "course.yaml", "--json"))

    assert played["obligations"]["goods"]["delivered"] == 10
