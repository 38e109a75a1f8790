"""What the check says of a definition."""

from collections.abc import Iterator, Sized

from phaseflow.model.definition import Definition
from phaseflow.model.visible import clean
from phaseflow.service.definitions import Examined


def fault_lines(one: Examined, *, with_advice: bool) -> Iterator[str]:
    """Yield what is wrong with a file, each fault with its place and its remedy."""
    for fault in one.found:
        if with_advice or fault.severity != "advice":
            yield clean(str(fault))


def holding_page(one: Examined, definition: Definition, *, with_advice: bool) -> str:
    """Return what a definition is that holds, and how much it leaves open."""
    lines = [
        (
            f"{one.file} holds: {clean(definition.title or definition.name)}, "
            f"edition {clean(definition.edition)}"
        ),
        (
            f"  {_count(definition.parties, 'party', 'parties')}, "
            f"{_count(definition.obligations, 'obligation', 'obligations')}, "
            f"{_count(definition.leaves, 'state', 'states')}, "
            f"{_count(definition.transitions, 'transition', 'transitions')}"
        ),
        f"  SHA-256 {definition.digest}",
    ]
    advice = one.count("advice")
    if advice and not with_advice:
        what = "point" if advice == 1 else "points"
        lines.append(f"  {advice} {what} left open: see them with --advice")
    return "\n".join(lines)


def _count(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"
