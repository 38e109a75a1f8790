"""Advice PF4xx on amounts and conditions: what does not add up, or waits for itself."""

from collections.abc import Iterator
from typing import Any

from phaseflow.language.document import DriverForm, ObligationForm
from phaseflow.language.resolve.names import DutyName
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.definition import Obligation
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms.amount import Amount
from phaseflow.model.guard import (
    Expression,
    Not,
    ObligationAttribute,
    PartyAttribute,
    references,
)
from phaseflow.text.source import Path

_DEFAULTS = frozenset({"breached", "overdue"})


@rule(
    "PF422",
    "warning",
    whole=True,
    asks="Every category of a driver calls for something in return.",
    why="""
        A category that every key leaves out is delivered for nothing. Most often it was added
        later.
        """,
    instead="Name it under each or shared.",
    bad="""
        obligations:
          goods: {obligor: north, amount: {boats: 3, carts: 5}, by: day 7}
          money:
            obligor: south
            in_return_for: [{obligation: goods, within: P1D, each: {boats: {silver: 2}}}]
        """,
    good="""
        obligations:
          goods: {obligor: north, amount: {boats: 3, carts: 5}, by: day 7}
          money:
            obligor: south
            in_return_for: [{obligation: goods, within: P1D, each: {boats: {silver: 2}, carts: {silver: 1}}}]
        """,
)
def keys_close(written: Written) -> Iterator[Fault]:
    """Yield each category of a driver that calls for nothing."""
    called: dict[str, set[str]] = {}
    for _, driver, duty, _ in _drivers(written):
        for name in _meant(driver, duty):
            called.setdefault(name, set()).update(_calls(driver, duty))
    told: set[tuple[str, str]] = set()
    for path, driver, duty, _ in _drivers(written):
        for name in _meant(driver, duty):
            for category in duty.categories if called[name] else ():
                one = driver.obligation, category
                if category not in called[name] and one not in told:
                    told.add(one)
                    message = f"{category!r} of {driver.obligation!r} calls for nothing in return"
                    yield Fault((*path, "obligation"), message, "name it under each: or shared:")


def _meant(driver: DriverForm, duty: DutyName) -> tuple[str, ...]:
    """Return the obligations that a driver stands for."""
    return duty.full_names if driver.obligation == duty.base else (driver.obligation,)


def _calls(driver: DriverForm, duty: DutyName) -> set[str]:
    """Return the categories of ``duty`` for which a driver calls for something."""
    keys = [key for key in (driver.each, driver.shared) if key is not None]
    if not all(isinstance(key, dict) for key in keys):
        return set(duty.categories)
    return {name for key in keys if isinstance(key, dict) for name in key}


@rule(
    "PF423",
    "advice",
    asks="A pool divides among the units over which it is split.",
    why="""
        A pool is split floor-wise, and the last unit draws the remainder too. Both sides should
        know which unit is worth more.
        """,
    instead="Choose a pool that divides, or leave it so and know it.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
          money: {obligor: south, in_return_for: [{obligation: fuel, within: P1D, shared: 60}]}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
          money: {obligor: south, in_return_for: [{obligation: fuel, within: P1D, shared: 75}]}
        """,
)
def pools_divide(written: Written) -> Iterator[Fault]:
    """Yield each pool that does not divide evenly."""
    for path, driver, _, source in _drivers(written):
        if not isinstance(driver.shared, dict):
            yield from _divides((*path, "shared"), driver.shared, source.amount)
            continue
        amounts = source.amount if isinstance(source.amount, dict) else {}
        for category, pool in driver.shared.items():
            figures = pool if isinstance(pool, dict) else {None: pool}
            units = amounts.get(category, source.amount if not amounts else None)
            for own, figure in figures.items():
                here = (*path, "shared", category, *(() if own is None else (own,)))
                yield from _divides(here, figure, units)


def _divides(path: Path, pool: Any, units: Any) -> Iterator[Fault]:
    if isinstance(pool, int) and isinstance(units, int) and units > 0 and pool % units:
        message = f"{pool} among {units} is {pool // units} each, and {pool % units} remain"
        remedy = "the last unit draws what remains; say so to both sides"
        yield Fault(path, message, remedy)


def _drivers(written: Written) -> Iterator[tuple[Path, DriverForm, DutyName, ObligationForm]]:
    """Yield each driver as written: its path, its form, and the duty it names with its form."""
    for path, _, form, _ in written.duties():
        for place, driver in enumerate(form.in_return_for or ()):
            found = written.scope.duty(driver.obligation)
            if found is not None and not found[0].is_damaged:
                source = written.reading.form.obligations[found[0].base]
                yield (*path, "in_return_for", place), driver, found[0], source


@rule(
    "PF424",
    "warning",
    asks="By the last row of a schedule all is due that is owed.",
    why="What is owed beyond the last row has no date, and can never be late.",
    instead="End with the row by which all is due.",
    bad="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 10}, {by: day 9, total: 20}]
        """,
    good="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 10}, {by: day 9, total: 100%}]
        """,
)
def schedule_reaches_the_whole(written: Written) -> Iterator[Fault]:
    """Yield each last row by which less than all is due."""
    for path, _, _, owed in written.duties():
        form = owed.form
        if not isinstance(form, Amount) or not form.amount or not form.schedule:
            continue
        rows = form.schedule
        if any(row.share == WHOLE for row in rows) or any(row.share for row in rows[-1:]):
            short = rows[-1].share is not None and rows[-1].share < WHOLE
            due: Figure | str = f"{rows[-1].share}%"
        else:
            most: dict[str, Figure] = {}
            for row in rows:
                most |= row.amount or {}
            owing = _sum(form.amount)
            asked = most.get(PLAIN, _sum({c: most.get(c, 0) for c in form.amount}))
            short = isinstance(asked, int) and isinstance(owing, int) and asked < owing
            due = asked
        if short:
            here = (*path, "schedule", len(rows) - 1)
            message = f"only {due} of {_sum(form.amount)} ever falls due: the rest has no date"
            yield Fault(here, message, "add a row by which all is due, as in total: 100%")


def _sum(amounts: dict[str, Figure]) -> Figure:
    """Return the sum, or the names of the findings that it depends on."""
    if all(isinstance(n, int) for n in amounts.values()):
        return sum(n for n in amounts.values() if isinstance(n, int))
    return " + ".join(str(n) for n in amounts.values())


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


def _is_default_of(read: object, owed: Obligation) -> bool:
    match read:
        case ObligationAttribute(obligations=names, attribute=attribute):
            return attribute in _DEFAULTS and owed.name in names and len(names) == 1
        case PartyAttribute(party=party):
            return party == owed.obligor
        case _:
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
