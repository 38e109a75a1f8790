"""A sentence of a definition that is read back."""

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """A numbered sentence, or several on one matter, and the items that follow it."""

    text: str
    items: tuple[str, ...] = ()
