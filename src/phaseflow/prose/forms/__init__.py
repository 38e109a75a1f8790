"""What is said of each form of obligation."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.forms import Form
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.in_return import InReturn
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.restraint import Restraint
from phaseflow.model.forms.steps import Steps
from phaseflow.prose.forms import amount, in_return, rate, restraint, steps
from phaseflow.prose.names import Voice
from phaseflow.prose.sentence import Sentence

F_contra = TypeVar("F_contra", contravariant=True)


class Room(Protocol[F_contra]):
    """What a form says of an obligation in its own words."""

    def what(
        self, voice: Voice, obligation: Obligation, form: F_contra, owed: str, /
    ) -> Iterator[Sentence]:
        """Yield what is owed and by when; ``owed`` is the verb, of one obligor or of each."""

    def titles(self, form: F_contra, /) -> dict[str, str]:
        """Return the titles of its parts that have one, by their names."""

    def confirmed(self, who: str, silence: Period | None, /) -> str:
        """Return what it takes that ``who`` must confirm what is reported."""

    def dates_suspended(self, deadlines: Deadlines, /) -> str:
        """Return what a suspension does to its dates; empty if it has none that could move."""

    def cured(self, obligation: Obligation, form: F_contra, /) -> Iterator[Sentence]:
        """Yield what becomes of what is short, and how a breach ends."""

    def still_owed(self, form: F_contra, /) -> Iterator[Sentence]:
        """Yield what is owed after it was in force, where the text does not let it lapse."""


FORMS: dict[type[Form], Room[Any]] = {
    Amount: amount,
    Steps: steps,
    InReturn: in_return,
    Rate: rate,
    Restraint: restraint,
}


def room_of(owed: Obligation) -> Room[Any]:
    """Return what speaks for the form of ``owed``."""
    return FORMS[type(owed.form)]
