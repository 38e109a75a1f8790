"""What a lane is drawn from."""

import msgspec

from phaseflow.drawing.course import Course
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Account
from phaseflow.model.calendar import Date, Instant, Zone
from phaseflow.model.definition import Obligation
from phaseflow.model.state import Claim, Due, Duty, Records

_EVER = (Date(1000, 1, 1), Date(2999, 12, 31))


class LaneSubject(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation of an agreement on its course, with all that was said of it.

    ``beside`` are the claims on any obligation that its obligor did not make.
    """

    facts: Facts
    records: Records
    obligation: Obligation
    account: Account
    course: Course
    beside: tuple[Claim, ...]

    @property
    def zone(self) -> Zone:
        """The time zone in which days are drawn."""
        return self.facts.zone

    @property
    def duty(self) -> Duty:
        """What has become of the obligation."""
        return self.facts.agreement.obligations[self.obligation.name]

    @property
    def ended(self) -> Instant | None:
        """When the agreement ended; what falls due after that falls due no more."""
        taken = self.course.taken
        return taken[-1].at if self.facts.is_final() and taken else None

    def is_disarmed(self, due: Due) -> bool:
        """Tell whether the end came before the moment of ``due``."""
        return self.ended is not None and not due.is_passed and due.standing != "discharged"

    def said(self, obligation: Obligation) -> tuple[Claim, ...]:
        """Return what the obligor of ``obligation`` said that it did."""
        claims = self.records.claims_between(obligation.name, *_EVER)
        # Records in memory yield what others said, too.
        return tuple(claim for claim in claims if claim.kind == "perform")
