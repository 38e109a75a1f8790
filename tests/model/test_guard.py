"""A guard reads and never writes, and holds only when it is true."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phaseflow.model.calendar import When
from phaseflow.model.guard import (
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
    Type,
    Value,
    evaluate,
    references,
    show,
    type_of,
    walk,
)

TRUE, FALSE = Constant(value=True), Constant(value=False)
UNKNOWN = FindingValue("talks_continue", "boolean")
DELIVERED = ObligationAttribute("hostages.delivered", ("hostages",), "delivered")
DISCHARGED = ObligationAttribute("hostages.discharged", ("hostages",), "discharged")
BREACH = PartyAttribute("hamas", "in_breach")


def reading(**values: Value) -> Callable[[Reference], Value | None]:
    return lambda reference: values.get(str(reference).replace(".", "_"))


def undetermined(_: Reference) -> None:
    return None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (Not(FALSE), True),
        (AllOf((TRUE, TRUE)), True),
        (AllOf((TRUE, FALSE)), False),
        (AnyOf((FALSE, TRUE)), True),
        (AnyOf((FALSE, FALSE)), False),
    ],
)
def test_not_and_or_mean_what_they_say(expression: Expression, value: bool) -> None:
    assert evaluate(expression, undetermined) is value


@pytest.mark.parametrize(
    "expression",
    [
        UNKNOWN,
        Not(UNKNOWN),
        AllOf((TRUE, UNKNOWN)),
        AllOf((FALSE, UNKNOWN)),
        AnyOf((FALSE, UNKNOWN)),
        AnyOf((TRUE, UNKNOWN)),
        Comparison("==", UNKNOWN, TRUE),
        Comparison(">=", Arithmetic("+", DELIVERED, Constant(1)), Constant(0)),
        Not(AnyOf((TRUE, Not(AllOf((UNKNOWN, FALSE)))))),
    ],
)
def test_what_reads_an_undetermined_value_is_undetermined_not_and_or_included(
    expression: Expression,
) -> None:
    assert evaluate(expression, undetermined) is None


@pytest.mark.parametrize(
    ("sign", "seven", "eight"),
    [
        ("==", True, False),
        ("!=", False, True),
        ("<", False, True),
        ("<=", True, True),
        (">", False, False),
        (">=", True, False),
    ],
)
def test_numbers_are_compared(sign: ComparisonSign, seven: bool, eight: bool) -> None:
    read = reading(hostages_delivered=7)

    assert evaluate(Comparison(sign, DELIVERED, Constant(7)), read) is seven
    assert evaluate(Comparison(sign, DELIVERED, Constant(8)), read) is eight


@pytest.mark.parametrize(("sign", "value"), [("+", 10), ("-", 4), ("*", 21)])
def test_numbers_are_added_subtracted_and_multiplied(sign: ArithmeticSign, value: int) -> None:
    assert (
        evaluate(Arithmetic(sign, DELIVERED, Constant(3)), reading(hostages_delivered=7)) == value
    )


def test_days_and_instants_are_compared_in_time() -> None:
    ended = FindingValue("ended_on", "date")
    before_march = Comparison("<", ended, Point(When.parse("2025-03-01")))

    assert evaluate(before_march, reading(ended_on=When.parse("2025-02-28"))) is True
    assert evaluate(before_march, reading(ended_on=When.parse("2025-03-01"))) is False


def test_words_are_compared() -> None:
    reply = FindingValue("reply", "word")

    assert (
        evaluate(Comparison("==", reply, Constant("accepted")), reading(reply="accepted")) is True
    )


def test_zero_is_a_value_and_not_the_lack_of_one() -> None:
    assert evaluate(Comparison("==", DELIVERED, Constant(0)), reading(hostages_delivered=0)) is True


def test_what_a_guard_reads_is_listed_in_the_order_written() -> None:
    guard = AllOf((Not(BREACH), Comparison(">", DELIVERED, Constant(3)), AnyOf((UNKNOWN, BREACH))))

    assert list(map(str, references(guard))) == [
        "hamas.in_breach",
        "hostages.delivered",
        "talks_continue",
        "hamas.in_breach",
    ]


def test_a_walk_comes_to_every_part_in_the_order_written() -> None:
    count = Comparison(">", Arithmetic("+", DELIVERED, Constant(1)), Constant(3))

    assert list(walk(AllOf((Not(TRUE), count)))) == [
        AllOf((Not(TRUE), count)),
        Not(TRUE),
        TRUE,
        count,
        count.left,
        DELIVERED,
        Constant(1),
        Constant(3),
    ]


def test_constants_and_points_read_nothing() -> None:
    assert not list(
        references(AnyOf((TRUE, Comparison("<", Point(When.parse("2025-03-01")), TRUE))))
    )


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        (TRUE, "boolean"),
        (Constant(7), "integer"),
        (Constant("accepted"), "word"),
        (Point(When.parse("2025-03-01")), "date"),
        (Point(When.parse("2025-03-01T12:00:00Z")), "instant"),
        (FindingValue("reply", "word"), "word"),
        (BREACH, "boolean"),
        (DISCHARGED, "boolean"),
        (DELIVERED, "integer"),
        (Arithmetic("+", DELIVERED, Constant(1)), "integer"),
        (Comparison("<", DELIVERED, Constant(1)), "boolean"),
        (Not(TRUE), "boolean"),
        (AllOf((TRUE, TRUE)), "boolean"),
    ],
)
def test_every_expression_has_one_type(expression: Expression, type_: Type) -> None:
    assert type_of(expression) == type_


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "undetermined"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        ("accepted", "accepted"),
        (When.parse("2025-03-01"), "2025-03-01"),
    ],
)
def test_values_are_shown_as_people_read_them(value: Value | None, text: str) -> None:
    assert show(value) == text


leaves: st.SearchStrategy[Expression] = st.sampled_from([TRUE, FALSE, UNKNOWN, DISCHARGED, BREACH])
truths: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: AllOf(tuple(of))),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: AnyOf(tuple(of))),
        st.tuples(inner, inner).map(lambda sides: Comparison("==", *sides)),
    ),
)


@given(
    guard=truths,
    values=st.fixed_dictionaries(
        {
            name: st.sampled_from([True, False, None])
            for name in ("talks_continue", "hostages_discharged", "hamas_in_breach")
        }
    ),
)
def test_a_guard_is_undetermined_exactly_when_something_that_it_reads_is(
    guard: Expression, values: dict[str, bool | None]
) -> None:
    def read(reference: Reference) -> bool | None:
        return values[str(reference).replace(".", "_")]

    value = evaluate(guard, read)

    assert (value is None) == any(read(reference) is None for reference in references(guard))
    assert value in {True, False, None}
