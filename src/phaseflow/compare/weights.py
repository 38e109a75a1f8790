"""Which of two values asks more of those who are bound by it.

A weight is 1 if the new value asks more, -1 if the old one does, 0 if both ask the
same, and None if that cannot be said. Swapping the values turns the sign and nothing
else. Each function says in its first line when it returns 1.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from phaseflow.compare.implication import entails
from phaseflow.model import moment
from phaseflow.model.calendar import Period, order_of_periods
from phaseflow.model.guard import Constant, Expression
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset

Weight = int | None
Weighing = Callable[[Any, Any], Weight]
_ALWAYS = Constant(value=True)


def order(old: Any, new: Any) -> int:
    """Return 1 if ``new`` is greater."""
    return int(new > old) - int(new < old)


def turned(weight: Weight) -> Weight:
    """Return the opposite of ``weight``: where a larger value asks less."""
    return None if weight is None else -weight


def opposite(weigh: Weighing) -> Weighing:
    """Return how to weigh values of which the larger asks less; ``weigh`` finds the larger."""
    return lambda old, new: turned(weigh(old, new))


def agreed(weights: Iterable[Weight]) -> Weight:
    """Return the weight of several together: None if one asks more and another less."""
    found = set(weights) - {0}
    if not found:
        return 0
    return found.pop() if len(found) == 1 else None


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
    return agreed(weights)


def harder(old: Expression | None, new: Expression | None) -> Weight:
    """Return 1 if ``new`` holds only where ``old`` does; None stands for no condition.

    0: both hold in the same cases, however they are written.
    """
    before = _ALWAYS if old is None else old
    after = _ALWAYS if new is None else new
    if before == after:
        return 0
    is_harder, is_easier = entails(after, before), entails(before, after)
    if is_harder and is_easier:
        return 0
    if is_harder:
        return 1
    return -1 if is_easier else None


def wider(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Weight:
    """Return 1 if ``new`` names all that ``old`` does and more; None names everything."""
    if old is None or new is None:
        return _none_asks(1, old, new)
    before, after = set(old), set(new)
    if before == after:
        return 0
    if before < after:
        return 1
    return -1 if after < before else None


def due_earlier(old: Moment | None, new: Moment | None) -> Weight:
    """Return 1 if ``new`` is the earlier last moment; without one there is no hurry."""
    if old is None or new is None:
        return _none_asks(-1, old, new)
    return turned(later(old, new))


def opens_later(old: Moment | None, new: Moment | None) -> Weight:
    """Return 1 if ``new`` is the later first moment; without one there is nothing to wait for."""
    if old is None or new is None:
        return _none_asks(-1, old, new)
    return later(old, new)


def time_shorter(old: Period | None, new: Period | None) -> Weight:
    """Return 1 if ``new`` leaves less time before a debt is due; None leaves any."""
    if old is None or new is None:
        return _none_asks(-1, old, new)
    return turned(longer(old, new))


def cure_shorter(old: Period | None, new: Period | None) -> Weight:
    """Return 1 if ``new`` leaves less time to make good; None leaves no time at all."""
    if old is None or new is None:
        return _none_asks(1, old, new)
    return turned(longer(old, new))


def excused_less(old: Expression | None, new: Expression | None) -> Weight:
    """Return 1 if ``new`` excuses only where ``old`` does; None never excuses."""
    if old is None or new is None:
        return _none_asks(1, old, new)
    return harder(old, new)


def kept_when_left(old: str, new: str) -> Weight:
    """Return 1 if what lapsed is carried on; neither has an order with blocking."""
    return {("lapse", "carry"): 1, ("carry", "lapse"): -1}.get((old, new))


def _none_asks(sign: int, old: object, new: object) -> Weight:
    """Return the weight where one of the two is None, which asks most (1) or least (-1)."""
    if old == new:
        return 0
    return sign if new is None else -sign
