"""Guard expressions: Python's syntax cut down to what can only read, with names and types."""

import ast
import keyword
import re
from typing import NamedTuple

from phaseflow.language.resolve.guard_syntax import DEPTH_AT_MOST, DIGITS_AT_MOST, Misspelt, tree
from phaseflow.language.resolve.moments import when_text
from phaseflow.language.resolve.names import DeclaredDuty, Scope
from phaseflow.model.guard import (
    BOOLEAN_ATTRIBUTES,
    NUMBER_ATTRIBUTES,
    PARTY_ATTRIBUTES,
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
    Type,
    type_of,
)
from phaseflow.text.source import Path

ATTRIBUTES = BOOLEAN_ATTRIBUTES + NUMBER_ATTRIBUTES

_WORD = re.compile(r"\w+", re.ASCII)
_COMPARISONS: dict[type[ast.cmpop], ComparisonSign] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: dict[type[ast.operator], ArithmeticSign] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
}


class _Typed(NamedTuple):
    """An expression and its type; None after a fault, which fits everywhere."""

    expression: Expression
    type: Type | None


_UNKNOWN = _Typed(Constant(value=True), None)


def resolve_guard(text: str, path: Path, scope: Scope) -> Expression | None:
    """Return the condition that ``text`` writes, or None after noting every fault of it."""
    return _Reader(text, path, scope).read()


class _Reader:
    """Reads one expression; each part that cannot stand is noted, and the rest read on."""

    def __init__(self, text: str, path: Path, scope: Scope) -> None:
        self.text, self.path, self.scope = text, path, scope
        self.faults = scope.faults
        self.start = len(text) - len(text.lstrip())
        self.has_fault = False

    def read(self) -> Expression | None:
        """Return the expression, or None."""
        read = tree(self.text)
        if isinstance(read, Misspelt):
            self.fault("PF112", read.message, read.remedy, read.span)
            return None
        found = self.node(read, 0)
        if found.type not in {"boolean", None}:
            remedy = self.comparison_with(found, self.text.strip())
            self.fault("PF210", f"this is {_named(found.type)}, not a condition", remedy)
        return None if self.has_fault else found.expression

    def fault(
        self, code: str, message: str, remedy: str = "", span: tuple[int, int] | None = None
    ) -> None:
        """Note what is wrong, with the characters of ``text`` it is about, else all."""
        self.has_fault = True
        whole = (self.start, len(self.text.strip()))
        self.faults.add(code, self.path, message, remedy, span=span or whole)

    def node(self, node: ast.expr, depth: int) -> _Typed:
        """Return what a part of the tree says."""
        if depth > DEPTH_AT_MOST:
            return self.refuse(node, "this nests too deep", "split it into several guards")
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.boolean(value, depth + 1) for value in values)
                joined = AllOf(parts) if isinstance(op, ast.And) else AnyOf(parts)
                return _Typed(joined, "boolean")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _Typed(Not(self.boolean(operand, depth + 1)), "boolean")
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if (
                type(value) is int and value < 10**DIGITS_AT_MOST
            ):
                return _Typed(Constant(-value), "integer")
            case ast.Compare():
                return self.comparison(node, depth)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                sides = self.integer(left, depth + 1), self.integer(right, depth + 1)
                return _Typed(Arithmetic(_ARITHMETIC[type(op)], *sides), "integer")
            case ast.Constant(value=value):
                return self.constant(node, value)
            case ast.Name() | ast.Attribute():
                return self.name(node)
            case ast.Call():
                return self.refuse(node, "a guard calls nothing", "remove the parentheses")
            case _:  # of all that Python can say, a guard says only what is above
                return self.refuse(node, "this cannot stand in a guard", "compare, join, add")

    def refuse(self, node: ast.expr, message: str, remedy: str, code: str = "PF112") -> _Typed:
        """Note what is wrong with a part of the tree."""
        self.fault(code, message, remedy, self.span(node))
        return _UNKNOWN

    def refuse_word(
        self, node: ast.expr, place: int, message: str, options: list[str], code: str = "PF209"
    ) -> _Typed:
        """Note what is wrong with one word, counted from either end, of a dotted name."""
        start, width = self.span(node)
        word = [*_WORD.finditer(self.text, start, start + width)][place]
        remedy = self.faults.near(word[0], options)
        self.fault(code, message, remedy, (word.start(), len(word[0])))
        return _UNKNOWN

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return the characters of a part of the tree."""
        end = node.end_col_offset or node.col_offset + 1
        return self.start + node.col_offset, end - node.col_offset

    def boolean(self, node: ast.expr, depth: int) -> Expression:
        """Return a part that must be a condition."""
        found = self.node(node, depth)
        if found.type not in {"boolean", None}:
            message = f"this is {_named(found.type)}, not a condition"
            start, width = self.span(node)
            remedy = self.comparison_with(found, self.text[start : start + width])
            self.refuse(node, message, remedy, "PF210")
        return found.expression

    def comparison_with(self, found: _Typed, text: str) -> str:
        """Return how ``text``, which is no condition, becomes one."""
        if found.type == "integer" or not isinstance(found.expression, FindingValue):
            return f"compare it, as in {text} > 0"
        if found.type == "word":
            words = self.words_of(found.expression.finding)
            return f"compare it, as in {text} == {words[0] if words else 'WORD'}"
        day = "2025-03-01" if found.type == "date" else "2025-03-01T12:00"
        return f"compare it, as in {text} >= '{day}'"

    def integer(self, node: ast.expr, depth: int) -> Expression:
        """Return a part that must be a number."""
        found = self.node(node, depth)
        if found.type not in {"integer", None}:
            message = f"this is {_named(found.type)}, not a number"
            self.refuse(node, message, "only numbers are added and multiplied", "PF210")
        return found.expression

    def constant(self, node: ast.expr, value: object) -> _Typed:
        """Return a literal."""
        if isinstance(value, bool):
            return _Typed(Constant(value), "boolean")
        if isinstance(value, int) and value < 10**DIGITS_AT_MOST:
            return _Typed(Constant(value), "integer")
        if isinstance(value, str):
            return _Typed(Constant(value), "word")
        start, width = self.span(node)
        written = self.text[start : start + width]
        return self.refuse(node, f"'{written}' is not a whole number", "write a whole number")

    def comparison(self, node: ast.Compare, depth: int) -> _Typed:
        """Return a comparison; of a chain, all of its links."""
        nodes = [node.left, *node.comparators]
        sides = self.sides(nodes, depth + 1)
        links: list[Expression] = []
        for place, op in enumerate(node.ops):
            if type(op) not in _COMPARISONS:
                return self.refuse(node, "this is no comparison", "use == != < <= > >=")
            sign = _COMPARISONS[type(op)]
            left, right = self.fitted(sides, place, nodes)
            self.check_types(sign, left, right, node)
            links.append(Comparison(sign, left.expression, right.expression))
        return _Typed(links[0] if len(links) == 1 else AllOf(tuple(links)), "boolean")

    def sides(self, nodes: list[ast.expr], depth: int) -> list[_Typed]:
        """Return what is compared; beside a finding of words, a bare name is a word."""
        words = {w for n in nodes if isinstance(n, ast.Name) for w in self.words_of(_spelt(n))}
        return [
            _Typed(Constant(_spelt(n)), "word")
            if isinstance(n, ast.Name) and _spelt(n) not in self.scope.findings and words
            else self.node(n, depth)
            for n in nodes
        ]

    def words_of(self, name: str) -> tuple[str, ...]:
        """Return the words that a finding may take."""
        finding = self.scope.findings.get(name)
        return finding.words if finding else ()

    def fitted(
        self, sides: list[_Typed], place: int, nodes: list[ast.expr]
    ) -> tuple[_Typed, _Typed]:
        """Return both sides of a link, text read as what the other side is."""
        left, right = sides[place], sides[place + 1]
        return (
            self.fit(left, right, nodes[place]),
            self.fit(right, left, nodes[place + 1]),
        )

    def fit(self, side: _Typed, other: _Typed, node: ast.expr) -> _Typed:
        """Return ``side`` as a moment, or as one of the words, that ``other`` may be."""
        value = side.expression.value if isinstance(side.expression, Constant) else None
        if side.type != "word" or not isinstance(value, str):
            return side
        if other.type in {"date", "instant"}:
            when = when_text(value, self.scope.zone)
            if when is None or when.is_day != (other.type == "date"):
                example = "'2025-03-01'" if other.type == "date" else "'2025-03-01T12:00'"
                message = f"{value!r} is not {_named(other.type)}"
                return self.refuse(node, message, f"write it as {example}", "PF210")
            return _Typed(Point(when), other.type)
        if isinstance(other.expression, FindingValue) and other.type == "word":
            words = self.words_of(other.expression.finding)
            if value not in words:
                message = f"{value!r} is not a word of {other.expression.finding!r}"
                return self.refuse(node, message, self.faults.near(value, words), "PF210")
        return side

    def check_types(self, sign: str, left: _Typed, right: _Typed, node: ast.expr) -> None:
        """Note it when two sides cannot be compared."""
        if left.type is None or right.type is None:
            return
        if left.type != right.type:
            message = f"{_named(left.type)} cannot be compared with {_named(right.type)}"
            self.refuse(node, message, "compare like with like", "PF210")
        elif sign not in {"==", "!="} and left.type in {"boolean", "word"}:
            message = f"{_named(left.type)} has no order: {sign} says nothing"
            self.refuse(node, message, "use == or !=", "PF210")

    def name(self, node: ast.expr) -> _Typed:
        """Return what a dotted name reads."""
        dotted = _dotted(node)
        if dotted is None:
            return self.refuse(node, "this cannot stand in a guard", "write NAME.WORD")
        head, *rest = dotted
        if not rest and head in {"true", "false"}:
            return _Typed(Constant(head == "true"), "boolean")
        scope = self.scope
        if sum(head in names for names in (scope.findings, scope.duties, scope.parties)) > 1:
            self.has_fault = True
            return _UNKNOWN
        if head in scope.findings:
            return self.finding(node, head, rest)
        if head in scope.duties:
            return self.duty(node, scope.duties[head], rest)
        if head in scope.parties:
            return self.party(node, head, rest)
        if scope.is_lost(head, "findings", "obligations", "parties"):
            self.has_fault = True
            return _UNKNOWN
        options: list[str] = [*scope.findings, *scope.duties, *scope.parties]
        if rest:
            options = [*(scope.parties if rest == ["in_breach"] else scope.duties)]
        message = f"{head!r} is not a finding, an obligation or a party"
        if head in scope.states:
            remedy = "a guard reads no states; the transition's from: says where it applies"
            return self.refuse(node, message, remedy, "PF209")
        if not options:
            return self.refuse(node, message, "no obligation is defined", "PF209")
        return self.refuse_word(node, 0, message, options)

    def finding(self, node: ast.expr, name: str, rest: list[str]) -> _Typed:
        """Return the value of a finding."""
        if rest:
            message = f"a finding has no {rest[0]!r}"
            return self.refuse(node, message, f"write {name}", "PF209")
        type_ = self.scope.findings[name].type
        return _Typed(FindingValue(name, type_), type_)

    def party(self, node: ast.expr, name: str, rest: list[str]) -> _Typed:
        """Return something true of a party."""
        if rest != ["in_breach"]:
            tail = ".".join(rest)
            message = f"party {name!r} has no {tail!r}" if rest else f"{name!r} is a party"
            return self.refuse(node, message, f"write {name}.{PARTY_ATTRIBUTES[0]}", "PF209")
        return _Typed(PartyAttribute(name, "in_breach"), "boolean")

    def duty(self, node: ast.expr, duty: DeclaredDuty, rest: list[str]) -> _Typed:
        """Return something true of an obligation, or of one of its parts."""
        if duty.is_damaged:
            self.has_fault = True
            return _UNKNOWN
        text = ".".join((duty.base, *rest))
        names = duty.full_names
        if duty.is_shared and rest and rest[0] in duty.obligors:
            names = (f"{duty.base}.{rest[0]}",)
            rest = rest[1:]
        *part, attribute = rest or [""]
        if attribute not in ATTRIBUTES:
            return self.no_attribute(node, duty, rest)
        if len(part) > 1 or (part and part[0] not in duty.parts):
            message = f"{part[-1]!r} is not a category or a step of {duty.base!r}"
            return self.refuse_word(node, -2, message, [*duty.parts], "PF208")
        read = ObligationAttribute(text, names, attribute, part[0] if part else None)
        return _Typed(read, type_of(read))

    def no_attribute(self, node: ast.expr, duty: DeclaredDuty, rest: list[str]) -> _Typed:
        """Note that it is not said what of an obligation is read."""
        if not rest or rest[-1] in duty.parts:
            message = f"this does not say what of {'.'.join((duty.base, *rest))!r}"
            remedy = f"write for example {'.'.join((duty.base, *rest))}.discharged"
            return self.refuse(node, message, remedy, "PF209")
        options = [*ATTRIBUTES, *duty.parts, *(duty.obligors if duty.is_shared else ())]
        message = f"obligation {duty.base!r} has no {rest[-1]!r}"
        return self.refuse_word(node, -1, message, options)


def _spelt(node: ast.Name) -> str:
    return node.id.lower() if keyword.iskeyword(node.id.lower()) else node.id


def _dotted(node: ast.expr) -> list[str] | None:
    """Return the parts of a dotted name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        word = node.attr.lower() if keyword.iskeyword(node.attr.lower()) else node.attr
        parts.insert(0, word)
        node = node.value
    return [_spelt(node), *parts] if isinstance(node, ast.Name) else None


def _named(type_: Type | None) -> str:
    return {
        "boolean": "a condition",
        "integer": "a number",
        "date": "a date",
        "instant": "an instant",
        "word": "a word",
    }[type_ or "word"]
