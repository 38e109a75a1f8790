"""Which of two values asks more: 1 the second, -1 the first, 0 the same, None neither.

Swapping the two turns the sign and nothing else.
"""

from collections.abc import Mapping
from typing import Any

from phaseflow.compare.implication import entails
from phaseflow.model import moment
from phaseflow.model.calendar import Period, order_of_periods
from phaseflow.model.forms.amount import Tranche
from phaseflow.model.guard import Constant, Expression
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset

Weight = int | None
_ALWAYS = Constant(value=True)


def order(old: Any, new: Any) -> int:
    """Return 1 if ``new`` is greater."""
    return int(new > old) - int(new < old)


def turned(weight: Weight) -> Weight:
    """Return the weight where less asks more."""
    return None if weight is None else -weight


def together(weights: "list[Weight]") -> Weight:
    """Return the weight of several that agree, or None if they pull both ways."""
    found = set(weights) - {0}
    return found.pop() if len(found) == 1 else None if found else 0


def later(old: Moment | None, new: Moment | None) -> Weight:
    """Return 1 if ``new`` is the later moment; moments on other anchors have no order.

    None has an order with nothing: what no date means depends on the key.
    """
    if old == new:
        return 0
    if old is None or new is None or _kind(old) != _kind(new):
        return None
    return moment.order(new, old)


def _kind(one: Moment) -> object:
    """Return what two moments share if one is the later whichever end of a day is meant."""
    match one:
        case AgreementDay(_, time) | CalendarDay(_, time):
            return type(one), time is None
        case Offset(base, _, sign):
            return base, sign
        case Anchor() | Choice():
            return one


def longer(old: Period, new: Period) -> Weight:
    """Return 1 if ``new`` is the longer; months, days and hours have no order among them."""
    return order_of_periods(new, old)


def figures(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Weight:
    """Return 1 if ``new`` has more of something and less of nothing."""
    if old == new:
        return 0
    if old is None or new is None:
        return None
    weights: list[Weight] = []
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, 0), new.get(name, 0)
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            weights.append(figures(before or {}, after or {}))
        elif isinstance(before, int) and isinstance(after, int):
            weights.append(order(before, after))
        elif before != after:
            return None
    return None if None in weights else together(weights)


def harder(old: Expression | None, new: Expression | None) -> Weight:
    """Return 1 if ``new`` holds only where ``old`` does; None stands for no condition.

    0: both hold in the same cases, however they are written.
    """
    before, after = (_ALWAYS if one is None else one for one in (old, new))
    if before == after:
        return 0
    is_harder, is_easier = entails(after, before), entails(before, after)
    if is_harder and is_easier:
        return 0
    return 1 if is_harder else -1 if is_easier else None


def wider(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Weight:
    """Return 1 if ``new`` names all that ``old`` does and more; None names everything."""
    if old is None or new is None:
        return 0 if old == new else 1 if new is None else -1
    before, after = set(old), set(new)
    if before == after:
        return 0
    return 1 if before < after else -1 if after < before else None


def schedule(old: tuple[Tranche, ...], new: tuple[Tranche, ...]) -> Weight:
    """Return 1 if ``new`` asks for more, or for the same sooner, or on more days."""
    before, after = ([(t.by, t.amount, t.share) for t in rows] for rows in (old, new))
    if len(before) != len(after):
        fewer, more = sorted((before, after), key=len)
        if not all(row in more for row in fewer):
            return None
        return 1 if more is after else -1
    weights: list[Weight] = []
    for one, other in zip(before, after, strict=True):
        weights.append(turned(later(one[0], other[0])))
        weights.append(figures(one[1], other[1]))
        shares = (one[2], other[2])
        weights.append(0 if shares[0] == shares[1] else None)
        if None not in shares:
            weights[-1] = order(*shares)
    return None if None in weights else together(weights)
