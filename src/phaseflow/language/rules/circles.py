"""Rules on what would wait for itself."""

from collections.abc import Iterator

from phaseflow.language.document import listed
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.definition import Obligation
from phaseflow.model.guard import (
    Attribute,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Reference,
    references,
)
from phaseflow.text.source import Path

_CIRCLES_AT_MOST = 50
_DEFAULTS: frozenset[Attribute] = frozenset({"breached", "overdue"})


@rule(
    "PF410",
    asks="Nothing is owed, by way of others, in return for itself.",
    why="Each unit would call for more of the same, without end.",
    instead="Take one of the links out.",
    bad="""
        obligations:
          fuel: {obligor: north, in_return_for: [{obligation: food, within: P1D, each: 1}]}
          food: {obligor: south, in_return_for: [{obligation: fuel, within: P1D, each: 1}]}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
          food: {obligor: south, in_return_for: [{obligation: fuel, within: P1D, each: 1}]}
        """,
)
def returns_do_not_circle(written: Written) -> Iterator[Fault]:
    """Yield each circle of obligations that are owed in return for one another."""
    links = {
        duty.base: [
            (driver.obligation, (*path, "in_return_for", place, "obligation"))
            for place, driver in enumerate(form.in_return_for or ())
        ]
        for path, duty, form, _ in written.duties()
    }
    yield from _circles(links, "is owed in return for itself", written)


@rule(
    "PF411",
    asks="Nothing counts, by way of others, toward itself.",
    why="A unit that counts toward itself would count twice, and twice again.",
    instead="Take one of the links out.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, counts_toward: fuel}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        """,
)
def counts_do_not_circle(written: Written) -> Iterator[Fault]:
    """Yield each circle of obligations that count toward one another."""
    links = {
        duty.base: listed(form.counts_toward, (*path, "counts_toward"))
        for path, duty, form, _ in written.duties()
    }
    yield from _circles(links, "counts toward itself", written)


def _circles(
    links: dict[str, list[tuple[str, Path]]], what: str, written: Written
) -> Iterator[Fault]:
    """Yield a fault for each circle of links, at the first of them; the first few of many."""
    told: set[str] = set()
    budget = _CIRCLES_AT_MOST
    for base, found in links.items():
        for name, path in found:
            if base in told or not budget:
                break
            way = _way(name.partition(".")[0], base, links)
            if way and written.scope.duty(name):
                told.update(way)
                budget -= 1
                message = f"{base!r} {what}: {' → '.join([base, *way])}"
                yield Fault(path, message, "take one of these links out")


def _way(start: str, end: str, links: dict[str, list[tuple[str, Path]]]) -> list[str]:
    """Return a way from ``start`` to ``end``, or nothing."""
    pending, seen = [[start]], {start}
    while pending:
        way = pending.pop()
        if way[-1] == end:
            return way
        for name, _ in links.get(way[-1], ()):
            base = name.partition(".")[0]
            if base not in seen:
                seen.add(base)
                pending.append([*way, base])
    return []


@rule(
    "PF412",
    asks="No excuse hangs on an excuse: two of them could swing to and fro.",
    why="Two excuses that hang on each other could swing to and fro, each lifting the other.",
    instead="Read what the excuse hangs on.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
          food: {obligor: south, amount: 9, by: day 7, excused_while: fuel.excused}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
          food: {obligor: south, amount: 9, by: day 7, excused_while: fuel.breached}
        """,
)
def excuses_are_steady(written: Written) -> Iterator[Fault]:
    """Yield each excuse that reads whether something is excused."""
    for path, _, _, owed in written.duties():
        reads = references(owed.excused_while) if owed.excused_while is not None else ()
        for read in reads:
            if isinstance(read, ObligationAttribute) and read.attribute == "excused":
                message = f"an excuse cannot hang on an excuse: {read}"
                remedy = "read what it hangs on, as in hostages.breached"
                yield Fault((*path, "excused_while"), message, remedy)


@rule(
    "PF430",
    "warning",
    asks="No duty is excused by its own default.",
    why="Whoever is in default would be excused by it, and could not be in default any more.",
    instead="Name the default of the other side.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, excused_while: north.in_breach}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, excused_while: south.in_breach}
        """,
)
def excuse_is_not_its_own(written: Written) -> Iterator[Fault]:
    """Yield each default that would excuse itself."""
    for path, _, _, owed in written.duties():
        for read in references(owed.excused_while) if owed.excused_while is not None else ():
            if _is_default_of(read, owed):
                message = f"{read} would excuse the very duty that it is a default of"
                remedy = "name the default of the other side"
                yield Fault((*path, "excused_while"), message, remedy)


def _is_default_of(read: Reference, owed: Obligation) -> bool:
    match read:
        case ObligationAttribute(obligations=names, attribute=attribute):
            return attribute in _DEFAULTS and names == (owed.name,)
        case PartyAttribute(party):
            return party == owed.obligor
        case FindingValue():
            return False


@rule(
    "PF431",
    "warning",
    asks="No duty arises only when it is discharged.",
    why="A duty that is owed only once it is performed is never owed.",
    instead="Name what must come before it.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, requires: fuel.discharged}
        """,
    good="""
        obligations:
          food: {obligor: south, amount: 9, by: day 3}
          fuel: {obligor: north, amount: 25, by: day 7, requires: food.discharged}
        """,
)
def condition_is_not_its_own(written: Written) -> Iterator[Fault]:
    """Yield each condition that is the discharge of its own duty."""
    for path, _, _, owed in written.duties():
        if owed.requires is not None and _needs(owed.requires, owed.name):
            message = f"{owed.base!r} would be owed only once it is discharged"
            yield Fault((*path, "requires"), message, "name what must come before it")


def _needs(expression: Expression, name: str) -> bool:
    if isinstance(expression, Not):
        return False
    return any(
        isinstance(read, ObligationAttribute)
        and read.attribute == "discharged"
        and read.part is None
        and read.obligations == (name,)
        for read in references(expression)
    )
