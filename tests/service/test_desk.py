"""What the operator takes in: one statement or a folder, and what is told of each."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Clock
from tests.service.signed import EDITION, Desk

from phaseflow.errors import Conflict, NotSigned, Refused, StatementInvalid, StoreUnavailable
from phaseflow.journal.folder import read_pin
from phaseflow.journal.privacy import Opening
from phaseflow.journal.signature import SignatureInvalid, armored
from phaseflow.model.statement import Statement
from phaseflow.service import audit
from phaseflow.service import inbox as desk
from phaseflow.service.handed_in import signed_bytes
from phaseflow.service.inbox import TakenIn
from phaseflow.service.record import Filed
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store
from phaseflow.untrusted_files import STATEMENT


@pytest.fixture
def people(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


@pytest.fixture
def at_home(clock: Clock, tmp_path: Path) -> Desk:
    """The same in memory, for rules that no database has a part in."""
    return Desk(MemoryStore(clock), tmp_path)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def put(inbox: Path, people: Desk, statement: Statement, name: str, by: str | None = None) -> Path:
    path = inbox / name
    path.write_bytes(signed_bytes(statement))
    signature = people.sign(statement, by or statement.actor)
    path.with_name(f"{name}.sig").write_text(armored(signature))
    return path


def opened(people: Desk, inbox: Path, *, signs: bool = False, on_record: bool = False) -> desk.Desk:
    return desk.Desk(
        store=people.store,
        sign=people.signs("recorder") if signs else None,
        receipts=inbox / "receipts",
        is_on_record=on_record,
    )


def told(handed: list[TakenIn]) -> dict[str, str]:
    return {
        one.path.name: one.problem or ("before" if one.filed and one.filed.is_repeat else "filed")
        for one in handed
    }


def test_a_statement_is_filed_with_the_signature_beside_it(people: Desk, inbox: Path) -> None:
    path = put(inbox, people, people.compose("north", "note", text="hello"), "stmt.json")

    handed = opened(people, inbox).take(path)

    assert handed.filed is not None
    assert handed.filed.entry.sig is not None
    assert handed.receipt is None
    assert audit.verify(people.store, "p").entries == 2


def test_a_signature_may_lie_elsewhere(at_home: Desk, inbox: Path, tmp_path: Path) -> None:
    path = put(inbox, at_home, at_home.compose("north", "note", text="hello"), "stmt.json")
    path.with_name("stmt.json.sig").rename(tmp_path / "elsewhere.sig")

    with pytest.raises(SignatureInvalid, match=r"stmt.json.sig, which would hold the signature"):
        opened(at_home, inbox).take(path)
    assert opened(at_home, inbox).take(path, tmp_path / "elsewhere.sig").filed is not None


def test_a_receipt_is_written_to_be_handed_back(people: Desk, inbox: Path) -> None:
    path = put(inbox, people, people.compose("north", "note", text="hello"), "stmt.json")

    handed = opened(people, inbox, signs=True).take(path)

    assert handed.receipt is not None
    assert handed.receipt.path == inbox / "receipts" / "stmt.json" / "00000002.txt"
    assert read_pin(handed.receipt.path).checkpoint.head == handed.filed.hash  # type: ignore[union-attr]


def test_each_of_a_folder_is_told_and_the_good_are_filed(
    people: Desk, inbox: Path, clock: Clock
) -> None:
    foreign = Desk(MemoryStore(clock), people.folder)
    put(inbox, people, people.compose("north", "advance", transition="accept"), "a.json")
    put(inbox, people, people.compose("south", "note", text="x"), "b.json", by="watch")
    put(inbox, people, foreign.compose("north", "note", text="x"), "c.json")
    put(inbox, people, people.compose("north", "advance", transition="finish"), "d.json")
    (inbox / "e.json").write_text("garbage")
    (inbox / "f.json").write_bytes(b"\xff")
    (inbox / "g.json").mkdir()
    (inbox / "h.json").symlink_to(inbox / "a.json")
    (inbox / "i.json").write_bytes((inbox / "a.json").read_bytes())
    (inbox / "j.json").write_bytes(b" " * (STATEMENT.size + 1))
    (inbox / "letter.txt").write_text("not a statement")

    result = told(list(opened(people, inbox).take_all(inbox)))

    assert result.pop("a.json") == "filed"
    assert result.pop("i.json") == "before"
    for name, words in {
        "b.json": "another key",
        "c.json": "there is no agreement",
        "d.json": "is refused: ",
        "e.json": "byte for byte",
        "f.json": "it is not UTF-8",
        "g.json": "Is a directory",
        "h.json": "it is a link",
        "j.json": "more than 1048576 bytes",
    }.items():
        assert words in result.pop(name)
    assert not result
    assert people.kinds() == ["open", "advance"]
    again = told(list(opened(people, inbox).take_all(inbox)))
    assert again["a.json"] == "before"
    assert people.kinds() == ["open", "advance"]


def test_a_refused_act_is_filed_on_record_if_one_insists(at_home: Desk, inbox: Path) -> None:
    put(inbox, at_home, at_home.compose("north", "advance", transition="finish"), "a.json")

    [handed] = opened(at_home, inbox, on_record=True).take_all(inbox)

    assert handed.filed is not None
    assert handed.filed.is_refused
    assert at_home.kinds() == ["open", "advance"]


def test_a_refused_act_alone_is_refused_with_its_reasons(at_home: Desk, inbox: Path) -> None:
    path = put(inbox, at_home, at_home.compose("north", "advance", transition="finish"), "a.json")

    with pytest.raises(Refused) as refused:
        opened(at_home, inbox).take(path)

    assert refused.value.reasons


def test_a_pipe_in_a_folder_keeps_nobody_waiting(at_home: Desk, inbox: Path) -> None:
    os.mkfifo(inbox / "a.json")
    put(inbox, at_home, at_home.compose("north", "note", text="hello"), "b.json")
    (inbox / "b.json.sig").unlink()
    os.mkfifo(inbox / "b.json.sig")

    result = told(list(opened(at_home, inbox).take_all(inbox)))

    assert all("it is a pipe" in problem for problem in result.values())
    assert len(result) == 2


def test_a_new_edition_lies_beside_the_statement_that_proposes_it(
    people: Desk, inbox: Path
) -> None:
    for party in ("north", "south"):
        people.say(party, "advance", transition="accept")
    digest = hashlib.sha256(EDITION).hexdigest()
    path = put(inbox, people, people.compose("north", "amend", definition=digest), "a.json")
    (inbox / "0.yaml").mkdir()
    (inbox / "1.yaml").write_text("another text")
    os.mkfifo(inbox / "2.yaml")

    with pytest.raises(StatementInvalid, match="there is no definition"):
        opened(people, inbox).take(path)
    (inbox / "new.yaml").write_bytes(EDITION)
    opened(people, inbox).take(path)

    with people.store.read() as transaction:
        assert transaction.source(digest) == EDITION


def test_openings_lie_beside_the_statement_that_holds_their_commitments(
    people: Desk, inbox: Path
) -> None:
    disclosure = Opening("ab" * 16, "a name\u2028and\x85another")
    statement = people.compose("north", "note", text=disclosure.stands_as)
    path = put(inbox, people, statement, "a.json")
    beside = inbox / "a.json.openings"

    beside.write_text("garbage\n")
    with pytest.raises(StatementInvalid, match=r"a\.json\.openings"):
        opened(people, inbox).take(path)
    beside.write_text(Opening("ab" * 16, "another").line)
    with pytest.raises(StatementInvalid, match="does not hold"):
        opened(people, inbox).take(path)
    beside.write_text(disclosure.line)
    opened(people, inbox).take(path)

    with people.store.read() as transaction:
        assert transaction.papers(people.id).disclosures() == {
            disclosure.commitment: disclosure.line
        }


def unreachable(_message: bytes) -> str:
    msg = "the key is not at hand"
    raise NotSigned(msg)


def test_what_was_filed_is_told_as_filed_when_its_receipt_fails(at_home: Desk, inbox: Path) -> None:
    put(inbox, at_home, at_home.compose("north", "note", text="hello"), "a.json")
    failing = desk.Desk(store=at_home.store, sign=unreachable, receipts=inbox / "receipts")

    [handed] = failing.take_all(inbox)
    assert handed.filed is not None
    assert handed.problem == "the key is not at hand"

    [again] = opened(at_home, inbox, signs=True).take_all(inbox)
    assert again.filed is not None
    assert again.filed.is_repeat
    assert again.receipt is not None


def test_receipts_that_cannot_be_written_do_not_undo_the_filing(at_home: Desk, inbox: Path) -> None:
    put(inbox, at_home, at_home.compose("north", "note", text="hello"), "a.json")
    (inbox / "receipts").write_text("in the way")

    [handed] = opened(at_home, inbox, signs=True).take_all(inbox)

    assert handed.filed is not None
    assert "cannot be kept" in handed.problem


def test_a_database_that_fails_ends_the_work_on_a_folder(
    at_home: Desk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.json", "b.json"):
        put(inbox, at_home, at_home.compose("north", "note", text=name), name)
    working = opened(at_home, inbox).take_all(inbox)
    first = next(working)

    def fails(*_: object, **__: object) -> Filed:
        msg = "out of reach"
        raise StoreUnavailable(msg)

    monkeypatch.setattr(desk, "record", fails)

    assert first.filed is not None
    with pytest.raises(StoreUnavailable):
        next(working)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.rstrip(b"\n"),
        lambda line: line + b"\n",
        lambda line: line.replace(b'","', b'", "', 1),
        lambda line: line.replace(b"hello", b"h\\u0065llo"),
        lambda line: line.replace(b'"v":"phaseflow-statement-v1"', b'"v":"phaseflow-statement-v2"'),
        lambda line: line.replace(b'"kind":"note"', b'"kind":"amend"'),
        lambda line: line.replace(b'"kind":"note"', b'"kind":"redact"'),
        lambda _: b"[]\n",
        lambda _: b"",
    ],
)
def test_a_file_that_is_no_statement_byte_for_byte_is_named(
    at_home: Desk, inbox: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = put(inbox, at_home, at_home.compose("north", "note", text="hello"), "a.json")
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(StatementInvalid, match=r"a\.json: "):
        opened(at_home, inbox).take(path)


def test_a_nonce_that_was_used_otherwise_is_a_conflict(at_home: Desk, inbox: Path) -> None:
    statement = at_home.compose("north", "note", text="hello")
    at_home.hand_in(statement)
    path = put(inbox, at_home, statement, "a.json")
    line = path.read_bytes().replace(b"hello", b"howdy")
    path.write_bytes(line)

    with pytest.raises(Conflict, match="compose and sign it anew"):
        opened(at_home, inbox).take(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_cannot_be_read_is_named(at_home: Desk, inbox: Path) -> None:
    path = put(inbox, at_home, at_home.compose("north", "note", text="hello"), "a.json")
    path.chmod(0)

    with pytest.raises(StatementInvalid, match=r"a\.json cannot be read"):
        opened(at_home, inbox).take(path)
