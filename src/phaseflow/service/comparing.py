"""Comparing two editions of a text."""

import msgspec

from phaseflow.language.change import Change
from phaseflow.language.compare import compare
from phaseflow.model.definition import Definition
from phaseflow.service import definitions


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two editions, and every difference from the old one to the new."""

    old: Definition
    new: Definition
    changes: tuple[Change, ...]


def compared(old: tuple[bytes, str], new: tuple[bytes, str]) -> Compared:
    """Return what changed from ``old`` to ``new``, each the bytes of a definition and its name.

    Raises:
        DefinitionInvalid: with every fault of the first of them that has any.
    """
    before, after = definitions.check(*old), definitions.check(*new)
    return Compared(old=before, new=after, changes=compare(before, after))
