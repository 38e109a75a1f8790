"""What an audit must find, and what a reader must be told."""

from collections.abc import Sequence

import msgspec
import pytest
from tests.conftest import Clock
from tests.service.test_filing import running

from phaseflow.cli.clock_warnings import warn_of_clock
from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.entry import read_entry, seal
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.state import Changes, Claim, InMemory
from phaseflow.service import agreement, replay
from phaseflow.service.audit import verify
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Header

HEADER = Header(
    id="0123abcd" + "0" * 56,
    label="one",
    definition="0" * 64,
    state="proposed",
    position=1,
    head="0" * 64,
    recorded_at=Instant.parse_iso("2020-01-01T00:00:00Z"),
    next_due_at=None,
    is_rehearsal=False,
)


class Alike:
    """A transaction that finds two agreements under one beginning."""

    def find(self, _name: str) -> Sequence[Header]:
        other = msgspec.structs.replace(HEADER, id="0123abcd" + "1" * 56, label="two")
        return [HEADER, other]


def claim(entry: int, day: str, units: int) -> Claim:
    return Claim(
        entry=entry,
        kind="perform",
        obligation="release",
        actor="north",
        recorded_at=Instant.parse_iso("2025-03-02T10:00:00Z"),
        occurred=When.parse(day),
        claimed={"men": units},
    )


def test_a_beginning_of_two_ids_is_answered_with_both() -> None:
    with pytest.raises(StatementInvalid, match=r"(?s)0123abcd0000  one.*0123abcd1111  two"):
        agreement.find(Alike(), "0123abcd")  # type: ignore[arg-type]


def test_a_consequence_that_does_not_follow_is_broken_evidence(clock: Clock) -> None:
    store = MemoryStore(clock)
    identity = running(store)
    rows = store.journals[identity].rows
    entry = read_entry(rows[2].line)
    forged = seal(msgspec.structs.replace(entry, then=entry.then[1:]))
    rows[2] = msgspec.structs.replace(rows[2], line=forged.line, hash=forged.hash)

    with pytest.raises(JournalBroken, match=r"leaves out: .*proposed → running") as broken:
        replay.audit(store, identity)

    assert broken.value.seq == 2


def test_a_journal_without_its_newest_entries_is_broken_evidence(clock: Clock) -> None:
    store = MemoryStore(clock)
    identity = running(store)
    store.journals[identity].rows.pop()

    with pytest.raises(JournalBroken, match="3 entries were recorded"):
        verify(store, identity)


def test_a_step_reads_what_was_changed_since_over_what_is_stored() -> None:
    stored = InMemory()
    stored.apply(Changes(claims={3: claim(3, "2025-03-02", 1), 4: claim(4, "2025-03-02", 2)}))
    overlay = agreement.Overlay(stored)
    overlay.apply(Changes(claims={4: claim(4, "2025-03-20", 2), 9: claim(9, "2025-03-03", 5)}))

    day = Date(2025, 3, 2)
    found = [one.entry for one in overlay.claims_between("release", day, day)]

    assert found == [3, 9]


def test_a_clock_far_from_the_recorders_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_clock(HEADER)
    assert "seconds ahead of the recorder's" in capsys.readouterr().err

    warn_of_clock(msgspec.structs.replace(HEADER, is_rehearsal=True))
    assert not capsys.readouterr().err
