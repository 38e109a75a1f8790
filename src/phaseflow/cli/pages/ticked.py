"""What was recorded because time had passed."""

from collections.abc import Iterable, Iterator

from phaseflow.cli.pages.entries import (
    consequences_whole,
    of_rehearsal,
)
from phaseflow.cli.terminal import heading
from phaseflow.service.tick import Ticked


def ticked_page(ticked: Iterable[Ticked]) -> Iterator[str]:
    """Yield what was recorded for each agreement."""
    for one in ticked:
        place = one.place
        what = of_rehearsal(place.header) or f" of {place.header.label}"
        yield heading(f"filed entry {one.entry.seq}{what}: time has passed")
        yield from consequences_whole(place.definition, place.agreement.first_day, one.entry.then)
