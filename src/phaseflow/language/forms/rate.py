"""An amount that is owed again and again.

Its amount and least parts are written as those of an amount that is owed once:
where a key alone matters, the room of amounts speaks of them.
"""

from phaseflow.language.document import ObligationForm
from phaseflow.language.resolve.clause import Clause
from phaseflow.language.resolve.figures import (
    CategoriesOf,
    categories_of_amount,
    resolve_amount,
    resolve_figures,
)
from phaseflow.language.resolve.names import DeclaredDuty, FormKind, Need
from phaseflow.language.rules.rule import Fault, InOrder
from phaseflow.model.figure import Figure
from phaseflow.model.forms.rate import Rate
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

_BOUND = "a rate is due at the end of each period; bound it with until"

RATE = FormKind(
    called="a rate",
    keys=frozenset(
        {"amount", "of_which", "every", "averaged", "judged", "counts", "verify_within"}
    ),
    needs=(Need(key="every", other="amount"),),
    instead={
        "by": _BOUND,
        "schedule": _BOUND,
        "not_before": "bound it with from",
        "when_left": "a rate ends with its states; remove it",
    },
    part="category",
    takes_units=False,
    delivers_units=True,
    has_fixed_amount=False,
)
KINDS: tuple[FormKind, ...] = (RATE,)


def kind_of(written: ObligationForm) -> FormKind | None:
    """Return that it is a rate, if it is owed for each day, week or month."""
    return None if written.every is None else RATE


def categories(written: ObligationForm, others: CategoriesOf) -> tuple[str, ...] | None:
    """Return the categories of the amount."""
    return None if written.every is None else categories_of_amount(written, others)


def named_parts(_written: ObligationForm, _duty: DeclaredDuty) -> tuple[tuple[str, Path], ...]:
    """Return nothing: the room of amounts names them."""
    return ()


def read(clause: Clause) -> Rate:
    """Return what is owed for each period; what is missing from a damaged one is filled in."""
    written = clause.written
    return Rate(
        amount=resolve_amount(written.amount, clause.at("amount"), clause.scope) or {},
        every=written.every or "day",
        of_which=resolve_figures(written.of_which, clause.at("of_which"), clause.scope),
        averaged=bool(written.averaged),
    )


def moments(_path: Path, _written: ObligationForm, _owed: Rate) -> tuple[tuple[Path, Moment], ...]:
    """Return nothing: it is due when a period is over."""
    return ()


def in_order(
    _path: Path, _written: ObligationForm, _owed: Rate, _not_before: Moment | None
) -> tuple[InOrder, ...]:
    """Return nothing: periods follow one another."""
    return ()


def undated(_path: Path, _written: ObligationForm, _owed: Rate) -> tuple[Fault, ...]:
    """Return nothing: it is due when a period is over."""
    return ()


def can_be_missed(_owed: Rate) -> bool:
    """Tell that a period can be missed."""
    return True


def most(_owed: Rate, _part: str | None) -> float:
    """Return that there is no limit: nobody knows how many periods there will be."""
    return float("inf")


def written_figures(_path: Path, _written: ObligationForm) -> tuple[tuple[Path, Figure], ...]:
    """Return nothing: the room of amounts yields them."""
    return ()


def clashes(_path: Path, _duty: DeclaredDuty, _written: ObligationForm) -> tuple[Fault, ...]:
    """Return nothing: the room of amounts yields them."""
    return ()


def empty(_path: Path, _written: ObligationForm) -> tuple[Fault, ...]:
    """Return nothing: the room of amounts yields them."""
    return ()
