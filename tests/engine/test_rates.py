"""Rates and restraints: periods, measures, unknown days; allegations and violations."""

import pytest
from world import HEADER, World

RATE = """
obligations:
  aid:
    obligor: seller
    obligee: buyer
    during: running
    unit: truck
    amount: 600
    every: day
"""
VERIFIED = RATE + "    of_which: {fuel: 50}\n    verified_by: judge\n"


def test_an_unverified_period_in_which_nothing_was_delivered_is_short() -> None:
    world = World(HEADER + RATE)

    world.tick("2025-03-02T00:00")

    assert world.changes("aid")[-1] == ("2025-03-02 00:00", "breached")
    assert world.account("aid").outstanding == 600


def test_the_standing_follows_the_latest_period_judged() -> None:
    world = World(HEADER + RATE)

    world.say("seller", "perform", "2025-03-02", obligation="aid", amount=600)
    world.tick("2025-03-03T00:00")

    assert world.changes("aid")[1:] == [
        ("2025-03-02 00:00", "breached"),
        ("2025-03-03 00:00", "pending"),
    ]
    assert world.account("aid").violations == 1


def test_a_period_of_a_verified_rate_on_which_nobody_reported_is_unknown() -> None:
    world = World(HEADER + VERIFIED)

    world.tick("2025-03-05")

    assert world.standing("aid") == "pending"
    assert world.account("aid").periods_unknown == 4
    assert world.account("aid").outstanding == 0


def test_a_measure_by_the_verifier_counts_in_place_of_claims() -> None:
    world = World(HEADER + VERIFIED)

    world.say(
        "seller", "perform", "2025-03-01T20:00", obligation="aid", amount={"total": 700, "fuel": 60}
    )
    span = {"from": "2025-03-01", "to": "2025-03-01"}
    world.say(
        "judge",
        "measure",
        "2025-03-02",
        obligation="aid",
        amount={"total": 500, "fuel": 55},
        **span,
    )

    assert world.account("aid").delivered == 500
    assert world.standing("aid") == "breached"


def test_a_measure_by_anybody_else_stands_beside() -> None:
    world = World(HEADER + VERIFIED)

    span = {"from": "2025-03-01", "to": "2025-03-01"}
    world.say("buyer", "measure", "2025-03-02", obligation="aid", amount=100, **span)

    assert world.account("aid").delivered == 0
    assert world.standing("aid") == "pending"


def test_a_part_on_which_nobody_reported_is_unknown_not_short() -> None:
    world = World(HEADER + VERIFIED)

    span = {"from": "2025-03-01", "to": "2025-03-01"}
    world.say("judge", "measure", "2025-03-02", obligation="aid", amount=801, **span)

    assert world.standing("aid") == "pending"
    assert world.account("aid").periods_unknown == 1


def test_a_part_below_its_least_is_short() -> None:
    world = World(HEADER + VERIFIED)

    span = {"from": "2025-03-01", "to": "2025-03-01"}
    world.say(
        "judge",
        "measure",
        "2025-03-02",
        obligation="aid",
        amount={"total": 700, "fuel": 20},
        **span,
    )

    assert world.standing("aid") == "breached"
    assert world.account("aid").outstanding == 30


def test_a_measure_over_several_periods_is_shown_beside() -> None:
    world = World(HEADER + VERIFIED)

    span = {"from": "2025-03-01", "to": "2025-03-03"}
    world.say("judge", "measure", "2025-03-04", obligation="aid", amount=2400, **span)

    assert world.account("aid").delivered == 0


def test_a_measure_that_spans_several_periods_counts_where_the_rate_is_averaged() -> None:
    world = World(HEADER + VERIFIED.replace("every: day", "every: day\n    averaged: true"))

    span = {"from": "2025-03-01", "to": "2025-03-03"}
    world.say(
        "judge",
        "measure",
        "2025-03-04",
        obligation="aid",
        amount={"total": 2400, "fuel": 200},
        **span,
    )
    world.tick("2025-03-05T00:00")
    enough = world.standing("aid")
    world.tick("2025-03-06T00:00")

    assert (enough, world.standing("aid")) == ("pending", "breached")


def test_a_delivery_within_the_cure_makes_up_the_earlier_period_first() -> None:
    world = World(HEADER + RATE + "    cure: P1D\n")

    world.say("seller", "perform", "2025-03-01T20:00", obligation="aid", amount=500)
    world.say("seller", "perform", "2025-03-02", obligation="aid", amount=700)
    world.tick("2025-03-03")

    assert world.changes("aid")[1:] == [
        ("2025-03-02 00:00", "overdue"),
        ("2025-03-02 12:00", "pending"),
    ]
    assert world.account("aid").violations == 0


def test_a_shortfall_that_was_not_made_up_is_a_violation_and_a_late_report_takes_it_back() -> None:
    world = World(HEADER + RATE)

    world.say("seller", "perform", "2025-03-01T20:00", obligation="aid", amount=500)
    for day in (2, 3, 4):
        world.say("seller", "perform", f"2025-03-0{day}", obligation="aid", amount=600)
    world.tick("2025-03-05")
    before = world.account("aid").violations
    world.say("seller", "perform", "2025-03-05", "2025-03-01", obligation="aid", amount=100)

    assert (before, world.account("aid").violations) == (1, 0)
    assert world.account("aid").delivered == 2400


def test_settled_periods_leave_the_position_of_the_agreement() -> None:
    world = World(HEADER + RATE)

    for day in range(1, 28):
        world.say("seller", "perform", f"2025-03-{day:02}", obligation="aid", amount=600)

    assert len(world.duty("aid").periods) <= 2


@pytest.mark.parametrize(("every", "end"), [("week", "2025-03-03"), ("month", "2025-04-01")])
def test_calendar_weeks_and_months_end_with_their_last_day(every: str, end: str) -> None:
    world = World(HEADER + RATE.replace("every: day", f"every: {every}"))

    world.tick("2025-04-02")

    assert world.changes("aid")[1] == (f"{end} 00:00", "breached")


def test_a_rate_ends_with_its_states_and_is_discharged_if_nothing_is_short() -> None:
    world = World(HEADER + RATE)

    world.say("seller", "perform", "2025-03-01T20:00", obligation="aid", amount=600)
    world.say("seller", "advance", "2025-03-02T10:00", transition="go_on")

    assert world.standing("aid") == "discharged"


RESTRAINT = """
obligations:
  peace:
    obligor: [seller, buyer]
    during: running
    refrain: true
    verified_by: judge
"""


def test_an_accusation_alone_never_breaches() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("seller", "allege", "2025-03-02", obligation="peace.buyer")
    world.tick("2025-03-30")

    assert world.standing("peace.buyer") == "pending"


def test_a_verified_allegation_is_a_violation_of_that_party_alone() -> None:
    world = World(HEADER + RESTRAINT)

    entry = world.say("seller", "allege", "2025-03-02", obligation="peace.buyer")
    world.say("judge", "attest", "2025-03-03", entry=entry)

    assert (world.standing("peace.buyer"), world.standing("peace.seller")) == (
        "breached",
        "pending",
    )


def test_tolerated_violations_do_not_breach() -> None:
    world = World(HEADER + RESTRAINT + "    tolerated: 1\n")

    standings = []
    for day in (2, 3):
        world.say("judge", "allege", f"2025-03-0{day}", obligation="peace.buyer")
        standings.append(world.standing("peace.buyer"))

    assert standings == ["pending", "breached"]


def test_a_breach_of_a_restraint_ends_when_its_cure_passes_without_another() -> None:
    world = World(HEADER + RESTRAINT + "    cure: P3D\n")

    world.say("judge", "allege", "2025-03-02", obligation="peace.buyer")
    world.say("judge", "allege", "2025-03-04", obligation="peace.buyer")
    world.tick("2025-03-20")

    assert world.changes("peace.buyer")[1:] == [
        ("2025-03-02 12:00", "breached"),
        ("2025-03-08 00:00", "pending"),
    ]


def test_a_violation_the_verifier_takes_back_breaches_no_more() -> None:
    world = World(HEADER + RESTRAINT)

    entry = world.say("judge", "allege", "2025-03-02", obligation="peace.buyer")
    world.say("judge", "reject", "2025-03-03", entry=entry)

    assert world.standing("peace.buyer") == "pending"
    assert world.account("peace.buyer").violations == 0


def test_an_unverified_allegation_keeps_a_restraint_from_being_discharged() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("seller", "allege", "2025-03-02", obligation="peace.buyer")
    world.say("seller", "advance", "2025-03-03", transition="go_on")

    assert (world.standing("peace.buyer"), world.standing("peace.seller")) == (
        "pending",
        "discharged",
    )


def test_a_restraint_cannot_be_violated_outside_its_states() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("seller", "advance", "2025-03-03", transition="go_on")
    world.say("judge", "allege", "2025-03-05", obligation="peace.buyer")

    assert world.standing("peace.buyer") == "discharged"


def test_a_single_period_may_be_waived_long_after_it_was_judged() -> None:
    world = World(HEADER + RATE)

    for day in (2, 3, 4):
        world.say("seller", "perform", f"2025-03-0{day}", obligation="aid", amount=600)
    world.tick("2025-03-05")
    world.say("buyer", "waive", "2025-03-05", obligation="aid", due="2025-03-01")
    account = world.account("aid")

    assert (account.violations, account.outstanding, account.periods_short) == (0, 0, 0)


def test_time_given_for_a_period_lets_it_be_made_up() -> None:
    world = World(HEADER + RATE)

    world.tick("2025-03-02T00:00")
    world.say(
        "buyer", "waive", "2025-03-02T08:00", obligation="aid", due="2025-03-01", until="2025-03-02"
    )
    given = world.standing("aid")
    world.say("seller", "perform", "2025-03-02T09:00", obligation="aid", amount=600)

    assert (given, world.standing("aid")) == ("overdue", "pending")
    assert world.account("aid").violations == 0


def test_the_pause_for_a_verifier_of_a_period_ends_too() -> None:
    world = World(HEADER + VERIFIED)
    full = {"total": 600, "fuel": 50}

    world.say("seller", "perform", "2025-03-01T20:00", obligation="aid", amount=full)
    world.tick("2025-04-01")

    assert world.changes("aid")[1:] == [
        ("2025-03-02 00:00", "overdue"),
        ("2025-03-09 00:00", "breached"),
    ]


def test_periods_on_which_the_verifier_never_spoke_leave_the_position_in_the_end() -> None:
    world = World(HEADER + VERIFIED)
    full = {"total": 600, "fuel": 50}

    for day in range(1, 29):
        world.say("seller", "perform", f"2025-03-{day:02}", obligation="aid", amount=full)

    assert len(world.duty("aid").periods) <= 9
    assert world.duty("aid").rate.periods_waiting == 28


FIGURES = """
findings:
  base: {type: integer, by: judge, initially: 2}
  more: {type: integer, by: judge}
obligations:
  aid:
    obligor: seller
    obligee: buyer
    during: running
    amount: base
    every: day
    verified_by: judge
"""
CHANGES = {"an amendment": ("amount: base", "amount: 5"), "a finding": None}
DAY_1 = {"from": "2025-03-01", "to": "2025-03-01"}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_day_reported_late_owes_what_the_text_said_at_its_end(
    change: tuple[str, str] | None,
) -> None:
    world = World(HEADER + FIGURES)

    world.tick("2025-03-03")
    if change is None:
        world.say("judge", "find", "2025-03-03", finding="base", value=5)
    else:
        world.amend("2025-03-03", change)
    world.say("judge", "measure", "2025-03-03T13:00", obligation="aid", amount=2, **DAY_1)

    assert (world.standing("aid"), world.duty("aid").violations) == ("pending", 0)
    assert (world.account("aid").outstanding, world.duty("aid").rate.owed) == (0, {"total": 2})


def test_a_day_that_ends_after_the_change_owes_by_the_new_text() -> None:
    world = World(HEADER + FIGURES)

    world.amend("2025-03-03", ("amount: base", "amount: 5"))
    world.tick("2025-03-04")
    span = {"from": "2025-03-03", "to": "2025-03-03"}
    world.say("judge", "measure", "2025-03-04", obligation="aid", amount=2, **span)

    assert (world.account("aid").outstanding, world.standing("aid")) == (3, "breached")


UNDETERMINED = FIGURES.replace(", initially: 2", "")
UNVERIFIED = UNDETERMINED.replace("    verified_by: judge\n", "")


@pytest.mark.parametrize(
    "change",
    [
        ("amount: base", "amount: 5"),
        ("base: {type: integer,", "base: {type: integer, initially: 5,"),
    ],
    ids=["another amount", "a first value"],
)
def test_an_edition_gives_no_figure_to_days_that_ended_without_one(change: tuple[str, str]) -> None:
    world = World(HEADER + UNVERIFIED)

    world.amend("2025-03-03", change)
    unknown = world.account("aid").outstanding, world.account("aid").periods_unknown
    world.say("judge", "find", "2025-03-03T13:00", finding="base", value=2)

    assert unknown == (0, 2)
    assert world.account("aid").outstanding == 4


def test_days_whose_finding_the_text_has_no_more_stay_unknown() -> None:
    world = World(HEADER + UNDETERMINED)

    world.amend(
        "2025-03-03", ("  base: {type: integer, by: judge}\n", ""), ("amount: base", "amount: 5")
    )
    world.amend("2025-03-04", ("findings:\n", "findings:\n  base: {type: boolean, by: judge}\n"))
    world.say("judge", "find", "2025-03-04", finding="base", value=True)
    world.say("judge", "measure", "2025-03-04", obligation="aid", amount=1, **DAY_1)

    assert (world.account("aid").outstanding, world.account("aid").periods_unknown) == (0, 3)


def test_days_reported_late_owe_the_first_figure_that_was_found() -> None:
    world = World(HEADER + UNDETERMINED)

    world.tick("2025-03-03")
    world.say("judge", "find", "2025-03-03", finding="base", value=2)
    world.say("judge", "find", "2025-03-03T13:00", finding="base", value=5)
    world.say("judge", "measure", "2025-03-03T14:00", obligation="aid", amount=2, **DAY_1)

    assert (world.account("aid").outstanding, world.duty("aid").rate.owed) == (0, {"total": 2})


def test_of_several_figures_each_stays_as_it_was_at_the_end_of_the_day() -> None:
    world = World(HEADER + FIGURES.replace("amount: base", "amount: {apples: base, pears: more}"))

    world.tick("2025-03-02")
    world.say("judge", "find", "2025-03-02", finding="base", value=5)
    world.say("judge", "find", "2025-03-02", finding="more", value=1)
    had = {"apples": 2, "pears": 1}
    world.say("judge", "measure", "2025-03-02", obligation="aid", amount=had, **DAY_1)

    assert (world.account("aid").outstanding, world.duty("aid").rate.owed) == (0, had)


def test_days_that_owe_the_same_take_the_room_of_one() -> None:
    world = World(HEADER + FIGURES)

    world.tick("2025-03-20")
    world.amend("2025-03-20", ("amount: base", "amount: 5"))
    world.tick("2025-04-20")

    assert [(str(span.first), str(span.last)) for span in world.duty("aid").rate.judged] == [
        ("2025-03-01", "2025-03-19"),
        ("2025-03-20", "2025-04-19"),
    ]
