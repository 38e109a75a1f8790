"""What a change means to an amount that is owed again and again."""

from collections.abc import Iterator

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, Rules, differing
from phaseflow.model.forms.rate import Rate

_RULES: Rules = {
    "amount": weights.figures,
    "of_which": weights.figures,
    "averaged": weights.opposite(weights.order),
}


def changes(place: Location, old: Rate, new: Rate) -> Iterator[Change]:
    """Yield what differs; an average over many periods asks less than each of them."""
    yield from differing(place, old, new, _RULES)
