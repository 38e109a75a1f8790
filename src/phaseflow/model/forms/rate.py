"""An amount that is owed again and again."""

from typing import ClassVar

import msgspec

from phaseflow.model.calendar import Every
from phaseflow.model.figure import Figure
from phaseflow.model.moment import Moment


class Rate(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """An amount for each calendar day, ISO week or month."""

    amount: dict[str, Figure]
    every: Every
    of_which: dict[str, Figure] = {}
    averaged: bool = False

    written: ClassVar[tuple[tuple[str, Moment | None], ...]] = ()
    asked: ClassVar[dict[str, object]] = {}
    openings: ClassVar[dict[str, Moment | None]] = {}
    order: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    whole: ClassVar[dict[str, Figure] | None] = None
    is_open: ClassVar[bool] = False
    lasts: ClassVar[bool] = True
    grows: ClassVar[bool] = False
    forbids: ClassVar[bool] = False
    is_act: ClassVar[bool] = False
    is_capped: ClassVar[bool] = False
    is_cumulative: ClassVar[bool] = True
    is_measured: ClassVar[bool] = True

    @property
    def told(self) -> str:
        """How often it is owed, and what decides whether it is met."""
        marks = {"averaged": self.averaged, "with parts": self.of_which}
        return ", ".join([f"a rate each {self.every}", *(m for m, is_so in marks.items() if is_so)])

    @property
    def is_by_period(self) -> bool:
        """Whether each period is judged by itself."""
        return not self.averaged

    @property
    def is_averaged(self) -> bool:
        """Whether all its periods together owe the sum of what each does."""
        return self.averaged

    @property
    def has_parts(self) -> bool:
        """Whether its categories are parts within the whole."""
        return bool(self.of_which)
