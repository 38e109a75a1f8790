"""Receipts: checkpoints that the recorder signs, others cosign, and clients keep as pins."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from phaseflow import atomic_files, untrusted_files
from phaseflow.errors import Conflict, JournalBroken, StatementInvalid, StoreUnavailable
from phaseflow.journal.checkpoint import Checkpoint, Signed, check_signatures
from phaseflow.journal.cosigning import checked_for_cosigning
from phaseflow.journal.entry import read_entry
from phaseflow.journal.folder import CHECKPOINTS, copy, read_lines, read_pin
from phaseflow.journal.keys import Keys, keys_of
from phaseflow.journal.signature import CHECKPOINT, SignatureInvalid, armored, verify
from phaseflow.journal.verify import check_stretch
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import RECORDER
from phaseflow.service import audit
from phaseflow.service.agreement import find
from phaseflow.service.vouched import held_keys, last_signed, signed_checkpoints
from phaseflow.storage.port import Filter, Store, Transaction

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


def sign_and_keep(store: Store, checkpoint: Checkpoint, sign: Sign, pins: Path) -> Receipt:
    """Have the recorder sign a checkpoint of now, and keep it as a pin as well.

    ``pins`` is where pins are kept, a folder for each agreement.

    Raises:
        PhaseflowError: as :func:`sign_as_recorder` and :func:`keep`.
    """
    signed = sign_as_recorder(store, checkpoint, sign)
    return Receipt(signed=signed, path=keep(signed, pins / checkpoint.agreement))


def issue(store: Store, name: str, sign: Sign) -> Signed:
    """Have the recorder sign a checkpoint over all entries, keep it, and return it.

    The whole journal is verified before, and stepped again from the source of its
    text, so that the recorder vouches for nothing that was written past it. Others
    may file meanwhile: it covers what was verified.

    Raises:
        JournalBroken: an entry fails, or does not follow.
        StatementInvalid: there is no such agreement, or the recorder has no key in it.
        NotSigned: no signature was made.
        Conflict: the clock was set back meanwhile.
    """
    from phaseflow.service import replay  # noqa: PLC0415  who collects needs no engine
    from phaseflow.service.record import checkpoint_over  # noqa: PLC0415  as above

    with store.read() as transaction:
        header = find(transaction, name)
        _refuse_without_key(held_keys(transaction, header.id), RECORDER, header.position)
        checkpoint = checkpoint_over(transaction, header)
        audit.verified(transaction, header)
        replay.check(transaction, header)
    return sign_as_recorder(store, checkpoint, sign)


def issue_and_keep(store: Store, name: str, sign: Sign, pins: Path) -> Receipt:
    """Have the recorder sign that these are all entries so far, and keep it as a pin.

    Raises:
        PhaseflowError: as :func:`issue` and :func:`keep`.
    """
    signed = issue(store, name, sign)
    return Receipt(signed=signed, path=keep(signed, pins / signed.checkpoint.agreement))


def sign_as_recorder(store: Store, checkpoint: Checkpoint, sign: Sign) -> Signed:
    """Have the recorder sign a checkpoint of now, keep both, and return them.

    Order and signatures are checked first of all that came after the last one that
    it signed. One of that size that it has signed before is returned instead.

    Raises:
        StatementInvalid: the recorder has no key in the agreement, or it is another.
        JournalBroken: it is not of this history, or covers an entry that fails.
        NotSigned: no signature was made; nothing is kept.
        Conflict: what was recorded meanwhile is older, as the clock was set back.
    """
    with store.read() as transaction:
        before = _signed_before(transaction, checkpoint)
        if before is not None:
            return before
        keys = held_keys(transaction, checkpoint.agreement)
        _refuse_without_key(keys, RECORDER, checkpoint.size)
        _check_since_the_last(transaction, checkpoint)
    signature = _signed(keys, RECORDER, checkpoint, sign)
    with store.write() as transaction:
        transaction.lock(checkpoint.agreement)
        before = _signed_before(transaction, checkpoint)
        if before is not None:
            return before
        _check_place(transaction, checkpoint)
        papers = transaction.papers(checkpoint.agreement)
        papers.keep(checkpoint.size, checkpoint.text, {RECORDER: signature})
    return Signed(checkpoint, {RECORDER: signature})


def _signed_before(transaction: Transaction, checkpoint: Checkpoint) -> Signed | None:
    """Return what the recorder has signed over the same entries."""
    every = signed_checkpoints(transaction, checkpoint.agreement, checkpoint.size)
    return next((one for one in every if one.checkpoint.head == checkpoint.head), None)


def _check_since_the_last(transaction: Transaction, checkpoint: Checkpoint) -> None:
    """Check what a new receipt vouches for beyond the last one.

    Raises:
        JournalBroken: an entry fails.
    """
    last = last_signed(transaction, checkpoint.agreement, checkpoint.size)
    if last is None:
        first, prev = 0, checkpoint.agreement
    else:
        first, prev = last.checkpoint.size, last.checkpoint.head
    known = [read_entry(line) for line in transaction.turning_lines(checkpoint.agreement)]
    keys = keys_of(entry for entry in known if entry.seq < max(first, 1))
    rows = transaction.entries(checkpoint.agreement, Filter(first=first))
    lines = (row.line for row in islice(rows, checkpoint.size - first))
    head = check_stretch(lines, first, prev, keys)
    if head != checkpoint.head:
        msg = f"the {checkpoint.size} entries end with {head}, not with {checkpoint.head}"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint")


def _check_place(transaction: Transaction, checkpoint: Checkpoint) -> None:
    last = transaction.entry(checkpoint.agreement, checkpoint.size - 1)
    if last is None or last.hash != checkpoint.head:
        msg = f"the checkpoint of {checkpoint.size} entries is not one of this history"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint")
    following = transaction.entry(checkpoint.agreement, checkpoint.size)
    if following is not None and following.recorded_at < checkpoint.at:
        msg = f"entry {checkpoint.size} was recorded before that checkpoint was made; try again"
        raise Conflict(msg)


class Cosigning(msgspec.Struct, frozen=True, kw_only=True):
    """Who cosigns, under which agreement id, and where it keeps what it has cosigned."""

    party: str
    agreement: str
    kept: Path


def cosign(bundle: Path, cosigning: Cosigning, clock: Instant, sign: Sign) -> Receipt:
    """Cosign the newest checkpoint of a bundle, and keep a copy out of the operator's reach.

    The whole history is verified before, and stepped again from the source of its
    text; it must extend every checkpoint that the cosigner kept, and the time must be
    within 5 minutes of ``clock``, unless it is a rehearsal. What is verified is a copy
    of it, so that what is signed is the same.

    Raises:
        JournalBroken: the history does not verify or does not follow from the text,
            contradicts what was cosigned before, or holds no checkpoint of now.
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
    from phaseflow.service import replay  # noqa: PLC0415  who collects needs no engine

    party = cosigning.party
    checkpoint = checked_for_cosigning(
        bundle, cosigning.agreement, audit.pins_in(cosigning.kept), clock
    )
    replay.audit_exported(bundle, cosigning.agreement)
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
        StatementInvalid: there is no such agreement, or the recorder signed no such checkpoint.
    """
    checkpoint = signed.checkpoint
    with store.write() as transaction:
        header = find(transaction, checkpoint.agreement)
        every = signed_checkpoints(transaction, header.id, checkpoint.size)
        kept = next((one for one in every if one.checkpoint == checkpoint), None)
        if kept is None:
            msg = f"the recorder signed no such checkpoint of {checkpoint.size} entries"
            raise StatementInvalid(msg)
        whole = Signed(checkpoint, {**kept.signatures, **signed.signatures})
        check_signatures(whole, held_keys(transaction, header.id))
        new = {
            party: signature
            for party, signature in signed.signatures.items()
            if party not in kept.signatures
        }
        transaction.papers(header.id).keep(checkpoint.size, checkpoint.text, new)
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
