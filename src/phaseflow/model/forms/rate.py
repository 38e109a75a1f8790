"""An amount that is owed again and again."""

from typing import Literal

import msgspec

from phaseflow.model.figure import Figure


class Rate(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """An amount for each calendar day, ISO week or month."""

    amount: dict[str, Figure]
    every: Literal["day", "week", "month"]
    of_which: dict[str, Figure] = {}
    averaged: bool = False
