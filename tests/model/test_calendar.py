"""Time belongs to the agreement: its days, its months, its clock changes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phaseflow.model.calendar import (
    Date,
    Instant,
    Period,
    When,
    Zone,
    decode_hook,
    encode_hook,
    parse_period,
)
from phaseflow.model.moment import (
    AgreementDay,
    Anchor,
    Calendar,
    CalendarDay,
    Choice,
    Moment,
    Offset,
)

GAZA = Zone("Asia/Jerusalem")
BERLIN = Zone("Europe/Berlin")
SARAJEVO = Zone("Europe/Sarajevo")
UTC = Zone("UTC")
EPOCH = Instant.from_utc(2025, 1, 1)

days = st.integers(0, 40_000).map(lambda n: Date(1970, 1, 1).add(days=n))
instants = st.integers(0, 2**32).map(Instant.from_timestamp)
whens = st.one_of(days, instants).map(When)
zones = st.sampled_from(
    ["UTC", "Asia/Jerusalem", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]
).map(Zone)
whole_days = st.builds(Period, months=st.integers(0, 40), days=st.integers(0, 500)).filter(
    lambda period: period.months or period.days
)
exact = st.builds(Period, seconds=st.integers(1, 10_000_000))


def nothing_happened(_: Anchor) -> None:
    return None


def resolve(
    calendar: Calendar, moment: Moment, first_day: str | None = None, *, closing: bool = True
) -> str:
    day = None if first_day is None else Date.parse_iso(first_day)
    return str(calendar.resolve(moment, nothing_happened, day, closing=closing))


# Numbering


@pytest.mark.parametrize(
    ("number", "date"),
    [
        (1, "2025-01-19"),
        (7, "2025-01-25"),
        (16, "2025-02-03"),
        (22, "2025-02-09"),
        (42, "2025-03-01"),
        (50, "2025-03-09"),
    ],
)
def test_day_22_of_the_gaza_plan_is_9_february_because_its_first_day_is_day_1(
    number: int, date: str
) -> None:
    calendar = Calendar(GAZA, 1)

    assert resolve(calendar, AgreementDay(number), "2025-01-19") == date


@pytest.mark.parametrize(
    ("number", "date"), [(0, "1995-12-20"), (45, "1996-02-03"), (91, "1996-03-20")]
)
def test_d_plus_45_of_dayton_is_3_february_because_its_first_day_is_day_0(
    number: int, date: str
) -> None:
    calendar = Calendar(SARAJEVO, 0)

    assert resolve(calendar, AgreementDay(number), "1995-12-20") == date


def test_a_numbered_day_is_undetermined_until_numbering_begins() -> None:
    assert resolve(Calendar(GAZA, 1), AgreementDay(7)) == "None"


def test_a_numbered_day_is_undetermined_in_an_agreement_that_numbers_no_days() -> None:
    assert resolve(Calendar(GAZA), AgreementDay(7), "2025-01-19") == "None"


@pytest.mark.parametrize(("first_number", "number"), [(1, 22), (0, 21)])
def test_a_date_bears_the_number_that_leads_back_to_it(first_number: int, number: int) -> None:
    calendar = Calendar(GAZA, 1 if first_number else 0)

    assert calendar.number_of(Date(2025, 2, 9), Date(2025, 1, 19)) == number


def test_no_date_bears_a_number_before_numbering_begins() -> None:
    assert Calendar(GAZA, 1).number_of(Date(2025, 2, 9), None) is None


@given(first_day=days, number=st.integers(-400, 4000), first_number=st.sampled_from([0, 1]))
def test_the_number_of_a_numbered_day_is_its_number(
    first_day: Date, number: int, first_number: int
) -> None:
    calendar = Calendar(GAZA, 1 if first_number else 0)

    when = calendar.resolve(AgreementDay(number), nothing_happened, first_day, closing=True)

    assert when is not None
    assert calendar.number_of(GAZA.day(when), first_day) == number


def test_a_clock_time_on_a_numbered_day_is_an_instant_of_the_agreements_zone() -> None:
    moment = AgreementDay(7, "16:00")

    assert resolve(Calendar(GAZA, 1), moment, "2025-01-19") == "2025-01-25T14:00:00Z"


def test_a_date_of_the_calendar_needs_no_numbering() -> None:
    assert resolve(Calendar(GAZA), CalendarDay(Date(2025, 3, 1))) == "2025-03-01"
    assert resolve(Calendar(GAZA), CalendarDay(Date(2025, 3, 1), "12:00")) == "2025-03-01T10:00:00Z"


# Whole days


def test_a_whole_day_is_over_at_the_start_of_the_next_day_in_the_zone() -> None:
    day_42 = When.parse("2025-03-01")

    assert GAZA.opening(day_42) == Instant.parse_iso("2025-02-28T22:00:00Z")
    assert GAZA.closing(day_42) == Instant.parse_iso("2025-03-01T22:00:00Z")


def test_the_instant_at_which_a_day_is_over_lies_in_the_next_day() -> None:
    closing = GAZA.closing(When.parse("2025-03-01"))

    assert GAZA.day_of(closing) == Date(2025, 3, 2)
    assert GAZA.day_of(closing.subtract(seconds=1)) == Date(2025, 3, 1)


def test_an_instant_opens_and_closes_at_itself() -> None:
    noon = When.parse("2025-03-01T12:00:00Z")

    assert GAZA.opening(noon) == GAZA.closing(noon) == noon.value


def test_the_day_on_which_clocks_go_forward_has_23_hours() -> None:
    day = When.parse("2025-03-30")

    assert hours_between(BERLIN.opening(day), BERLIN.closing(day)) == 23


def test_the_day_on_which_clocks_go_back_has_25_hours() -> None:
    day = When.parse("2025-10-26")

    assert hours_between(BERLIN.opening(day), BERLIN.closing(day)) == 25


def test_a_day_whose_midnight_is_skipped_begins_with_its_first_instant() -> None:
    sao_paulo = Zone("America/Sao_Paulo")

    midnight = sao_paulo.midnight(Date(2018, 11, 4))

    assert sao_paulo.local(midnight) == "2018-11-04 01:00"
    assert sao_paulo.day_of(midnight.subtract(seconds=1)) == Date(2018, 11, 3)


def test_a_clock_time_that_is_skipped_moves_forward_by_the_gap() -> None:
    assert BERLIN.local(BERLIN.at(Date(2025, 3, 30), "02:30")) == "2025-03-30 03:30"


def test_a_clock_time_that_is_shown_twice_is_the_earlier_one() -> None:
    assert BERLIN.at(Date(2025, 10, 26), "02:30") == Instant.parse_iso("2025-10-26T00:30:00Z")


def test_people_read_an_instant_by_the_clock_of_their_zone() -> None:
    assert GAZA.local(Instant.parse_iso("2025-01-19T09:15:00Z")) == "2025-01-19 11:15"
    assert GAZA.local(Instant.parse_iso("2025-01-19T09:15:07Z")) == "2025-01-19 11:15:07"


@given(zone=zones, instant=instants)
def test_every_instant_lies_between_the_opening_and_the_closing_of_its_day(
    zone: Zone, instant: Instant
) -> None:
    day = When(zone.day_of(instant))

    assert zone.opening(day) <= instant < zone.closing(day)


def hours_between(start: Instant, end: Instant) -> float:
    return (end.timestamp() - start.timestamp()) / 3600


# Periods


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P2D", Period(days=2)),
        ("P2W", Period(days=14)),
        ("P1M", Period(months=1)),
        ("P1Y6M", Period(months=18)),
        ("P1M10D", Period(months=1, days=10)),
        ("PT24H", Period(seconds=86_400)),
        ("PT1H30M", Period(seconds=5_400)),
    ],
)
def test_a_period_is_of_calendar_units_or_of_exact_time(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "2D", "P-2D", "P1.5D", "p2d", "P2D\n", " P2D", "P1DT", "PT1D", "P٢D"]
)
def test_what_is_no_iso_period_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no ISO 8601 period; write for example P2D"):
        parse_period(text)


def test_a_period_may_not_mix_days_with_hours() -> None:
    with pytest.raises(ValueError, match=r"'P1DT12H' mixes whole days with hours"):
        parse_period("P1DT12H")


@pytest.mark.parametrize("text", ["P0D", "PT0S", "P0Y0M"])
def test_a_period_has_a_length(text: str) -> None:
    with pytest.raises(ValueError, match="has no length"):
        parse_period(text)


@given(period=st.one_of(whole_days, exact))
def test_a_period_is_read_back_as_it_is_shown(period: Period) -> None:
    assert parse_period(str(period)) == period


def test_ninety_days_after_20_july_2015_is_18_october() -> None:
    assert UTC.plus(When.parse("2015-07-20"), parse_period("P90D")) == When.parse("2015-10-18")


def test_one_month_after_31_january_is_the_last_day_of_february() -> None:
    assert UTC.plus(When.parse("2025-01-31"), parse_period("P1M")) == When.parse("2025-02-28")
    assert UTC.plus(When.parse("2024-01-31"), parse_period("P1M")) == When.parse("2024-02-29")


def test_months_are_counted_from_the_anchor_and_not_one_after_the_other() -> None:
    anchor = When.parse("2025-01-31")

    at_once = UTC.plus(anchor, parse_period("P2M"))
    in_turn = UTC.plus(UTC.plus(anchor, parse_period("P1M")), parse_period("P1M"))

    assert at_once == When.parse("2025-03-31")
    assert in_turn == When.parse("2025-03-28")


def test_one_year_after_29_february_is_28_february() -> None:
    assert UTC.plus(When.parse("2024-02-29"), parse_period("P1Y")) == When.parse("2025-02-28")


def test_across_a_clock_change_24_hours_are_not_one_day() -> None:
    noon = When(BERLIN.at(Date(2025, 3, 29), "12:00"))

    after_24_hours = BERLIN.plus(noon, parse_period("PT24H"))
    after_a_day = BERLIN.plus(noon, parse_period("P1D"))

    assert BERLIN.local(BERLIN.closing(after_24_hours)) == "2025-03-30 13:00"
    assert after_a_day == When.parse("2025-03-30")


def test_days_after_an_instant_are_a_whole_day_counted_from_its_own_day() -> None:
    late_evening = When.parse("2025-01-19T21:59:00Z")
    past_midnight_there = When.parse("2025-01-19T22:00:00Z")

    assert GAZA.plus(late_evening, parse_period("P2D")) == When.parse("2025-01-21")
    assert GAZA.plus(past_midnight_there, parse_period("P2D")) == When.parse("2025-01-22")


def test_a_cure_of_two_days_after_day_7_runs_through_day_9() -> None:
    calendar = Calendar(GAZA, 1)
    moment = Offset(AgreementDay(7), parse_period("P2D"))

    assert resolve(calendar, moment, "2025-01-19") == "2025-01-27"
    assert calendar.number_of(Date(2025, 1, 27), Date(2025, 1, 19)) == 9


def test_hours_after_a_day_known_only_as_a_day_run_from_its_end() -> None:
    handed_over = When.parse("2025-02-08")

    assert GAZA.plus(handed_over, parse_period("PT24H")) == When.parse("2025-02-09T22:00:00Z")


def test_a_period_may_be_taken_away() -> None:
    day_42 = When.parse("2025-03-01")

    assert GAZA.plus(day_42, parse_period("P1W"), -1) == When.parse("2025-02-22")
    assert GAZA.plus(day_42, parse_period("P1M"), -1) == When.parse("2025-02-01")


@given(zone=zones, when=whens, period=whole_days)
def test_days_and_months_always_give_a_later_whole_day(
    zone: Zone, when: When, period: Period
) -> None:
    moved = zone.plus(when, period)

    assert moved.is_day
    assert zone.day(moved) > zone.day(when)


@given(zone=zones, when=whens, period=exact)
def test_hours_always_give_an_instant_that_much_after_the_closing(
    zone: Zone, when: When, period: Period
) -> None:
    moved = zone.plus(when, period)

    assert not moved.is_day
    assert zone.closing(moved).timestamp() - zone.closing(when).timestamp() == period.seconds


@given(zone=zones, day=days, n=st.integers(1, 1000))
def test_days_added_and_taken_away_lead_back(zone: Zone, day: Date, n: int) -> None:
    period = Period(days=n)

    assert zone.plus(zone.plus(When(day), period), period, -1) == When(day)


# Tolling


@pytest.mark.parametrize(
    ("start", "end", "begun"),
    [
        ("2025-02-10T12:00:00Z", "2025-02-10T12:00:00Z", 0),
        ("2025-02-10T12:00:00Z", "2025-02-10T12:00:01Z", 1),
        ("2025-02-10T12:00:00Z", "2025-02-12T12:00:00Z", 2),
        ("2025-02-10T12:00:00Z", "2025-02-12T13:00:00Z", 3),
        ("2025-02-10T12:00:00Z", "2025-02-13T11:00:00Z", 3),
    ],
)
def test_two_days_and_an_hour_of_tolling_are_three_days_begun(
    start: str, end: str, begun: int
) -> None:
    assert GAZA.days_begun(Instant.parse_iso(start), Instant.parse_iso(end)) == begun


def test_a_clock_change_adds_and_loses_no_day_of_tolling() -> None:
    noon = BERLIN.at(Date(2025, 3, 29), "12:00")

    assert BERLIN.days_begun(noon, BERLIN.at(Date(2025, 3, 30), "12:00")) == 1
    assert BERLIN.days_begun(noon, BERLIN.at(Date(2025, 3, 30), "12:01")) == 2


def test_tolling_moves_a_whole_day_by_the_days_begun() -> None:
    suspended = Instant.parse_iso("2025-02-10T12:00:00Z")
    resumed = Instant.parse_iso("2025-02-12T13:00:00Z")

    assert GAZA.later(When.parse("2025-03-01"), suspended, resumed) == When.parse("2025-03-04")


def test_tolling_moves_an_instant_by_the_exact_time() -> None:
    suspended = Instant.parse_iso("2025-02-10T12:00:00Z")
    resumed = Instant.parse_iso("2025-02-12T13:00:30Z")
    moved = GAZA.later(When.parse("2025-03-01T10:00:00Z"), suspended, resumed)

    assert moved == When.parse("2025-03-03T11:00:30Z")


@given(zone=zones, when=whens, start=instants, lasting=st.integers(-1000, 10**8))
def test_tolling_never_moves_anything_earlier_nor_by_less_than_it_lasted(
    zone: Zone, when: When, start: Instant, lasting: int
) -> None:
    moved = zone.later(when, start, start.add(seconds=lasting))

    shift = zone.closing(moved).timestamp() - zone.closing(when).timestamp()
    an_hour = 3600  # a whole day near a clock change is so much shorter at most
    assert moved.is_day == when.is_day
    assert shift >= max(0, lasting) - (an_hour if when.is_day else 0) * 2
    assert shift <= max(0, lasting) + (86_400 + 2 * an_hour if when.is_day else 0)


@given(zone=zones, start=instants, first=st.integers(0, 10**7), second=st.integers(0, 10**7))
def test_longer_tolling_never_begins_fewer_days(
    zone: Zone, start: Instant, first: int, second: int
) -> None:
    assume(first <= second)

    short, long = (zone.days_begun(start, start.add(seconds=n)) for n in (first, second))

    assert short <= long


# Anchors and choices


def test_what_hangs_on_something_that_has_not_happened_is_undetermined() -> None:
    moment = Offset(Anchor("state", "phase_2"), parse_period("P42D"))

    assert resolve(Calendar(GAZA, 1), moment, "2025-01-19") == "None"


def test_what_hangs_on_an_anchor_is_counted_from_when_it_happened() -> None:
    moment = Offset(Anchor("obligation", "pull_back"), parse_period("PT72H"))
    happened = When.parse("2025-01-20T08:00:00Z")

    when = Calendar(GAZA).resolve(moment, lambda _: happened, None, closing=True)

    assert when == When.parse("2025-01-23T08:00:00Z")


SOON, LATE, NEVER = CalendarDay(Date(2025, 3, 1)), AgreementDay(50), Anchor("finding", "end")


def test_the_earlier_of_several_moments_is_known_as_soon_as_one_is() -> None:
    calendar = Calendar(GAZA, 1)

    assert resolve(calendar, Choice("earlier_of", (LATE, SOON)), "2025-01-19") == "2025-03-01"
    assert resolve(calendar, Choice("earlier_of", (NEVER, LATE)), "2025-01-19") == "2025-03-09"
    assert resolve(calendar, Choice("earlier_of", (NEVER, NEVER)), "2025-01-19") == "None"


def test_the_later_of_several_moments_is_undetermined_while_one_is() -> None:
    calendar = Calendar(GAZA, 1)

    assert resolve(calendar, Choice("later_of", (LATE, SOON)), "2025-01-19") == "2025-03-09"
    assert resolve(calendar, Choice("later_of", (NEVER, LATE)), "2025-01-19") == "None"


def test_a_day_and_an_instant_are_compared_by_the_edge_that_counts() -> None:
    calendar = Calendar(GAZA)
    day, noon = CalendarDay(Date(2025, 3, 1)), CalendarDay(Date(2025, 3, 1), "12:00")
    earlier = Choice("earlier_of", (day, noon))

    assert resolve(calendar, earlier, closing=True) == "2025-03-01T10:00:00Z"
    assert resolve(calendar, earlier, closing=False) == "2025-03-01"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (AgreementDay(7), "day 7"),
        (AgreementDay(7, "16:00"), "day 7T16:00"),
        (CalendarDay(Date(2025, 3, 1)), "2025-03-01"),
        (Offset(Anchor("state", "phase_2"), Period(days=14)), "phase_2 + P14D"),
        (Offset(AgreementDay(42), Period(seconds=3600), -1), "day 42 - PT1H"),
        (Choice("earlier_of", (SOON, LATE)), "earlier_of: [2025-03-01, day 50]"),
    ],
)
def test_a_moment_is_shown_as_it_is_written(moment: Moment, text: str) -> None:
    assert str(moment) == text


# Texts


@given(when=whens)
def test_a_point_is_read_back_as_it_is_shown(when: When) -> None:
    again = When.parse(str(when))

    assert again == when
    assert hash(again) == hash(when)
    assert decode_hook(When, encode_hook(when)) == when


def test_a_day_is_not_the_instant_at_which_it_begins() -> None:
    assert When.parse("2025-01-01") != When(EPOCH)
    assert When.parse("2025-01-01") != "2025-01-01"


def test_only_values_of_the_calendar_are_written_by_its_hook() -> None:
    with pytest.raises(NotImplementedError, match="cannot be written"):
        encode_hook(object())
