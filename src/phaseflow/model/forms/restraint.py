"""Something that is not to be done."""

from typing import ClassVar

import msgspec

from phaseflow.model.figure import Figure
from phaseflow.model.moment import Moment


class Restraint(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Something not to be done; ``tolerated`` violations do not breach it."""

    tolerated: int = 0

    told: ClassVar[str] = "a restraint"
    written: ClassVar[tuple[tuple[str, Moment | None], ...]] = ()
    asked: ClassVar[dict[str, object]] = {}
    openings: ClassVar[dict[str, Moment | None]] = {}
    order: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    whole: ClassVar[dict[str, Figure] | None] = None
    is_open: ClassVar[bool] = False
    lasts: ClassVar[bool] = True
    grows: ClassVar[bool] = False
    forbids: ClassVar[bool] = True
    is_act: ClassVar[bool] = False
    is_by_period: ClassVar[bool] = False
    is_averaged: ClassVar[bool] = False
    is_capped: ClassVar[bool] = False
    is_cumulative: ClassVar[bool] = True
    is_measured: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False
