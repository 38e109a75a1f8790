"""What becomes of dues, cures and figures when the text is amended."""

import pytest
from world import HEADER, World

DELIVERY = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    during: [running, paused]
    amount: 10
    schedule:
      - {by: day 3, total: 4}
      - {by: day 9, total: 10}
    cure: P3D
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: survey, by: day 4}, {name: report, by: day 8}]
"""


def world(text: str = DELIVERY) -> World:
    return World(HEADER + text)


def due(stage: World, name: str, due_name: str) -> tuple[str, str]:
    found = stage.due(name, due_name)
    return str(found.at), found.standing


def cure_ends(stage: World) -> str:
    missed = stage.due("delivery", "day 3").missed
    return "" if missed is None else str(missed.cure_ends)


def test_a_due_that_was_missed_and_is_moved_is_yet_to_come() -> None:
    stage = world()
    stage.tick("2025-03-05")
    missed = due(stage, "work", "survey")

    stage.amend("2025-03-05", ("{name: survey, by: day 4}", "{name: survey, by: day 7}"))

    assert (missed, due(stage, "work", "survey")) == (
        ("2025-03-04", "breached"),
        ("2025-03-07", "pending"),
    )
    assert stage.changes("work")[-2:] == [
        ("2025-03-05 00:00", "breached"),
        ("2025-03-05 12:00", "pending"),
    ]


def test_a_tranche_that_is_moved_is_another_due() -> None:
    stage = world()
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("by: day 3", "by: day 7"))

    assert [d.name for d in stage.duty("delivery").dues] == ["day 7", "day 9"]
    assert stage.standing("delivery") == "pending"


def test_a_due_that_was_met_is_not_due_again_even_if_more_is_owed_by_it() -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("by: day 3, total: 4", "by: day 3, total: 8"))
    stage.tick("2025-03-08")

    assert stage.due("delivery", "day 3").need == {"total": 4}
    assert due(stage, "delivery", "day 3") == ("2025-03-03", "discharged")
    assert stage.account("delivery").outstanding == 0


def test_a_due_that_was_met_falls_short_again_only_of_what_met_it() -> None:
    stage = world()
    entry = stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=5)
    stage.amend("2025-03-05", ("by: day 3, total: 4", "by: day 3, total: 8"))

    stage.say("seller", "correct", "2025-03-05", entry=entry, amount=4)
    kept = due(stage, "delivery", "day 3")
    stage.say("seller", "correct", "2025-03-05", entry=entry, amount=3)

    assert (kept[1], due(stage, "delivery", "day 3")[1]) == ("discharged", "overdue")


def test_a_step_that_was_done_in_time_stays_so_wherever_its_day_is_moved() -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="work", step="survey")
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("{name: survey, by: day 4}", "{name: survey, by: day 1}"))

    assert due(stage, "work", "survey") == ("2025-03-04", "discharged")
    assert stage.account("work").late == ()


def test_a_due_that_keeps_its_day_keeps_its_default() -> None:
    stage = world()
    stage.tick("2025-03-04")
    before = stage.due("delivery", "day 3")

    stage.amend("2025-03-05", ("by: day 9", "by: day 8"))

    after = stage.due("delivery", "day 3")
    assert after.missed == before.missed
    assert after.standing == "overdue"


def test_a_missed_due_of_which_less_is_owed_can_be_met_by_that() -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=3)
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("by: day 3, total: 4", "by: day 3, total: 3"))

    assert due(stage, "delivery", "day 3")[1] == "discharged"


def test_a_due_that_is_moved_into_the_past_is_missed_at_the_adoption_and_cured_from_there() -> None:
    stage = world()

    stage.amend("2025-03-06T10:00", ("by: day 9", "by: day 5"))

    missed = stage.due("delivery", "day 5").missed
    assert missed is not None
    assert stage.zone.local(missed.at) == "2025-03-06 10:00"
    assert str(missed.cure_ends) == "2025-03-09"


def test_time_that_was_given_for_a_due_is_kept_unless_it_is_moved() -> None:
    stage = world()
    stage.say("buyer", "waive", "2025-03-02", obligation="work", due="survey", until="2025-03-06")
    stage.say("buyer", "waive", "2025-03-02", obligation="work", due="report", until="2025-03-20")

    stage.amend("2025-03-03", ("{name: report, by: day 8}", "{name: report, by: day 9}"))

    assert due(stage, "work", "survey")[0] == "2025-03-06"
    assert due(stage, "work", "report")[0] == "2025-03-09"


def test_a_due_that_was_waived_stays_waived() -> None:
    stage = world()
    stage.say("buyer", "waive", "2025-03-02", obligation="work", due="survey")

    stage.amend("2025-03-03", ("{name: survey, by: day 4}", "{name: survey, by: day 6}"))

    assert due(stage, "work", "survey")[1] == "waived"


def test_a_cure_that_runs_ends_when_the_new_text_says() -> None:
    stage = world()
    stage.tick("2025-03-04T12:00")

    stage.amend("2025-03-04T12:00", ("cure: P3D", "cure: P1W"))
    longer = cure_ends(stage)
    stage.amend("2025-03-05T12:00", ("cure: P1W", "cure: P1D"))

    assert longer == "2025-03-10"
    assert stage.changes("delivery")[-1] == ("2025-03-05 12:00", "breached")


def test_a_cure_that_is_over_stays_over() -> None:
    stage = world()
    stage.tick("2025-03-08")

    stage.amend("2025-03-08", ("cure: P3D", "cure: P4W"))

    assert due(stage, "delivery", "day 3")[1] == "breached"


def test_a_cure_keeps_the_time_for_which_it_stood_still() -> None:
    stage = world()
    stage.say("seller", "advance", "2025-03-05T00:00", transition="pause")
    stage.say("seller", "advance", "2025-03-07T00:00", transition="resume")
    before = cure_ends(stage)

    stage.amend("2025-03-07", ("cure: P3D", "cure: P1W"))

    assert (before, cure_ends(stage)) == ("2025-03-08", "2025-03-12")


def test_a_cure_that_stands_still_at_the_adoption_goes_on_standing_still() -> None:
    stage = world()
    stage.say("seller", "advance", "2025-03-05T00:00", transition="pause")

    stage.amend("2025-03-06", ("cure: P3D", "cure: P1W"))
    stage.say("seller", "advance", "2025-03-07T00:00", transition="resume")

    assert cure_ends(stage) == "2025-03-12"


CALM = """
obligations:
  calm:
    obligor: seller
    obligee: buyer
    refrain: true
    tolerated: 0
    verified_by: judge
    cure: P2D
"""


def test_the_cure_of_a_restraint_ends_when_the_new_text_says_too() -> None:
    stage = world(CALM)
    stage.say("judge", "allege", "2025-03-02T12:00", obligation="calm")

    stage.amend("2025-03-03T12:00", ("cure: P2D", "cure: P6D"))
    stage.tick("2025-03-20")

    assert stage.changes("calm")[-1] == ("2025-03-09 00:00", "pending")


def test_more_violations_that_are_borne_end_a_breach_and_fewer_begin_none() -> None:
    stage = world(CALM.replace("    cure: P2D\n", ""))
    stage.say("judge", "allege", "2025-03-02", obligation="calm")

    stage.amend("2025-03-03", ("tolerated: 0", "tolerated: 1"))
    borne = stage.standing("calm")
    stage.amend("2025-03-03", ("tolerated: 1", "tolerated: 0"))

    assert (borne, stage.standing("calm")) == ("pending", "pending")
    assert stage.duty("calm").violations == 1


RATE = """
obligations:
  aid:
    obligor: seller
    obligee: buyer
    amount: 2
    every: day
"""


def test_a_day_that_is_over_owes_what_the_text_said_then() -> None:
    stage = world(RATE)
    stage.tick("2025-03-03T12:00")

    stage.amend("2025-03-03T12:00", ("amount: 2", "amount: 5"))
    stage.tick("2025-03-04T12:00")

    assert [(p.first.day, p.need) for p in stage.duty("aid").periods] == [(3, {"total": 5})]
    assert stage.account("aid").outstanding == 2 + 2 + 5


def test_an_average_is_of_what_each_day_owed_by_the_text_of_that_day() -> None:
    stage = world(RATE + "    averaged: true\n")
    stage.tick("2025-03-03T12:00")

    stage.amend("2025-03-03T12:00", ("amount: 2", "amount: 5"))
    stage.tick("2025-03-04T12:00")

    assert stage.account("aid").outstanding == 2 + 2 + 5


def test_a_cure_changes_for_the_periods_of_a_rate_too() -> None:
    stage = world(RATE + "    cure: P1D\n")
    stage.tick("2025-03-02T12:00")

    stage.amend("2025-03-02T12:00", ("cure: P1D", "cure: P3D"))
    stage.tick("2025-03-04T00:30")

    assert [p.standing for p in stage.duty("aid").periods] == ["overdue"] * 3


STATES = """
obligations:
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: survey, by: day 4}]
"""


def test_a_present_state_that_comes_to_toll_does_so_from_the_adoption() -> None:
    stage = world(STATES)

    stage.amend("2025-03-03T10:00", ("title: Running}", "title: Running, deadlines: toll}"))
    stage.tick("2025-03-10")
    tolled = stage.standing("work")
    stage.say("seller", "advance", "2025-03-12T10:00", transition="go_on")

    assert tolled == "tolled"
    assert due(stage, "work", "survey") == ("2025-03-13", "pending")


def test_a_present_state_that_tolls_no_more_has_moved_what_it_tolled() -> None:
    stage = world(STATES)
    stage.say("seller", "advance", "2025-03-02T12:00", transition="pause")

    stage.amend("2025-03-04T12:00", ("title: Paused, deadlines: toll}", "title: Paused}"))

    assert due(stage, "work", "survey") == ("2025-03-06", "pending")


def test_a_duty_that_is_new_begins_with_the_adoption() -> None:
    stage = world(STATES)

    stage.amend(
        "2025-03-03",
        ("  work:\n", "  fee: {obligor: buyer, obligee: seller, by: day 9}\n  work:\n"),
    )

    begun = stage.duty("fee").begun
    assert begun is not None
    assert stage.zone.local(begun) == "2025-03-03 12:00"
    assert stage.standing("fee") == "pending"


def test_a_duty_whose_states_are_others_now_is_in_force_there() -> None:
    stage = world(STATES.replace("    steps", "    during: later\n    steps"))
    before = stage.standing("work")

    stage.amend("2025-03-03", ("during: later", "during: running"))

    assert (before, stage.standing("work")) == ("dormant", "pending")


def test_a_condition_precedent_that_was_met_stays_met() -> None:
    text = STATES.replace("    steps", "    requires: agreed\n    steps")
    stage = world(text + "findings:\n  agreed: {by: judge}\n  heard: {by: judge}\n")
    stage.say("judge", "find", "2025-03-02", finding="agreed", value=True)

    stage.amend("2025-03-03", ("requires: agreed", "requires: heard"))

    assert stage.standing("work") == "pending"


def test_a_state_that_tolls_as_before_goes_on_tolling() -> None:
    stage = world(STATES)
    stage.say("seller", "advance", "2025-03-02T12:00", transition="pause")
    since = stage.agreement.stopped_since

    stage.amend("2025-03-03T18:00", ("title: Paused", "title: Suspended"))
    kept = stage.agreement.stopped_since
    stage.say("seller", "advance", "2025-03-05T06:00", transition="resume")

    assert kept == since
    assert due(stage, "work", "survey") == ("2025-03-07", "pending")


EXCHANGE = """
obligations:
  guns: {obligor: seller, obligee: buyer, amount: 10, by: day 20}
  men:
    obligor: buyer
    obligee: seller
    in_return_for: [{obligation: guns, within: P2D, each: 1}]
"""


def exchanged() -> World:
    """Two were given for two, on days that are past."""
    stage = world(EXCHANGE)
    stage.say("seller", "perform", "2025-03-02", obligation="guns", amount=2)
    stage.say("buyer", "perform", "2025-03-03", obligation="men", amount=2)
    stage.tick("2025-03-10")
    return stage


@pytest.mark.parametrize("within", ["P1D", "P2D", "P3D"])
def test_a_batch_that_was_met_is_not_due_again_at_another_moment_that_is_past(within: str) -> None:
    stage = exchanged()

    stage.amend("2025-03-10", ("within: P2D, each: 1", f"within: {within}, each: 3"))

    (batch,) = stage.duty("men").dues
    assert (batch.need, batch.standing) == ({"total": 2}, "discharged")
    assert stage.account("men").outstanding == 0


def test_a_batch_that_was_met_is_due_for_more_on_a_day_to_come() -> None:
    stage = exchanged()

    stage.amend("2025-03-10", ("within: P2D, each: 1", "within: P20D, each: 3"))

    (batch,) = stage.duty("men").dues
    assert (batch.need, batch.standing) == ({"total": 6}, "pending")


def test_what_an_edition_spared_is_owed_again_as_the_next_one_asks_no_more() -> None:
    stage = exchanged()
    stage.amend("2025-03-10", ("each: 1", "each: 3"))
    stage.amend("2025-03-11", ("each: 3", "each: 1"))

    stage.say("buyer", "correct", "2025-03-12", entry=2, amount=1)

    assert stage.account("men").outstanding == 1


@pytest.mark.parametrize("day", [2, 4])
def test_a_tranche_that_was_met_and_is_moved_within_the_past_is_not_due_for_more(day: int) -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("{by: day 3, total: 4}", f"{{by: day {day}, total: 6}}"))

    first = stage.duty("delivery").dues[0]
    assert (first.name, first.need, first.standing) == (f"day {day}", {"total": 4}, "discharged")


def test_a_tranche_that_was_met_is_due_for_more_on_a_day_to_come() -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", ("{by: day 3, total: 4}", "{by: day 7, total: 6}"))

    first = stage.duty("delivery").dues[0]
    assert (first.need, first.standing) == ({"total": 6}, "pending")


def test_a_tranche_that_was_spared_is_an_ordinary_one_once_less_is_asked() -> None:
    stage = world()
    entry = stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.tick("2025-03-05")
    stage.amend("2025-03-05", ("by: day 3, total: 4", "by: day 3, total: 8"))
    stage.amend("2025-03-06", ("by: day 3, total: 8", "by: day 3, total: 2"))

    stage.say("seller", "correct", "2025-03-07", entry=entry, amount=3)

    first = stage.duty("delivery").dues[0]
    assert (first.need, first.standing) == ({"total": 2}, "discharged")


def test_a_tranche_that_was_spared_stays_so_while_its_words_stay() -> None:
    stage = world()
    entry = stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.tick("2025-03-05")
    stage.amend("2025-03-05", ("by: day 3, total: 4", "by: day 3, total: 8"))
    stage.say("seller", "correct", "2025-03-06", entry=entry, amount=3)

    stage.amend("2025-03-07", ("title: An example", "title: The same"))

    first = stage.duty("delivery").dues[0]
    assert (first.need, first.standing) == ({"total": 4}, "overdue")


REQUIRED = """
findings: {agreed: {by: judge}}
obligations:
  work: {obligor: seller, requires: agreed, within: P5D, steps: [{name: survey, by: day 4}]}
  pay: {obligor: seller, requires: agreed, within: P5D, amount: 4, by: day 4}
"""


def test_a_day_that_is_moved_to_before_its_condition_was_met_is_due_after_it() -> None:
    stage = world(REQUIRED)
    stage.say("judge", "find", "2025-03-10T10:00", finding="agreed", value=True)

    stage.amend("2025-03-10T12:00", ("by: day 4", "by: day 6"))

    assert due(stage, "work", "survey") == ("2025-03-15", "pending")
    assert due(stage, "pay", "day 6") == ("2025-03-15", "pending")


def test_a_step_that_is_moved_counts_from_its_own_words() -> None:
    stage = world()
    stage.say("seller", "advance", "2025-03-02T12:00", transition="pause")
    stage.say("seller", "advance", "2025-03-04T12:00", transition="resume")
    before = due(stage, "work", "report")

    stage.amend("2025-03-05", ("{name: report, by: day 8}", "{name: report, by: day 9}"))

    assert (before, due(stage, "work", "report")) == (
        ("2025-03-10", "pending"),
        ("2025-03-09", "pending"),
    )
