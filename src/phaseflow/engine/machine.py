"""The states of a definition as a `transitions` machine; the only door to that library.

The flat machine is used, built once for each definition: nested states are
leaves by now, and `previous` is one transition for each leaf that could be
remembered. The decision whether a transition may be taken is the engine's own;
the machine is handed the answer, and keeps the agreement inside its definition.
"""

from functools import lru_cache

from transitions import EventData, Machine

from phaseflow.model.definition import Definition, Move


class _Place:
    """A throw-away object that stands in one leaf; it is never registered with a machine."""

    def __init__(self, leaf: str) -> None:
        self.state = leaf


def _is_granted(event: EventData) -> bool:
    return event.kwargs["granted"] is True


@lru_cache(maxsize=64)
def _machine(leaves: tuple[str, ...], initial: str, moves: tuple[Move, ...]) -> Machine:
    machine = Machine(
        model=None,
        states=list(leaves),
        initial=initial,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for name, source, target in moves:
        machine.add_transition(f"{name}>{target}", source, target, conditions=[_is_granted])
    return machine


def fire(definition: Definition, leaf: str, transition: str, target: str) -> str:
    """Return the leaf in which the agreement is after ``transition`` to ``target``.

    The caller has decided that it may be taken.

    Raises:
        ValueError: the definition has no such transition out of ``leaf``.
    """
    machine = _machine(definition.leaves, definition.initial, definition.moves)
    trigger = f"{transition}>{target}"
    if trigger not in machine.events or leaf not in machine.events[trigger].transitions:
        msg = f"no transition {transition!r} leads from {leaf!r} to {target!r}"
        raise ValueError(msg)
    place = _Place(leaf)
    machine.events[trigger].trigger(place, granted=True)
    return place.state
