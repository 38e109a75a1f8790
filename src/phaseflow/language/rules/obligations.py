"""Rules PF4xx: obligations whose terms fit together, and that the engine can judge."""

from collections.abc import Iterator
from typing import Any

from phaseflow.language.document import ObligationForm
from phaseflow.language.resolve.categories import listed
from phaseflow.language.resolve.names import DutyName, Kind
from phaseflow.language.rules.moment_order import compare
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.forms.steps import Steps
from phaseflow.model.guard import ObligationAttribute, references
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

FIGURE_AT_MOST = 10**9
_CIRCLES_AT_MOST = 50
_ALL: frozenset[Kind] = frozenset({"single", "amount", "steps", "in_return", "rate", "restraint"})
_COUNTED: frozenset[Kind] = _ALL - {"restraint"}
BELONGS: dict[str, frozenset[Kind]] = {
    "amount": frozenset({"amount", "rate"}),
    "by": frozenset({"single", "amount"}),
    "schedule": frozenset({"amount"}),
    "of_which": frozenset({"amount", "rate"}),
    "steps": frozenset({"steps"}),
    "in_order": frozenset({"steps"}),
    "in_return_for": frozenset({"in_return"}),
    "every": frozenset({"rate"}),
    "averaged": frozenset({"rate"}),
    "refrain": frozenset({"restraint"}),
    "tolerated": frozenset({"restraint"}),
    "judged": frozenset({"amount", "in_return", "rate"}),
    "counts": _COUNTED,
    "counts_toward": frozenset({"single", "amount", "in_return"}),
    "verify_within": _COUNTED,
    "when_left": _COUNTED - {"rate"},
    "not_before": frozenset({"single", "amount", "in_return"}),
}
_CALLED: dict[Kind, str] = {
    "single": "a single act",
    "amount": "an amount",
    "steps": "a duty in steps",
    "in_return": "a duty in return",
    "rate": "a rate",
    "restraint": "a restraint",
}
_INSTEAD = {
    ("not_before", "steps"): "give each step its own not_before",
    ("by", "steps"): "give each step its own by",
    ("by", "in_return"): "say within: … at the driver",
    ("by", "rate"): "a rate is due at the end of each period; bound it with until",
    ("schedule", "rate"): "a rate is due at the end of each period; bound it with until",
    ("not_before", "rate"): "bound it with from",
    ("when_left", "rate"): "a rate ends with its states; remove it",
    ("when_left", "restraint"): "a restraint ends with its states; remove it",
    ("tolerated", "amount"): "only a restraint tolerates: refrain: true",
    ("averaged", "amount"): "only a rate is averaged: every: day",
}
_NEEDS = {
    "deadlines": "excused_while",
    "verify_within": "verified_by",
    "within": "requires",
    "schedule": "amount",
    "every": "amount",
    "refrain": "verified_by",
}


@rule(
    "PF401",
    asks="Each key belongs to the form in which the obligation is written.",
    why="A key that its form of duty does not know would be passed over, and with it a clause.",
    instead="Write the duty in the form that has the key, or the key that this form has.",
    bad="""
        obligations:
          food: {obligor: north, amount: 25, every: day, by: day 7}
        """,
    good="""
        obligations:
          food: {obligor: north, amount: 25, every: day, until: day 7}
        """,
)
def keys_belong(written: Written) -> Iterator[Fault]:
    """Yield each key that belongs to another form."""
    for path, duty, form, _ in written.duties():
        for key, kinds in BELONGS.items():
            if getattr(form, key) is not None and duty.kind not in kinds:
                others = " or ".join(_CALLED[kind] for kind in _CALLED if kind in kinds)
                message = f"{key!r} does not belong to {_CALLED[duty.kind]}"
                remedy = _INSTEAD.get((key, duty.kind), f"it belongs to {others}")
                yield Fault((*path, key), message, remedy, at_key=True)


@rule(
    "PF402",
    asks="Keys that say the same thing twice do not stand together.",
    why="What is said twice can be said in two ways.",
    instead="Keep one of the two.",
    bad="""
        obligations:
          fuel:
            {obligor: north, amount: 25, by: day 9, schedule: [{by: day 7, total: 25}]}
        """,
    good="""
        obligations:
          fuel:
            {obligor: north, amount: 25, schedule: [{by: day 7, total: 25}]}
        """,
)
def keys_exclude(written: Written) -> Iterator[Fault]:
    """Yield each key that says again, or otherwise, what another says."""
    for path, duty, form, _ in written.duties():
        if form.schedule is not None and form.by is not None:
            message = "'by' and 'schedule' say twice when it is due"
            yield Fault((*path, "by"), message, "make it the last row of the schedule", at_key=True)
        if form.of_which is not None and isinstance(form.amount, dict):
            message = "'of_which' takes parts of one number, not of categories"
            yield Fault((*path, "of_which"), message, "write amount: NUMBER", at_key=True)
        if duty.kind == "in_return":
            yield from _mixed_debts(path, duty, form)
        for place, row in enumerate(form.schedule or ()):
            yield from _row_is_one(form, (*path, "schedule", place), row)


def _row_is_one(form: ObligationForm, path: Path, row: Any) -> Iterator[Fault]:
    named = row.__pydantic_extra__ or {}
    is_share = isinstance(row.total, str) and row.total.endswith("%")
    if row.total is None and not named:
        yield Fault(path, "this row says no amount", "give it total: …, or categories")
    elif row.total is not None and named and (is_share or not form.of_which):
        message = "a row names a total or categories, not both"
        yield Fault((*path, "total"), message, "remove one of them", at_key=True)


def _mixed_debts(path: Path, duty: DutyName, form: ObligationForm) -> Iterator[Fault]:
    """Yield a fault when some units owed in return have a category and some have none."""
    if not duty.categories:
        return
    for place, driver in enumerate(form.in_return_for or ()):
        for word in ("each", "shared"):
            key = getattr(driver, word)
            values = key.values() if isinstance(key, dict) else () if key is None else (key,)
            plain = [v for v in values if not isinstance(v, dict)]
            is_own = isinstance(key, dict) and set(key) <= set(duty.categories)
            if plain and not is_own:
                here = (*path, "in_return_for", place, word)
                message = "some units owed have a category, these have none"
                yield Fault(here, message, "name a category for all of them", at_key=True)


@rule(
    "PF403",
    asks="A key stands beside the one that it speaks of.",
    why="""
        A key that speaks of another that is missing says nothing. Above all, an accusation without
        a verifier is no breach.
        """,
    instead="Add the other key, or remove this one.",
    bad="""
        obligations:
          calm: {obligor: north, refrain: true}
        """,
    good="""
        obligations:
          calm: {obligor: north, refrain: true, verified_by: watch}
        """,
)
def keys_need(written: Written) -> Iterator[Fault]:
    """Yield each key that lacks the one that it speaks of."""
    for path, duty, form, _ in written.duties():
        for key, other in _NEEDS.items():
            belongs = duty.kind in BELONGS.get(key, _ALL)
            if belongs and getattr(form, key) is not None and getattr(form, other) is None:
                message = f"{key!r} says nothing without {other!r}"
                remedy = f"add {other}: …, or remove it"
                if key == "refrain":
                    message = "a restraint needs 'verified_by': an accusation alone never breaches"
                    remedy = "name who verifies violations"
                yield Fault((*path, key), message, remedy, at_key=True)


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
        for here, figure in _figures(path, form):
            share = figure[:-1].strip() if isinstance(figure, str) and figure[-1:] == "%" else ""
            is_share = len(share) <= len("100") and share.isdecimal() and 0 < int(share) <= 100  # noqa: PLR2004
            if share.isascii() and share.isdecimal() and not is_share:
                yield Fault(here, f"{figure} is no share", "write 1% to 100%")
            if isinstance(figure, int) and not 0 < figure <= FIGURE_AT_MOST:
                remedy = f"write a number from 1 to {FIGURE_AT_MOST}, or leave it out"
                yield Fault(here, f"{figure} is no amount", remedy)


def _figures(path: Path, form: ObligationForm) -> Iterator[tuple[Path, Any]]:
    """Yield every figure of an obligation with its path."""
    yield from _leaves((*path, "amount"), form.amount)
    yield from _leaves((*path, "of_which"), form.of_which)
    for place, row in enumerate(form.schedule or ()):
        here = (*path, "schedule", place)
        yield from _leaves((*here, "total"), row.total)
        yield from _leaves(here, row.__pydantic_extra__)
    for place, driver in enumerate(form.in_return_for or ()):
        here = (*path, "in_return_for", place)
        yield from _leaves((*here, "each"), driver.each)
        yield from _leaves((*here, "shared"), driver.shared)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    elif value is not None:
        yield path, value


@rule(
    "PF416",
    asks="Lists of steps, rows, drivers and categories are not empty.",
    why="An empty list looks like a duty and asks for nothing.",
    instead="Fill it, or remove it.",
    bad="""
        obligations:
          fuel: {obligor: north, steps: []}
        """,
    good="""
        obligations:
          fuel: {obligor: north, steps: [{name: first, by: day 7}]}
        """,
)
def something_is_owed(written: Written) -> Iterator[Fault]:
    """Yield each list or mapping without anything in it, and each driver without debts."""
    for path, _, form, _ in written.duties():
        for key in ("steps", "schedule", "in_return_for", "amount", "of_which"):
            if getattr(form, key) in ([], {}):
                yield Fault((*path, key), f"{key!r} is empty", "fill it, or remove it", at_key=True)
        for place, driver in enumerate(form.in_return_for or ()):
            if not driver.each and not driver.shared and driver.each != 0:
                message = f"{driver.obligation!r} calls for nothing in return"
                yield Fault((*path, "in_return_for", place), message, "add each: … or shared: …")


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
    for path, _, _, owed in written.duties():
        form = owed.form
        if not isinstance(form, Amount):
            continue
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
    for path, _, _, owed in written.duties():
        form = owed.form
        if not isinstance(form, Amount) or form.amount is None:
            continue
        limits: dict[str, Any] = {**form.of_which, **form.amount, PLAIN: _whole(form)}
        for place, row in enumerate(form.schedule):
            for category, units in _asked(row, form).items():
                limit = limits.get(category)
                if isinstance(limit, int) and units > limit:
                    message = f"{units} is more than the {limit} owed"
                    here = _row_place(path, place, category, written)
                    yield Fault(here, message, "lower it, or raise the amount")


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
    "PF407",
    asks="What comes first is written first, where the text alone can tell.",
    why="""
        A term that ends before it begins is never in force, and rows that go back in time are a
        slip of the pen.
        """,
    instead="Write them in the order of time.",
    bad="""
        obligations:
          food: {obligor: north, amount: 25, every: day, from: day 9, until: day 3}
        """,
    good="""
        obligations:
          food: {obligor: north, amount: 25, every: day, from: day 3, until: day 9}
        """,
)
def moments_are_in_order(written: Written) -> Iterator[Fault]:
    """Yield each moment that comes before one that it should follow."""
    for path, _, form, owed in written.duties():
        if isinstance(owed.form, Amount) and form.schedule is not None:
            rows = owed.form.schedule
            for place in range(1, len(rows)):
                here = (*path, "schedule", place, "by")
                yield from _after(here, rows[place - 1].by, rows[place].by, "the row before")
        if isinstance(owed.form, Steps):
            for place, step in enumerate(owed.form.steps):
                here = (*path, "steps", place, "by")
                yield from _after(here, step.not_before, step.by, "its own not_before", 1)
        elif isinstance(owed.form, Amount) and owed.form.schedule and form.by is not None:
            by = owed.form.schedule[0].by
            yield from _after((*path, "by"), owed.not_before, by, "its own not_before", 1)
        yield from _after((*path, "until"), owed.from_, owed.until, "its own from", 1)


def _after(
    path: Path, first: Moment | None, second: Moment | None, what: str, least: int = 0
) -> Iterator[Fault]:
    """Yield a fault when ``second`` is known not to come after ``first``."""
    order = None if first is None or second is None else compare(first, second)
    if order is not None and order >= least:
        word = "the same moment as" if order == 0 else "before"
        yield Fault(path, f"{second} is {word} {what}", "write them in the order of time")


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
            if target.kind not in {"amount", "in_return", "single"}:
                message = f"{name!r} is {_CALLED[target.kind]}: nothing counts toward it"
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
    for path, duty, form, _ in written.duties():
        for key in ("by", "schedule", "of_which", "every") if form.amount == "open" else ():
            if getattr(form, key) is not None:
                message = f"an open amount has no {key!r}: nobody knows how much it is"
                yield Fault(
                    (*path, key), message, "write a number, or bound it with until", at_key=True
                )
        for place, driver in enumerate(
            form.in_return_for or () if duty.kind == "in_return" else ()
        ):
            yield from _driver_fits((*path, "in_return_for", place), driver, written)


def _driver_fits(path: Path, driver: Any, written: Written) -> Iterator[Fault]:
    found = written.scope.duty(driver.obligation)
    if found is None or found[0].is_damaged:
        return
    duty = found[0]
    source = written.reading.form.obligations[duty.base]
    here = (*path, "shared")
    if duty.kind == "restraint":
        message = f"{driver.obligation!r} is a restraint: it delivers no units"
        yield Fault((*path, "obligation"), message, "name what is delivered")
    elif driver.shared is None:
        return
    elif source.amount == "open" or duty.kind not in {"single", "amount"}:
        message = f"a pool is split over an amount; {driver.obligation!r} has none that is fixed"
        yield Fault(here, message, "say how much for each unit", at_key=True)
    elif duty.categories and not isinstance(driver.shared, dict):
        message = f"this does not say over which category of {driver.obligation!r} it is split"
        yield Fault(here, message, f"write {{{duty.categories[0]}: …}}", at_key=True)


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
    "PF414",
    asks="An obligor is not its own obligee.",
    why="A debt to oneself can be waived at will.",
    instead="Name the other party.",
    bad="""
        obligations:
          fuel: {obligor: north, obligee: north, amount: 25, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, obligee: south, amount: 25, by: day 7}
        """,
)
def nobody_owes_himself(written: Written) -> Iterator[Fault]:
    """Yield each obligee that is the only obligor as well."""
    for path, duty, form, _ in written.duties():
        for name, here in listed(form.obligee, (*path, "obligee")):
            if duty.obligors == (name,):
                yield Fault(here, f"{name!r} would owe this to itself", "name the other party")
