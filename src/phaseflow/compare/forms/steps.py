"""What a change means to named acts, each with a date of its own."""

from collections.abc import Iterator

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, Rules, differing, parts
from phaseflow.model.forms.steps import Steps

_RULES: Rules = {"in_order": weights.order}
_STEP: Rules = {"by": weights.due_earlier, "not_before": weights.opens_later}


def changes(place: Location, old: Steps, new: Steps) -> Iterator[Change]:
    """Yield what differs, step by step; then their order."""
    before, after = ({step.name: step for step in form.steps} for form in (old, new))
    yield from parts(place, "steps", before, after, _STEP)
    yield from differing(place, old, new, _RULES, skip=("steps",))
    if before.keys() == after.keys() and [*before] != [*after]:
        yield place.change("order of the steps", "structure", [*before], [*after])
