"""A clock that is far ahead: nothing falls due by it for good unless somebody says it is right.

The machine that runs these tests is long past 2025, in which their journals were written.
"""

from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.sale import TEXT, Desk
from tests.journal.signer import signer

from phaseflow.model.calendar import Instant, parse_period
from phaseflow.service.agreement import find
from phaseflow.service.compose import Filing
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import record
from phaseflow.service.recorder_clock import doubt
from phaseflow.storage.sql import open_store

THEN = "2025-03-03T09:00:00Z"
NOTE = ("note", "sale", "--note", "heard", "--by", "buyer")
OTHER = TEXT.replace("name: sale", "name: other")


def write(
    url: str, at: str = THEN, *, text: str = TEXT, nonce: str = "0", signs: bool = True
) -> None:
    """Open an agreement by a clock of the past; one that is signed owes goods by the end of March."""
    source = text.encode()
    with closing(open_store(url, clock=lambda: Instant.parse_iso(at))) as store:
        keys = {"recorder": signer("recorder").key}
        opened = open_agreement(
            store, OpeningRequest(source=source, file="text.yaml", nonce=nonce * 32, keys=keys)
        )
        if signs:
            filing = Filing(
                agreement=opened.place.header.id,
                actor="seller",
                kind="advance",
                body={"transition": "sign"},
                nonce="1" * 32,
            )
            record(store, filing)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Desk:
    """A sale in which nothing was recorded since March 2025, and goods were due then."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Path("other.yaml").write_text(OTHER, encoding="utf-8")
    signer("recorder").write(tmp_path, "recorder")
    write(sqlite_url)
    return Desk(sqlite_url)


@pytest.mark.parametrize(
    "command",
    [
        NOTE,
        (*NOTE, "--dry-run"),
        ("tick",),
        ("tick", "sale"),
        ("open", "other.yaml"),
        ("open", "other.yaml", "--dry-run"),
        ("audit", "checkpoint", "sale", "--recorder-key", "recorder"),
    ],
    ids=["note", "dry", "tick all", "tick", "open", "open dry", "checkpoint"],
)
def test_whatever_would_record_a_doubtful_time_is_refused(
    desk: Desk, command: tuple[str, ...]
) -> None:
    refused = desk(*command, code=1)

    assert THEN in refused.stderr
    assert "sale: 2025-03-31T22:00:00Z  goods, due" in refused.stderr
    assert "--clock-is-right" in refused.stderr
    assert desk.entries() == 2


@pytest.mark.parametrize(
    "command",
    [NOTE, ("tick",), ("tick", "sale"), ("open", "other.yaml")],
    ids=["note", "tick all", "tick", "open"],
)
def test_once_somebody_has_said_that_the_clock_is_right_it_is(
    desk: Desk, command: tuple[str, ...]
) -> None:
    desk(*command, "--clock-is-right")

    desk(*NOTE)

    assert desk.entries() > 2


def test_a_paper_that_is_handed_in_is_refused_too(desk: Desk) -> None:
    Path("paper.json").write_text(desk("draft", *NOTE).stdout, encoding="utf-8")

    refused = desk("file", "paper.json", code=1)
    desk("file", "paper.json", "--clock-is-right")

    assert "--clock-is-right" in refused.stderr
    assert desk.entries() == 4


def test_a_scheduled_tick_may_be_told_how_quiet_a_database_can_be(desk: Desk) -> None:
    desk("tick", "--quiet-for", "P30D", code=1)

    desk("tick", "--quiet-for", "P900Y")

    assert desk.entries() == 3


def test_a_period_that_is_none_is_wrong_use(desk: Desk) -> None:
    assert "is no period" in desk("tick", "--quiet-for", "a year", code=2).stderr


@pytest.mark.parametrize("command", ["status", "next"])
def test_who_only_reads_is_told_and_not_refused(desk: Desk, command: str) -> None:
    shown = desk(command, "sale")

    assert "warning: this machine's clock says" in shown.stderr
    assert THEN in shown.stderr


def test_where_nothing_would_fall_due_nothing_is_asked(sqlite_url: str) -> None:
    write(sqlite_url, signs=False)
    desk = Desk(sqlite_url)

    desk(*NOTE)

    assert desk("status", "sale").stderr == ""


def test_a_wrong_clock_wins_no_credit_by_an_agreement_in_which_nothing_is_due(desk: Desk) -> None:
    write(desk.database, text=OTHER, nonce="2", signs=False)

    desk("note", "other", "--note", "heard", "--by", "buyer", code=1)
    desk(*NOTE, code=1)

    assert desk.entries() == 2


def test_what_was_recorded_anywhere_lately_is_enough(desk: Desk) -> None:
    Path("late.yaml").write_text(OTHER, encoding="utf-8")
    desk("open", "late.yaml", "--clock-is-right")

    desk("tick", "sale")

    assert desk.entries() == 3


def test_a_rehearsal_vouches_for_no_clock(desk: Desk) -> None:
    desk("open", "other.yaml", "--rehearsal", "--now", "2026-11-01")
    desk("note", "other", "--by", "buyer", "--note", "heard", "--now", "2999-01-01")

    desk(*NOTE, code=1)


def test_the_clock_of_a_server_is_taken(postgres_url: str) -> None:
    write(postgres_url)
    desk = Desk(postgres_url)

    desk(*NOTE)

    assert desk.entries() == 4


@pytest.mark.parametrize(
    ("at", "is_doubted"),
    [("2025-04-05T09:00:00Z", False), ("2025-04-09T23:59:00Z", True)],
    ids=["within a week", "after more"],
)
def test_a_week_is_quiet_enough(sqlite_url: str, at: str, is_doubted: bool) -> None:
    write(sqlite_url, "2025-03-31T09:00:00Z")
    store = open_store(sqlite_url, most_quiet=parse_period("P7D"))
    store.clock = lambda: Instant.parse_iso(at)

    with closing(store), store.read() as transaction:
        found = doubt(transaction, find(transaction, "sale"))

    assert (found is not None) is is_doubted
