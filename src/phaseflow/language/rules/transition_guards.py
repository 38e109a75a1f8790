"""Rules on transitions that are never taken, or only by accident of order."""

from collections.abc import Iterator
from typing import NamedTuple

from phaseflow.language.forms import room_of
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.language.rules.structure import contradicts, literals
from phaseflow.model.definition import Definition, Guard, Transition
from phaseflow.model.guard import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Comparison,
    ComparisonSign,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
    type_of,
)

_PAIRS_AT_MOST = 20_000
_FOREVER = float("inf")


class _Span(NamedTuple):
    """The numbers, inclusive, that an expression can be."""

    least: float
    most: float


class _Truth(NamedTuple):
    """Whether a condition can hold, and whether it can fail."""

    can_hold: bool
    can_fail: bool


@rule(
    "PF310",
    "warning",
    whole=True,
    asks="The guards of a transition can hold, one by one and together.",
    why="""
        A right that can never be used is worth nothing. A guard that asks for more than is owed is
        most often a figure that was changed in one place only.
        """,
    instead="Look at the figures, or remove the transition.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north, guards: [fuel.delivered >= 52]}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north, guards: [fuel.delivered >= 25]}
        """,
)
def transitions_can_be_taken(written: Written) -> Iterator[Fault]:
    """Yield each guard that cannot hold, and guards that cannot hold together."""
    definition = written.definition
    for path, transition in written.transitions():
        found = literals(transition.guards, of_findings=False)
        never = [
            place
            for place, guard in enumerate(transition.guards)
            if not guard.waivable_by and not _truth(guard.that, definition, surplus=False).can_hold
        ]
        for place in never:
            text = transition.guards[place].text
            message = f"{text!r} cannot hold: {transition.name!r} is never taken"
            remedy = "look at the figures and at what is owed, or remove the transition"
            yield Fault((*path, "guards", place), message, remedy)
        if not never and contradicts(found) and not any(g.waivable_by for g in transition.guards):
            message = f"these guards cannot hold together: {transition.name!r} is never taken"
            yield Fault((*path, "guards"), message, "take one of them out", at_key=True)


@rule(
    "PF311",
    "advice",
    asks="A guard can fail.",
    why="A guard that always holds reads as a protection and is none.",
    instead="Ask for more, or remove it.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north, guards: [fuel.delivered >= 0]}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north, guards: [fuel.delivered >= 20]}
        """,
)
def guards_can_fail(written: Written) -> Iterator[Fault]:
    """Yield each guard that always holds."""
    for path, transition in written.transitions():
        for place, guard in enumerate(transition.guards):
            if not _truth(guard.that, written.definition, surplus=True).can_fail:
                message = f"{guard.text!r} always holds: it guards nothing"
                yield Fault((*path, "guards", place), message, "remove it, or ask for more")


def _truth(expression: Expression, definition: Definition, *, surplus: bool) -> _Truth:
    """Return what a condition can be; with ``surplus``, deliveries may exceed what is owed."""
    match expression:
        case Constant(value=bool(value)):
            return _Truth(value, not value)
        case Not(of):
            inner = _truth(of, definition, surplus=surplus)
            return _Truth(inner.can_fail, inner.can_hold)
        case AllOf(of):
            parts = [_truth(part, definition, surplus=surplus) for part in of]
            return _Truth(all(p.can_hold for p in parts), any(p.can_fail for p in parts))
        case AnyOf(of):
            parts = [_truth(part, definition, surplus=surplus) for part in of]
            return _Truth(any(p.can_hold for p in parts), all(p.can_fail for p in parts))
        case Comparison(sign, left, right) if type_of(left) == "integer":
            first = _span(left, definition, surplus=surplus)
            second = _span(right, definition, surplus=surplus)
            return _compared(sign, first, second)
        case Comparison(sign, Constant(first_word), Constant(second_word)):
            is_so = (first_word == second_word) == (sign == "==")
            return _Truth(is_so, not is_so)
        case (
            Constant()
            | Point()
            | FindingValue()
            | PartyAttribute()
            | ObligationAttribute()
            | Comparison()
            | Arithmetic()
        ):
            return _Truth(can_hold=True, can_fail=True)


def _compared(sign: ComparisonSign, first: _Span, second: _Span) -> _Truth:
    match sign:
        case "<":
            return _Truth(first.least < second.most, first.most >= second.least)
        case "<=":
            return _Truth(first.least <= second.most, first.most > second.least)
        case ">":
            return _compared("<", second, first)
        case ">=":
            return _compared("<=", second, first)
        case "==":
            meets = first.least <= second.most and second.least <= first.most
            same = first.least == first.most == second.least == second.most
            return _Truth(meets, not same)
        case "!=":
            equal = _compared("==", first, second)
            return _Truth(equal.can_fail, equal.can_hold)


def _span(expression: Expression, definition: Definition, *, surplus: bool) -> _Span:
    match expression:
        case Constant(value=int(value)):
            return _Span(value, value)
        case ObligationAttribute(obligations=names, attribute=attribute, part=part):
            if not _is_bounded(attribute, surplus=surplus):
                return _Span(0, _FOREVER)
            owed = [definition.obligations[name] for name in names]
            return _Span(0, sum(room_of(one).most(one.form, part) for one in owed))
        case Arithmetic(sign, left, right):
            first = _span(left, definition, surplus=surplus)
            second = _span(right, definition, surplus=surplus)
            match sign:
                case "+":
                    return _Span(first.least + second.least, first.most + second.most)
                case "-":
                    return _Span(first.least - second.most, first.most - second.least)
                case "*":
                    return _product(first, second)
        case (
            Constant()
            | Point()
            | FindingValue()
            | PartyAttribute()
            | Not()
            | AllOf()
            | AnyOf()
            | Comparison()
        ):
            return _Span(-_FOREVER, _FOREVER)


def _is_bounded(attribute: Attribute, *, surplus: bool) -> bool:
    """Tell whether an attribute is at most what is owed."""
    match attribute:
        case "total" | "due" | "outstanding":
            return True
        case "delivered":
            return not surplus
        case "claimed" | "contested" | "violations":
            return False
        case "discharged" | "overdue" | "breached" | "waived" | "excused":
            return False


def _product(first: _Span, second: _Span) -> _Span:
    ends = [a * b if a and b else 0 for a in first for b in second]
    return _Span(min(ends), max(ends))


@rule(
    "PF312",
    "warning",
    whole=True,
    asks="No transition says what an easier one before it says.",
    why="""
        Of two transitions between the same states, by the same parties, the one that asks for more
        is never needed: its guards protect nobody.
        """,
    instead="Give them other owners, states or guards, or keep one.",
    bad="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north}
          - {name: flee, from: running, to: ended, by: north, guards: [storm]}
        """,
    good="""
        findings: {storm: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: {all: signatories}}
          - {name: flee, from: running, to: ended, by: north, guards: [storm]}
        """,
)
def transitions_differ(written: Written) -> Iterator[Fault]:
    """Yield each transition that asks for all that an earlier one asks for."""
    groups: dict[object, list[tuple[Fault, Transition]]] = {}
    for path, one in written.transitions():
        if one.owners is not None:
            key = one.sources, one.target, one.to, one.owners, one.after
            groups.setdefault(key, []).append((Fault((*path, "name"), "", ""), one))
    budget = _PAIRS_AT_MOST
    for same in groups.values():
        for place, (fault, later) in enumerate(same):
            asked = _asked(later.guards)
            for _, earlier in same[:place]:
                budget -= 1
                if budget > 0 and _asked(earlier.guards) <= asked:
                    message = f"{later.name!r} asks for all that {earlier.name!r} asks for"
                    remedy = "give them other owners, states or guards, or keep one"
                    yield fault._replace(message=message, remedy=remedy)
                    break


def _asked(guards: tuple[Guard, ...]) -> set[Expression]:
    return {guard.that for guard in guards}


@rule(
    "PF313",
    "advice",
    whole=True,
    asks="Of several automatic transitions out of a state, at most one can be taken at a time.",
    why="""
        When both hold, the first in the file is taken. A negotiator who moves a line would change
        what the text means.
        """,
    instead="Give them guards that exclude each other.",
    bad="""
        findings: {storm: {by: watch}, flood: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: automatic, guards: [storm]}
          - {name: back, from: running, to: proposed, by: automatic, guards: [flood]}
        """,
    good="""
        findings: {storm: {by: watch}, flood: {by: watch}}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: automatic, guards: [storm]}
          - {name: back, from: running, to: proposed, by: automatic, guards: [flood and not storm]}
        """,
)
def automatic_exclude_each_other(written: Written) -> Iterator[Fault]:
    """Yield each automatic transition that may be open at the same time as an earlier one."""
    automatic = [(p, t) for p, t in written.transitions() if t.owners is None]
    asked = [literals(t.guards, of_findings=False) for _, t in automatic]
    budget = _PAIRS_AT_MOST
    for place, (path, later) in enumerate(automatic):
        for (_, earlier), needed in zip(automatic[:place], asked[:place], strict=True):
            budget -= 1
            shared = set(later.sources) & set(earlier.sources) if budget > 0 else ()
            if shared and later.to != earlier.to and not contradicts(needed | asked[place]):
                message = (
                    f"{earlier.name!r} may hold as well, and is taken, being first in the file"
                )
                remedy = "give them guards that exclude each other"
                yield Fault((*path, "name"), message, remedy)
                break
