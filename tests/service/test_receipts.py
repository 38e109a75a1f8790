"""Receipts, cosignatures and seals, over every kind of store and by stock ssh-keygen."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert
from tests.conftest import NOON, Clock
from tests.service.signed import Desk, policy
from tests.service.test_filing import at

from phaseflow.errors import Conflict, JournalBroken, NotSigned, StatementInvalid, StoreUnavailable
from phaseflow.journal.checkpoint import Checkpoint, Signed, parse_checkpoint, sift
from phaseflow.journal.folder import read_pin
from phaseflow.model.statement import RECORDER
from phaseflow.service import audit, record, vouched
from phaseflow.service.receipts import (
    Cosigning,
    Receipt,
    cosign,
    issue,
    keep,
    sign_as_recorder,
    take_in,
)
from phaseflow.service.vouched import signed_checkpoints
from phaseflow.storage import tables
from phaseflow.storage.beside_journal import digest_of
from phaseflow.storage.port import Store
from phaseflow.storage.sql import SqlTransaction

RULES = policy(cosigners=["north", "south", "watch"], cosign_quorum=2)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path, policy=RULES)


@pytest.fixture
def checkpointed(desk: Desk, tmp_path: Path) -> Path:
    """An exported journal of two entries with a signed checkpoint over both."""
    desk.say("north", "note", text="hello")
    issue(desk.store, "p", desk.signs("recorder"))
    audit.export(desk.store, "p", tmp_path / "bundle")
    return tmp_path / "bundle"


def cosigned(
    desk: Desk, bundle: Path, party: str, *, clock: str = "2025-01-15T12:00:00Z"
) -> Receipt:
    cosigning = Cosigning(party=party, agreement=desk.id, kept=desk.folder / f"of {party}")
    return cosign(bundle, cosigning, at(clock), desk.signs(party))


def fixed(desk: Desk) -> list[int]:
    with desk.store.read() as transaction:
        return [kept.size for kept in transaction.papers(desk.id).checkpoints()]


def vouched_for(desk: Desk) -> tuple[Signed, ...]:
    with desk.store.read() as transaction:
        return signed_checkpoints(transaction, desk.id)


def test_a_receipt_is_a_signed_checkpoint_over_the_entry(desk: Desk, tmp_path: Path) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)

    signed = desk.receipt(filed)
    path = keep(signed, tmp_path / "pins")

    assert (signed.checkpoint.size, signed.checkpoint.head) == (2, filed.hash)
    assert read_pin(path) == signed
    assert audit.pins_in(tmp_path / "pins") == [path]
    assert audit.verify(desk.store, "p", pins=[path]).pins == 1


def test_a_receipt_costs_the_same_however_many_there_were(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def counted(text: str, *rest: Any) -> Signed | None:
        looked_at.append(parse_checkpoint(text).size)
        return sift(text, *rest)

    monkeypatch.setattr(vouched, "sift", counted)
    costs = []
    for number in range(4):
        filed = desk.hand_in(
            desk.compose("north", "note", text=f"number {number}"), is_receipted=True
        )
        looked_at.clear()
        desk.receipt(filed)
        costs.append(list(looked_at))

    assert costs == [[], [2], [3], [4]]


def test_without_the_recorders_key_a_filing_only_awaits_its_receipt(desk: Desk) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"))

    assert filed.checkpoint is None
    assert filed.awaits_receipt
    assert fixed(desk) == []


def test_a_recorder_without_a_key_promises_and_fixes_nothing(store: Store, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, unsigned=(RECORDER,))

    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)

    assert filed.checkpoint is None
    assert not filed.awaits_receipt
    with pytest.raises(StatementInvalid, match="no receipt can be signed"):
        issue(store, "p", desk.signs("recorder"))
    assert fixed(desk) == []


def test_another_key_than_the_recorders_makes_no_receipt(desk: Desk) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)

    with pytest.raises(StatementInvalid, match="not by the key of recorder"):
        desk.receipt(filed, "north")

    assert vouched_for(desk) == ()


def test_a_receipt_that_a_crash_has_cost_is_signed_later_with_the_time_of_then(
    desk: Desk, clock: Clock
) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)
    clock.at = at("2025-01-15T18:00:00Z")
    assert fixed(desk) == []

    signed = issue(desk.store, "p", desk.signs("recorder"))

    assert (signed.checkpoint.head, signed.checkpoint.at) == (filed.hash, "2025-01-15T18:00:00Z")
    assert audit.verify(desk.store, "p").checkpoints == 1


def test_a_receipt_may_be_signed_after_others_have_filed(desk: Desk, clock: Clock) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)
    clock.at = at("2025-01-15T18:00:00Z")
    desk.say("south", "note", text="and more")

    assert desk.receipt(filed).checkpoint == filed.checkpoint
    assert audit.verify(desk.store, "p").checkpoints == 1


def test_a_receipt_that_is_younger_than_what_followed_is_not_kept(desk: Desk, clock: Clock) -> None:
    clock.at = at("2025-01-15T18:00:00Z")
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)
    assert filed.checkpoint is not None
    later = msgspec.structs.replace(filed.checkpoint, at="2025-01-15T19:00:00Z")
    desk.say("south", "note", text="and more")

    with pytest.raises(Conflict, match="try again"):
        sign_as_recorder(desk.store, later, desk.signs("recorder"))

    assert fixed(desk) == []


def test_two_receipts_of_the_same_entries_are_one(desk: Desk, clock: Clock) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)
    assert filed.checkpoint is not None
    clock.at = at("2025-01-15T18:00:00Z")
    first: list[Signed] = []

    def while_another_signs(message: bytes) -> str:
        first.append(issue(desk.store, "p", desk.signs("recorder")))
        return str(desk.signs("recorder")(message))

    second = sign_as_recorder(desk.store, filed.checkpoint, while_another_signs)

    assert first == [second]
    assert fixed(desk) == [2]


def test_what_is_handed_in_again_gets_the_receipt_that_it_lacks(desk: Desk) -> None:
    statement = desk.compose("north", "note", text="hello")
    first = desk.hand_in(statement)

    again = desk.hand_in(statement, is_receipted=True)

    assert again.is_repeat
    assert again.awaits_receipt
    assert desk.receipt(again).checkpoint.head == first.hash
    assert not desk.hand_in(statement).awaits_receipt


def test_a_checkpoint_that_is_signed_is_not_signed_again(desk: Desk) -> None:
    first = issue(desk.store, "p", desk.signs("recorder"))

    def fails(_text: bytes) -> str:
        raise AssertionError

    assert issue(desk.store, "p", fails) == first


def test_entries_after_a_checkpoint_are_not_older_than_it(desk: Desk, clock: Clock) -> None:
    clock.at = at("2025-01-15T14:00:00Z")
    issue(desk.store, "p", desk.signs("recorder"))
    clock.at = at("2025-01-15T15:00:00Z")

    desk.say("north", "note", text="later")

    assert audit.verify(desk.store, "p").checkpoints == 1


def test_a_signature_that_is_not_made_leaves_nothing_behind(desk: Desk) -> None:
    def fails(_text: bytes) -> str:
        msg = "the key is not at hand"
        raise NotSigned(msg)

    with pytest.raises(NotSigned):
        issue(desk.store, "p", fails)

    assert fixed(desk) == []
    assert audit.verify(desk.store, "p").checkpoints == 0
    issue(desk.store, "p", desk.signs("recorder"))
    assert audit.verify(desk.store, "p").checkpoints == 1


def put(desk: Desk, checkpoint: Checkpoint, signatures: dict[str, str]) -> None:
    """Put rows beside the journal, on PostgreSQL as its owner: the functions would not take them."""
    with desk.store.write() as transaction:
        if not isinstance(transaction, SqlTransaction):
            transaction.papers(desk.id).keep(checkpoint.size, checkpoint.text, signatures)
            return
        place = {"agreement": desk.id, "size": checkpoint.size}
        digest = digest_of(checkpoint.text)
        row = place | {"digest": digest, "text": checkpoint.text}
        transaction._run(insert(tables.checkpoint), row)
        for party, signature in signatures.items():
            row = {"party": party, "digest": digest_of(signature), "signature": signature}
            row |= place | {"checkpoint": digest}
            transaction._run(insert(tables.signature), row)


@pytest.mark.parametrize("signer_of_it", [None, "stranger", "south"])
@pytest.mark.parametrize("moment", ["2025-01-15T12:00:00Z", "2999-01-15T12:00:00Z"])
def test_a_checkpoint_that_was_put_there_sets_no_clock_and_stops_nothing(
    desk: Desk, moment: str, signer_of_it: str | None
) -> None:
    with desk.store.read() as transaction:
        head = transaction.find(desk.id)[0].head
    for size, fixes in ((1, head), (1, "e" * 64), (2, "e" * 64)):
        false = Checkpoint(agreement=desk.id, size=size, head=fixes, at=moment)
        signed = {}
        if signer_of_it is not None:
            signed = {RECORDER: desk.signs(signer_of_it)(false.text.encode())}
        put(desk, false, signed)

    filed = desk.say("north", "note", text="hello")
    signed_now = issue(desk.store, "p", desk.signs("recorder"))

    assert filed.entry.recorded_at == NOON.format_iso()
    assert vouched_for(desk) == (signed_now,)
    report = audit.verify(desk.store, "p")
    assert (report.checkpoints, len(report.ignored)) == (1, 3)


def test_a_checkpoint_of_another_agreement_with_the_same_recorder_is_passed_over(
    desk: Desk,
) -> None:
    other = Checkpoint(agreement="0" * 64, size=1, head="e" * 64, at="2999-01-15T12:00:00Z")
    signature = desk.signs("recorder")(other.text.encode())
    put(desk, other, {RECORDER: signature})

    assert audit.verify(desk.store, "p").ignored == (
        "the checkpoint of 1 entries is one of another agreement",
    )


def test_the_key_in_effect_after_the_last_entry_signs(desk: Desk) -> None:
    desk.set_key("recorder2", by="recorder", owner="recorder", replaces="recorder")

    with pytest.raises(StatementInvalid, match="not by the key of recorder"):
        issue(desk.store, "p", desk.signs("recorder"))
    issue(desk.store, "p", desk.signs("recorder2"))

    assert audit.verify(desk.store, "p").checkpoints == 1


def test_a_pin_finds_a_history_that_was_rewritten(desk: Desk, tmp_path: Path) -> None:
    other = Checkpoint(agreement=desk.id, size=1, head="0" * 64, at="2025-01-15T12:00:00Z")
    (tmp_path / "other.txt").write_text(other.text)

    with pytest.raises(
        JournalBroken, match="of the pins, the checkpoint of 1 entries fixes another"
    ):
        audit.verify(desk.store, "p", pins=[tmp_path / "other.txt"])


def test_a_kept_receipt_is_not_overwritten_by_one_that_contradicts_it(
    desk: Desk, tmp_path: Path
) -> None:
    signed = issue(desk.store, "p", desk.signs("recorder"))
    path = keep(signed, tmp_path / "pins")
    before = path.read_bytes()
    other = msgspec.structs.replace(signed.checkpoint, head="0" * 64)

    assert keep(signed, tmp_path / "pins") == path
    with pytest.raises(JournalBroken, match=r"two histories were signed: keep both"):
        keep(Signed(other, signed.signatures), tmp_path / "pins")

    assert path.read_bytes() == before


def test_a_receipt_that_cannot_be_kept_is_told(desk: Desk, tmp_path: Path) -> None:
    signed = issue(desk.store, "p", desk.signs("recorder"))
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable, match="cannot be kept"):
        keep(signed, tmp_path / "file")


def test_a_quorum_of_cosigners_seals_the_history(desk: Desk, checkpointed: Path) -> None:
    counts = []
    for party in ("north", "watch"):
        receipt = cosigned(desk, checkpointed, party)
        assert receipt.path is not None
        counts.append(take_in(desk.store, read_pin(receipt.path)))
        counts.append(audit.verify(desk.store, "p").sealed)

    assert counts == [1, 0, 1, 2]
    assert take_in(desk.store, cosigned(desk, checkpointed, "watch").signed) == 0


def test_one_who_is_no_cosigner_does_not_count_towards_the_seal(
    desk: Desk, checkpointed: Path
) -> None:
    for party in ("north", "guide"):
        take_in(desk.store, cosigned(desk, checkpointed, party).signed)

    assert audit.verify(desk.store, "p").sealed == 0


def test_a_cosigner_signs_only_what_extends_all_that_it_signed(
    desk: Desk, checkpointed: Path, tmp_path: Path
) -> None:
    cosigned(desk, checkpointed, "watch")
    desk.say("south", "note", text="more")
    issue(desk.store, "p", desk.signs("recorder"))
    audit.export(desk.store, "p", tmp_path / "longer")

    assert cosigned(desk, tmp_path / "longer", "watch").signed.checkpoint.size == 3

    other = Checkpoint(agreement=desk.id, size=2, head="0" * 64, at="2025-01-15T12:00:00Z")
    (tmp_path / "of watch" / "00000009.txt").write_text(other.text)
    with pytest.raises(JournalBroken, match="of the pins"):
        cosigned(desk, tmp_path / "longer", "watch")


def test_a_cosigner_does_not_sign_what_is_shorter_than_it_signed(
    desk: Desk, checkpointed: Path, tmp_path: Path
) -> None:
    desk.say("south", "note", text="more")
    issue(desk.store, "p", desk.signs("recorder"))
    audit.export(desk.store, "p", tmp_path / "longer")
    cosigned(desk, tmp_path / "longer", "watch")

    with pytest.raises(JournalBroken, match="covers more than there are"):
        cosigned(desk, checkpointed, "watch")


@pytest.mark.parametrize("moment", ["2025-01-15T12:05:01Z", "2025-01-15T11:54:59Z"])
def test_a_cosigner_signs_no_time_that_is_not_its_own(
    desk: Desk, checkpointed: Path, moment: str
) -> None:
    with pytest.raises(JournalBroken, match="not within 5 minutes"):
        cosigned(desk, checkpointed, "watch", clock=moment)

    assert audit.pins_in(desk.folder / "of watch") == []


def test_a_cosigner_needs_its_key_and_a_checkpoint(
    store: Store, desk: Desk, checkpointed: Path, tmp_path: Path
) -> None:
    with pytest.raises(StatementInvalid, match="nobody has no key at entry 2"):
        cosigned(desk, checkpointed, "nobody")
    bare = tmp_path / "bare"
    audit.export(store, "p", bare)
    for path in sorted((bare / "checkpoints").iterdir()):
        path.unlink()
    with pytest.raises(JournalBroken, match="holds no checkpoint; ask the recorder"):
        cosigned(desk, bare, "watch")
    stranger = Cosigning(party="watch", agreement="0" * 64, kept=tmp_path / "x")
    with pytest.raises(JournalBroken, match="the agreement is"):
        cosign(checkpointed, stranger, NOON, desk.signs("watch"))
    ours = Cosigning(party="watch", agreement=desk.id, kept=tmp_path / "x")
    with pytest.raises(StatementInvalid, match="not by the key of watch"):
        cosign(checkpointed, ours, NOON, desk.signs("south"))


def test_what_is_collected_is_checked(desk: Desk, checkpointed: Path) -> None:
    signed = cosigned(desk, checkpointed, "watch").signed
    forged = Signed(signed.checkpoint, {**signed.signatures, "south": signed.signatures["watch"]})
    unknown = Signed(msgspec.structs.replace(signed.checkpoint, head="0" * 64), signed.signatures)

    with pytest.raises(JournalBroken, match="by south"):
        take_in(desk.store, forged)
    with pytest.raises(StatementInvalid, match="signed no such checkpoint"):
        take_in(desk.store, unknown)

    *_, newest = vouched_for(desk)
    assert list(newest.signatures) == [RECORDER]


def test_the_recorder_vouches_for_nothing_that_was_written_past_the_desk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as past_the_desk:
        past_the_desk.setattr(record, "_check_authorship", lambda *_: None)
        record.record(desk.store, desk.filing("north", "note", text="never said"))

    with pytest.raises(JournalBroken, match="north has a key and did not sign"):
        issue(desk.store, "p", desk.signs("recorder"))

    assert fixed(desk) == []


def test_what_is_cosigned_is_what_was_verified(desk: Desk, checkpointed: Path) -> None:
    folder = checkpointed / "checkpoints"

    def sign(message: bytes) -> str:
        for path in folder.iterdir():
            path.write_text("something else")
        return str(desk.signs("north")(message))

    cosigning = Cosigning(party="north", agreement=desk.id, kept=desk.folder / "kept")
    receipt = cosign(checkpointed, cosigning, at("2025-01-15T12:00:00Z"), sign)

    assert take_in(desk.store, receipt.signed) == 1
