"""What is promised to programs: agreements are opened, moved, looked at and verified by it alone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

import phaseflow
from phaseflow.errors import DefinitionInvalid, Refused, SaidBefore, StatementInvalid
from phaseflow.model.statement import Advance, Body, Note, Perform
from phaseflow.service.record import Filed
from phaseflow.storage.port import Store

ROOT = Path(__file__).parents[1]
PLAN = (ROOT / "tests/cli/plan.yaml").read_bytes()
NONCES = (f"{number:032x}" for number in count())
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with phaseflow.open_store(database_url, creates=True) as opened:
        yield opened


@pytest.fixture
def identity(store: Store) -> str:
    """An agreement ``p`` that is opened, and nothing else."""
    opening = phaseflow.OpeningRequest(source=PLAN, file="plan.yaml", label="p", nonce=next(NONCES))
    return phaseflow.open_agreement(store, opening).place.header.id


def say(store: Store, actor: str, kind: str, body: Body) -> Filed:
    return phaseflow.file(
        store,
        phaseflow.Filing(agreement="p", actor=actor, kind=kind, body=body, nonce=next(NONCES)),
    )


def test_an_agreement_is_opened_moved_looked_at_and_verified(store: Store, identity: str) -> None:
    for party in ("north", "south"):
        say(store, party, "advance", Advance(transition="accept"))
    say(store, "north", "perform", Perform(obligation="release", amount={"women": 2}))

    seen = phaseflow.status(store, "p")
    outlook = phaseflow.next(store, "p")
    told = phaseflow.history(store, "p", phaseflow.Wanted(kinds=("perform",)))
    report = phaseflow.verify(store, "p", known_id=identity)

    assert seen.place.agreement.leaf == "running"
    assert seen.accounts[0].waiting == 2
    assert outlook.unverified == (seen.accounts[0],)
    assert [shown.entry.stmt.actor for shown in told.entries] == ["north"]
    assert (report.entries, report.is_anchored) == (4, True)


def test_what_is_refused_is_raised_with_every_reason(store: Store, identity: str) -> None:
    with pytest.raises(Refused) as refused:
        say(store, "guide", "advance", Advance(transition="accept"))

    assert [reason.rule for reason in refused.value.reasons] == ["authority"]


def test_what_seems_to_be_said_already_is_filed_if_it_is_confirmed(
    store: Store, identity: str
) -> None:
    outside = Perform(amount=5)
    say(store, "north", "perform", outside)
    with pytest.raises(SaidBefore):
        say(store, "north", "perform", outside)

    filing = phaseflow.Filing(
        agreement="p", actor="north", kind="perform", body=outside, nonce=next(NONCES)
    )
    assert phaseflow.file(store, filing, confirm=lambda _: True).entry.seq == 2


def test_a_statement_for_which_there_is_no_agreement_is_invalid(
    store: Store, identity: str
) -> None:
    filing = phaseflow.Filing(
        agreement="q", actor="north", kind="note", body=Note(), nonce="0" * 32
    )
    with pytest.raises(StatementInvalid, match="there is no agreement 'q'"):
        phaseflow.file(store, filing)


def test_a_text_with_faults_is_checked_and_not_opened(store: Store) -> None:
    faulty = PLAN.replace(b"initial: proposed", b"initial: proposd")

    examined = phaseflow.check(faulty, "plan.yaml")

    assert examined.definition is None
    assert [fault.code for fault in examined.found if fault.severity == "error"] == ["PF205"]
    opening = phaseflow.OpeningRequest(source=faulty, file="plan.yaml", nonce=next(NONCES))
    with pytest.raises(DefinitionInvalid):
        phaseflow.open_agreement(store, opening)


def test_nothing_is_imported_until_it_is_used() -> None:
    program = (
        "import sys, phaseflow\n"
        "assert dir(phaseflow)\n"
        "print(*sorted(m for m in sys.modules if m.startswith('phaseflow.')), 'msgspec' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False"]


def test_all_that_is_promised_is_there_and_nothing_else() -> None:
    promised = {name: getattr(phaseflow, name) for name in phaseflow.__all__}

    assert all(promise.__doc__ for promise in promised.values())
    assert {*phaseflow.__all__} <= {*dir(phaseflow)}
    with pytest.raises(AttributeError, match="'phaseflow' has no attribute 'close'"):
        phaseflow.close  # noqa: B018


def test_the_example_of_the_reference_prints_what_it_says(tmp_path: Path) -> None:
    page = ROOT / "docs/reference/api.md"
    text = page.read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```.*?```text\n(.*?)```", text, re.DOTALL)
    assert found is not None
    (tmp_path / "definitions").symlink_to(ROOT / "definitions")

    done = subprocess.run(
        [sys.executable, "-c", found[1]],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if WRITE:
        page.write_text(text[: found.start(2)] + done.stdout + text[found.end(2) :])

    assert not done.stderr
    assert done.stdout == found[2] or WRITE
