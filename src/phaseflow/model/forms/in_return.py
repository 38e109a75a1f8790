"""Debts that are created by what others deliver."""

import msgspec

from phaseflow.model.calendar import Period
from phaseflow.model.figure import Figure
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
