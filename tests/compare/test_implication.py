"""One guard is harder than another if it holds only where the other does."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lengths import examples

from phaseflow.compare.change import Location
from phaseflow.compare.guards import guards as compared
from phaseflow.compare.weights import harder
from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import When
from phaseflow.model.definition import Guard
from phaseflow.model.guard import (
    BOOLEAN_ATTRIBUTES,
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
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
    Value,
    evaluate,
    references,
)

DEFINITION = """
phaseflow: 1
name: guards
edition: "1"
title: Guards
calendar: {{time_zone: UTC}}
parties:
  north: {{role: signatory}}
  south: {{role: signatory}}
  watch: {{role: verifier}}
findings:
  agreed: {{by: watch}}
  base: {{by: watch, type: integer}}
  other: {{by: watch, type: integer}}
  signed: {{by: watch, type: date}}
  called: {{by: watch, type: instant}}
  mood: {{by: watch, type: [calm, tense, grim]}}
obligations:
  goods: {{obligor: north, obligee: south, amount: {{boats: 2, carts: 3}}, by: 2025-03-01}}
  money: {{obligor: south, obligee: north, amount: base, by: 2025-03-01}}
  papers: {{obligor: [north, south], by: 2025-03-01}}
initial: running
states:
  running:
  done: {{final: success}}
transitions:
  - {{name: end, from: running, to: done, by: north, guards: ['{guard}']}}
"""

MANY = settings(max_examples=examples(100))


def guard(text: str) -> Expression | None:
    if text == "nothing":
        return None
    source = DEFINITION.format(guard=text.replace("'", "''"))
    return parse_definition(source.encode(), "guards.yaml").transitions["end"].guards[0].that


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("goods.delivered >= 3", "goods.delivered >= 5"),
        ("goods.delivered > 3", "goods.delivered == 5"),
        ("goods.delivered <= 3", "goods.delivered < 3"),
        ("goods.delivered != 3", "goods.delivered < 3"),
        ("not goods.delivered > 5", "5 > goods.delivered"),
        ("not agreed", "not agreed and not goods.breached"),
        ("not (agreed and base > 3)", "not (agreed or base > 3)"),
        ("goods.discharged", "goods.discharged and money.discharged"),
        ("goods.discharged or money.discharged", "goods.discharged"),
        ("goods.discharged or money.discharged", "goods.discharged and papers.discharged"),
        ("goods.delivered >= 3 or money.breached", "money.breached or goods.delivered >= 4"),
        ("goods.delivered + money.delivered >= 3", "goods.delivered >= 3"),
        ("3 * goods.delivered >= 10", "goods.delivered >= 5"),
        ("2 * goods.delivered > 3", "2 * goods.delivered > 4"),
        ("goods.delivered >= base", "goods.delivered >= base + 1"),
        ("goods.delivered >= money.due", "goods.delivered >= 2 * money.due"),
        ("papers.breached", "papers.north.breached"),
        ("papers.delivered >= 1", "papers.south.delivered >= 1"),
        ('mood != "tense"', 'mood == "calm"'),
        ('signed >= "2025-03-01"', 'signed > "2025-03-01"'),
        ('called < "2025-03-01T12:00"', 'called <= "2025-03-01T11:00"'),
        ("1 < goods.delivered < 9", "2 < goods.delivered < 9"),
        ("goods.discharged", "false"),
        ("nothing", "goods.discharged"),
    ],
)
def test_the_second_guard_is_harder_than_the_first(old: str, new: str) -> None:
    assert harder(guard(old), guard(new)) == 1
    assert harder(guard(new), guard(old)) == -1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("goods.delivered >= 3", "not goods.delivered < 3"),
        ("goods.delivered > 2", "3 <= goods.delivered"),
        ("2 * goods.delivered > 5", "goods.delivered >= 3"),
        ("agreed and goods.breached", "goods.breached and agreed"),
        ("not (agreed or goods.breached)", "not goods.breached and not agreed"),
        ("agreed == true", "agreed"),
        ("agreed != true", "not agreed"),
        ("base + 1 == other", "other - base == 1"),
        ('"2025-03-01" == signed', 'signed == "2025-03-01"'),
        ("papers.breached", "papers.north.breached or papers.south.breached"),
        ("nothing", "true"),
    ],
)
def test_what_is_only_written_otherwise_asks_the_same(old: str, new: str) -> None:
    assert harder(guard(old), guard(new)) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("goods.delivered >= 3", "money.delivered >= 3"),
        ("goods.delivered == 3", "goods.delivered == 4"),
        ("goods.discharged", "not goods.discharged"),
        # What a finding holds can be negative.
        ("goods.delivered >= base", "goods.delivered >= 2 * base"),
        # While nobody has found it, the first never holds, and the second can.
        ("goods.discharged or agreed", "goods.discharged"),
        ("goods.discharged or money.total > 3", "goods.discharged"),
    ],
)
def test_guards_of_which_neither_follows_from_the_other_have_no_order(old: str, new: str) -> None:
    assert harder(guard(old), guard(new)) is None


def test_guards_of_any_size_are_weighed_at_once() -> None:
    many = [Comparison(">=", FIGURES[n % 4], Constant(n)) for n in range(300)]
    wide = AllOf(tuple(AnyOf((one, Not(many[n - 9]))) for n, one in enumerate(many)))
    power: Expression = Arithmetic("+", FIGURES[0], FIGURES[1])
    for _ in range(9):
        power = Arithmetic("*", power, power)

    assert harder(wide, AnyOf((*wide.of, FLAGS[0]))) in {None, -1}
    assert harder(Comparison(">", power, Constant(1)), Comparison(">", power, Constant(2))) is None


def owed(name: str, attribute: Attribute, *, of: tuple[str, ...] = ()) -> ObligationAttribute:
    return ObligationAttribute(f"{name}.{attribute}", of or (name,), attribute)


JOINT = ("papers.north", "papers.south")
FLAGS: list[Expression] = [
    FindingValue("agreed", "boolean"),
    PartyAttribute("north", "in_breach"),
    owed("goods", "discharged"),
    owed("papers.north", "breached"),
    owed("papers", "breached", of=JOINT),
]
FIGURES: list[Expression] = [
    owed("goods", "delivered"),
    owed("money", "total"),
    owed("papers.south", "delivered"),
    owed("papers", "delivered", of=JOINT),
    FindingValue("base", "integer"),
]
MOOD, SIGNED = FindingValue("mood", "word"), FindingValue("signed", "date")
DAYS = [When.parse(f"2025-03-0{n}") for n in range(1, 5)]
SIGNS: st.SearchStrategy[ComparisonSign] = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
numbers = st.recursive(
    st.one_of(st.integers(-2, 4).map(Constant), st.sampled_from(FIGURES)),
    lambda inner: st.builds(Arithmetic, st.sampled_from(["+", "-", "*"]), inner, inner),
    max_leaves=3,
)
facts = st.one_of(
    st.sampled_from(FLAGS),
    st.booleans().map(Constant),
    st.builds(Comparison, SIGNS, numbers, numbers),
    st.builds(Comparison, SIGNS, st.sampled_from(FIGURES), st.integers(0, 3).map(Constant)),
    st.builds(Comparison, SIGNS, st.just(SIGNED), st.sampled_from([Point(d) for d in DAYS])),
    st.builds(
        Comparison,
        st.sampled_from(["==", "!="]),
        st.just(MOOD),
        st.sampled_from([Constant("calm"), Constant("tense"), MOOD]),
    ),
    st.builds(
        Comparison,
        st.sampled_from(["==", "!="]),
        st.sampled_from(FLAGS),
        st.one_of(st.booleans().map(Constant), st.sampled_from(FLAGS)),
    ),
)
guards: st.SearchStrategy[Expression] = st.recursive(
    facts,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda of: AllOf(tuple(of))),
        st.lists(inner, min_size=2, max_size=3).map(lambda of: AnyOf(tuple(of))),
    ),
    max_leaves=4,
)


@st.composite
def editions(draw: st.DrawFn) -> tuple[Expression, Expression]:
    """Draw a guard, and another that often is the same but for one thing."""
    old, more = draw(guards), draw(guards)
    changed = [
        *(AllOf((old, more)), AllOf((more, old)), AnyOf((old, more)), AnyOf((more, old))),
        *(more, Not(old), Not(Not(old)), _moved(old, draw(st.integers(-2, 2)))),
        *(_without_first(old), _moved(AllOf((old, more)), draw(st.integers(-1, 1)))),
    ]
    pair = (old, draw(st.sampled_from(changed)))
    return pair if draw(st.booleans()) else (pair[1], pair[0])


@st.composite
def twins(draw: st.DrawFn) -> tuple[Expression, Expression]:
    """Draw two guards that ask something of the same."""
    left, flag = draw(numbers), draw(st.sampled_from(FLAGS))
    right, times = draw(numbers), draw(st.integers(1, 3))
    pair = []
    for _ in range(2):
        more = Arithmetic("+", right, Constant(draw(st.integers(-2, 2))))
        one: Expression = Comparison(
            draw(SIGNS),
            Arithmetic("*", Constant(times), left),
            draw(st.sampled_from([right, more])),
        )
        joined = draw(st.sampled_from([None, AllOf, AnyOf]))
        other = draw(st.sampled_from([flag, Not(flag), *FLAGS]))
        one = one if joined is None else joined((one, other))
        pair.append(Not(one) if draw(st.booleans()) else one)
    return pair[0], pair[1]


def _moved(expression: Expression, by: int) -> Expression:
    """Return it with every bound moved."""
    match expression:
        case Not(of):
            return Not(_moved(of, by))
        case AllOf(of) | AnyOf(of):
            return type(expression)(tuple(_moved(part, by) for part in of))
        case Comparison(sign, left, Constant(int(value))) if not isinstance(value, bool):
            return Comparison(sign, left, Constant(value + by))
        case _:
            return expression


def _without_first(expression: Expression) -> Expression:
    match expression:
        case AllOf(of) | AnyOf(of):
            return type(expression)(of[1:]) if of[2:] else of[1]
        case _:
            return expression


ATOMS = sorted(
    {
        (name, read.attribute)
        for read in (*FLAGS, *FIGURES)
        if isinstance(read, ObligationAttribute)
        for name in read.obligations
    }
)
worlds = st.fixed_dictionaries(
    {
        "agreed": st.sampled_from([True, False, None]),
        "base": st.sampled_from([-2, -1, 0, 1, 2, 3, None]),
        "mood": st.sampled_from(["calm", "tense", "grim", None]),
        "signed": st.sampled_from([*DAYS, None]),
        "in_breach": st.booleans(),
        **{
            f"{name}.{attribute}": st.booleans()
            if attribute in BOOLEAN_ATTRIBUTES
            else st.sampled_from([0, 1, 2, 3, 4, *([None] if attribute == "total" else [])])
            for name, attribute in ATOMS
        },
    }
)


def reading(world: dict[str, Any]) -> Callable[[Reference], Value | None]:
    def read(reference: Reference) -> Value | None:
        match reference:
            case FindingValue(finding):
                found: Value | None = world[finding]
                return found
            case PartyAttribute():
                return bool(world["in_breach"])
            case ObligationAttribute(_, names, attribute):
                values = [world[f"{name}.{attribute}"] for name in names]
                if None in values:
                    return None
                return any(values) if attribute in BOOLEAN_ATTRIBUTES else sum(values)

    return read


@MANY
@given(st.one_of(twins(), twins(), editions()), st.lists(worlds, min_size=20, max_size=20))
def test_no_values_satisfy_the_harder_guard_and_not_the_easier(
    pair: tuple[Expression, Expression], drawn: list[dict[str, Any]]
) -> None:
    weight = harder(*pair)

    assert harder(pair[1], pair[0]) == (None if weight is None else -weight)
    for world in drawn:
        before, after = (evaluate(one, reading(world)) is True for one in pair)
        assert not (weight == 1 and after and not before)
        assert not (weight == -1 and before and not after)
        assert not (weight == 0 and before != after)


@MANY
@given(guards, guards)
def test_one_more_condition_is_never_easier(one: Expression, other: Expression) -> None:
    assert harder(one, AllOf((one, other))) in {0, 1}
    if set(references(other)) <= set(references(one)):
        assert harder(one, AnyOf((other, one))) in {0, -1}


def _numbered(of: list[Expression]) -> tuple[Guard, ...]:
    return tuple(Guard(that=that, text=f"guard {number}") for number, that in enumerate(of))


@st.composite
def transitions(draw: st.DrawFn) -> tuple[list[Expression], list[Expression]]:
    """Draw the guards of a transition, and those of another edition of it."""
    old = draw(st.lists(guards, min_size=1, max_size=3))
    changed = [draw(st.sampled_from([*_parts(one), _moved(one, 1), Not(Not(one))])) for one in old]
    new = draw(st.lists(st.sampled_from([*old, *changed, draw(guards)]), max_size=4))
    return (old, new) if draw(st.booleans()) else (new, old)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    return expression.of if isinstance(expression, AllOf) else (expression,)


@MANY
@given(transitions(), st.lists(worlds, min_size=20, max_size=20))
def test_no_values_open_a_transition_that_only_became_heavier(
    editions: tuple[list[Expression], list[Expression]], drawn: list[dict[str, Any]]
) -> None:
    old, new = editions
    place = Location("transitions", "end", whom=("north",))

    there = [c.kind for c in compared(place, _numbered(old), _numbered(new))]
    back = [c.kind for c in compared(place, _numbered(new), _numbered(old))]

    turned = {"heavier": "lighter", "lighter": "heavier"}
    assert sorted(there) == sorted(turned.get(kind, kind) for kind in back)
    for world in drawn:
        before, after = (
            all(evaluate(one, reading(world)) is True for one in of) for of in editions
        )
        assert not ({*there} <= {"heavier", "wording"} and after and not before)
        assert not ({*there} <= {"lighter", "wording"} and before and not after)
