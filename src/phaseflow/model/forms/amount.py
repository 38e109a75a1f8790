"""Units owed by moments: an amount, or a single act."""

from typing import ClassVar

import msgspec

from phaseflow.model.figure import Figure, show_figures
from phaseflow.model.moment import Moment
from phaseflow.model.remarks import Remarks


class Tranche(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cumulative amount that is due by a moment.

    ``by`` is exclusive: a delivery that occurs when it is over is late. Exactly
    one of ``amount`` (whole units by category, or :data:`PLAIN` for the sum)
    and ``share`` (percent of the whole, rounded down) is given.
    """

    by: Moment
    amount: dict[str, Figure] | None = None
    share: int | None = None
    remarks: Remarks = Remarks()

    def __str__(self) -> str:
        """Return it in short: ``by day 7: 30%``."""
        much = f"{self.share}%" if self.amount is None else show_figures(self.amount)
        return f"by {self.by}: {much}"


class Amount(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Units owed in cumulative tranches, in the order written.

    ``amount`` is by category, or under :data:`PLAIN`; None is *open*: as many
    as there prove to be. A single act is the amount 1 with ``is_single``.
    ``of_which`` are least parts, which may overlap.
    """

    amount: dict[str, Figure] | None
    schedule: tuple[Tranche, ...] = ()
    of_which: dict[str, Figure] = {}
    is_single: bool = False

    openings: ClassVar[dict[str, Moment | None]] = {}
    order: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    grows: ClassVar[bool] = False
    forbids: ClassVar[bool] = False
    is_by_period: ClassVar[bool] = False
    is_averaged: ClassVar[bool] = False
    is_capped: ClassVar[bool] = True
    is_cumulative: ClassVar[bool] = True
    is_measured: ClassVar[bool] = True

    @property
    def told(self) -> str:
        """Whether it is a single act, and has parts."""
        what = "a single act" if self.is_single else "an amount"
        return f"{what} with parts" if self.of_which else what

    @property
    def written(self) -> tuple[tuple[str, Moment | None], ...]:
        """The moments of its tranches, under their names as written."""
        return tuple((str(tranche.by), tranche.by) for tranche in self.schedule)

    @property
    def asked(self) -> dict[str, object]:
        """Each tranche, and the amount of which it may be a share."""
        return {
            str(row.by): (row.by, row.amount, row.share, self.amount, self.of_which)
            for row in self.schedule
        }

    @property
    def whole(self) -> dict[str, Figure] | None:
        """The amount."""
        return self.amount

    @property
    def is_open(self) -> bool:
        """Whether it owes as many as there prove to be."""
        return self.amount is None

    @property
    def lasts(self) -> bool:
        """Whether only the end of its time tells that there are no more."""
        return self.is_open

    @property
    def is_act(self) -> bool:
        """Whether it is a single act."""
        return self.is_single

    @property
    def has_parts(self) -> bool:
        """Whether its categories are parts within the whole."""
        return bool(self.of_which)
