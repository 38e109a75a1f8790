"""How what changed reads: as a reader of the file knows it."""

from typing import Any, assert_never

import msgspec

from phaseflow.model.calendar import Period
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Tranche
from phaseflow.model.forms.in_return import Driver
from phaseflow.model.forms.steps import Step
from phaseflow.model.guard import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
)
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.model.party import PartyExpression
from phaseflow.model.remarks import Remarks

_Single = int | str | Period | PartyExpression | Moment | Tranche | Step
_Several = tuple[Any, ...] | list[Any] | dict[str, Any] | Driver | Remarks
FieldValue = _Single | _Several | Expression | None
"""What the keys of a definition hold."""
_SILENT: tuple[object, ...] = (None, (), {}, "", Remarks())


def written(value: FieldValue) -> str | None:
    """Return ``value`` as the file has it; None where it has nothing."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case (
            int()
            | str()
            | Period()
            | PartyExpression()
            | AgreementDay()
            | CalendarDay()
            | Anchor()
            | Offset()
            | Choice()
            | Tranche()
            | Step()
        ):
            return str(value)
        case tuple() | list():
            rows = any(isinstance(one, msgspec.Struct) for one in value)
            return ("; " if rows else ", ").join(written(one) or "" for one in value)
        case dict() if [*value] == [PLAIN]:
            return written(value[PLAIN])
        case dict():
            return ", ".join(f"{key}: {written(one)}" for key, one in value.items())
        case Driver() | Remarks():
            return written(_said(value))
        case (
            Constant()
            | Point()
            | FindingValue()
            | PartyAttribute()
            | ObligationAttribute()
            | Not()
            | AllOf()
            | AnyOf()
            | Comparison()
            | Arithmetic()
        ):
            return _condition(value)
    assert_never(value)


def _said(part: Driver | Remarks) -> dict[str, FieldValue]:
    """Return the members of ``part`` that say something, by the keys of the file."""
    members = ((f.encode_name, getattr(part, f.name)) for f in msgspec.structs.fields(part))
    return {key.rstrip("_"): one for key, one in members if one not in _SILENT}


def _condition(expression: Expression) -> str:
    match expression:
        case Constant(str(value)):
            return f'"{value}"'
        case Constant(value):
            return str(value).lower()
        case Point(when):
            return f'"{when}"'
        case Not(of):
            return f"not {_inner(of)}"
        case AllOf(of):
            return " and ".join(map(_inner, of))
        case AnyOf(of):
            return " or ".join(map(_inner, of))
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            return f"{_inner(left)} {sign} {_inner(right)}"
        case FindingValue() | PartyAttribute() | ObligationAttribute():
            return str(expression)


def _inner(expression: Expression) -> str:
    text = _condition(expression)
    is_joined = isinstance(expression, AllOf | AnyOf | Comparison | Arithmetic)
    return f"({text})" if is_joined else text
