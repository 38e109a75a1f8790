"""Comparing two editions of a text."""

import msgspec

from phaseflow.compare.change import Change
from phaseflow.compare.editions import compare
from phaseflow.model.definition import Definition
from phaseflow.service import definitions
from phaseflow.service.texts_alike import differences


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two editions, and every difference from the old one to the new.

    If no change was found but the digests differ, ``in_bytes`` says which bytes differ.
    """

    old: Definition
    new: Definition
    changes: tuple[Change, ...]
    in_bytes: tuple[str, ...] = ()


def compared(old: tuple[bytes, str], new: tuple[bytes, str]) -> Compared:
    """Return what changed from ``old`` to ``new``, each the bytes of a definition and its name.

    Raises:
        DefinitionInvalid: with every fault of the first of them that has any.
    """
    before, after = definitions.check(*old), definitions.check(*new)
    changes = compare(before, after)
    is_alike = not changes and before.digest != after.digest
    in_bytes = differences(old[0], new[0]) if is_alike else ()
    return Compared(old=before, new=after, changes=changes, in_bytes=in_bytes)
