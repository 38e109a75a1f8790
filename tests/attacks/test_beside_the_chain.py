"""What somebody writes into the database, past the program, beside the chain: it decides nothing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text
from tests.conftest import NOON, Clock
from tests.service.signed import EDITION, PLAN, Desk, policy
from tests.service.test_filing import opened, say

from phaseflow.errors import JournalBroken, StoreUnavailable
from phaseflow.journal.checkpoint import Checkpoint, Signed
from phaseflow.journal.folder import read_lines
from phaseflow.journal.keys import Keys
from phaseflow.journal.verify import check_stretch
from phaseflow.service import audit, definitions, rebuild, record, replay, sweep, tick
from phaseflow.service.doctor import Surroundings, examine
from phaseflow.service.list import listed
from phaseflow.service.receipts import Cosigning, cosign, issue
from phaseflow.service.status import status
from phaseflow.service.vouched import signed_checkpoints
from phaseflow.storage.address import parse_url
from phaseflow.storage.compiled_forms import CompiledForms
from phaseflow.storage.connections import make_engine
from phaseflow.storage.sql import SqlStore, open_store

RULES = policy(cosigners=["north", "south", "watch"], cosign_quorum=2)
Forge = Callable[..., None]


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[SqlStore]:
    """A database of each kind."""
    with closing(open_store(database_url, clock=clock)) as opened:
        yield opened


@pytest.fixture
def desk(store: SqlStore, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path, unsigned=("south",), policy=RULES)


@pytest.fixture
def forge(database_url: str) -> Forge:
    """Run SQL as whoever owns the database, and can take its guards away."""

    def run(command: str, **values: Any) -> None:
        engine = make_engine(parse_url(database_url), "write")
        try:
            with engine.begin() as connection:
                _lift_guards(connection)
                connection.execute(text(command), values)
        finally:
            engine.dispose()

    return run


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that knows no definition yet, as each run of the program is."""
    for name in ("_compiled", "_loaded"):
        monkeypatch.setattr(definitions, name, {})
    yield
    definitions.keep_compiled_in(None)


def _lift_guards(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        tables = ("definition", "entry", "checkpoint", "signature")
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        return
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for (name,) in found.all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_a_text_that_was_changed_is_not_stepped(desk: Desk, forge: Forge, forgotten: None) -> None:
    forge("UPDATE definition SET source = :source", source=PLAN.replace(b"men: 4", b"men: 1"))
    definitions._compiled.clear()

    with pytest.raises(JournalBroken, match="does not hash to its name"):
        status(desk.store, "p")
    with pytest.raises(JournalBroken, match="does not hash to its name"):
        record.record(desk.store, say("south", "note", text="hello"))
    with pytest.raises(JournalBroken, match="was changed"):
        audit.verify(desk.store, "p")


def test_the_database_holds_nothing_that_a_text_was_compiled_to(
    desk: Desk, store: SqlStore
) -> None:
    with store.read() as transaction:
        row = transaction._row(text("SELECT * FROM definition"))

    assert {*row._mapping} == {"digest", "name", "edition", "source"}


@pytest.fixture
def misled(desk: Desk, tmp_path: Path, forgotten: None) -> Desk:
    """A desk that has put a compiled form of its own into its cache, and filed by it."""
    definition = definitions.check(PLAN, "plan.yaml")
    accept = msgspec.structs.replace(definition.transitions["accept"], target="done", to="done")
    changed = msgspec.structs.replace(
        definition, transitions=definition.transitions | {"accept": accept}
    )
    assert CompiledForms(tmp_path / "cache").keep(changed)
    definitions.keep_compiled_in(tmp_path / "cache")
    definitions._compiled.clear()

    desk.say("north", "advance", transition="accept")
    record.record(desk.store, say("south", "advance", transition="accept"))
    return desk


def test_a_replay_believes_no_compiled_form(misled: Desk, tmp_path: Path) -> None:
    # Whoever owns the folder can fool nobody but himself.
    assert status(misled.store, "p").place.agreement.leaf == "done"
    audit.export(misled.store, "p", tmp_path / "bundle")

    with pytest.raises(JournalBroken, match="entry 2: its consequences do not follow"):
        replay.audit(misled.store, "p")
    with pytest.raises(JournalBroken, match="entry 2: its consequences do not follow"):
        replay.audit_exported(tmp_path / "bundle", misled.id)


def test_nobody_signs_a_checkpoint_over_what_does_not_follow(misled: Desk, tmp_path: Path) -> None:
    with pytest.raises(JournalBroken, match="entry 2: its consequences do not follow"):
        issue(misled.store, "p", misled.signs("recorder"))
    assert vouched_for(misled) == ()

    # The receipt of a filing vouches for chain and signatures only.
    said = misled.compose("watch", "note", text="hello")
    misled.receipt(misled.hand_in(said, is_receipted=True))
    audit.export(misled.store, "p", tmp_path / "bundle")
    cosigning = Cosigning(party="north", agreement=misled.id, kept=tmp_path / "kept")
    with pytest.raises(JournalBroken, match="entry 2: its consequences do not follow"):
        cosign(tmp_path / "bundle", cosigning, NOON, misled.signs("north"))

    assert not (tmp_path / "kept").exists()


def test_an_export_that_follows_from_its_text_is_replayed_without_a_database(
    desk: Desk, tmp_path: Path
) -> None:
    desk.say("north", "advance", transition="accept")
    record.record(desk.store, say("south", "advance", transition="accept"))
    audit.export(desk.store, "p", tmp_path / "bundle")

    replayed = replay.audit_exported(tmp_path / "bundle", desk.id)

    assert (replayed.agreement, replayed.label, replayed.entries) == (desk.id, None, 3)
    assert replayed.consequences == replay.audit(desk.store, "p").consequences > 0


BAD_HEADERS = {
    "a moment that is none": "next_due_at = 'x'",
    "a moment that is none and past": "next_due_at = '0'",
    "a recording that is none": "recorded_at = 'x'",
}
FALSE_HEADERS = {
    "recorded in 2099": "recorded_at = '2099-01-01T00:00:00Z'",
    "a longer journal": "position = position + 1",
    "a shorter journal": "position = position - 1",
    "another head": f"head = '{'e' * 64}'",
    "a rehearsal": "is_rehearsal = NOT is_rehearsal",
    "another text": "definition = (SELECT max(digest) FROM definition WHERE digest <> definition)",
}


@pytest.fixture
def beside(desk: Desk) -> Desk:
    """The agreement after some entries, and another beside it that is sound."""
    desk.hand_in(desk.compose("north", "amend", definition=sha256(EDITION).hexdigest()))
    record.record(desk.store, say("south", "note", text="hello"))
    opened(desk.store, label="sound")
    return desk


@pytest.mark.parametrize("attack", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_header_that_cannot_be_read_is_named_and_keeps_no_other_from_being_listed(
    beside: Desk, forge: Forge, database_url: str, attack: str
) -> None:
    forge(f"UPDATE agreement SET {attack} WHERE label = 'p'")

    listing = listed(beside.store)
    examined = examine(database_url, Surroundings(now=NOON, encodings={}), 8)

    assert [one.header.label for one in listing.agreements] == ["sound"]
    assert [one.label for one in listing.broken] == ["p"]
    assert "phaseflow db rebuild p" in listing.broken[0].fault
    assert [one.state for one in examined.findings if one.subject == "headers"] == ["wrong"]
    with pytest.raises(StoreUnavailable, match="the header of 'p' cannot be read"):
        status(beside.store, "p")
    record.record(beside.store, msgspec.structs.replace(say("north", "note"), agreement="sound"))
    assert list(tick.tick_all(beside.store)) == []


@pytest.mark.parametrize("attack", FALSE_HEADERS.values(), ids=FALSE_HEADERS)
def test_a_header_that_is_not_that_of_its_journal_decides_nothing(
    beside: Desk, forge: Forge, attack: str
) -> None:
    forge(f"UPDATE agreement SET {attack} WHERE label = 'p'")

    for question in (
        lambda: status(beside.store, "p"),
        lambda: record.record(beside.store, say("south", "note", text="more")),
    ):
        with pytest.raises(StoreUnavailable, match="the header of p is not that of its journal"):
            question()


@pytest.mark.parametrize(
    "attack",
    [
        *BAD_HEADERS.values(),
        *FALSE_HEADERS.values(),
        "leaf = 'done', state = 'x', next_due_at = '2099-01-01T00:00:00Z'",
    ],
)
def test_a_rebuild_computes_every_column_of_a_header(
    beside: Desk, forge: Forge, attack: str
) -> None:
    with beside.store.read() as transaction:
        before = transaction.find("p"), transaction.dump_projections(beside.id)
    forge(f"UPDATE agreement SET {attack} WHERE label = 'p'")

    rebuild.rebuild(beside.store, "p")

    with beside.store.read() as transaction:
        assert (transaction.find("p"), transaction.dump_projections(beside.id)) == before
    record.record(beside.store, say("south", "note", text="more"))


def test_a_false_state_is_found_before_anybody_signs(desk: Desk, forge: Forge) -> None:
    forge(
        "UPDATE agreement SET leaf = 'running',"
        """ state = replace(state, '"leaf":"proposed"', '"leaf":"running"')"""
    )
    assert replay.audit(desk.store, "p").differing == ("agreement",)
    report = say("south", "perform", obligation="withdrawal", step="road")
    assert not record.record(desk.store, report).is_refused

    with pytest.raises(JournalBroken, match="entry 1"):
        issue(desk.store, "p", desk.signs("recorder"))

    assert vouched_for(desk) == ()


def put_junk(desk: Desk, forge: Forge) -> None:
    """Put rows beside the journal that prove nothing, some of them dated 2099."""
    with desk.store.read() as transaction:
        head = transaction.find(desk.id)[0].head
    late = Checkpoint(agreement=desk.id, size=1, head=head, at="2099-01-01T00:00:00Z")
    texts = (late.text, "junk")
    for number, written in enumerate(texts):
        forge(
            "INSERT INTO checkpoint (agreement, size, digest, text) VALUES (:id, 1, :digest, :text)",
            id=desk.id,
            digest=str(number),
            text=written,
        )
    forge(
        "INSERT INTO signature (agreement, size, checkpoint, party, digest, signature)"
        " VALUES (:id, 1, '0', 'recorder', 'x', 'AAAA')",
        id=desk.id,
    )
    for commitment in ("c" * 64, "d" * 64):
        forge(
            "INSERT INTO disclosure (agreement, commitment, line) VALUES (:id, :which, 'junk')",
            id=desk.id,
            which=commitment,
        )


def test_rows_that_prove_nothing_stop_nothing_and_set_no_clock(
    desk: Desk, forge: Forge, tmp_path: Path
) -> None:
    put_junk(desk, forge)

    filed = desk.say("north", "note", text="hello")
    signed = issue(desk.store, "p", desk.signs("recorder"))
    audit.export(desk.store, "p", tmp_path / "bundle")

    assert filed.entry.recorded_at == NOON.format_iso()
    assert signed.checkpoint.size == 2
    report = audit.verify_exported(tmp_path / "bundle", desk.id)
    assert (report.checkpoints, report.ignored) == (1, ())


def test_rows_that_prove_nothing_are_named_and_swept(
    desk: Desk, forge: Forge, database_url: str
) -> None:
    desk.hand_in(desk.compose("north", "note", text="hello"))
    signed = issue(desk.store, "p", desk.signs("recorder"))
    put_junk(desk, forge)

    ignored = audit.verify(desk.store, "p").ignored
    examined = examine(database_url, Surroundings(now=NOON, encodings={}), 8)

    assert len(ignored) == 4
    [seen] = [one for one in examined.findings if one.subject == "beside the chain"]
    assert (seen.state, examined.is_broken) == ("wrong", False)
    assert [one.rows for one in sweep.sweep(desk.store, "p")] == [5]
    assert audit.verify(desk.store, "p").ignored == ()
    assert vouched_for(desk) == (signed,)
    assert [one.rows for one in sweep.sweep(desk.store, None)] == [0]


def vouched_for(desk: Desk) -> tuple[Signed, ...]:
    with desk.store.read() as transaction:
        return signed_checkpoints(transaction, desk.id)


@pytest.fixture
def unsaid(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An entry that north, who has a key, never signed: put in past the program."""
    with monkeypatch.context() as past_the_desk:
        past_the_desk.setattr(record, "_check_authorship", lambda *_: None)
        record.record(desk.store, desk.filing("north", "note", text="never said"))
    return desk


def test_no_receipt_is_signed_over_an_entry_that_was_put_in(unsaid: Desk) -> None:
    filed = unsaid.hand_in(unsaid.compose("watch", "note", text="hello"), is_receipted=True)

    with pytest.raises(JournalBroken, match="entry 1: north has a key and did not sign"):
        unsaid.receipt(filed)

    assert vouched_for(unsaid) == ()


def test_an_entry_that_was_put_in_is_named_and_everybody_can_take_the_evidence_home(
    unsaid: Desk, tmp_path: Path
) -> None:
    with pytest.raises(JournalBroken, match="entry 1: north has a key and did not sign"):
        audit.verify(unsaid.store, "p")
    with pytest.raises(JournalBroken, match="marked as BROKEN") as broken:
        audit.export(unsaid.store, "p", tmp_path / "bundle")

    assert (broken.value.seq, broken.value.rule) == (1, "signature")
    readme = (tmp_path / "bundle" / "README").read_text()
    assert readme.startswith("BROKEN")
    assert "entry 1: north has a key and did not sign" in readme
    with unsaid.store.read() as transaction:
        lines = [row.line for row in transaction.entries(unsaid.id)]
    assert [*read_lines(tmp_path / "bundle")] == lines
    with pytest.raises(JournalBroken, match="entry 1: north has a key"):
        audit.verify_exported(tmp_path / "bundle", unsaid.id)


def test_a_receipt_vouches_for_what_came_after_the_last_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = issue(desk.store, "p", desk.signs("recorder"))
    seen: list[int] = []

    def counted(lines: Iterable[str], first: int, prev: str, keys: Keys) -> str:
        every = list(lines)
        seen.extend((first, len(every)))
        return check_stretch(every, first, prev, keys)

    monkeypatch.setattr("phaseflow.service.receipts.check_stretch", counted)
    desk.set_key("north2", by="north", owner="north", replaces="north")
    statement = desk.compose("north", "note", text="hello")
    signed = desk.receipt(desk.hand_in(statement, "north2", is_receipted=True))

    assert seen == [before.checkpoint.size, 2]
    assert signed.checkpoint.size == 3
