"""An amount that is owed again and again."""

import msgspec

from phaseflow.model.calendar import Every
from phaseflow.model.figure import Figure


class Rate(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """An amount for each calendar day, ISO week or month."""

    amount: dict[str, Figure]
    every: Every
    of_which: dict[str, Figure] = {}
    averaged: bool = False
