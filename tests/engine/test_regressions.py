"""Rules that were broken once: found by chance, each kept by its name."""

from world import HEADER, World

RESTRAINT = """
obligations:
  calm:
    obligor: seller
    obligee: buyer
    during: running
    refrain: true
    verified_by: judge
    cure: P2D
"""


def test_what_is_said_later_of_one_violation_begins_no_cure_anew() -> None:
    world = World(HEADER + RESTRAINT)

    entry = world.say("judge", "allege", "2025-03-02", obligation="calm")
    world.tick("2025-03-06")
    calm = world.standing("calm")
    world.say("seller", "contest", "2025-03-06", entry=entry)
    world.say("judge", "attest", "2025-03-06T13:00", entry=entry)

    assert (calm, world.standing("calm")) == ("pending", "pending")
    assert world.duty("calm").violations == 1


def test_what_happened_while_a_restraint_was_tolled_is_no_violation_once_it_binds_again() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("seller", "advance", "2025-03-02", transition="pause")
    world.say("seller", "advance", "2025-03-04", transition="resume")
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-03T12:00", obligation="calm")
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-03", obligation="calm")
    tolled = world.duty("calm").violations
    world.say("judge", "allege", "2025-03-05", occurred="2025-03-04", obligation="calm")

    assert (tolled, world.duty("calm").violations) == (0, 1)


def test_the_cure_of_a_breached_restraint_stands_still_while_it_is_tolled() -> None:
    world = World(HEADER + RESTRAINT)

    world.say("judge", "allege", "2025-03-02", obligation="calm")
    world.say("seller", "advance", "2025-03-03", transition="pause")
    world.tick("2025-03-09")
    tolled = world.standing("calm")
    world.say("seller", "advance", "2025-03-10T12:00", transition="resume")
    world.tick("2025-03-20")

    assert tolled == "breached"
    assert world.changes("calm")[-2:] == [
        ("2025-03-02 12:00", "breached"),
        ("2025-03-12 00:00", "pending"),
    ]


RATE = """
findings:
  quota: {type: integer, by: judge}
obligations:
  supply:
    obligor: seller
    obligee: buyer
    during: running
    amount: quota
    every: day
    cure: P3D
"""


def test_a_contest_does_not_let_a_delivery_count_for_another_day() -> None:
    world = World(HEADER + RATE)

    entry = world.say("seller", "perform", "2025-03-03", obligation="supply", amount=2)
    world.say("judge", "find", "2025-03-04", finding="quota", value=2)
    before = [(p.first.day, p.delivered, p.standing) for p in world.duty("supply").periods]
    world.say("buyer", "contest", "2025-03-04T13:00", entry=entry)

    assert (3, {"total": 2}, "discharged") in before
    assert before == [(p.first.day, p.delivered, p.standing) for p in world.duty("supply").periods]


def test_days_whose_figure_was_not_yet_known_are_judged_as_soon_as_it_is() -> None:
    world = World(HEADER + RATE)

    world.tick("2025-03-03")
    unknown = world.account("supply").outstanding, world.standing("supply")
    world.say("judge", "find", "2025-03-03", finding="quota", value=2)

    assert unknown == (0, "pending")
    assert (world.account("supply").outstanding, world.standing("supply")) == (4, "overdue")


def test_a_day_that_is_over_owes_what_was_found_by_then() -> None:
    world = World(HEADER + RATE)

    world.say("judge", "find", "2025-03-01T13:00", finding="quota", value=1)
    world.say("judge", "find", "2025-03-02", finding="quota", value=3)
    world.tick("2025-03-03")
    owed = world.account("supply").outstanding
    world.say(
        "seller", "perform", "2025-03-03", occurred="2025-03-01", obligation="supply", amount=2
    )

    assert (owed, world.account("supply").outstanding) == (4, 3)


IN_TOTAL = """
obligations:
  supply:
    obligor: seller
    obligee: buyer
    during: running
    amount: {apples: 2, pears: 1}
    every: day
    judged: in_total
"""


def test_a_period_judged_in_total_asks_for_the_sum_alone() -> None:
    world = World(HEADER + IN_TOTAL)

    world.say("seller", "perform", "2025-03-01", obligation="supply", amount={"apples": 3})
    world.tick("2025-03-02")

    assert world.account("supply").outstanding == 0


def test_a_figure_found_to_be_less_than_nothing_owes_nothing() -> None:
    world = World(HEADER + RATE)

    world.say("judge", "find", "2025-03-01T13:00", finding="quota", value="-1")
    world.tick("2025-03-03")

    assert (world.account("supply").total, world.account("supply").outstanding) == (0, 0)


FOLLOWING = """
obligations:
  pull_back: {obligor: seller, obligee: buyer, by: day 20}
  release: {obligor: buyer, obligee: seller, by: pull_back + P1D}
"""


def test_what_runs_from_a_discharge_runs_whether_or_not_anybody_speaks_after_it() -> None:
    world = World(HEADER + FOLLOWING)

    world.say("seller", "perform", "2025-03-03", obligation="pull_back")
    world.tick("2025-03-10")

    assert world.changes("release")[1:] == [("2025-03-05 00:00", "breached")]


def test_a_corrected_day_moves_what_runs_from_it() -> None:
    world = World(HEADER + FOLLOWING)

    entry = world.say("seller", "perform", "2025-03-05", obligation="pull_back")
    world.say("seller", "correct", "2025-03-05T13:00", entry=entry, occurred_at="2025-03-02")

    assert world.changes("release")[1:] == [("2025-03-05 13:00", "breached")]


def test_an_act_was_done_when_it_was_first_done_in_whatever_order_that_is_reported() -> None:
    world = World(HEADER + FOLLOWING)

    world.say("seller", "perform", "2025-03-05", obligation="pull_back")
    world.say("buyer", "perform", "2025-03-05T13:00", "2025-03-02", obligation="pull_back")

    assert str(world.duty("pull_back").discharged_at) == "2025-03-02"


ORDERED = """
obligations:
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: first}, {name: second}]
    in_order: true
"""


def test_the_order_of_steps_is_that_of_what_happened_not_of_what_was_reported() -> None:
    world = World(HEADER + ORDERED)

    entry = world.say("seller", "perform", "2025-03-04", obligation="work", step="second")
    alone = world.duty("work").violations
    world.say("buyer", "contest", "2025-03-05", entry=entry)
    contested = world.duty("work").violations
    first = world.say(
        "seller", "perform", "2025-03-05", "2025-03-05", obligation="work", step="first"
    )
    later = world.duty("work").violations
    world.say("seller", "correct", "2025-03-05T13:00", entry=first, occurred_at="2025-03-03")

    assert (alone, contested, later, world.duty("work").violations) == (1, 1, 1, 0)


RATES = """
obligations:
  supply: {obligor: seller, obligee: buyer, during: running, amount: 2, every: day}
  payment: {obligor: buyer, obligee: seller, by: day 9, excused_while: supply.breached}
"""


def test_a_breached_rate_excuses_from_the_moment_of_the_breach() -> None:
    world = World(HEADER + RATES)

    world.tick("2025-03-02")

    assert world.changes("payment")[1:] == [("2025-03-02 00:00", "excused")]


def test_a_due_that_runs_from_a_step_follows_at_once_when_it_was_done_earlier() -> None:
    text = """
obligations:
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: first, by: day 4}, {name: second, by: work.first + P1D}]
"""
    world = World(HEADER + text)

    world.say(
        "seller", "perform", "2025-03-06T13:00", "2025-03-05", obligation="work", step="first"
    )
    later = world.due("work", "second").standing
    world.say(
        "seller", "perform", "2025-03-06T13:00", "2025-03-01", obligation="work", step="first"
    )

    assert (later, world.due("work", "second").standing) == ("pending", "breached")


def test_a_period_is_laid_aside_at_the_moment_at_which_nobody_can_change_it_any_more() -> None:
    text = RATE.replace("during: running", "during: later\n    verified_by: judge")
    world = World(HEADER + text)

    world.say("seller", "perform", "2025-03-02T12:00", obligation="supply", amount=2)
    waiting = len(world.duty("supply").periods)
    world.tick("2025-03-10T00:00")

    assert (waiting, len(world.duty("supply").periods)) == (1, 0)


def test_a_condition_read_as_duties_begin_finds_all_of_them_begun() -> None:
    goods = """
  goods:
    obligor: seller
    obligee: buyer
    amount: 4
    by: day 2
"""
    papers = """
  papers:
    obligor: seller
    obligee: buyer
    by: day 2
    requires: not (goods.total >= 1)
"""
    worlds = [World(f"{HEADER}obligations:{text}") for text in (goods + papers, papers + goods)]

    assert [world.standing("papers") for world in worlds] == ["dormant", "dormant"]


def test_a_moment_that_is_known_later_makes_nobody_too_early_who_was_not() -> None:
    text = """
obligations:
  work: {obligor: seller, obligee: buyer, not_before: later + P5D}
"""
    world = World(HEADER + text)

    entry = world.say("seller", "perform", "2025-03-02", obligation="work")
    world.say("seller", "advance", "2025-03-03", transition="go_on")
    world.say("buyer", "contest", "2025-03-04", entry=entry)

    assert world.duty("work").violations == 0
