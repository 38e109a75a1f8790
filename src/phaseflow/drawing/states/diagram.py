"""A picture before it is drawn: states with what is owed in them, and arrows between them.

Of a running agreement it also holds where the agreement is, the way it came,
and the standing of each obligation.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from phaseflow.drawing import labels
from phaseflow.drawing.course import Course, Taken
from phaseflow.model.calendar import When
from phaseflow.model.definition import Definition, Obligation, State, Transition
from phaseflow.model.state import Standing

WHOLE = ""
"""The place of what is owed in every state."""
_BEGINNING = "the beginning"


class ObligationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation inside a state; ``standing`` only of a running agreement."""

    who: str
    what: str
    when: str
    standing: Standing | None = None


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A state; ``inner`` are the states of a compound, None for a leaf, ``entry`` the first of them.

    ``stays`` are the days from which to which the agreement was there.
    """

    name: str
    title: str
    remark: str
    lines: tuple[ObligationLine, ...]
    inner: "tuple[Box, ...] | None"
    entry: str | None
    is_initial: bool
    is_final: bool
    is_present: bool
    stays: tuple[str, ...]


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """A transition from one state as written to another; ``taken`` are the days it was.

    ``left`` is the leaf that was left when it was taken the last time.
    """

    name: str
    title: str
    source: str
    target: str
    owners: str
    after: str
    guards: tuple[str, ...]
    taken: tuple[str, ...]
    left: str | None
    is_return: bool


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a drawing shows; ``lines`` are owed in every state."""

    title: str
    subtitle: str
    lines: tuple[ObligationLine, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    main: tuple[str, ...]

    @property
    def leaves(self) -> Iterator[Box]:
        """The states without states inside, in the order of the file."""
        return _leaves(self.boxes)


def picture(definition: Definition, course: Course | None = None) -> Picture:
    """Return the picture of a definition, or of an agreement on its ``course``."""
    lines = _lines(definition, course)
    subtitle = f"What is owed in each state, and who may move on; edition {definition.edition}"
    if course is not None:
        at = labels.day(definition, When(course.at), course.first_day)
        subtitle = f"Where it stands on {at}, and the way it came; {course.label}"
    return Picture(
        title=definition.title.strip() or definition.name,
        subtitle=subtitle,
        lines=tuple(lines.get(WHOLE, ())),
        boxes=_boxes(definition, None, lines, course),
        arrows=tuple(_arrows(definition, course)),
        main=_main(definition),
    )


def _leaves(boxes: Iterable[Box]) -> Iterator[Box]:
    for box in boxes:
        if box.inner is None:
            yield box
        else:
            yield from _leaves(box.inner)


def _boxes(
    definition: Definition,
    parent: str | None,
    lines: dict[str, list[ObligationLine]],
    course: Course | None,
) -> tuple[Box, ...]:
    inside = (state for state in definition.states.values() if state.parent == parent)
    return tuple(_box(definition, state, lines, course) for state in inside)


def _box(
    definition: Definition,
    state: State,
    lines: dict[str, list[ObligationLine]],
    course: Course | None,
) -> Box:
    inner = entry = None
    if not state.is_leaf:
        inner = _boxes(definition, state.name, lines, course)
        entry = state.initial or _first(definition, state.name)
    return Box(
        name=state.name,
        title=state.remarks.title.strip() or state.name,
        remark=_remark(state),
        lines=tuple(lines.get(state.name, ())),
        inner=inner,
        entry=entry,
        is_initial=state.name == definition.initial,
        is_final=state.final is not None,
        is_present=course is not None and course.leaf == state.name,
        stays=tuple(_stays(definition, state.name, course)),
    )


def _first(definition: Definition, parent: str) -> str:
    return next(state.name for state in definition.states.values() if state.parent == parent)


def _remark(state: State) -> str:
    if state.final:
        return f"end: {state.final}"
    match state.deadlines:
        case "run":
            return ""
        case "toll":
            return "deadlines stand still"
        case "restart":
            return "deadlines begin again"


def _stays(definition: Definition, state: str, course: Course | None) -> Iterator[str]:
    """Yield the stays in a leaf, the last of them open."""
    if course is None:
        return
    since = _BEGINNING if state == definition.initial else None
    for move in course.taken:
        at = labels.day(definition, When(move.at), course.first_day)
        if move.source == state and since is not None:
            yield f"{since} to {at}"
            since = None
        if move.target == state:
            since = at
    if course.leaf == state and since is not None:
        yield f"since {since}"


def _lines(definition: Definition, course: Course | None) -> dict[str, list[ObligationLine]]:
    """Return what is owed, by the state in which it is shown.

    Where the agreement has never been, nothing is said of its standing.
    """
    entered = _entered(course)
    standings = {} if course is None else {a.obligation: a.standing for a in course.accounts}
    found: dict[str, list[ObligationLine]] = {}
    for same in _alike(definition, standings):
        first = same[0]
        line = ObligationLine(
            who=_who(definition, same),
            what=first.remarks.title.strip() or first.base.replace("_", " "),
            when=labels.dates(first),
            standing=standings.get(first.name),
        )
        for place in _places(definition, first):
            is_entered = place == WHOLE or any(place in definition.ancestors(s) for s in entered)
            shown = line if is_entered else msgspec.structs.replace(line, standing=None)
            found.setdefault(place, []).append(shown)
    return found


def _entered(course: Course | None) -> set[str]:
    """Return the leaves in which an agreement has been."""
    if course is None:
        return set()
    return {course.leaf, *(leaf for move in course.taken for leaf in (move.source, move.target))}


def _alike(
    definition: Definition, standings: dict[str, Standing]
) -> Iterator[Sequence[Obligation]]:
    """Yield the obligations, those together that several owe alike and that stand alike."""
    groups: dict[tuple[str, Standing | None], list[Obligation]] = {}
    for name, obligation in definition.obligations.items():
        groups.setdefault((obligation.base, standings.get(name)), []).append(obligation)
    yield from groups.values()


def _who(definition: Definition, same: Sequence[Obligation]) -> str:
    obligors = labels.parties(definition, tuple(o.obligor for o in same))
    if len(same) > 1 or not same[0].obligees:
        return obligors
    return f"{obligors} to {labels.parties(definition, same[0].obligees)}"


def _places(definition: Definition, obligation: Obligation) -> list[str]:
    """Return the fewest states that make up the states in which a duty is in force."""
    if obligation.during is None:
        return [WHOLE]
    left = set(obligation.during)
    found = []
    for state in definition.states.values():
        inside = {leaf for leaf in definition.leaves if state.name in definition.ancestors(leaf)}
        if inside and inside <= left:
            found.append(state.name)
            left -= inside
    return found


def _arrows(definition: Definition, course: Course | None) -> Iterator[Arrow]:
    first_day = None if course is None else course.first_day
    for transition in definition.transitions.values():
        for source, target in _ends(definition, transition):
            moves = _taken(definition, transition, source, course)
            yield Arrow(
                name=transition.name,
                title=transition.remarks.title.strip() or transition.name.replace("_", " "),
                source=source,
                target=target,
                owners=labels.concurring(definition, transition.owners),
                after=labels.after(transition.after),
                guards=tuple(labels.guard(guard.text) for guard in transition.guards),
                taken=tuple(labels.day(definition, When(m.at), first_day) for m in moves),
                left=moves[-1].source if moves else None,
                is_return=transition.target is None,
            )


def _ends(definition: Definition, transition: Transition) -> list[tuple[str, str]]:
    """Return the states between which a transition is drawn.

    One back to where the agreement came from is drawn to every state from which
    some transition leads to its source.
    """
    if transition.target is not None:
        # A compound that is a target is entered at its initial leaf, and drawn so.
        return [(source, transition.target) for source in transition.from_]
    return [
        (source, origin)
        for source in transition.from_
        for origin in dict.fromkeys(
            origin
            for other in definition.transitions.values()
            if other.target is not None and source in definition.ancestors(other.target)
            for origin in other.from_
        )
        if origin != source
    ]


def _taken(
    definition: Definition, transition: Transition, source: str, course: Course | None
) -> list[Taken]:
    moves = () if course is None else course.taken
    return [
        move
        for move in moves
        if move.transition == transition.name and source in definition.ancestors(move.source)
    ]


def _main(definition: Definition) -> tuple[str, ...]:
    """Return the leaves on the shortest way to a success, which a drawing keeps straight."""
    ways: list[tuple[str, ...]] = [(definition.initial,)]
    seen = {definition.initial}
    for way in ways:
        if definition.states[way[-1]].final == "success":
            return way
        for transition in definition.transitions.values():
            target = transition.target
            if way[-1] in transition.sources and target is not None and target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()
