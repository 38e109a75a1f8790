"""Dues: what is missed, cured, breached and cleared, and when."""

from world import HEADER, World

from phaseflow.engine.clock import next_due_at

DELIVERY = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    during: running
    amount: 10
    schedule:
      - {by: day 3, total: 4}
      - {by: day 5, total: 10}
"""


def delivery(extra: str = "") -> World:
    return World(HEADER + DELIVERY + extra)


def test_a_due_is_missed_when_its_whole_day_is_over() -> None:
    world = delivery()

    world.tick("2025-03-04T00:00")

    assert world.changes("delivery") == [
        ("2025-03-01 09:00", "pending"),
        ("2025-03-04 00:00", "breached"),
    ]


def test_a_delivery_on_the_last_day_meets_its_due() -> None:
    world = delivery()

    world.say("seller", "perform", "2025-03-03T23:59", obligation="delivery", amount=4)
    world.tick("2025-03-05")

    assert world.due("delivery", "day 3").standing == "discharged"
    assert world.standing("delivery") == "pending"


def test_cure_of_two_days_runs_through_the_second_day_after_the_due() -> None:
    world = delivery("    cure: P2D\n")

    world.tick("2025-03-10")

    assert world.changes("delivery")[1:] == [
        ("2025-03-04 00:00", "overdue"),
        ("2025-03-06 00:00", "breached"),
    ]


def test_delivery_in_full_ends_a_breach_from_then_on() -> None:
    world = delivery()

    world.say("seller", "perform", "2025-03-04T10:00", obligation="delivery", amount=10)

    assert world.changes("delivery")[1:] == [
        ("2025-03-04 00:00", "breached"),
        ("2025-03-04 10:00", "discharged"),
    ]


def test_a_late_report_of_a_timely_delivery_clears_the_default_and_is_not_late() -> None:
    world = delivery("    cure: P1D\n")

    world.say(
        "seller", "perform", "2025-03-04T10:00", "2025-03-03", obligation="delivery", amount=4
    )

    assert world.standing("delivery") == "pending"
    assert world.account("delivery").late == ()


def test_a_late_delivery_clears_the_default_and_is_late() -> None:
    world = delivery("    cure: P1D\n")

    world.say("seller", "perform", "2025-03-04T10:00", obligation="delivery", amount=4)

    (late,) = world.account("delivery").late
    assert late.met is not None
    assert (late.name, world.zone.local(world.zone.opening(late.met))) == (
        "day 3",
        "2025-03-04 10:00",
    )


def test_a_report_known_only_by_its_day_is_late_only_once_that_day_is_past() -> None:
    world = World(HEADER + DELIVERY.replace("{by: day 3,", "{by: day 3T12:00,"))

    world.tick("2025-03-03T12:00")
    world.say(
        "seller", "perform", "2025-03-03T18:00", "2025-03-03", obligation="delivery", amount=4
    )

    assert world.account("delivery").late == ()


def test_an_hour_named_in_a_due_is_exclusive() -> None:
    world = World(HEADER + DELIVERY.replace("{by: day 3,", "{by: day 3T12:00,"))

    world.say("seller", "perform", "2025-03-03T12:00", obligation="delivery", amount=4)

    assert len(world.account("delivery").late) == 1


def test_surplus_of_one_tranche_waits_for_the_next() -> None:
    world = delivery()

    world.say("seller", "perform", "2025-03-02T10:00", obligation="delivery", amount=10)
    world.tick("2025-03-10")

    assert world.changes("delivery")[1:] == [("2025-03-02 10:00", "discharged")]


def test_categories_count_toward_a_total_only_up_to_their_amount() -> None:
    amounts = DELIVERY.replace("amount: 10", "amount: {apples: 4, pears: 6}")
    world = World(HEADER + amounts)

    world.say("seller", "perform", "2025-03-02T10:00", obligation="delivery", amount={"apples": 9})
    world.tick("2025-03-07")

    assert world.due("delivery", "day 3").standing == "discharged"
    assert world.due("delivery", "day 5").standing == "breached"
    assert world.account("delivery").outstanding == 6


def test_unsorted_units_count_in_the_sum_only_until_they_are_sorted() -> None:
    amounts = DELIVERY.replace("amount: 10", "amount: {apples: 4, pears: 6}")
    world = World(HEADER + amounts)

    entry = world.say("seller", "perform", "2025-03-02T10:00", obligation="delivery", amount=10)
    unsorted = world.standing("delivery")
    world.say(
        "seller", "correct", "2025-03-02T11:00", entry=entry, amount={"apples": 4, "pears": 6}
    )

    assert (unsorted, world.standing("delivery")) == ("pending", "discharged")


def test_a_debt_is_carried_out_of_the_states_of_its_duty() -> None:
    world = delivery()

    world.say("seller", "advance", "2025-03-02", transition="go_on")
    world.tick("2025-03-04")

    assert world.standing("delivery") == "breached"


def test_a_debt_lapses_where_the_text_says_so() -> None:
    world = delivery("    when_left: lapse\n")

    world.say("seller", "advance", "2025-03-02", transition="go_on")
    world.tick("2025-03-10")

    assert world.changes("delivery")[1:] == [("2025-03-02 12:00", "lapsed")]


def test_a_duty_that_blocks_must_be_delivered_before_its_states_are_left() -> None:
    world = delivery("    when_left: block\n")

    (reason,) = world.refused("seller", "advance", "2025-03-04", transition="go_on")
    world.say("seller", "perform", "2025-03-04T13:00", obligation="delivery", amount=4)
    world.say("seller", "advance", "2025-03-04T14:00", transition="go_on")

    assert (reason.rule, reason.values) == ("guard", {"delivery.outstanding": "4"})
    assert world.agreement.leaf == "later"


def test_a_final_state_disarms_all_dues_and_a_later_report_still_clears() -> None:
    world = delivery("    cure: P9D\n")
    world.tick("2025-03-04")
    world.say("seller", "advance", "2025-03-04T13:00", transition="finish")
    world.say("buyer", "advance", "2025-03-04T14:00", transition="finish")

    world.tick("2025-04-04")
    at_the_end = world.standing("delivery")
    world.say("seller", "perform", "2025-04-05", "2025-03-03", obligation="delivery", amount=10)

    assert (at_the_end, world.standing("delivery")) == ("overdue", "discharged")


def test_a_state_that_tolls_moves_whole_days_by_the_days_begun() -> None:
    world = delivery()

    world.say("seller", "advance", "2025-03-02T10:00", transition="pause")
    paused = world.standing("delivery")
    world.say("seller", "advance", "2025-03-04T11:00", transition="resume")
    world.tick("2025-03-20")

    assert paused == "tolled"
    assert world.changes("delivery")[-1] == ("2025-03-07 00:00", "breached")


def test_a_tolled_due_is_not_missed() -> None:
    world = delivery()

    world.say("seller", "advance", "2025-03-02T10:00", transition="pause")
    world.tick("2025-04-04")

    assert world.standing("delivery") == "tolled"
    assert world.account("delivery").outstanding == 0


def test_a_breach_that_stands_is_not_lifted_by_tolling() -> None:
    world = delivery()

    world.tick("2025-03-04")
    world.say("seller", "advance", "2025-03-04T12:30", transition="pause")

    assert world.standing("delivery") == "breached"


def test_a_waiver_of_the_whole_ends_the_matter() -> None:
    world = delivery()

    world.say("buyer", "waive", "2025-03-04", obligation="delivery")

    assert world.standing("delivery") == "waived"


def test_a_waiver_of_one_due_forgives_its_own_share() -> None:
    world = delivery()

    world.say("buyer", "waive", "2025-03-02", obligation="delivery", due="day 3")
    world.say("seller", "perform", "2025-03-05T08:00", obligation="delivery", amount=6)

    assert world.due("delivery", "day 3").standing == "waived"
    assert world.standing("delivery") == "discharged"


def test_a_waiver_that_gives_time_lets_the_due_be_yet_to_come() -> None:
    world = delivery()

    world.tick("2025-03-04")
    world.say("buyer", "waive", "2025-03-04T12:30", obligation="delivery", until="2025-03-09")
    given = world.standing("delivery")
    world.tick("2025-03-05T12:00")

    assert given == "pending"
    assert world.due("delivery", "day 3").standing == "pending"


def test_only_the_obligee_can_waive() -> None:
    world = delivery()

    (reason,) = world.refused("seller", "waive", "2025-03-02", obligation="delivery")

    assert (reason.rule, reason.curable_by) == ("authority", ("buyer",))


CONDITION = """
findings:
  ready: {by: judge}
obligations:
  delivery:
    obligor: seller
    during: running
    by: day 3
    requires: ready
"""


def test_a_condition_precedent_gates_the_duty_and_a_past_due_is_due_a_day_after_it() -> None:
    world = World(HEADER + CONDITION)

    world.tick("2025-03-10")
    before = world.standing("delivery")
    world.say("judge", "find", "2025-03-10T13:00", finding="ready", value=True)
    world.tick("2025-03-12T00:00")

    assert before == "dormant"
    assert world.changes("delivery") == [
        ("2025-03-10 13:00", "pending"),
        ("2025-03-12 00:00", "breached"),
    ]


def test_a_condition_once_met_stays_met() -> None:
    world = World(HEADER + CONDITION)

    world.say("judge", "find", "2025-03-02", finding="ready", value=True)
    world.say("judge", "find", "2025-03-02T13:00", finding="ready", value=False)
    world.tick("2025-03-04")

    assert world.standing("delivery") == "breached"


def test_early_performance_counts_before_the_duty_has_arisen() -> None:
    world = World(HEADER + CONDITION)

    world.say("seller", "perform", "2025-03-02", obligation="delivery")

    assert world.standing("delivery") == "discharged"


STEPS = """
obligations:
  work:
    obligor: seller
    during: running
    in_order: true
    steps:
      - {name: first, by: day 2}
      - {name: second, by: work.first + PT72H, not_before: day 2}
"""


def test_a_step_anchored_on_another_is_undetermined_until_that_one_happened() -> None:
    world = World(HEADER + STEPS)

    undetermined = world.due("work", "second").at
    world.say("seller", "perform", "2025-03-02T08:00", obligation="work", step="first")
    world.tick("2025-03-05T08:00")

    assert undetermined is None
    assert world.due("work", "second").standing == "breached"


def test_a_step_before_its_time_counts_and_is_a_violation() -> None:
    world = World(HEADER + STEPS)

    world.say("seller", "perform", "2025-03-01T10:00", obligation="work", step="first")
    world.say("seller", "perform", "2025-03-01T11:00", obligation="work", step="second")

    assert world.standing("work") == "discharged"
    assert world.account("work").violations == 1


def test_steps_out_of_order_count_and_are_a_violation() -> None:
    world = World(HEADER + STEPS)

    world.say("seller", "perform", "2025-03-02T10:00", obligation="work", step="second")

    assert world.account("work").violations == 1
    assert world.account("work").by_category == {"first": 0, "second": 1}


MUTUAL = """
obligations:
  a:
    obligor: seller
    during: running
    by: day 2
    cure: P5D
    excused_while: b.overdue
  b:
    obligor: buyer
    during: running
    by: day 2
    cure: P5D
    excused_while: a.overdue
"""


def test_mutual_excuses_do_not_swing_to_and_fro() -> None:
    world = World(HEADER + MUTUAL)

    world.tick("2025-03-20")

    assert world.changes("a") == [
        ("2025-03-01 09:00", "pending"),
        ("2025-03-03 00:00", "excused"),
    ]
    assert world.changes("b") == world.changes("a")


def test_delivery_by_one_side_starts_the_cure_of_the_other_again() -> None:
    world = World(HEADER + MUTUAL)

    world.say("seller", "perform", "2025-03-04T09:00", obligation="a")
    world.tick("2025-04-01")

    assert world.changes("b")[-2:] == [
        ("2025-03-04 09:00", "overdue"),
        ("2025-03-10 00:00", "breached"),
    ]


def test_both_are_in_default_who_miss_the_same_moment_whatever_the_order_of_the_file() -> None:
    text = MUTUAL.replace("overdue", "breached").replace("    cure: P5D\n", "")
    world = World(HEADER + text)

    world.tick("2025-03-03T00:00")

    assert (world.standing("a"), world.standing("b")) == ("breached", "breached")


EXCUSED = """
obligations:
  a: {obligor: seller, during: running, by: day 2}
  b:
    obligor: buyer
    during: running
    by: day 4
    excused_while: a.breached
    deadlines: MODE
"""


def excused(mode: str) -> World:
    world = World(HEADER + EXCUSED.replace("MODE", mode))
    world.say("seller", "perform", "2025-03-08T10:00", obligation="a")
    world.tick("2025-04-01")
    return world


def test_an_excuse_that_lets_deadlines_run_leaves_the_due_to_be_missed_when_it_ends() -> None:
    assert excused("run").changes("b")[-2:] == [
        ("2025-03-03 00:00", "excused"),
        ("2025-03-08 10:00", "breached"),
    ]


def test_an_excuse_that_tolls_moves_the_due_by_the_days_it_lasted() -> None:
    assert excused("toll").changes("b")[-1] == ("2025-03-11 00:00", "breached")


def test_an_excuse_that_restarts_gives_the_whole_time_anew() -> None:
    assert excused("restart").changes("b")[-1] == ("2025-03-13 00:00", "breached")


def test_while_a_duty_is_stopped_none_of_its_dues_is_ahead() -> None:
    world = delivery()
    before = next_due_at(world.definition, world.agreement)

    world.say("seller", "advance", "2025-03-02", transition="pause")

    assert before == world.moment("2025-03-04T00:00")
    assert next_due_at(world.definition, world.agreement) is None
