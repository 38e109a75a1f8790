"""Receipts: checkpoints that the recorder signs, others cosign, and clients keep as pins."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from phaseflow import atomic_files, untrusted_files
from phaseflow.errors import JournalBroken, StatementInvalid, StoreUnavailable
from phaseflow.journal.checkpoint import (
    CLOCKS_DIFFER_BY,
    Checkpoint,
    Signed,
    check_signatures,
    parse_checkpoint,
)
from phaseflow.journal.cosigning import checked_for_cosigning
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import CHECKPOINTS, copy, read_lines, read_pin
from phaseflow.journal.keys import Keys, keys_of
from phaseflow.journal.signature import CHECKPOINT, SignatureInvalid, armored, verify
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import RECORDER
from phaseflow.service import audit
from phaseflow.service.agreement import find, hold
from phaseflow.service.keyring import held_keys
from phaseflow.storage.port import Store

Sign = Callable[[bytes], str]
"""Signs the text of a checkpoint, and returns the signature in its one spelling."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A signed checkpoint, and where a copy of it is kept as a pin, if it is."""

    signed: Signed
    path: Path | None = None


def signing_with(key: Path) -> Sign:
    """Return what signs with ``key``, as ``ssh-keygen`` does: a private key, or a ``.pub``.

    It raises NotSigned where no signature is made.
    """
    from phaseflow.journal.signing import sign  # noqa: PLC0415  it runs other programs

    return lambda message: sign(key, namespace=CHECKPOINT, message=message)


def sign_and_keep(store: Store, fixed: Checkpoint, sign: Sign, pins: Path) -> Receipt:
    """Have the recorder sign the checkpoint that was fixed, and keep it as a pin.

    ``pins`` is where pins are kept, a folder for each agreement.

    Raises:
        PhaseflowError: as :func:`sign_as_recorder` and :func:`keep`.
    """
    signed = sign_as_recorder(store, fixed, sign)
    return Receipt(signed=signed, path=keep(signed, pins / fixed.agreement))


def issue(store: Store, name: str, sign: Sign) -> Signed:
    """Fix a checkpoint over all entries, have the recorder sign it, and return it.

    The whole journal is verified before, so that the recorder vouches for nothing
    that was written past it.

    Raises:
        JournalBroken: an entry fails.
        StatementInvalid: there is no such agreement, or the recorder has no key in it.
        NotSigned: no signature was made; the text stays fixed, and can be signed later.
    """
    from phaseflow.service.record import fix_checkpoint  # noqa: PLC0415  who cosigns needs no engine

    audit.verify(store, name)
    with store.write() as transaction:
        place = hold(transaction, name)
        _refuse_without_key(
            held_keys(transaction, place.header.id), RECORDER, place.header.position
        )
        checkpoint = fix_checkpoint(transaction, place)
    return sign_as_recorder(store, checkpoint, sign)


def issue_and_keep(store: Store, name: str, sign: Sign, pins: Path) -> Receipt:
    """Have the recorder sign that these are all entries so far, and keep it as a pin.

    Raises:
        PhaseflowError: as :func:`issue` and :func:`keep`.
    """
    signed = issue(store, name, sign)
    return Receipt(signed=signed, path=keep(signed, pins / signed.checkpoint.agreement))


def sign_as_recorder(store: Store, fixed: Checkpoint, sign: Sign) -> Signed:
    """Have the recorder sign the checkpoint of that size, as it was fixed, and keep it.

    Raises:
        StatementInvalid: the recorder has no key in the agreement, or it is another.
        JournalBroken: the text that is kept is not one of this history.
        NotSigned: no signature was made.
    """
    with store.read() as transaction:
        keys = held_keys(transaction, fixed.agreement)
        kept = transaction.papers(fixed.agreement).checkpoint(fixed.size)
        header = find(transaction, fixed.agreement)
        latest = max(transaction.now(), header.recorded_at).add(seconds=CLOCKS_DIFFER_BY)
    checkpoint = parse_checkpoint(kept.text) if kept is not None else fixed
    if msgspec.structs.replace(checkpoint, at=fixed.at) != fixed:
        # Whoever may write to the database can have put it there beforehand.
        msg = (
            f"the database holds another checkpoint of {fixed.size} entries, which fixes "
            f"{checkpoint.head}, not {fixed.head}; it is not signed. Look who put it there"
        )
        raise JournalBroken(msg, rule="checkpoint")
    if not header.is_rehearsal and Instant.parse_iso(checkpoint.at) > latest:
        msg = (
            f"the database holds a checkpoint of {fixed.size} entries of {checkpoint.at}, which is "
            "still to come; it is not signed. Look who put it there"
        )
        raise JournalBroken(msg, rule="checkpoint")
    _refuse_without_key(keys, RECORDER, checkpoint.size)
    if kept is not None and RECORDER in kept.signatures:
        return Signed(checkpoint, {RECORDER: kept.signatures[RECORDER]})
    signature = _signed(keys, RECORDER, checkpoint, sign)
    with store.write() as transaction:
        transaction.papers(checkpoint.agreement).sign(checkpoint.size, RECORDER, signature)
    return Signed(checkpoint, {RECORDER: signature})


class Cosigning(msgspec.Struct, frozen=True, kw_only=True):
    """Who cosigns, under which agreement id, and where it keeps what it has cosigned."""

    party: str
    agreement: str
    kept: Path


def cosign(bundle: Path, cosigning: Cosigning, clock: Instant, sign: Sign) -> Receipt:
    """Cosign the newest checkpoint of a bundle, and keep a copy out of the operator's reach.

    The whole history is verified before; it must extend every checkpoint that
    the cosigner kept, and the time must be within 5 minutes of ``clock``, unless it is
    a rehearsal. What is verified is a copy of it, so that what is signed is the same.

    Raises:
        JournalBroken: the history does not verify, contradicts what was cosigned before, or
            holds no checkpoint of now.
        StatementInvalid: the cosigner has no key, or it is another.
        NotSigned: no signature was made.
        StoreUnavailable: it cannot be copied.
    """
    try:
        with atomic_files.workplace() as place:
            copy(bundle, place / "bundle")
            return _cosign(place / "bundle", cosigning, clock, sign)
    except OSError as error:
        msg = f"{bundle} cannot be copied to be verified: {error.strerror}"
        raise StoreUnavailable(msg) from error


def _cosign(bundle: Path, cosigning: Cosigning, clock: Instant, sign: Sign) -> Receipt:
    party = cosigning.party
    checkpoint = checked_for_cosigning(
        bundle, cosigning.agreement, audit.pins_in(cosigning.kept), clock
    )
    keys = keys_of(map(read_entry, read_lines(bundle)))
    if keys.at(party, checkpoint.size) is None:
        msg = f"{party} has no key at entry {checkpoint.size}, so it cannot cosign"
        raise StatementInvalid(msg)
    signature = _signed(keys, party, checkpoint, sign)
    signed = read_pin(bundle / CHECKPOINTS / f"{checkpoint.name}.txt")
    both = Signed(checkpoint, {**signed.signatures, party: signature})
    return Receipt(signed=both, path=keep(both, cosigning.kept))


def take_in(store: Store, signed: Signed) -> int:
    """Keep the signatures of a checkpoint that was cosigned elsewhere; return how many are new.

    Raises:
        JournalBroken: one does not hold, or the checkpoint is not one of this history.
        StatementInvalid: there is no such agreement, or the recorder fixed no such checkpoint.
    """
    checkpoint = signed.checkpoint
    with store.write() as transaction:
        header = find(transaction, checkpoint.agreement)
        papers = transaction.papers(header.id)
        kept = papers.checkpoint(checkpoint.size)
        if kept is None or kept.text != checkpoint.text:
            msg = f"the recorder fixed no such checkpoint of {checkpoint.size} entries"
            raise StatementInvalid(msg)
        whole = Signed(checkpoint, {**kept.signatures, **signed.signatures})
        check_signatures(whole, held_keys(transaction, header.id))
        new = sorted(signed.signatures.keys() - kept.signatures.keys())
        for party in new:
            papers.sign(checkpoint.size, party, signed.signatures[party])
    return len(new)


def keep(signed: Signed, directory: Path) -> Path:
    """Write a signed checkpoint into ``directory``, and return the file.

    Raises:
        JournalBroken: another one of that size is kept there, and stays.
        StoreUnavailable: it cannot be written.
    """
    stem = directory / signed.checkpoint.name
    kept = stem.with_name(f"{stem.name}.txt")
    text = signed.checkpoint.text.encode()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if kept.exists() and untrusted_files.read(kept, untrusted_files.CHECKPOINT) != text:
            msg = (
                f"{kept} is another checkpoint of {signed.checkpoint.size} entries, and stays; "
                f"the new one has the head {signed.checkpoint.head}. Where the two heads differ, "
                "two histories were signed: keep both"
            )
            raise JournalBroken(msg, rule="pin")
        for party, signature in signed.signatures.items():
            beside = stem.with_name(f"{stem.name}.{party}.sig")
            atomic_files.write(beside, armored(signature).encode())
        atomic_files.write(kept, text)
    except OSError as error:
        msg = f"the receipt cannot be kept in {directory}: {error.strerror}"
        raise StoreUnavailable(msg) from error
    return kept


def _signed(keys: Keys, party: str, checkpoint: Checkpoint, sign: Sign) -> str:
    message = checkpoint.text.encode()
    signature = sign(message)
    key = keys.at(party, checkpoint.size)
    assert key is not None
    try:
        verify(signature, key=key, namespace=CHECKPOINT, message=message)
    except SignatureInvalid as error:
        msg = f"the signature is not by the key of {party} in this agreement: {error}"
        raise StatementInvalid(msg) from error
    return signature


def _refuse_without_key(keys: Keys, party: str, size: int) -> None:
    if keys.at(party, size) is None:
        msg = (
            f"the {party} has no key in this agreement, so no receipt can be signed; "
            "its key is given when it is opened: --key recorder=FILE.pub"
        )
        raise StatementInvalid(msg)
