"""Named acts, each with a date of its own."""

from typing import ClassVar

import msgspec

from phaseflow.model.figure import Figure
from phaseflow.model.moment import Moment
from phaseflow.model.remarks import Remarks


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named act of an obligation."""

    name: str
    by: Moment | None = None
    not_before: Moment | None = None
    remarks: Remarks = Remarks()

    def __str__(self) -> str:
        """Return its title or name with its dates: ``Inspection, not before day 3, by day 7``."""
        since = f", not before {self.not_before}" if self.not_before else ""
        until = f", by {self.by}" if self.by else ""
        return f"{self.remarks.title or self.name}{since}{until}"


class Steps(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Named acts, each with its own date; each counts as a category of one unit."""

    steps: tuple[Step, ...]
    in_order: bool = False

    told: ClassVar[str] = "steps"
    asked: ClassVar[dict[str, object]] = {}
    sources: ClassVar[tuple[str, ...]] = ()
    whole: ClassVar[dict[str, Figure] | None] = None
    is_open: ClassVar[bool] = False
    lasts: ClassVar[bool] = False
    grows: ClassVar[bool] = False
    forbids: ClassVar[bool] = False
    is_act: ClassVar[bool] = True
    is_by_period: ClassVar[bool] = False
    is_averaged: ClassVar[bool] = False
    is_capped: ClassVar[bool] = False
    is_cumulative: ClassVar[bool] = False
    is_measured: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False

    def __getitem__(self, name: str) -> Step:
        """Return the step of that name."""
        return next(step for step in self.steps if step.name == name)

    @property
    def written(self) -> tuple[tuple[str, Moment | None], ...]:
        """The steps, each with its moment."""
        return tuple((step.name, step.by) for step in self.steps)

    @property
    def openings(self) -> dict[str, Moment | None]:
        """The moments before which a step would be too early."""
        return {step.name: step.not_before for step in self.steps}

    @property
    def order(self) -> tuple[str, ...]:
        """The steps, where their order matters."""
        return tuple(step.name for step in self.steps) if self.in_order else ()
