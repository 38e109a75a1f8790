"""Checkpoints (journal format, §7): a signed head, which fixes everything before it."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.keys import Keys
from phaseflow.journal.signature import CHECKPOINT, SignatureInvalid, verify
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import RECORDER, Policy, parse_when

TAG = "phaseflow-checkpoint-v1"
CLOCKS_DIFFER_BY = 300
"""Seconds by which the time of a checkpoint may differ from the clock of who cosigns it."""

_TEXT = re.compile(
    rf"{TAG}\n([0-9a-f]{{64}})\n([1-9][0-9]{{0,15}})\n([0-9a-f]{{64}})\n([0-9TZ:-]{{20}})\n",
    re.ASCII,
)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """So many entries there are, and this is the hash of the last, at that time of the recorder."""

    agreement: str
    size: int
    head: str
    at: str

    @property
    def text(self) -> str:
        """The five lines that are signed."""
        return f"{TAG}\n{self.agreement}\n{self.size}\n{self.head}\n{self.at}\n"

    @property
    def name(self) -> str:
        """What its files are called, without an ending."""
        return f"{self.size:08}"


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint and its signatures, by party."""

    checkpoint: Checkpoint
    signatures: Mapping[str, str] = {}


class HashChain(msgspec.Struct, kw_only=True):
    """What one pass over a journal keeps of it: of each entry its hash and its time."""

    agreement: str = ""
    hashes: list[str] = []
    times: list[str] = []


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that ``text`` spells.

    Raises:
        JournalBroken: it spells none.
    """
    found = _TEXT.fullmatch(text)
    if found is None or not _is_instant(found[4]):
        msg = "the text is no checkpoint: five lines are expected, each with its line feed"
        raise JournalBroken(msg, rule="checkpoint")
    agreement, size, head, at = found.groups()
    return Checkpoint(agreement=agreement, size=int(size), head=head, at=at)


def check_place(checkpoint: Checkpoint, past: HashChain) -> None:
    """Check that ``checkpoint`` is one of this history.

    Raises:
        JournalBroken: it is not, or its time lies before what it covers, or after what follows.
    """
    size, at = checkpoint.size, checkpoint.at
    name = _named(checkpoint)
    if checkpoint.agreement != past.agreement:
        msg = f"{name} is one of another agreement"
        raise JournalBroken(msg, rule="checkpoint")
    if size > len(past.hashes):
        msg = f"{name} covers more than there are: {len(past.hashes)}"
        raise JournalBroken(msg, len(past.hashes), "checkpoint")
    if past.hashes[size - 1] != checkpoint.head:
        msg = f"{name} fixes another entry {size - 1}"
        raise JournalBroken(msg, size - 1, "checkpoint")
    if past.times[size - 1] > at:
        msg = f"{name} was made before its last entry was recorded"
        raise JournalBroken(msg, size - 1, "checkpoint")
    if size < len(past.times) and past.times[size] < at:
        msg = f"{name} was made after the entry that follows it was recorded"
        raise JournalBroken(msg, size, "checkpoint")


def check_signatures(signed: Signed, keys: Keys) -> None:
    """Check every signature by the key in effect after the last entry covered.

    Raises:
        JournalBroken: one does not hold, or that of the recorder is missing.
    """
    checkpoint = signed.checkpoint
    for party in sorted(signed.signatures):
        _check_signature(checkpoint, party, signed.signatures[party], keys)
    if RECORDER not in signed.signatures:
        msg = f"{_named(checkpoint)} is not signed by the recorder"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint")


def sift(
    text: str,
    signatures: Iterable[tuple[str, str]],
    agreement: str,
    keys: Keys,
    ignored: list[str],
) -> Signed | None:
    """Return what verifies of a checkpoint that anybody may have written; None if nothing does.

    The recorder must have signed it, of this agreement: its key may be the same
    in others. Why the rest is ignored is added to ``ignored``, in words. Whether
    it is one of this history is still to be checked: where what the recorder
    signed is not, something is wrong with that.
    """
    try:
        checkpoint = parse_checkpoint(text)
    except JournalBroken as error:
        ignored.append(f"a checkpoint: {error}")
        return None
    if checkpoint.agreement != agreement:
        ignored.append(f"{_named(checkpoint)} is one of another agreement")
        return None
    found: dict[str, str] = {}
    faults = []
    for party, signature in signatures:
        try:
            _check_signature(checkpoint, party, signature, keys)
        except JournalBroken as error:
            faults.append(str(error))
        else:
            found.setdefault(party, signature)
    ignored += faults
    if RECORDER not in found:
        if not faults:
            ignored.append(f"{_named(checkpoint)} is not signed by the recorder")
        return None
    return Signed(checkpoint, found)


def sealed_by(checkpoints: Iterable[Signed], policy: Policy) -> int:
    """Return how many entries are sealed: those of the largest checkpoint with enough cosigners."""
    cosigners = set(policy.cosigners)
    return max(
        (
            signed.checkpoint.size
            for signed in checkpoints
            if policy.cosign_quorum
            and len(cosigners & signed.signatures.keys()) >= policy.cosign_quorum
        ),
        default=0,
    )


def check_clock(checkpoint: Checkpoint, clock: Instant) -> None:
    """Check that the time of a checkpoint is within 5 minutes of a cosigner's own clock.

    Raises:
        JournalBroken: it is not.
    """
    at = parse_when(checkpoint.at, "the time").value
    assert isinstance(at, Instant)
    earliest, latest = (clock.add(seconds=s) for s in (-CLOCKS_DIFFER_BY, CLOCKS_DIFFER_BY))
    if not earliest <= at <= latest:
        msg = f"the time of the checkpoint, {checkpoint.at}, is not within 5 minutes of {clock}"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint")


def signed_both(one: Signed, other: Signed, keys: Keys) -> tuple[str, ...]:
    """Return who signed both of two checkpoints with one and the same key of theirs.

    Where they are of histories that do not extend each other, each of these
    has signed two pasts, and the two files prove it. With two keys it would
    prove nothing: in a history that is false, the later one may be anybody's.
    """
    return tuple(
        party
        for party in sorted(one.signatures.keys() & other.signatures.keys())
        if any(_holds(one, party, key) and _holds(other, party, key) for key in keys.every(party))
    )


def _named(checkpoint: Checkpoint) -> str:
    return f"the checkpoint of {checkpoint.size} entries"


def _check_signature(checkpoint: Checkpoint, party: str, signature: str, keys: Keys) -> None:
    name = _named(checkpoint)
    key = keys.at(party, checkpoint.size)
    if key is None:
        msg = f"{name} is signed by {party}, who has no key there"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint")
    try:
        verify(signature, key=key, namespace=CHECKPOINT, message=checkpoint.text.encode())
    except SignatureInvalid as error:
        msg = f"{name}, by {party}: {error}"
        raise JournalBroken(msg, checkpoint.size - 1, "checkpoint") from error


def _is_instant(text: str) -> bool:
    try:
        return not parse_when(text, "the time").is_day
    except StatementInvalid:
        return False


def _holds(signed: Signed, party: str, key: str) -> bool:
    message = signed.checkpoint.text.encode()
    try:
        verify(signed.signatures[party], key=key, namespace=CHECKPOINT, message=message)
    except SignatureInvalid:
        return False
    return True
