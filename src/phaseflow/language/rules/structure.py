"""Rules on states that can be entered and left, and automatic transitions that come to rest."""

from collections.abc import Iterator

from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.definition import Guard, Transition
from phaseflow.model.guard import (
    AllOf,
    Comparison,
    ComparisonSign,
    Constant,
    Expression,
    FindingValue,
    Not,
    references,
)
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset

_STEPS_AT_MOST = 20_000
_EDGES_AT_MOST = 100_000
_UNPROVEN = "it cannot be shown that the automatic transitions come to rest"
_PACE = "give some of them after: STATE + P1D"
_OPPOSITE: dict[ComparisonSign, ComparisonSign] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}

Literal_ = tuple[Expression, bool]
_Edge = tuple[Transition, str]


@rule(
    "PF301",
    asks="The agreement begins in a leaf that is not final.",
    why="An agreement that begins at its end binds nobody.",
    instead="Begin in a state that has a way out.",
    bad="""
        initial: ended
        """,
    good="""
        initial: proposed
        """,
)
def initial_can_be_entered(written: Written) -> Iterator[Fault]:
    """Yield where the agreement begins, if it can neither be entered nor go on."""
    name, scope = written.reading.form.initial, written.scope
    if name not in scope.states:
        return
    leaf = scope.entry(name)
    if leaf is None:
        yield Fault(
            ("initial",), f"{name!r} does not say where it is entered", _inner(name, written)
        )
    elif scope.states[leaf].is_final:
        yield Fault(("initial",), f"{name!r} is final: nothing could happen", "begin elsewhere")


def _inner(name: str, written: Written) -> str:
    within = ", ".join(written.scope.leaves(name)[:5])
    return f"give it initial: …, or name a state within: {within}"


@rule(
    "PF302",
    asks="A transition enters a leaf, or a state with `initial`.",
    why="A state that holds others is entered in one of them, and the text must say in which.",
    instead="Give it initial: …, or name the state within.",
    bad="""
        states:
          proposed:
          running: {states: {slow: , fast: }}
          ended: {final: success}
        """,
    good="""
        states:
          proposed:
          running: {initial: slow, states: {slow: , fast: }}
          ended: {final: success}
        """,
)
def target_can_be_entered(written: Written) -> Iterator[Fault]:
    """Yield each target that does not say in which leaf it is entered."""
    for path, transition in written.transitions():
        is_known = transition.to in written.scope.states
        is_final = is_known and written.scope.states[transition.to].is_final
        if is_known and not is_final and written.scope.entry(transition.to) is None:
            message = f"{transition.to!r} does not say where it is entered"
            yield Fault((*path, "to"), message, _inner(transition.to, written))


@rule(
    "PF303",
    asks="No transition leaves a final state.",
    why="""
        What is over is over: nothing moves any more, and reports are still recorded. A transition
        out of the end would make it no end.
        """,
    instead="Make the state not final, or begin a new agreement.",
    bad="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
          - {name: revive, from: ended, to: running, by: {all: signatories}}
        """,
    good="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
)
def final_is_final(written: Written) -> Iterator[Fault]:
    """Yield each final state that a transition leaves, and each transition that leaves none."""
    states = written.scope.states
    for path, transition in written.transitions():
        final = [n for n in transition.from_ if n in states and states[n].is_final]
        for name in final:
            message = f"{name!r} is final: nothing leaves it"
            yield Fault((*path, "from"), message, "take it out, or make the state not final")
        is_known = all(name in states for name in transition.from_)
        if is_known and not final and not transition.sources:
            yield Fault((*path, "from"), "this transition leaves no state", "name one")


@rule(
    "PF304",
    whole=True,
    asks="`to: previous` leaves states that were entered from elsewhere.",
    why="""
        `previous` is the state that was left for this one. The initial state was entered from none.
        """,
    instead="Name the state.",
    bad="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
          - {name: back, from: proposed, to: previous, by: north}
        """,
    good="""
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
          - {name: back, from: running, to: previous, by: north}
        """,
)
def previous_is_known(written: Written) -> Iterator[Fault]:
    """Yield each return to a previous state from a state that has none."""
    entered = {
        transition.target
        for _, transition in written.transitions()
        for source in transition.sources
        if transition.target is not None and source != transition.target
    }
    for path, transition in written.transitions():
        lacking = [source for source in transition.sources if source not in entered]
        if transition.to == "previous" and transition.sources and lacking:
            message = f"no transition enters {lacking[0]!r}: there is no previous state"
            yield Fault((*path, "to"), message, "name the state it enters")
        elif transition.to == "previous" and written.definition.initial in transition.sources:
            message = f"{written.definition.initial!r} is the initial state: nothing is before it"
            yield Fault((*path, "to"), message, "name the state it enters")


@rule(
    "PF307",
    asks="A state holds others, or is final, or neither; `initial` is one of those within.",
    why="""
        The agreement is in a leaf. A state that holds others is no end of its own, and is entered
        in one of its own.
        """,
    instead="Make the states within final, and name one of them as initial.",
    bad="""
        states:
          proposed:
          running: {initial: proposed, states: {slow: , fast: }}
          ended: {final: success}
        """,
    good="""
        states:
          proposed:
          running: {initial: slow, states: {slow: , fast: }}
          ended: {final: success}
        """,
)
def compounds_are_whole(written: Written) -> Iterator[Fault]:
    """Yield what contradicts itself in a state that holds others, or should."""
    for name, node in written.scope.states.items():
        if node.path in written.reading.damaged:
            continue
        if node.is_final and node.within:
            message = f"{name!r} is final and holds other states"
            yield Fault((*node.path, "final"), message, "make the states within final", at_key=True)
        if node.initial is not None and node.initial not in node.inner:
            remedy = f"name one of {', '.join(node.within)}" if node.within else "remove it"
            message = f"{node.initial!r} is not a state within {name!r}"
            yield Fault((*node.path, "initial"), message, remedy)
        if not node.inner and (*node.path, "states") in written.scope.faults.document.keys:
            message = f"no state is within {name!r}"
            yield Fault((*node.path, "states"), message, "remove states:, or fill it", at_key=True)


@rule(
    "PF305",
    whole=True,
    asks="Automatic transitions come to rest: no cycle of them could go round at one moment.",
    why="Automatic transitions that lead round could go round for ever without a moment passing.",
    instead="Let one of them wait, or give them guards that exclude each other.",
    bad="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: automatic, guards: [storm]}
          - {name: back, from: running, to: proposed, by: automatic, guards: [storm]}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
    good="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: automatic, guards: [not storm]}
          - {name: back, from: running, to: proposed, by: automatic, guards: [storm]}
          - {name: end, from: running, to: ended, by: {all: signatories}}
        """,
)
def automatic_stops(written: Written) -> Iterator[Fault]:
    """Yield each cycle of automatic transitions that might go round at one moment."""
    edges = _edges(written)
    if edges is None:
        yield Fault(("transitions",), _UNPROVEN, _PACE, at_key=True)
        return
    order = {leaf: place for place, leaf in enumerate(edges)}
    paths = {transition.name: path for path, transition in written.transitions()}
    budget = [_STEPS_AT_MOST]
    told: set[frozenset[str]] = set()
    for start in edges:
        for cycle in _cycles(start, edges, order, budget):
            names = frozenset(transition.name for transition, _ in cycle)
            if names in told or _is_paced(cycle, start, written):
                continue
            told.add(names)
            yield _loop(cycle, paths)
    if budget[0] <= 0:
        yield Fault(("transitions",), _UNPROVEN, _PACE, at_key=True)


def _loop(cycle: list[_Edge], paths: dict[str, tuple[str | int, ...]]) -> Fault:
    names = " → ".join(transition.name for transition, _ in cycle)
    message = f"automatic transitions could go round for ever at one moment: {names}"
    remedy = "give one of them after: STATE + P1D, or guards that exclude each other"
    return Fault((*paths[cycle[0][0].name], "name"), message, remedy)


def _edges(written: Written) -> dict[str, list[_Edge]] | None:
    """Return the automatic moves out of each leaf; None if they are too many."""
    edges: dict[str, list[_Edge]] = {leaf: [] for leaf in written.definition.leaves}
    entries: dict[str, set[str]] = {}
    for _, transition in written.transitions():
        for source in transition.sources:
            if transition.target:
                entries.setdefault(transition.target, set()).add(source)
    count = 0
    for _, transition in written.transitions():
        for source in transition.sources if transition.owners is None else ():
            count += 1 if transition.target else len(entries.get(source, ()))
            if count > _EDGES_AT_MOST:
                return None
            if transition.target:
                edges[source].append((transition, transition.target))
            elif transition.to == "previous":
                came = sorted(entries.get(source, set()) - {source})
                edges[source] += [(transition, leaf) for leaf in came]
    return edges


def _cycles(
    start: str, edges: dict[str, list[_Edge]], order: dict[str, int], budget: list[int]
) -> Iterator[list[_Edge]]:
    """Yield the cycles through ``start`` and later leaves whose guards can hold together."""
    stack: list[tuple[list[_Edge], frozenset[Literal_]]] = [([], frozenset())]
    while stack and budget[0] > 0:
        path, held = stack.pop()
        here = path[-1][1] if path else start
        if path and here == start:
            yield path
            continue
        visited = {leaf for _, leaf in path}
        for edge in reversed(edges[here]):
            budget[0] -= 1
            more = held | literals(edge[0].guards, of_findings=True)
            is_new = edge[1] not in visited and order[edge[1]] >= order[start]
            if is_new and not contradicts(more):
                stack.append(([*path, edge], more))


def literals(guards: tuple[Guard, ...], *, of_findings: bool) -> frozenset[Literal_]:
    """Return what must be true, and what false, for ``guards`` to hold.

    ``of_findings``: only what a move cannot change; it may change what is true
    of an obligation.
    """
    found: set[Literal_] = set()
    for guard in guards:
        pending: list[Expression] = [guard.that]
        while pending:
            one = pending.pop()
            if isinstance(one, AllOf):
                pending += one.of
            elif not of_findings or all(isinstance(r, FindingValue) for r in references(one)):
                found.add(_literal(one))
    return frozenset(found)


def _literal(expression: Expression) -> Literal_:
    holds = True
    while isinstance(expression, Not):
        expression, holds = expression.of, not holds
    if isinstance(expression, Comparison) and expression.sign in {"!=", ">=", "<="}:
        sign = _OPPOSITE[expression.sign]
        return Comparison(sign, expression.left, expression.right), not holds
    return expression, holds


def contradicts(literals: frozenset[Literal_]) -> bool:
    """Tell whether not all of ``literals`` can hold at once."""
    if any((one, not holds) in literals for one, holds in literals):
        return True
    if any(one == Constant(value=not holds) for one, holds in literals):
        return True
    values: dict[Expression, set[Expression]] = {}
    for one, holds in literals:
        if not holds or not isinstance(one, Comparison) or one.sign != "==":
            continue
        if isinstance(one.right, Constant):
            values.setdefault(one.left, set()).add(one.right)
    return any(len(found) > 1 for found in values.values())


def _is_paced(cycle: list[_Edge], start: str, written: Written) -> bool:
    """Tell whether some `after` in ``cycle`` begins anew each time round."""
    entered: set[str] = set()
    source = start
    for transition, leaf in cycle:
        if transition.target is not None:
            outside = set(written.definition.ancestors(leaf))
            entered |= outside - set(written.definition.ancestors(source)) | {leaf}
        source = leaf
    return any(t.after is not None and _waits(t.after, entered) for t, _ in cycle)


def _waits(after: Moment, entered: set[str]) -> bool:
    match after:
        case Offset(base=base, sign=1):
            while isinstance(base, Offset) and base.sign > 0:
                base = base.base
            return isinstance(base, Anchor) and base.kind == "state" and base.name in entered
        case Choice(pick, of):
            waits = [_waits(one, entered) for one in of]
            return any(waits) if pick == "later_of" else all(waits)
        case AgreementDay() | CalendarDay() | Anchor() | Offset():
            return False


@rule(
    "PF306",
    whole=True,
    asks="No automatic transition stands behind one that is always taken before it.",
    why="""
        Of several automatic transitions the first in the file is taken. One behind another that
        holds whenever it does is never taken.
        """,
    instead="Put it first, or give the other a guard.",
    bad="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: automatic, after: day 9}
          - {name: back, from: running, to: proposed, by: automatic, after: day 9, guards: [storm]}
        """,
    good="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: back, from: running, to: proposed, by: automatic, after: day 9, guards: [storm]}
          - {name: end, from: running, to: ended, by: automatic, after: day 9}
        """,
)
def automatic_can_be_taken(written: Written) -> Iterator[Fault]:
    """Yield each automatic transition that an earlier one always forestalls."""
    automatic = [(p, t) for p, t in written.transitions() if t.owners is None]
    asked = [frozenset(g.that for g in t.guards) - {Constant(value=True)} for _, t in automatic]
    for place, (path, later) in enumerate(automatic):
        sure = frozenset(g.that for g in later.guards if g.waivable_by is None)
        left = set(later.sources)
        for (_, earlier), needed in zip(automatic[:place], asked[:place], strict=True):
            if earlier.after in {None, later.after} and needed <= sure:
                left.difference_update(earlier.sources)
            if later.sources and not left:
                message = f"{later.name!r} is never taken: {earlier.name!r} always is before it"
                yield Fault((*path, "name"), message, "put it first, or give the other a guard")
                break
