"""Rules on amounts: what is no figure, does not add up, or cannot be shared out."""

import re
from collections.abc import Iterator
from itertools import chain

from phaseflow.language.document import DriverForm, ObligationForm, listed
from phaseflow.language.forms import FORMS
from phaseflow.language.resolve.figures import OPEN, leaves
from phaseflow.language.resolve.names import DeclaredDuty
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.in_return import InReturn
from phaseflow.text.source import Path

FIGURE_AT_MOST = 10**9
_SHARE = re.compile(r"\s*([0-9]+)\s*%")


@rule(
    "PF404",
    asks="Every figure is a positive whole number that arithmetic can bear.",
    why="Nothing is owed by owing nothing; and arithmetic has its bounds.",
    instead="Write a number from 1 to 1000000000, or leave it out.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 0, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        """,
)
def figures_are_positive(written: Written) -> Iterator[Fault]:
    """Yield each figure, and each share, that is out of bounds."""
    for path, _, form, _ in written.duties():
        written_figures = (room.written_figures(path, form) for room in FORMS.values())
        for here, figure in chain.from_iterable(written_figures):
            if isinstance(figure, str) and _is_out_of_bounds(figure):
                yield Fault(here, f"{figure} is no share", "write 1% to 100%")
            if isinstance(figure, int) and not 0 < figure <= FIGURE_AT_MOST:
                remedy = f"write a number from 1 to {FIGURE_AT_MOST}, or leave it out"
                yield Fault(here, f"{figure} is no amount", remedy)


def _is_out_of_bounds(figure: str) -> bool:
    """Tell whether a figure is a share of nothing, or of more than the whole."""
    share = _SHARE.fullmatch(figure)
    if share is None:
        return False
    digits = share[1]
    return len(digits) > len(str(WHOLE)) or not 0 < int(digits) <= WHOLE


@rule(
    "PF405",
    asks="Rows of a schedule are cumulative: none asks for less than one before it.",
    why="""
        Rows are cumulative. A row that asks for less than the one before takes back what was due.
        """,
    instead="Write in each row all that is due by then.",
    bad="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 15}, {by: day 9, total: 10}]
        """,
    good="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 15}, {by: day 9, total: 25}]
        """,
)
def schedule_rises(written: Written) -> Iterator[Fault]:
    """Yield each row that asks for less than a row before it."""
    for path, _, form in written.owed_as(Amount):
        before: dict[str, int] = {}
        for place, row in enumerate(form.schedule):
            for category, units in _asked(row, form).items():
                if category in before and units < before[category]:
                    message = f"{units} is less than the {before[category]} due before"
                    remedy = "rows are cumulative: write all that is due by then"
                    yield Fault(_row_place(path, place, category, written), message, remedy)
                before[category] = max(units, before.get(category, 0))


def _row_place(path: Path, place: int, category: str, written: Written) -> Path:
    here = (*path, "schedule", place, category)
    return here if here in written.scope.faults.document.values else (*path, "schedule", place)


def _asked(row: Tranche, form: Amount) -> dict[str, int]:
    """Return the whole numbers that a row asks for, by category or under ``total``."""
    whole = _whole(form)
    if row.share is not None:
        return {} if whole is None else {PLAIN: whole * row.share // 100}
    return {name: n for name, n in (row.amount or {}).items() if isinstance(n, int)}


def _whole(form: Amount) -> int | None:
    figures = list((form.amount or {}).values())
    numbers = [n for n in figures if isinstance(n, int)]
    return sum(numbers) if figures and len(numbers) == len(figures) else None


@rule(
    "PF406",
    asks="No row of a schedule asks for more than is owed.",
    why="Who owes 25 cannot be late with the thirtieth.",
    instead="Lower the row, or raise the amount.",
    bad="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 15}, {by: day 9, total: 30}]
        """,
    good="""
        obligations:
          fuel:
            obligor: north
            amount: 25
            schedule: [{by: day 7, total: 15}, {by: day 9, total: 25}]
        """,
)
def schedule_fits(written: Written) -> Iterator[Fault]:
    """Yield each row that asks for more than there is."""
    for path, _, form in written.owed_as(Amount):
        if form.amount is None:
            continue
        limits: dict[str, Figure | None] = {**form.of_which, **form.amount, PLAIN: _whole(form)}
        for place, row in enumerate(form.schedule):
            for category, units in _asked(row, form).items():
                limit = limits.get(category)
                if isinstance(limit, int) and units > limit:
                    message = f"{units} is more than the {limit} owed"
                    here = _row_place(path, place, category, written)
                    yield Fault(here, message, "lower it, or raise the amount")


@rule(
    "PF408",
    asks="What counts elsewhere as well has a category there.",
    why="""
        A unit counts elsewhere, or calls for something in return, by its category. One that the
        other side does not have counts nowhere.
        """,
    instead="Give both the same categories.",
    bad="""
        obligations:
          goods: {obligor: north, amount: {boats: 3}, by: day 9}
          found: {obligor: north, amount: {carts: 3}, by: day 9, counts_toward: goods}
        """,
    good="""
        obligations:
          goods: {obligor: north, amount: {boats: 3, carts: 3}, by: day 9}
          found: {obligor: north, amount: {carts: 3}, by: day 9, counts_toward: goods}
        """,
)
def categories_match(written: Written) -> Iterator[Fault]:
    """Yield each obligation to which units cannot be counted."""
    for path, duty, form, _ in written.duties():
        for name, here in listed(form.counts_toward, (*path, "counts_toward")):
            found = written.scope.duty(name)
            if found is None or found[0].is_damaged:
                continue
            target = found[0]
            lacking = [c for c in duty.parts if c not in target.categories]
            if not target.kind.takes_units:
                message = f"{name!r} is {target.kind.called}: nothing counts toward it"
                yield Fault(here, message, "name an amount")
            elif lacking:
                message = f"{name!r} has no category {lacking[0]!r}"
                yield Fault(here, message, "give both the same categories")


@rule(
    "PF409",
    asks="What proves to be there has no tranches, no parts and no share in a pool.",
    why="""
        As many as there prove to be is no number: nobody can be late with it, and no part of it is
        known.
        """,
    instead="Write a number, or bound it with until.",
    bad="""
        obligations:
          remains: {obligor: north, amount: open, by: day 7}
        """,
    good="""
        obligations:
          remains: {obligor: north, amount: open, until: day 7}
        """,
)
def open_amounts_are_open(written: Written) -> Iterator[Fault]:
    """Yield what an open amount cannot have, and each pool over an amount that is not fixed."""
    for path, _, form, _ in written.duties():
        for key in ("by", "schedule", "of_which", "every") if form.amount == OPEN else ():
            if getattr(form, key) is not None:
                message = f"an open amount has no {key!r}: nobody knows how much it is"
                remedy = "write a number, or bound it with until"
                yield Fault((*path, key), message, remedy, at_key=True)
    for path, form, _ in written.owed_as(InReturn):
        for place, driver in enumerate(form.in_return_for or ()):
            yield from _driver_fits((*path, "in_return_for", place), driver, written)


def _driver_fits(path: Path, driver: DriverForm, written: Written) -> Iterator[Fault]:
    found = written.scope.duty(driver.obligation)
    if found is None or found[0].is_damaged:
        return
    duty = found[0]
    source = written.reading.form.obligations[duty.base]
    here = (*path, "shared")
    if not duty.kind.delivers_units:
        message = f"{driver.obligation!r} is {duty.kind.called}: it delivers no units"
        yield Fault((*path, "obligation"), message, "name what is delivered")
    elif driver.shared is None:
        return
    elif source.amount == OPEN or not duty.kind.has_fixed_amount:
        message = f"a pool is split over an amount; {driver.obligation!r} has none that is fixed"
        yield Fault(here, message, "say how much for each unit", at_key=True)
    elif duty.categories and not isinstance(driver.shared, dict):
        message = f"this does not say over which category of {driver.obligation!r} it is split"
        yield Fault(here, message, f"write {{{duty.categories[0]}: …}}", at_key=True)


@rule(
    "PF415",
    asks="No part of an amount is larger than the amount.",
    why="A part that is larger than the whole can never be delivered within it.",
    instead="Lower it, or raise the amount.",
    bad="""
        obligations:
          trucks: {obligor: north, amount: 60, of_which: {fuel: 65}, every: day}
        """,
    good="""
        obligations:
          trucks: {obligor: north, amount: 60, of_which: {fuel: 6}, every: day}
        """,
)
def parts_fit(written: Written) -> Iterator[Fault]:
    """Yield each part that exceeds the amount."""
    for path, _, form, _ in written.duties():
        for name, part in (form.of_which or {}).items():
            if isinstance(part, int) and isinstance(form.amount, int) and part > form.amount:
                message = f"{part} is more than the {form.amount} of which it is a part"
                yield Fault((*path, "of_which", name), message, "lower it, or raise the amount")


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


def _meant(driver: DriverForm, duty: DeclaredDuty) -> tuple[str, ...]:
    """Return the obligations that a driver stands for."""
    return duty.full_names if driver.obligation == duty.base else (driver.obligation,)


def _calls(driver: DriverForm, duty: DeclaredDuty) -> set[str]:
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
        here, amount = (*path, "shared"), source.amount
        if not isinstance(driver.shared, dict):
            yield from _divides(here, driver.shared, amount)
            continue
        for category, pool in driver.shared.items():
            units = amount.get(category) if isinstance(amount, dict) else amount
            for place, figure in leaves((*here, category), pool):
                yield from _divides(place, figure, units)


def _divides(path: Path, pool: object, units: object) -> Iterator[Fault]:
    if isinstance(pool, int) and isinstance(units, int) and units > 0 and pool % units:
        message = f"{pool} among {units} is {pool // units} each, and {pool % units} remain"
        remedy = "the last unit draws what remains; say so to both sides"
        yield Fault(path, message, remedy)


def _drivers(written: Written) -> Iterator[tuple[Path, DriverForm, DeclaredDuty, ObligationForm]]:
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
    for path, _, form in written.owed_as(Amount):
        if not form.amount or not form.schedule:
            continue
        due = _due_in_the_end(form.amount, form.schedule)
        if due is not None:
            here = (*path, "schedule", len(form.schedule) - 1)
            message = f"only {due} of {_sum(form.amount)} ever falls due: the rest has no date"
            yield Fault(here, message, "add a row by which all is due, as in total: 100%")


def _due_in_the_end(amount: dict[str, Figure], rows: tuple[Tranche, ...]) -> Figure | None:
    """Return what is due by the last row, where that is known to be less than all; or None."""
    share = rows[-1].share
    if share or any(row.share == WHOLE for row in rows):
        return f"{share}%" if share is not None and share < WHOLE else None
    asked: dict[str, Figure] = {}
    for row in rows:
        asked |= row.amount or {}
    due = asked.get(PLAIN, _sum({category: asked.get(category, 0) for category in amount}))
    owed = _sum(amount)
    is_short = isinstance(due, int) and isinstance(owed, int) and due < owed
    return due if is_short else None


def _sum(amounts: dict[str, Figure]) -> Figure:
    """Return the sum, or the names of the findings that it depends on."""
    if all(isinstance(n, int) for n in amounts.values()):
        return sum(n for n in amounts.values() if isinstance(n, int))
    return " + ".join(str(n) for n in amounts.values())
