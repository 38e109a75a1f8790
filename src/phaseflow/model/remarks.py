"""What a text says about its parts, for people only."""

import msgspec


class Remarks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the text says about a thing, for people only."""

    title: str = ""
    clause: str = ""
    source: tuple[str, ...] = ()
    confidence: str = ""
    note: str = ""
