"""Named acts, each with a date of its own."""

import msgspec

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

    def __getitem__(self, name: str) -> Step:
        """Return the step of that name."""
        return next(step for step in self.steps if step.name == name)
