"""An amount, or a single act."""

import re
from collections.abc import Iterator

from phaseflow.language.document import ObligationForm, RowForm
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import (
    CategoriesOf,
    categories_of_amount,
    leaves,
    resolve_amount,
    resolve_figure,
    resolve_figures,
)
from phaseflow.language.resolve.names import DeclaredDuty, FormKind, Need
from phaseflow.language.resolve.remarks import remarks
from phaseflow.language.rules.rule import Fault, InOrder, empty_keys
from phaseflow.model.figure import PLAIN, WHOLE, Figure
from phaseflow.model.forms.amount import Amount, Tranche
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

_SHARE = re.compile(r"(\d{1,3})\s?%", re.ASCII)
_COMMON = frozenset({"by", "counts", "counts_toward", "verify_within", "when_left", "not_before"})

SINGLE = FormKind(
    called="a single act",
    keys=_COMMON,
    needs=(),
    instead={},
    part="category",
    takes_units=True,
    delivers_units=True,
    has_fixed_amount=True,
)
AMOUNT = FormKind(
    called="an amount",
    keys=_COMMON | {"amount", "schedule", "of_which", "judged"},
    needs=(Need(key="schedule", other="amount"),),
    instead={
        "tolerated": "only a restraint tolerates: refrain: true",
        "averaged": "only a rate is averaged: every: day",
    },
    part="category",
    takes_units=True,
    delivers_units=True,
    has_fixed_amount=True,
)
KINDS: tuple[FormKind, ...] = (SINGLE, AMOUNT)


def kind_of(written: ObligationForm) -> FormKind:
    """Return whether it is counted: what bears the mark of no other form is one or the other."""
    return SINGLE if written.amount is None and written.schedule is None else AMOUNT


def categories(written: ObligationForm, others: CategoriesOf) -> tuple[str, ...]:
    """Return the categories of the amount."""
    return categories_of_amount(written, others)


def named_parts(written: ObligationForm, duty: DeclaredDuty) -> Iterator[tuple[str, Path]]:
    """Yield the categories and the least parts."""
    here = ("obligations", duty.base)
    for name in written.amount if isinstance(written.amount, dict) else ():
        yield name, (*here, "amount", name)
    for name in written.of_which or ():
        yield name, (*here, "of_which", name)


def read(clause: Clause) -> Amount:
    """Return what is owed by when."""
    written, is_single = clause.written, clause.duty.kind is SINGLE
    return Amount(
        amount={PLAIN: 1}
        if is_single
        else resolve_amount(written.amount, clause.at("amount"), clause.scope),
        schedule=_schedule(clause),
        of_which=resolve_figures(written.of_which, clause.at("of_which"), clause.scope),
        is_single=is_single,
    )


def _schedule(clause: Clause) -> tuple[Tranche, ...]:
    """Return the tranches; ``by`` alone is one of all."""
    if clause.written.schedule is None:
        by = clause.moment(clause.written.by, "by")
        return () if by is None else (Tranche(by=by, share=WHOLE),)
    rows = (_tranche(clause, place, row) for place, row in enumerate(clause.written.schedule))
    return tuple(row for row in rows if row is not None)


def _tranche(clause: Clause, place: int, row: RowForm) -> Tranche | None:
    path, scope = clause.at("schedule", place), clause.scope
    by = clause.moment(row.by, "schedule", place, "by")
    named: dict[str, Figure] = dict(row.__pydantic_extra__ or {})
    for name in named:
        _check_part(clause, name, (*path, name))
    found = resolve_figures(named, path, scope)
    share = _SHARE.fullmatch(row.total) if isinstance(row.total, str) else None
    if by is None:
        return None
    if share:
        return Tranche(by=by, share=min(int(share[1]), WHOLE), remarks=remarks(row))
    if row.total is not None:
        found[PLAIN] = resolve_figure(row.total, (*path, "total"), scope)
    return Tranche(by=by, amount=found, remarks=remarks(row))


def _check_part(clause: Clause, name: str, path: Path) -> None:
    """Note it when a row names something that is not a category."""
    duty, faults = clause.duty, clause.scope.faults
    if name not in duty.parts and not duty.is_damaged:
        message = f"{name!r} is not a category of {duty.base!r}"
        remedy = faults.near(name, [*duty.parts, "by", "total"])
        faults.add("PF208", path, message, remedy, at_key=True)


def moments(path: Path, written: ObligationForm, owed: Amount) -> Iterator[tuple[Path, Moment]]:
    """Yield by when each row is due."""
    for place, row in enumerate(owed.schedule):
        key = ("schedule", place, "by") if written.schedule is not None else ("by",)
        yield (*path, *key), row.by


def in_order(
    path: Path, written: ObligationForm, owed: Amount, not_before: Moment | None
) -> Iterator[InOrder]:
    """Yield each row after the one before it, and what is due once after its `not_before`."""
    rows = owed.schedule
    for place in range(1, len(rows) if written.schedule is not None else 0):
        here = (*path, "schedule", place, "by")
        yield InOrder(here, rows[place - 1].by, rows[place].by, "the row before")
    if rows and written.by is not None:
        here = (*path, "by")
        yield InOrder(here, not_before, rows[0].by, "its own not_before", may_coincide=True)


def undated(path: Path, _written: ObligationForm, owed: Amount) -> Iterator[Fault]:
    """Yield the whole, unless it is open."""
    if owed.amount is not None and not owed.schedule:
        message = "this is never due: nothing says by when"
        yield Fault(path, message, "add by: day 7", at_key=True)


def can_be_missed(owed: Amount) -> bool:
    """Tell whether anything is due by a date."""
    return bool(owed.schedule)


def most(owed: Amount, part: str | None) -> float:
    """Return the amount, or that of one category; a least part may be all of it."""
    if owed.amount is None:
        return float("inf")
    amounts = owed.amount
    if part is not None and part in owed.of_which:
        amounts = {PLAIN: amounts.get(PLAIN, "")}
    counted = [amounts.get(part, "")] if part in amounts else list(amounts.values())
    return sum(n if isinstance(n, int) else float("inf") for n in counted)


def written_figures(path: Path, written: ObligationForm) -> Iterator[tuple[Path, Figure]]:
    """Yield the figures of the amount, of its parts and of the rows."""
    yield from leaves((*path, "amount"), written.amount)
    yield from leaves((*path, "of_which"), written.of_which)
    for place, row in enumerate(written.schedule or ()):
        here = (*path, "schedule", place)
        yield from leaves((*here, "total"), row.total)
        yield from leaves(here, row.__pydantic_extra__)


def clashes(path: Path, _duty: DeclaredDuty, written: ObligationForm) -> Iterator[Fault]:
    """Yield two times at which it is due, parts of categories, and rows of a total and more."""
    if written.schedule is not None and written.by is not None:
        message = "'by' and 'schedule' say twice when it is due"
        yield Fault((*path, "by"), message, "make it the last row of the schedule", at_key=True)
    if written.of_which is not None and isinstance(written.amount, dict):
        message = "'of_which' takes parts of one number, not of categories"
        yield Fault((*path, "of_which"), message, "write amount: NUMBER", at_key=True)
    for place, row in enumerate(written.schedule or ()):
        yield from _row_is_one(written, (*path, "schedule", place), row)


def _row_is_one(written: ObligationForm, path: Path, row: RowForm) -> Iterator[Fault]:
    named = row.__pydantic_extra__ or {}
    is_share = isinstance(row.total, str) and row.total.endswith("%")
    if row.total is None and not named:
        yield Fault(path, "this row says no amount", "give it total: …, or categories")
    elif row.total is not None and named and (is_share or not written.of_which):
        message = "a row names a total or categories, not both"
        yield Fault((*path, "total"), message, "remove one of them", at_key=True)


def empty(path: Path, written: ObligationForm) -> Iterator[Fault]:
    """Yield a schedule without rows, and mappings without categories or parts."""
    return empty_keys(path, written, "schedule", "amount", "of_which")
