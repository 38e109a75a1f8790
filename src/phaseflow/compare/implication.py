"""Which of two conditions can hold only where the other does.

Judged by their form, never by trying values: what is found is so for every
value of what they read, undetermined included; what is not found may be so
too. Comparisons of numbers and dates become sums that are at least nothing, so
that ``x >= 5``, ``not x < 5`` and ``5 <= x`` are one, and figures of
obligations are known never to be negative.
"""

import math
from collections.abc import Iterable, Mapping

import msgspec

from phaseflow.model.calendar import Instant, When
from phaseflow.model.guard import (
    BOOLEAN_ATTRIBUTES,
    AllOf,
    AnyOf,
    Arithmetic,
    ArithmeticSign,
    Comparison,
    ComparisonSign,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
    Reference,
    references,
    type_of,
)

_STEPS_AT_MOST = 5_000
_TERMS_AT_MOST = 64
_ORDER: Mapping[str, tuple[int, int]] = {">=": (1, 0), ">": (1, 1), "<=": (-1, 0), "<": (-1, 1)}
_OPPOSITE: Mapping[str, ComparisonSign] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}

Atom = tuple[str, ...]
"""What a reference reads of one thing: an obligation's figure, or a finding."""
Sum = dict[tuple[Atom, ...], int]
"""Products of atoms and their coefficients; the constant is that of no atom."""


class _AtLeastNothing(msgspec.Struct, frozen=True):
    """A sum that is not negative."""

    terms: tuple[tuple[tuple[Atom, ...], int], ...]


class _Is(msgspec.Struct, frozen=True):
    """What is read has the value, or has not."""

    read: object
    value: object
    holds: bool


class _Every(msgspec.Struct, frozen=True):
    of: "tuple[_Claim, ...]"


class _Some(msgspec.Struct, frozen=True):
    of: "tuple[_Claim, ...]"


_Claim = _AtLeastNothing | _Is | _Every | _Some
_ALWAYS, _NEVER = _Every(()), _Some(())


def entails(strong: Expression, weak: Expression) -> bool:
    """Tell whether ``weak`` is true wherever ``strong`` is, as far as their form shows.

    What reads an undetermined value is never true, so ``weak`` may read nothing
    of that kind which ``strong`` does not read.
    """
    if not _open(weak) <= _open(strong):
        return False
    return _Search().finds(_claim(strong, holds=True), _claim(weak, holds=True))


class _Search:
    """Looks for a reason; each pair once, and so many pairs at most."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], bool] = {}

    def finds(self, strong: _Claim, weak: _Claim) -> bool:
        """Tell whether there is a reason why ``weak`` holds where ``strong`` does."""
        pair = (id(strong), id(weak))
        if pair not in self.found:
            if len(self.found) >= _STEPS_AT_MOST:
                return False
            self.found[pair] = self._tries(strong, weak)
        return self.found[pair]

    def _tries(self, strong: _Claim, weak: _Claim) -> bool:
        if isinstance(strong, _Some):
            return all(self.finds(part, weak) for part in strong.of)
        if isinstance(weak, _Every):
            return all(self.finds(strong, part) for part in weak.of)
        if isinstance(strong, _Every) and any(self.finds(part, weak) for part in strong.of):
            return True
        if isinstance(weak, _Some):
            return any(self.finds(strong, part) for part in weak.of)
        if isinstance(strong, _AtLeastNothing) and isinstance(weak, _AtLeastNothing):
            return _never_negative(_plus(dict(weak.terms), dict(strong.terms), -1))
        if isinstance(strong, _Is) and isinstance(weak, _Is) and strong.read == weak.read:
            is_other = strong.holds and not weak.holds and strong.value != weak.value
            return strong == weak or is_other
        return False


def _claim(expression: Expression, *, holds: bool) -> _Claim:
    """Return the condition that ``expression`` is true, or that it is false."""
    match expression:
        case Constant(value):
            return _ALWAYS if value == holds else _NEVER
        case Not(of):
            return _claim(of, holds=not holds)
        case AllOf(of) | AnyOf(of):
            parts = (_claim(part, holds=holds) for part in of)
            return _joined(parts, every=isinstance(expression, AllOf) == holds)
        case Comparison(sign, left, right):
            return _compared(sign if holds else _OPPOSITE[sign], left, right)
        case ObligationAttribute() | FindingValue() | PartyAttribute():
            atoms = (_Is(atom, value=True, holds=holds) for atom in _atoms(expression))
            return _joined(atoms, every=not holds)
        case Point() | Arithmetic():
            return _Is(expression, value=True, holds=holds)


def _joined(parts: Iterable[_Claim], *, every: bool) -> _Claim:
    """Return all of ``parts``, or some of them, without needless nesting."""
    kind = _Every if every else _Some
    flat: dict[_Claim, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.of if isinstance(part, kind) else (part,)))
    if (_NEVER if every else _ALWAYS) in flat:
        return _NEVER if every else _ALWAYS
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))


def _compared(sign: ComparisonSign, left: Expression, right: Expression) -> _Claim:
    if type_of(left) in {"boolean", "word"}:
        return _alike(left, right, holds=sign == "==")
    more, less = _sum(left), _sum(right)
    if more is None or less is None:
        return _Is(Comparison(sign, left, right), value=True, holds=True)
    difference = _plus(more, less, -1)
    if sign in _ORDER:
        return _at_least(difference, *_ORDER[sign])
    gap = 0 if sign == "==" else 1
    both = (_at_least(difference, way, gap) for way in (1, -1))
    return _joined(both, every=sign == "==")


def _alike(left: Expression, right: Expression, *, holds: bool) -> _Claim:
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(right, Constant):
        if isinstance(left, Constant):
            return _ALWAYS if (left == right) == holds else _NEVER
        if isinstance(right.value, bool):
            return _claim(left, holds=right.value == holds)
        return _Is(left, right.value, holds)
    return _Is(frozenset((left, right)), value=True, holds=holds)


def _at_least(difference: Sum, sign: int, gap: int) -> _Claim:
    """Return that ``difference``, of that sign, is at least ``gap``, in its lowest terms."""
    found = {product: sign * times for product, times in difference.items() if product and times}
    constant = sign * difference.get((), 0) - gap
    if found:
        common = math.gcd(*found.values())
        found = {product: times // common for product, times in found.items()}
        constant //= common
    if _never_negative({**found, (): constant}):
        return _ALWAYS
    if _never_negative({**{p: -times for p, times in found.items()}, (): -constant - 1}):
        return _NEVER
    return _AtLeastNothing((*sorted(found.items()), ((), constant)))


def _never_negative(difference: Sum) -> bool:
    """Tell whether every term is positive or nothing, whatever the figures are."""
    return all(
        times == 0 or (times > 0 and all(atom[0] == "figure" for atom in product))
        for product, times in difference.items()
    )


def _plus(one: Sum, other: Sum, times: int) -> Sum:
    """Return ``one`` and so many times ``other``."""
    products = dict.fromkeys((*one, *other))
    return {p: one.get(p, 0) + times * other.get(p, 0) for p in products}


def _sum(expression: Expression) -> Sum | None:
    """Return a number or a date as a sum; None if it has too many terms."""
    match expression:
        case Constant(int(value)):
            return {(): value}
        case Point(when):
            return {(): _count(when)}
        case Arithmetic(sign, left, right):
            return _combined(sign, _sum(left), _sum(right))
        case FindingValue() | ObligationAttribute():
            return {(atom,): 1 for atom in _atoms(expression)}
        case Constant() | PartyAttribute() | Not() | AllOf() | AnyOf() | Comparison():
            return None


def _combined(sign: ArithmeticSign, one: Sum | None, other: Sum | None) -> Sum | None:
    if one is None or other is None:
        return None
    match sign:
        case "+" | "-":
            found = _plus(one, other, 1 if sign == "+" else -1)
            return found if len(found) <= _TERMS_AT_MOST else None
        case "*":
            return _product(one, other)


def _product(one: Sum, other: Sum) -> Sum | None:
    if len(one) * len(other) > _TERMS_AT_MOST:
        return None
    found: Sum = {}
    for left, times in one.items():
        for right, again in other.items():
            product = tuple(sorted((*left, *right)))
            found[product] = found.get(product, 0) + times * again
    return found


def _count(when: When) -> int:
    """Return the number of a day, or the second of an instant."""
    value = when.value
    return value.timestamp() if isinstance(value, Instant) else value.to_stdlib().toordinal()


def _atoms(reference: Reference) -> tuple[Atom, ...]:
    """Return what ``reference`` reads, of each obligation that a bare name stands for."""
    match reference:
        case FindingValue(finding):
            return (("finding", finding),)
        case PartyAttribute(party, attribute):
            return (("party", party, attribute),)
        case ObligationAttribute(_, obligations, attribute, part):
            kind = "truth" if attribute in BOOLEAN_ATTRIBUTES else "figure"
            return tuple((kind, name, part or "", attribute) for name in obligations)


def _open(expression: Expression) -> set[Atom]:
    """Return what ``expression`` reads that may be undetermined."""
    read = filter(_can_be_undetermined, references(expression))
    return {atom for reference in read for atom in _atoms(reference)}


def _can_be_undetermined(reference: Reference) -> bool:
    """Tell whether it is a finding, or hangs on an amount that a finding may hold."""
    match reference:
        case FindingValue():
            return True
        case PartyAttribute():
            return False
        case ObligationAttribute():
            return _hangs_on_an_amount(reference)


def _hangs_on_an_amount(read: ObligationAttribute) -> bool:
    match read.attribute:
        case "total":
            return True
        case "discharged":
            return bool(read.part)
        case "overdue" | "breached" | "waived" | "excused":
            return False
        case "delivered" | "claimed" | "contested" | "due" | "outstanding" | "violations":
            return False
