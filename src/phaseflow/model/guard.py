"""The guard expression: its tree, its types, its value, and what it read.

A guard reads and never writes. Whatever reads an undetermined value is
undetermined, ``not`` included; a guard holds only when it is true.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args

import msgspec

from phaseflow.model.calendar import When

Value = bool | int | str | When
Type = Literal["boolean", "integer", "date", "instant", "word"]
ComparisonSign = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticSign = Literal["+", "-", "*"]

BooleanAttribute = Literal["discharged", "overdue", "breached", "waived", "excused"]
NumberAttribute = Literal[
    "delivered",
    "claimed",
    "contested",
    "total",
    "due",
    "outstanding",
    "violations",
]
Attribute = BooleanAttribute | NumberAttribute
AttributeOfParty = Literal["in_breach"]

BOOLEAN_ATTRIBUTES: tuple[BooleanAttribute, ...] = get_args(BooleanAttribute)
NUMBER_ATTRIBUTES: tuple[NumberAttribute, ...] = get_args(NumberAttribute)
PARTY_ATTRIBUTES: tuple[AttributeOfParty, ...] = get_args(AttributeOfParty)


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A truth value, a whole number or a word, as written."""

    value: bool | int | str


class Point(msgspec.Struct, frozen=True, tag=True):
    """A day or an instant, as written."""

    when: When


class FindingValue(msgspec.Struct, frozen=True, tag=True):
    """The present value of a finding."""

    finding: str
    type: Type = msgspec.field(name="value_type")

    def __str__(self) -> str:
        """Return it as written."""
        return self.finding


class PartyAttribute(msgspec.Struct, frozen=True, tag=True):
    """Something true of a party: ``israel.in_breach``."""

    party: str
    attribute: AttributeOfParty

    def __str__(self) -> str:
        """Return it as written."""
        return f"{self.party}.{self.attribute}"


class ObligationAttribute(msgspec.Struct, frozen=True, tag=True):
    """Something true of an obligation, or of one of its categories or steps.

    ``obligations`` are the full names that ``text`` stands for: the bare name
    of a duty with several obligors means any of them, or their sum.
    """

    text: str
    obligations: tuple[str, ...]
    attribute: Attribute
    part: str | None = None

    def __str__(self) -> str:
        """Return it as written."""
        return self.text


Reference = FindingValue | PartyAttribute | ObligationAttribute


class Not(msgspec.Struct, frozen=True, tag=True):
    """True when ``of`` is false."""

    of: "Expression"


class AllOf(msgspec.Struct, frozen=True, tag=True):
    """True when every part is."""

    of: "tuple[Expression, ...]"


class AnyOf(msgspec.Struct, frozen=True, tag=True):
    """True when some part is."""

    of: "tuple[Expression, ...]"


class Comparison(msgspec.Struct, frozen=True, tag=True):
    """``left`` compared with ``right``."""

    sign: ComparisonSign
    left: "Expression"
    right: "Expression"


class Arithmetic(msgspec.Struct, frozen=True, tag=True):
    """``left`` and ``right`` added, subtracted or multiplied."""

    sign: ArithmeticSign
    left: "Expression"
    right: "Expression"


Expression = (
    Constant
    | Point
    | FindingValue
    | PartyAttribute
    | ObligationAttribute
    | Not
    | AllOf
    | AnyOf
    | Comparison
    | Arithmetic
)
Read = Callable[[Reference], Value | None]

_OPERATORS: dict[ComparisonSign | ArithmeticSign, Callable[[Any, Any], bool | int]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def evaluate(expression: Expression, read: Read) -> Value | None:
    """Return the value of a checked ``expression``, or None when it is undetermined.

    ``read`` gives the present value of a reference, or None.
    """
    match expression:
        case Constant(value):
            return value
        case Point(when):
            return when
        case Not(of):
            inner = evaluate(of, read)
            return None if inner is None else not inner
        case AllOf(of) | AnyOf(of):
            values = [evaluate(part, read) for part in of]
            if None in values:
                return None
            return all(values) if isinstance(expression, AllOf) else any(values)
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            sides = [_comparable(evaluate(side, read)) for side in (left, right)]
            return None if None in sides else _OPERATORS[sign](*sides)
        case FindingValue() | PartyAttribute() | ObligationAttribute():
            return read(expression)


def _comparable(value: Value | None) -> object:
    return value.value if isinstance(value, When) else value


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield ``expression`` and every expression within it, in the order written."""
    yield expression
    for part in _parts(expression):
        yield from walk(part)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Constant() | Point() | FindingValue() | PartyAttribute() | ObligationAttribute():
            return ()
        case Not(of):
            return (of,)
        case AllOf(of) | AnyOf(of):
            return of
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return left, right


def references(expression: Expression) -> Iterator[Reference]:
    """Yield what ``expression`` reads, in the order written, each once a mention."""
    return (part for part in walk(expression) if isinstance(part, Reference))


def type_of(expression: Expression) -> Type:
    """Return the type of a checked ``expression``."""
    match expression:
        case Constant(value):
            if isinstance(value, bool):
                return "boolean"
            return "integer" if isinstance(value, int) else "word"
        case Point(when):
            return "date" if when.is_day else "instant"
        case FindingValue(_, type_):
            return type_
        case ObligationAttribute(attribute=attribute):
            return "boolean" if attribute in BOOLEAN_ATTRIBUTES else "integer"
        case Arithmetic():
            return "integer"
        case PartyAttribute() | Not() | AllOf() | AnyOf() | Comparison():
            return "boolean"


def show(value: Value | None) -> str:
    """Return ``value`` as people read it.

    >>> show(True), show(7), show(None)
    ('true', '7', 'undetermined')
    """
    if value is None:
        return "undetermined"
    return str(value).lower() if isinstance(value, bool) else str(value)
