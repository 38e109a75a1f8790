"""What a change means to debts that are created by what others deliver."""

from collections.abc import Iterator

from phaseflow.compare import weights
from phaseflow.compare.change import Change, Location, Rules, differing, parts
from phaseflow.model.forms.in_return import Driver, InReturn

_DRIVER: Rules = {
    "within": weights.time_shorter,
    "each": weights.figures,
    "shared": weights.figures,
}


def changes(place: Location, old: InReturn, new: InReturn) -> Iterator[Change]:
    """Yield what differs, driver by driver; then their order."""
    before, after = _drivers(old), _drivers(new)
    yield from parts(place, "in_return_for", before, after, _DRIVER)
    yield from differing(place, old, new, {}, skip=("drivers",))
    if before.keys() == after.keys() and [*before] != [*after]:
        yield place.change("order of the drivers", "structure", [*before], [*after])


def _drivers(form: InReturn) -> dict[str, Driver]:
    """Return the drivers by the obligation that each names; a second of one is numbered."""
    names: dict[str, Driver] = {}
    for driver in form.drivers:
        again = sum(d.obligation == driver.obligation for d in names.values())
        names[f"{driver.obligation} ({again + 1})" if again else driver.obligation] = driver
    return names
