"""What moments are made of, and which of two comes first where their text can tell."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phaseflow.compare.weights import later
from phaseflow.language.rules.dates import compare
from phaseflow.model.calendar import Date, Period
from phaseflow.model.moment import (
    AgreementDay,
    Anchor,
    CalendarDay,
    Choice,
    Moment,
    Offset,
    moments_in,
    order,
)

SIGNING = Anchor("state", "signing")
DAY, WEEK = Period(days=1), Period(days=7)


def after(period: Period, of: Moment = SIGNING) -> Offset:
    return Offset(of, period)


def before(period: Period, of: Moment = SIGNING) -> Offset:
    return Offset(of, period, -1)


def test_a_moment_is_walked_through_to_what_it_hangs_on_in_the_order_written() -> None:
    week = after(WEEK)
    choice = Choice("earlier_of", (week, AgreementDay(7)))

    found = list(moments_in(before(DAY, choice)))

    assert found == [before(DAY, choice), choice, week, SIGNING, AgreementDay(7)]


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        (AgreementDay(1), AgreementDay(7), -1),
        (AgreementDay(7, "09:00"), AgreementDay(7, "16:00"), -1),
        (CalendarDay(Date(2025, 3, 1)), CalendarDay(Date(2025, 2, 28)), 1),
        (CalendarDay(Date(2025, 3, 1)), AgreementDay(7), None),
        (SIGNING, SIGNING, 0),
        (SIGNING, Anchor("state", "handover"), None),
        (after(DAY), after(WEEK), -1),
        (before(DAY), before(WEEK), 1),
        (after(DAY), after(Period(seconds=3600)), None),
        (after(DAY), after(DAY, AgreementDay(7)), None),
        (Choice("later_of", (SIGNING,)), SIGNING, None),
    ],
)
def test_the_text_of_two_moments_tells_which_is_first(
    first: Moment, second: Moment, known: int | None
) -> None:
    assert order(first, second) == known


@pytest.mark.parametrize(
    ("first", "second", "known", "in_rules", "in_comparison"),
    [
        # Whether a clock time is before its day depends on which end of the day is meant.
        (AgreementDay(7, "16:00"), AgreementDay(7), -1, -1, None),
        (CalendarDay(Date(2025, 3, 1)), CalendarDay(Date(2025, 3, 2), "16:00"), -1, -1, None),
        # What is moved to the other side of its anchor is another rule, not the same one later.
        (before(DAY), after(DAY), -1, -1, None),
        (SIGNING, after(DAY), -1, -1, None),
        (before(DAY), SIGNING, -1, -1, None),
        # A rule finds fault only where both periods are in one unit.
        (after(Period(months=1, days=1)), after(Period(months=1, days=2)), -1, None, -1),
        (before(Period(months=1, days=1)), before(Period(months=1)), -1, None, -1),
        (before(Period(months=1)), after(DAY), -1, None, None),
    ],
)
def test_rules_and_comparison_each_take_from_the_order_what_they_can_answer_for(
    first: Moment,
    second: Moment,
    known: int,
    in_rules: int | None,
    in_comparison: int | None,
) -> None:
    assert order(first, second) == known
    assert compare(first, second) == in_rules
    assert later(second, first) == in_comparison


PERIODS = (DAY, WEEK, Period(months=1), Period(months=1, days=1), Period(seconds=3600))
ANCHORS: tuple[Moment, ...] = (SIGNING, after(DAY))
CLOCKS = (None, "09:00", "16:00")
written = st.sampled_from(
    [
        SIGNING,
        *(AgreementDay(*of) for of in product((1, 7), CLOCKS)),
        *(CalendarDay(*of) for of in product((Date(2025, 3, 1), Date(2025, 3, 2)), CLOCKS)),
        *(after(*of) for of in product(PERIODS, ANCHORS)),
        *(before(*of) for of in product(PERIODS, ANCHORS)),
        Choice("later_of", (SIGNING, AgreementDay(7))),
    ]
)


@given(first=written, second=written)
def test_the_order_of_two_moments_turns_with_them(first: Moment, second: Moment) -> None:
    found = order(first, second)

    assert order(second, first) == (None if found is None else -found)
    assert compare(first, second) in {found, None}
    assert later(second, first) in {found, None}
