"""Who may say what under which key, over every kind of store and by stock ssh-keygen."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.conftest import Clock
from tests.journal.signer import signer
from tests.service.signed import EDITION, NOBODY, PLAN, Desk, changed, policy
from tests.service.test_filing import NONCES, at

from phaseflow.errors import Conflict, DefinitionInvalid, NotSigned, StatementInvalid
from phaseflow.journal.privacy import Opening as Disclosure
from phaseflow.journal.signature import CHECKPOINT, SignatureInvalid, read_armored
from phaseflow.journal.signing import sign
from phaseflow.model.statement import RECORDER, Policy, Seen
from phaseflow.service import audit, keyring, receipts, replay
from phaseflow.service.compose import Filing, compose_offline
from phaseflow.service.handed_in import HandedIn, signed_bytes
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import Filed, record, try_out
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store

MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """Everybody has a key."""
    return Desk(store, tmp_path)


@pytest.fixture
def here(clock: Clock, tmp_path: Path) -> Desk:
    """The same in memory, for rules that no database has a part in."""
    return Desk(MemoryStore(clock), tmp_path)


def opening(keys: dict[str, str], rules: Policy = NOBODY) -> OpeningRequest:
    return OpeningRequest(
        source=PLAN, file="plan.yaml", nonce=next(NONCES), label="p", keys=keys, policy=rules
    )


@pytest.mark.parametrize(
    ("keys", "rules", "words"),
    [
        ({"nort": signer("a").key}, NOBODY, "did you mean 'north'"),
        ({"north": "ssh-ed25519 AAAA"}, NOBODY, "the key 'ssh-ed25519 AAAA'"),
        ({"north": signer("a").key + " me@home"}, NOBODY, "is no key"),
        ({"north": signer("a").key, "south": signer("a").key}, NOBODY, "used twice"),
        ({}, policy(cosigners=["watch"], cosign_quorum=2), "asks for 2 of 1"),
        ({}, policy(recovery=["watch", "nobody"], recovery_quorum=1), "names nobody"),
        ({}, policy(recovery=["recorder"], recovery_quorum=1), "lists the recorder"),
    ],
)
def test_an_agreement_is_not_opened_on_keys_or_quorums_that_cannot_hold(
    clock: Clock, keys: dict[str, str], rules: Policy, words: str
) -> None:
    with pytest.raises(StatementInvalid, match=words):
        open_agreement(MemoryStore(clock), opening(keys, rules))


def test_the_id_commits_to_first_keys_and_policy(clock: Clock) -> None:
    nonce = next(NONCES)

    def id_of(keys: dict[str, str], rules: Policy = NOBODY) -> str:
        told = msgspec.structs.replace(opening(keys, rules), nonce=nonce)
        return open_agreement(MemoryStore(clock), told).place.header.id

    ids = {
        id_of({}),
        id_of({"north": signer("a").key}),
        id_of({"north": signer("b").key}),
        id_of({}, policy(cosigners=["watch"], cosign_quorum=1)),
    }

    assert len(ids) == 4


def test_a_weak_quorum_is_told(store: Store, tmp_path: Path) -> None:
    rules = policy(cosigners=["north", "south", "watch"], cosign_quorum=2)

    Desk(store, tmp_path, policy=rules)

    assert "2 of 3 cosigners is weak" in str(keyring.held(store, "p").warning)


def test_a_signed_statement_is_filed_and_the_journal_verifies(desk: Desk) -> None:
    filed = desk.say("north", "advance", transition="accept")

    report = audit.verify(desk.store, "p")
    assert filed.entry.sig is not None
    assert report.unsigned == {"recorder": 1}
    assert not replay.audit(desk.store, "p").differing


def test_an_unsigned_statement_of_a_party_with_a_key_is_never_recorded(desk: Desk) -> None:
    with pytest.raises(SignatureInvalid, match=r"north has a key and did not sign.*--sign-with"):
        record(desk.store, desk.filing("north", "note", text="hello"))

    assert desk.kinds() == ["open"]


def test_a_dry_run_needs_no_signature(desk: Desk) -> None:
    filed = try_out(desk.store, desk.filing("north", "advance", transition="accept"))

    assert filed.is_dry_run
    assert desk.kinds() == ["open"]


def test_a_party_without_a_key_speaks_unsigned_and_cannot_sign(
    store: Store, tmp_path: Path
) -> None:
    desk = Desk(store, tmp_path, unsigned=("north",))

    record(store, desk.filing("north", "note", text="hello"))

    with pytest.raises(SignatureInvalid, match="north has no key here"):
        desk.say("north", "note", text="hello")
    assert audit.verify(store, "p").unsigned == {"recorder": 1, "north": 1}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _, s: HandedIn(statement=s), "did not sign"),
        (lambda d, s: HandedIn(statement=s, signature=d.sign(s, "south")), "another key"),
        (
            lambda d, s: HandedIn(
                statement=changed(s, body={"text": "bye"}), signature=d.sign(s, "north")
            ),
            "not made over this text",
        ),
        (
            lambda d, s: HandedIn(statement=s, signature=d.sign(s, "north", CHECKPOINT)),
            "namespace 'checkpoint.v1@phaseflow'",
        ),
        (
            lambda d, s: HandedIn(
                statement=s, signature=d.sign(d.compose("north", "note", text="x"), "north")
            ),
            "not made over this text",
        ),
        (lambda _, s: HandedIn(statement=s, signature="AAAA"), "refused"),
        (
            lambda d, s: HandedIn(
                statement=changed(s, actor="nobody"), signature=d.sign(s, "north")
            ),
            "'nobody' is no party",
        ),
        (
            lambda d, s: HandedIn(
                statement=changed(s, actor="south"), signature=d.sign(s, "north")
            ),
            "another key",
        ),
    ],
    ids=["none", "key", "tampered", "namespace", "other", "garbage", "nobody", "in another's name"],
)
def test_a_signature_that_proves_nothing_is_refused_and_the_check_named(
    desk: Desk, spoil: Callable[[Desk, object], HandedIn], words: str
) -> None:
    statement = desk.compose("north", "note", text="hello")

    with pytest.raises(StatementInvalid, match=words):
        record(desk.store, spoil(desk, statement))

    assert desk.kinds() == ["open"]


@pytest.mark.parametrize("kind", ["open", "tick"])
def test_nobody_hands_in_what_only_the_recorder_records(desk: Desk, kind: str) -> None:
    with desk.store.read() as transaction:
        [opened] = transaction.entries(desk.id)
    note = desk.compose("north", "note", text="hello")
    body = msgspec.json.decode(opened.line)["stmt"]["body"] if kind == "open" else {}

    for actor in ("recorder", "north"):
        statement = changed(note, actor=actor, kind=kind, body=body)
        for signature in (None, desk.sign(statement, actor)):
            with pytest.raises(StatementInvalid):
                record(desk.store, HandedIn(statement=statement, signature=signature))

    assert desk.kinds() == ["open"]


def test_a_statement_is_not_replayed_in_another_agreement(store: Store, tmp_path: Path) -> None:
    first = Desk(store, tmp_path)
    statement = first.compose("north", "note", text="hello")
    second = open_agreement(
        store,
        msgspec.structs.replace(opening({"north": signer("north").key}), label="q"),
    ).place.header.id

    moved = changed(statement, agreement=second)
    for told in (moved, changed(moved, seen=Seen(hash=second, seq=0))):
        with pytest.raises(Conflict, match="had seen another history than that of q"):
            first.hand_in(told)
        replayed = HandedIn(statement=told, signature=first.sign(statement, "north"))
        with pytest.raises(Conflict):
            record(store, replayed)


def test_what_is_handed_in_twice_is_filed_once(desk: Desk) -> None:
    statement = desk.compose("north", "note", text="hello")

    first = desk.hand_in(statement)
    again = desk.hand_in(statement)

    assert again.is_repeat
    assert again.hash == first.hash
    assert desk.kinds() == ["open", "note"]


def test_a_nonce_says_one_thing_only(desk: Desk) -> None:
    statement = desk.compose("north", "note", text="hello")
    desk.hand_in(statement)

    with pytest.raises(Conflict, match="used by north for entry 1"):
        desk.hand_in(changed(statement, body={"text": "bye"}))


def test_a_statement_signed_before_others_filed_is_accepted(desk: Desk) -> None:
    statement = desk.compose("north", "advance", transition="accept")
    desk.say("south", "advance", transition="accept")
    desk.say("watch", "note", text="in between")

    filed = desk.hand_in(statement)

    assert filed.entry.seq == 3
    assert filed.entry.stmt.seen == Seen(hash=filed.entry.stmt.seen.hash, seq=0)  # type: ignore[union-attr]
    assert filed.place.agreement.leaf == "running"
    assert audit.verify(desk.store, "p").entries == 4


def test_who_insists_on_what_was_seen_meets_a_conflict_signed_too(desk: Desk) -> None:
    statement = desk.compose("north", "note", text="hello")
    desk.say("south", "note", text="first")

    with pytest.raises(Conflict, match="somebody acted first"):
        desk.hand_in(statement, expected_position=1)

    assert desk.kinds() == ["open", "note"]


@pytest.fixture
def amended(desk: Desk) -> dict[str, Filed | object]:
    """An amendment after which two statements are handed in that were signed before."""
    for party in ("north", "south"):
        desk.say(party, "advance", transition="accept")
    report = desk.compose("north", "perform", obligation="release", amount={"women": 1})
    act = desk.compose("north", "advance", transition="finish")
    digest = hashlib.sha256(EDITION).hexdigest()
    for party in ("north", "south"):
        desk.say(party, "amend", definition=digest)
    return {"report": report, "act": act, "digest": digest}


def test_a_report_signed_before_an_amendment_is_accepted(
    desk: Desk, amended: dict[str, object]
) -> None:
    filed = desk.hand_in(amended["report"])  # type: ignore[arg-type]

    assert filed.place.header.definition == amended["digest"]
    assert audit.verify(desk.store, "p").definitions[-1] == amended["digest"]


def test_an_act_signed_before_an_amendment_is_refused_with_the_way_out(
    desk: Desk, amended: dict[str, object]
) -> None:
    with pytest.raises(StatementInvalid, match="look at what was amended, and say it anew"):
        desk.hand_in(amended["act"])  # type: ignore[arg-type]


def test_a_statement_names_the_text_that_its_author_had_seen(
    desk: Desk, amended: dict[str, object]
) -> None:
    statement = changed(amended["report"], definition=amended["digest"])  # type: ignore[arg-type]

    with pytest.raises(StatementInvalid, match="in effect when its author last looked"):
        desk.hand_in(statement)


def test_a_key_is_replaced_by_a_statement_under_the_present_one(desk: Desk) -> None:
    early = desk.compose("north", "note", text="before")
    by_old = desk.sign(early, "north")

    desk.set_key("north2", by="north", owner="north", replaces="north")

    with pytest.raises(SignatureInvalid, match="another key"):
        record(desk.store, HandedIn(statement=early, signature=by_old))
    filed = desk.hand_in(early, "north2")
    assert filed.entry.seq == 2
    assert audit.verify(desk.store, "p").entries == 3
    changes = [(c.party, c.since, c.by) for c in keyring.held(desk.store, "p").changes]
    assert changes[-1] == ("north", 2, 1)


@pytest.mark.parametrize(
    ("new", "replaces", "words"),
    [
        ("south", "north", "used twice"),
        ("north", "north", "used twice"),
        ("new", "south", "not the present key of north"),
    ],
)
def test_no_key_comes_twice_and_only_the_present_one_is_replaced(
    here: Desk, new: str, replaces: str, words: str
) -> None:
    with pytest.raises(StatementInvalid, match=words):
        here.set_key(new, by="north", owner="north", replaces=replaces)


def test_a_lost_key_is_replaced_by_a_quorum(store: Store, tmp_path: Path) -> None:
    rules = policy(recovery=["watch", "guide", "south"], recovery_quorum=2)
    desk = Desk(store, tmp_path, policy=rules)

    desk.set_key("north2", by="watch", owner="north", replaces="north")
    desk.say("north", "note", text="one vote changes nothing")
    desk.set_key("north2", by="guide", owner="north", replaces="north")

    with pytest.raises(SignatureInvalid, match="another key"):
        desk.say("north", "note", text="by the lost key")
    desk.say("north", "note", text="by the new key", by="north2")
    assert audit.verify(store, "p").entries == 5


def test_who_may_not_recover_cannot_vote(here: Desk) -> None:
    with pytest.raises(StatementInvalid, match="not among those who may replace a key"):
        here.set_key("north2", by="south", owner="north", replaces="north")


def test_who_revoked_its_key_cannot_speak_signed_or_unsigned(desk: Desk) -> None:
    desk.set_key(None, by="north", owner="north", replaces="north")

    with pytest.raises(SignatureInvalid, match="north has no key here"):
        desk.say("north", "note", text="hello")
    with pytest.raises(SignatureInvalid, match="has a key and did not sign"):
        record(desk.store, desk.filing("north", "note", text="hello"))
    assert audit.verify(desk.store, "p").entries == 2


def test_the_recorder_replaces_its_own_key_and_no_other(desk: Desk) -> None:
    desk.set_key("recorder2", by="recorder", owner="recorder", replaces="recorder")

    with pytest.raises(StatementInvalid, match=r"recorder may not file key\.set"):
        desk.say(
            "recorder",
            "key.set",
            by="recorder2",
            actor="north",
            key=signer("x").key,
            replaces=signer("north").key,
        )
    assert keyring.held(desk.store, "p").changes[-1].key == signer("recorder2").key
    assert audit.verify(desk.store, "p").entries == 2


def private(desk: Desk, words: str) -> tuple[Disclosure, Filed]:
    opened = Disclosure("ab" * 16, words)
    statement = desk.compose("north", "note", text=opened.stands_as)
    return opened, desk.hand_in(statement, openings=(opened,))


def test_an_unsigned_paper_destroys_no_opening(store: Store, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, unsigned=(RECORDER,))
    opened, _ = private(desk, "a name")
    statement = desk.compose(RECORDER, "redact", commitment=opened.commitment)

    with pytest.raises(StatementInvalid, match="unsigned paper"):
        record(store, HandedIn(statement=statement))

    with store.read() as transaction:
        assert opened.commitment in transaction.papers(desk.id).disclosures()


def test_a_private_value_stands_as_a_commitment_and_its_opening_apart(
    desk: Desk, tmp_path: Path
) -> None:
    _, filed = private(desk, "a name")

    assert "a name" not in str(filed.entry)
    assert audit.verify(desk.store, "p").withheld == 0
    audit.export(desk.store, "p", tmp_path / "all")
    audit.export(desk.store, "p", tmp_path / "less", discloses=False)
    assert "a name" in (tmp_path / "all" / "disclosures.jsonl").read_text()
    assert (tmp_path / "less" / "disclosures.jsonl").read_text() == ""
    assert audit.verify_exported(tmp_path / "less", desk.id).withheld == 1


def test_an_opening_of_something_else_is_not_taken_in(desk: Desk) -> None:
    other = Disclosure("cd" * 16, "another")

    with pytest.raises(StatementInvalid, match="which the statement does not hold"):
        desk.hand_in(desk.compose("north", "note", text="plain"), openings=(other,))


def test_a_redaction_destroys_the_opening_and_the_journal_still_verifies(desk: Desk) -> None:
    opened, _ = private(desk, "a name")

    desk.say("recorder", "redact", commitment=opened.commitment, text="on request")

    with desk.store.read() as transaction:
        assert transaction.papers(desk.id).disclosures() == {}
    assert audit.verify(desk.store, "p").withheld == 1
    assert not replay.audit(desk.store, "p").differing


def test_only_an_opening_that_is_there_is_destroyed(desk: Desk) -> None:
    opened, _ = private(desk, "a name")
    statement = desk.compose("recorder", "redact", commitment=opened.commitment)
    desk.say("recorder", "redact", commitment=opened.commitment)

    with pytest.raises(StatementInvalid, match=f"no opening of {opened.commitment} is kept here"):
        desk.hand_in(statement)
    with pytest.raises(StatementInvalid, match="no opening of"):
        desk.say("recorder", "redact", commitment="0" * 64)
    assert desk.kinds() == ["open", "note", "redact"]


def test_only_the_recorder_redacts_and_signed(desk: Desk) -> None:
    opened, _ = private(desk, "a name")

    with pytest.raises(StatementInvalid):
        desk.say("north", "redact", commitment=opened.commitment)
    with pytest.raises(SignatureInvalid, match="recorder has a key and did not sign"):
        record(desk.store, desk.filing("recorder", "redact", commitment=opened.commitment))
    with desk.store.read() as transaction:
        assert list(transaction.papers(desk.id).disclosures()) == [opened.commitment]


def test_a_refused_redaction_leaves_the_opening(desk: Desk) -> None:
    opened, _ = private(desk, "a name")
    statement = desk.compose("recorder", "redact", commitment=opened.commitment)

    with pytest.raises(SignatureInvalid):
        desk.hand_in(statement, "north")

    with desk.store.read() as transaction:
        assert list(transaction.papers(desk.id).disclosures()) == [opened.commitment]


def test_an_export_holds_the_texts_that_were_only_proposed(desk: Desk, tmp_path: Path) -> None:
    digest = hashlib.sha256(EDITION).hexdigest()
    for party in ("north", "south"):
        desk.say(party, "advance", transition="accept")
    desk.say("north", "amend", definition=digest)

    audit.export(desk.store, "p", tmp_path / "out")

    assert (tmp_path / "out" / "definitions" / digest).read_bytes() == EDITION
    assert audit.verify_exported(tmp_path / "out", desk.id).entries == 4


def test_a_text_that_is_proposed_and_not_handed_in_is_named(here: Desk) -> None:
    statement = here.compose("north", "amend", definition=hashlib.sha256(EDITION).hexdigest())

    with pytest.raises(StatementInvalid, match="there is no definition"):
        here.hand_in(statement, edition=None)
    with pytest.raises(DefinitionInvalid):
        here.hand_in(statement, edition=b"phaseflow: 1\n")


def test_a_statement_is_composed_from_an_exported_copy_as_from_the_database(
    desk: Desk, tmp_path: Path
) -> None:
    desk.say("south", "advance", transition="accept")
    audit.export(desk.store, "p", tmp_path / "copy")
    filing = msgspec.structs.replace(
        desk.filing("north", "advance", transition="accept"), agreement=str(tmp_path / "copy")
    )

    # A machine's clock is finer than the journal's.
    statement = compose_offline(filing, at("2025-01-15T12:00:00Z").add(milliseconds=-1))
    filed = desk.hand_in(statement)

    assert filed.place.agreement.leaf == "running"
    assert filed.entry.stmt.seen == Seen(hash=filed.entry.prev, seq=1)


def test_a_copy_of_another_length_than_expected_is_told(desk: Desk, tmp_path: Path) -> None:
    audit.export(desk.store, "p", tmp_path / "copy")
    filing = Filing(
        agreement=str(tmp_path / "copy"),
        actor="north",
        kind="note",
        body={"text": "hello"},
        nonce=next(NONCES),
        expected_position=2,
    )

    with pytest.raises(Conflict, match="holds 1 entries"):
        compose_offline(filing, at("2025-01-15T12:00:00Z"))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_keys_of_every_kind_sign_by_stock_ssh_keygen(
    clock: Clock, tmp_path: Path, kind: str
) -> None:
    store = MemoryStore(clock)
    made = signer(f"{kind} key", kind)
    open_agreement(store, opening({"north": made.key}))
    desk = Desk.__new__(Desk)
    desk.store, desk.folder = store, tmp_path
    statement = desk.compose("north", "note", text="hello")

    signature = sign(
        made.write(tmp_path), namespace="statement.v1@phaseflow", message=signed_bytes(statement)
    )

    record(store, HandedIn(statement=statement, signature=signature))
    assert audit.verify(store, "p").entries == 2


def test_a_key_that_is_not_there_signs_nothing(here: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotSigned, match="did not sign with"):
        sign(tmp_path / "none", namespace="x", message=b"")
    with pytest.raises(SignatureInvalid, match=r"no \.sig file"):
        read_armored("garbage")


def test_a_clock_that_is_set_back_breaks_no_checkpoint(desk: Desk, clock: Clock) -> None:
    statement = desk.compose("north", "note", text="hello")
    clock.at = at("2025-01-15T14:00:00Z")
    receipts.issue(desk.store, "p", desk.signs("recorder"))
    clock.at = at("2025-01-15T12:30:00Z")

    filed = desk.hand_in(statement)

    assert filed.entry.recorded_at == "2025-01-15T14:00:00Z"
    assert audit.verify(desk.store, "p").checkpoints == 1
