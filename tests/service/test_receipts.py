"""Receipts, cosignatures and seals, over every kind of store and by stock ssh-keygen."""

from pathlib import Path

import msgspec
import pytest
from tests.conftest import NOON, Clock
from tests.service.signed import Desk, policy
from tests.service.test_filing import at

from phaseflow.errors import JournalBroken, NotSigned, StatementInvalid, StoreUnavailable
from phaseflow.journal.checkpoint import Checkpoint, Signed
from phaseflow.journal.folder import read_pin
from phaseflow.model.statement import RECORDER
from phaseflow.service import audit, record
from phaseflow.service.receipts import Cosigning, Receipt, cosign, issue, keep, take_in
from phaseflow.storage.port import Store

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
        return audit.signed_checkpoints(transaction, desk.id)


def test_a_receipt_is_a_signed_checkpoint_over_the_entry(desk: Desk, tmp_path: Path) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)

    signed = desk.receipt(filed)
    path = keep(signed, tmp_path / "pins")

    assert (signed.checkpoint.size, signed.checkpoint.head) == (2, filed.hash)
    assert read_pin(path) == signed
    assert audit.pins_in(tmp_path / "pins") == [path]
    assert audit.verify(desk.store, "p", pins=[path]).pins == 1


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


def test_a_receipt_that_a_crash_has_cost_is_signed_later_over_the_same_text(
    desk: Desk, clock: Clock
) -> None:
    filed = desk.hand_in(desk.compose("north", "note", text="hello"), is_receipted=True)
    clock.at = at("2025-01-15T18:00:00Z")

    signed = issue(desk.store, "p", desk.signs("recorder"))

    assert signed.checkpoint == filed.checkpoint
    assert signed.checkpoint.at == NOON.format_iso()
    assert audit.verify(desk.store, "p").checkpoints == 1


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


def test_a_signature_that_is_not_made_leaves_the_text_to_be_signed(desk: Desk) -> None:
    def fails(_text: bytes) -> str:
        msg = "the key is not at hand"
        raise NotSigned(msg)

    with pytest.raises(NotSigned):
        issue(desk.store, "p", fails)

    assert fixed(desk) == [1]
    assert audit.verify(desk.store, "p").checkpoints == 0
    issue(desk.store, "p", desk.signs("recorder"))
    assert audit.verify(desk.store, "p").checkpoints == 1


def test_a_checkpoint_that_was_put_there_and_fixes_another_head_is_not_signed(desk: Desk) -> None:
    false = Checkpoint(agreement=desk.id, size=2, head="e" * 64, at="2025-01-15T12:00:00Z")
    with desk.store.write() as transaction:
        transaction.papers(desk.id).fix(false.size, false.text)
    desk.say("north", "note", text="hello")

    with pytest.raises(JournalBroken, match="not signed"):
        issue(desk.store, "p", desk.signs("recorder"))

    assert vouched_for(desk) == ()


def test_a_checkpoint_that_was_put_there_for_a_time_to_come_is_not_signed(desk: Desk) -> None:
    with desk.store.read() as transaction:
        head = transaction.find(desk.id)[0].head
    ahead = Checkpoint(agreement=desk.id, size=1, head=head, at="2999-01-15T12:00:00Z")
    with desk.store.write() as transaction:
        transaction.papers(desk.id).fix(ahead.size, ahead.text)

    with pytest.raises(JournalBroken, match="still to come"):
        issue(desk.store, "p", desk.signs("recorder"))

    assert vouched_for(desk) == ()


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
    with pytest.raises(StatementInvalid, match="fixed no such checkpoint"):
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
