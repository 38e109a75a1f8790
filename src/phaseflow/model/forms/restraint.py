"""Something that is not to be done."""

import msgspec


class Restraint(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Something not to be done; ``tolerated`` violations do not breach it."""

    tolerated: int = 0
