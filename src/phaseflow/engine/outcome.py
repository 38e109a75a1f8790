"""What the engine answers: outcomes and refusals, options and accounts."""

import msgspec

from phaseflow.model.calendar import Date, When
from phaseflow.model.party import PartyExpression
from phaseflow.model.state import Agreement, Amounts, Changes, Due, RatePeriod, Standing
from phaseflow.model.statement import Consequence, Reason

Reasons = tuple[Reason, ...]
"""Why an act is refused; none: it is not."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What follows: the agreement after it, the consequences in order, the records written."""

    agreement: Agreement
    consequences: tuple[Consequence, ...]
    changes: Changes


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why an act is not done: every reason, never only the first."""

    reasons: tuple[Reason, ...]

    def consequence(self, at: str) -> Consequence:
        """Return the consequence of filing the act on record all the same."""
        reasons = [{"rule": r.rule, "text": r.text, "values": r.values} for r in self.reasons]
        return Consequence(at=at, kind="refused", body={"reasons": reasons})


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A transition out of the present state.

    ``target`` is the leaf it would enter, None while undetermined. ``owners``
    None: automatic. ``opens`` is its ``after``, as it stands now. ``reasons``
    are all that keeps it from being taken, besides the consents ``awaited``.
    """

    transition: str
    target: str | None
    owners: PartyExpression | None
    consents: tuple[str, ...]
    awaited: tuple[str, ...]
    opens: When | None
    reasons: tuple[Reason, ...]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The debts begun on one day, and what was delivered against them.

    Deliveries fill the oldest first; surplus stays with the last filled.
    """

    begun: Date
    due: When | None
    owed: int
    delivered: int
    by_category: Amounts


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation in figures, summed over categories where a plain number stands.

    ``by_category`` is what was delivered, ``owed_by_category`` all that is owed
    in the end (None: open, or not yet known). ``next_due`` is the first due not
    yet met; ``late`` are the dues met after their moment. ``is_reported`` tells
    whether anybody ever reported on it. ``waiting`` awaits its verifier.
    """

    obligation: str
    standing: Standing
    total: int
    due: int
    delivered: int
    outstanding: int
    claimed: int
    waiting: int
    rejected: int
    contested: int
    violations: int
    forgiven: int
    by_category: Amounts
    owed_by_category: Amounts | None
    dues: tuple[Due, ...]
    next_due: Due | None
    late: tuple[Due, ...]
    batches: tuple[Batch, ...]
    periods: tuple[RatePeriod, ...]
    periods_unknown: int
    periods_short: int
    is_reported: bool

    @property
    def reported(self) -> int:
        """The units that were reported, but for those that a verifier rejected."""
        return self.claimed - self.rejected
