"""Units owed by moments: an amount, or a single act."""

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
