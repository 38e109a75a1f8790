"""What a change means to something that is not to be done."""

from collections.abc import Iterator

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, Rules, differing
from phaseflow.model.forms.restraint import Restraint

_RULES: Rules = {"tolerated": weights.opposite(weights.order)}


def changes(place: Location, old: Restraint, new: Restraint) -> Iterator[Change]:
    """Yield what differs; the more is tolerated, the less is asked."""
    yield from differing(place, old, new, _RULES)
