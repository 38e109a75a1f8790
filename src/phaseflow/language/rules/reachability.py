"""Rules on where the agreement can get to, and whether it can end."""

from collections.abc import Iterator

from phaseflow.language.document import listed
from phaseflow.language.rules.dates import moments_of
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.text.source import Path

_EDGES_AT_MOST = 200_000


@rule(
    "PF308",
    "warning",
    whole=True,
    asks="Some way leads from the initial state to each state.",
    why="""
        Duties and rights of a state that cannot be reached are never in force. Most often a
        transition is missing, or one before it enters another state than was meant.
        """,
    instead="Mend the way to it from the state in which the agreement begins, or remove it.",
    bad="""
        states:
          proposed:
          running:
          halted: {deadlines: toll}
          ended: {final: success}
        """,
    good="""
        states:
          proposed:
          running:
          halted: {deadlines: toll}
          ended: {final: success}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: halt, from: running, to: halted, by: north}
          - {name: resume, from: halted, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
)
def states_can_be_reached(written: Written) -> Iterator[Fault]:
    """Yield each state to which no way leads."""
    reached, begins = _reached(written), written.reading.form.initial
    for name, node in written.scope.states.items():
        around = node.parent
        if _is_reached(name, written, reached) or (
            around is not None and not _is_reached(around, written, reached)
        ):
            continue
        message = f"no way leads from {begins!r} to {name!r}: the agreement is never there"
        yield Fault(node.path, message, _way_in(name, written), at_key=True)


def _way_in(name: str, written: Written) -> str:
    """Return what would let an agreement come into the state of ``name``."""
    leaves = written.scope.leaves(name)
    for _, transition in written.transitions():
        outside = [source for source in transition.sources if source not in leaves]
        if transition.target in leaves and outside:
            return f"{transition.name!r} enters it from {outside[0]!r}: mend the way to that"
    return "add a transition to it, or remove it"


@rule(
    "PF309",
    "warning",
    whole=True,
    asks="Some transition leaves each state that is not final.",
    why="Whoever is in it is bound for ever, and nothing that happens changes that.",
    instead="Add a way out, as a date after which either side may leave, or make it final.",
    bad="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: proposed, to: ended, by: {all: signatories}}
        """,
    good="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
)
def states_can_be_left(written: Written) -> Iterator[Fault]:
    """Yield each state that can be reached and not left."""
    left = {source for _, t in written.transitions() for source in t.sources}
    for name in _reached(written) - left:
        if not written.definition.is_final(name):
            message = f"nothing leaves {name!r}: an agreement that is there stays there for ever"
            remedy = "add a transition out of it, or make it final"
            yield Fault(written.scope.states[name].path, message, remedy, at_key=True)


@rule(
    "PF314",
    "warning",
    whole=True,
    asks="Some way leads from each state to a final one.",
    why="""
        An agreement that can never end cannot be carried out in full, nor be said to have failed.
        """,
    instead="Add a transition to a final state.",
    bad="""
        states:
          proposed:
          running:
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: back, from: running, to: proposed, by: {all: signatories}}
        """,
    good="""
        states:
          proposed:
          running:
          ended: {final: success}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: back, from: running, to: proposed, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
)
def an_end_is_in_sight(written: Written) -> Iterator[Fault]:
    """Yield each state that can be reached, and from which no way leads to an end."""
    finals = {leaf for leaf in written.definition.leaves if written.definition.is_final(leaf)}
    if not finals:
        message = "no state is final: the agreement has no end"
        yield Fault(("states",), message, "give a state final: success", at_key=True)
        return
    edges = _edges(written)
    ends = finals | {leaf for leaf in edges if not edges[leaf]}
    back: dict[str, set[str]] = {}
    for source, targets in edges.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    ending = _closure(ends, back)
    for name in _reached(written) - ending:
        message = f"no way leads from {name!r} to a final state"
        path = written.scope.states[name].path
        yield Fault(path, message, "add a transition to a final state", at_key=True)


@rule(
    "PF413",
    asks="A duty is in force in some state that is not final.",
    why="In a final state nothing is owed any more.",
    instead="Name the states before.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, during: ended}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, during: running}
        """,
)
def duties_can_arise(written: Written) -> Iterator[Fault]:
    """Yield each duty that is in force in final states only."""
    for path, _, form, owed in written.duties():
        names = [name for name, _ in listed(form.during, ())]
        if owed.during == () and all(name in written.scope.states for name in names):
            message = "this duty is never in force: nothing is owed in a final state"
            yield Fault((*path, "during"), message, "name the states before")


@rule(
    "PF425",
    "warning",
    whole=True,
    asks="A duty is in force in some state that can be reached.",
    why="A duty in states that cannot be reached is never in force.",
    instead="Name states that can be reached, or add the transition.",
    bad="""
        states:
          proposed:
          running:
          halted:
          ended: {final: success}
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, during: halted}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, during: running}
        """,
)
def duties_are_in_force(written: Written) -> Iterator[Fault]:
    """Yield each duty that is in force only where no way leads."""
    reached = _reached(written)
    for path, _, _, owed in written.duties():
        if owed.during and not reached.intersection(owed.during):
            message = "this duty is never in force: no way leads to its states"
            yield Fault((*path, "during"), message, "name states that can be reached")


@rule(
    "PF316",
    "warning",
    whole=True,
    asks="A moment hangs on a state that can be reached.",
    why="""
        A moment that hangs on a state which is never entered never comes, and a due by then is
        never missed.
        """,
    instead="Name a state that can be reached.",
    bad="""
        states:
          proposed:
          running:
          halted:
          ended: {final: success}
        obligations:
          fuel: {obligor: north, amount: 25, by: halted + P7D}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: running + P7D}
        """,
)
def moments_can_come(written: Written) -> Iterator[Fault]:
    """Yield each moment that hangs on a state to which no way leads."""
    reached = _reached(written)
    for path, moment in _moments(written):
        for anchor in _anchors(moment):
            if not _is_reached(anchor, written, reached):
                message = f"no way leads to {anchor!r}: this moment never comes"
                yield Fault(path, message, "name a state that can be reached")


def _moments(written: Written) -> Iterator[tuple[Path, Moment]]:
    for path, transition in written.transitions():
        if transition.after is not None:
            yield (*path, "after"), transition.after
    for path, _, form, owed in written.duties():
        yield from moments_of(path, form, owed)


def _anchors(moment: Moment) -> Iterator[str]:
    """Yield the states without which ``moment`` never comes; of `earlier_of` one is enough."""
    match moment:
        case Anchor(kind, name):
            if kind == "state":
                yield name
        case Offset(base):
            yield from _anchors(base)
        case Choice(pick, of):
            for one in of if pick == "later_of" else ():
                yield from _anchors(one)
        case AgreementDay() | CalendarDay():
            return


def _is_reached(name: str, written: Written, reached: set[str]) -> bool:
    return bool(reached.intersection(written.scope.leaves(name)))


def _reached(written: Written) -> set[str]:
    return _closure({written.definition.initial}, _edges(written))


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    found, pending = set(start), list(start)
    while pending:
        more = edges.get(pending.pop(), set()) - found
        found |= more
        pending += more
    return found


def _edges(written: Written) -> dict[str, set[str]]:
    """Return where each leaf leads to; `previous` leads to whatever enters what is left."""
    edges: dict[str, set[str]] = {leaf: set() for leaf in written.definition.leaves}
    entered: dict[str, set[str]] = {}
    count = 0
    for _, transition in written.transitions():
        count += len(transition.sources)
        if transition.target is not None and count <= _EDGES_AT_MOST:
            for source in transition.sources:
                edges[source].add(transition.target)
            entered.setdefault(transition.target, set()).update(transition.sources)
    for _, transition in written.transitions():
        for source in transition.sources if transition.to == "previous" else ():
            edges[source] |= entered.get(source, set()) - set(transition.sources)
    return edges
