"""What the recorder vouches for: the keys that a journal sets, and what was signed by them."""

from functools import lru_cache

from phaseflow.journal.checkpoint import Signed, sift
from phaseflow.journal.entry import read_entry
from phaseflow.journal.keys import Keys, keys_of
from phaseflow.storage.port import Transaction


def held_keys(transaction: Transaction, agreement: str) -> Keys:
    """Return the keys of an agreement, to be read; it reads the entries that set one, no others."""
    return _keys_of(tuple(transaction.turning_lines(agreement)))


@lru_cache(maxsize=256)
def _keys_of(lines: tuple[str, ...]) -> Keys:
    return keys_of(map(read_entry, lines))


def last_signed(transaction: Transaction, agreement: str, below: int) -> Signed | None:
    """Return the largest checkpoint over fewer than ``below`` entries that the recorder signed.

    Smaller ones are not looked at, so that this costs the same however many there are.
    """
    papers = transaction.papers(agreement)
    size = papers.size_below(below)
    while size is not None:
        found = signed_checkpoints(transaction, agreement, size)
        if found:
            return found[-1]
        size = papers.size_below(size)
    return None


def signed_checkpoints(
    transaction: Transaction, agreement: str, size: int | None = None
) -> tuple[Signed, ...]:
    """Return the checkpoints that the recorder has signed, over ``size`` entries or all.

    The smallest come first. Whatever else is kept as one, or under one, is passed over.
    """
    kept = transaction.papers(agreement).checkpoints(size)
    if not kept:
        return ()
    keys = held_keys(transaction, agreement)
    every = (sift(one.text, one.signatures, agreement, keys, []) for one in kept)
    return tuple(one for one in every if one is not None)
