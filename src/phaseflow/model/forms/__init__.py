"""The forms that an obligation may have, one module each; the registry of them all."""

from collections.abc import Mapping
from typing import Protocol

from phaseflow.model.figure import Figure
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Moment

Form = Amount | Steps | InReturn | Rate | Restraint


class Room(Protocol):
    """What a form tells of itself: all that follows from the text alone."""

    @property
    def told(self) -> str:
        """How it counts, in words; an edition that changes them changes how it counts."""

    @property
    def written(self) -> tuple[tuple[str, Moment | None], ...]:
        """The names and moments of the dues that the text itself sets."""

    @property
    def asked(self) -> Mapping[str, object]:
        """What the text asks by each of them, and of what whole, where that may change."""

    @property
    def openings(self) -> Mapping[str, Moment | None]:
        """The moments before which it would be too early, of each part that has its own."""

    @property
    def order(self) -> tuple[str, ...]:
        """The parts that must be done in this order."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The obligations whose performance it is owed in return for, as often as named."""

    @property
    def whole(self) -> Mapping[str, Figure] | None:
        """What it comes to in all, by category; None where the text sets no such amount."""

    @property
    def is_open(self) -> bool:
        """Whether it owes as many as there prove to be."""

    @property
    def lasts(self) -> bool:
        """Whether it is owed as long as it is in force, and discharged when that is over."""

    @property
    def grows(self) -> bool:
        """Whether what is owed in all grows with what others do."""

    @property
    def forbids(self) -> bool:
        """Whether it is kept by doing nothing: nothing is performed, a violation is alleged."""

    @property
    def is_act(self) -> bool:
        """Whether whatever is done of it is done once: a single act, or steps."""

    @property
    def is_by_period(self) -> bool:
        """Whether each period of it owes its own amount, and is judged by itself."""

    @property
    def is_averaged(self) -> bool:
        """Whether all its periods together owe the sum of what each does."""

    @property
    def is_capped(self) -> bool:
        """Whether no category counts for more, in a need of the sum, than is owed of it."""

    @property
    def is_cumulative(self) -> bool:
        """Whether a due needs what the dues before it do, and more; else each has its own part."""

    @property
    def is_measured(self) -> bool:
        """Whether figures over a span of days may take the place of single claims."""

    @property
    def has_parts(self) -> bool:
        """Whether its categories are parts within the whole, and may overlap."""


FORMS: tuple[type[Room], ...] = (Amount, Steps, InReturn, Rate, Restraint)
"""All forms; a form that does not answer is named by the type checker here."""
