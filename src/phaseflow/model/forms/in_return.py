"""Debts that are created by what others deliver."""

from typing import ClassVar

import msgspec

from phaseflow.model.calendar import Period
from phaseflow.model.figure import Figure
from phaseflow.model.moment import Moment
from phaseflow.model.remarks import Remarks


class Driver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What each unit of another obligation calls for in return.

    ``each`` and ``shared`` map a category of the driver (:data:`PLAIN` if it
    has none) to own categories (:data:`PLAIN` likewise) and figures. A shared
    figure is a pool over the category's amount: each unit draws the floor of
    its share, the last unit the remainder too.
    """

    obligation: str
    within: Period | None = None
    each: dict[str, dict[str, Figure]] = {}
    shared: dict[str, dict[str, Figure]] = {}
    remarks: Remarks = Remarks()


class InReturn(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Debts created by what others deliver."""

    drivers: tuple[Driver, ...]

    told: ClassVar[str] = "in return"
    written: ClassVar[tuple[tuple[str, Moment | None], ...]] = ()
    asked: ClassVar[dict[str, object]] = {}
    openings: ClassVar[dict[str, Moment | None]] = {}
    order: ClassVar[tuple[str, ...]] = ()
    whole: ClassVar[dict[str, Figure] | None] = None
    is_open: ClassVar[bool] = False
    lasts: ClassVar[bool] = False
    grows: ClassVar[bool] = True
    forbids: ClassVar[bool] = False
    is_act: ClassVar[bool] = False
    is_by_period: ClassVar[bool] = False
    is_averaged: ClassVar[bool] = False
    is_capped: ClassVar[bool] = False
    is_cumulative: ClassVar[bool] = True
    is_measured: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The obligations of its drivers, in their order."""
        return tuple(driver.obligation for driver in self.drivers)

    @property
    def driver_names(self) -> list[str]:
        """What each driver is known by: its obligation; named again, with a number."""
        before = [self.sources[:place].count(name) for place, name in enumerate(self.sources)]
        return [
            f"{name}/{n + 1}" if n else name for name, n in zip(self.sources, before, strict=True)
        ]
