"""Claims and verifiers: what counts, in whose word, and from when."""

import pytest
from world import HEADER, World

from phaseflow.engine.outcome import Refusal
from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import When

VERIFIED = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    during: running
    amount: {apples: 6, pears: 4}
    by: day 3
    verified_by: judge
"""
QUORUM = VERIFIED.replace(
    "verified_by: judge", "verified_by: {any: 2, of: [judge, clerk, auditor]}"
)


def test_a_claim_counts_in_the_amount_attested() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 4}
    )
    world.say("judge", "attest", "2025-03-02T13:00", entry=entry, amount={"apples": 3})
    world.say("judge", "reject", "2025-03-02T14:00", entry=entry)
    account = world.account("delivery")

    assert (account.claimed, account.delivered, account.rejected, account.waiting) == (4, 3, 1, 0)


def test_a_verifiers_latest_word_holds() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 4}
    )
    world.say("judge", "attest", "2025-03-02T13:00", entry=entry)
    world.say("judge", "reject", "2025-03-02T14:00", entry=entry)

    assert world.account("delivery").delivered == 0
    assert world.account("delivery").rejected == 4


def test_with_a_quorum_that_amount_counts_which_enough_have_each_attested() -> None:
    world = World(HEADER + QUORUM)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )
    world.say("judge", "attest", "2025-03-02T13:00", entry=entry, amount={"apples": 5})
    alone = world.account("delivery").delivered
    world.say("clerk", "attest", "2025-03-02T14:00", entry=entry, amount={"apples": 2})
    both = world.account("delivery").delivered
    world.say("auditor", "attest", "2025-03-02T15:00", entry=entry, amount={"apples": 3})

    assert (alone, both, world.account("delivery").delivered) == (0, 2, 3)


def test_a_verifiers_own_report_is_claimed_and_attested_at_once() -> None:
    world = World(HEADER + VERIFIED)

    world.say("judge", "perform", "2025-03-02", obligation="delivery", amount={"apples": 4})

    assert world.account("delivery").delivered == 4


def test_while_claims_that_would_meet_it_await_their_verifier_cure_stands_still() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-03", obligation="delivery", amount={"apples": 6, "pears": 4}
    )
    world.tick("2025-03-06")
    waiting = world.standing("delivery")
    world.say("judge", "attest", "2025-03-06T13:00", entry=entry)

    assert (waiting, world.standing("delivery")) == ("overdue", "discharged")
    assert world.account("delivery").late == ()


def test_the_pause_for_a_verifier_ends_with_the_seventh_day_after_recording() -> None:
    world = World(HEADER + VERIFIED)

    world.say(
        "seller", "perform", "2025-03-03", obligation="delivery", amount={"apples": 6, "pears": 4}
    )
    world.tick("2025-04-01")

    assert world.changes("delivery")[1:] == [
        ("2025-03-04 00:00", "overdue"),
        ("2025-03-11 00:00", "breached"),
    ]


def test_silence_attests_where_the_text_says_so() -> None:
    world = World(HEADER + VERIFIED + "    verify_within: P2D\n")

    world.say(
        "seller", "perform", "2025-03-03", obligation="delivery", amount={"apples": 6, "pears": 4}
    )
    world.tick("2025-04-01")

    assert world.changes("delivery")[1:] == [
        ("2025-03-04 00:00", "overdue"),
        ("2025-03-06 00:00", "discharged"),
    ]
    assert world.account("delivery").late == ()


def test_a_rejected_claim_leaves_the_default_to_run_its_course() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-03", obligation="delivery", amount={"apples": 6, "pears": 4}
    )
    world.say("judge", "reject", "2025-03-05", entry=entry)

    assert world.changes("delivery")[-1] == ("2025-03-05 12:00", "breached")


def test_what_was_attested_stands_after_a_correction_capped_at_it() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )
    world.say("judge", "attest", "2025-03-02T13:00", entry=entry)
    world.say("seller", "correct", "2025-03-02T14:00", entry=entry, amount={"apples": 3})
    less = world.account("delivery").delivered
    world.say("seller", "correct", "2025-03-02T15:00", entry=entry, amount={"apples": 6})
    account = world.account("delivery")

    assert (less, account.delivered, account.waiting) == (3, 5, 1)


def test_a_contest_stands_beside_and_subtracts_nothing() -> None:
    world = World(HEADER + VERIFIED.replace("    verified_by: judge\n", ""))

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )
    world.say("buyer", "contest", "2025-03-02T13:00", entry=entry, amount={"apples": 2})
    account = world.account("delivery")

    assert (account.delivered, account.contested) == (5, 2)


def test_contested_units_do_not_count_where_the_text_says_so() -> None:
    text = VERIFIED.replace("verified_by: judge", "counts: uncontested")
    world = World(HEADER + text)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )
    world.say("buyer", "contest", "2025-03-02T13:00", entry=entry, amount={"apples": 2})
    disputed = world.account("delivery").delivered
    world.say("buyer", "contest", "2025-03-02T14:00", entry=entry, withdrawn=True)

    assert (disputed, world.account("delivery").delivered) == (3, 5)


def test_a_contest_ends_when_the_verifier_speaks_after_it() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )
    world.say("buyer", "contest", "2025-03-02T13:00", entry=entry)
    world.say("judge", "attest", "2025-03-02T14:00", entry=entry)

    assert world.account("delivery").contested == 0


def test_a_verifier_may_say_on_which_day_it_happened() -> None:
    world = World(HEADER + VERIFIED)

    entry = world.say(
        "seller", "perform", "2025-03-03", obligation="delivery", amount={"apples": 6, "pears": 4}
    )
    world.say("judge", "attest", "2025-03-05", entry=entry, happened="2025-03-04")

    assert [due.name for due in world.account("delivery").late] == ["day 3"]


def test_the_obligee_may_credit_the_obligor() -> None:
    world = World(HEADER + VERIFIED.replace("    verified_by: judge\n", ""))

    world.say("buyer", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5})

    assert world.account("delivery").delivered == 5


def test_nobody_else_may_report_performance() -> None:
    world = World(HEADER + VERIFIED)

    (reason,) = world.refused(
        "clerk", "perform", "2025-03-02", obligation="delivery", amount={"apples": 5}
    )

    assert (reason.rule, reason.curable_by) == ("authority", ("seller", "buyer", "judge"))


def test_performance_outside_the_agreement_is_kept_and_never_counted() -> None:
    world = World(HEADER + VERIFIED)

    world.say("seller", "perform", "2025-03-02", amount=5)

    assert world.account("delivery").claimed == 0


def test_a_report_cannot_lie_after_its_recording() -> None:
    world = World(HEADER + VERIFIED)

    answer = world.attempt(
        "seller", "perform", "2025-03-02", "2025-03-03", obligation="delivery", amount=1
    )

    assert isinstance(answer, Refusal)
    assert [reason.rule for reason in answer.reasons] == ["moment"]


RETURN = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    during: running
    amount: {apples: 6, pears: 3}
    by: day 30
    verified_by: judge
  extra:
    obligor: seller
    during: running
    amount: open
    counts_toward: delivery
  payment:
    obligor: buyer
    obligee: seller
    during: running
    in_return_for:
      - obligation: delivery
        within: PT24H
        each: {apples: {coins: 10}}
        shared: {pears: {notes: 10}}
"""


def test_every_unit_creates_its_debt_when_it_counts() -> None:
    world = World(HEADER + RETURN)

    entry = world.say(
        "seller", "perform", "2025-03-02T10:00", obligation="delivery", amount={"apples": 2}
    )
    claimed = world.account("payment").total
    world.say("judge", "attest", "2025-03-03T11:00", entry=entry)
    world.tick("2025-03-04T11:00")

    assert (claimed, world.account("payment").total) == (0, 20)
    assert world.changes("payment")[-1] == ("2025-03-04 11:00", "breached")


def test_a_pool_is_split_floor_wise_and_the_remainder_goes_with_the_last_unit() -> None:
    world = World(HEADER + RETURN)

    totals = []
    for day in (2, 3, 4):
        world.say("judge", "perform", f"2025-03-0{day}", obligation="delivery", amount={"pears": 1})
        totals.append(world.account("payment").total)

    assert totals == [3, 6, 10]


def test_units_that_count_toward_another_duty_create_no_debt_there() -> None:
    world = World(HEADER + RETURN)

    world.say("seller", "perform", "2025-03-02", obligation="extra", amount={"apples": 2})

    assert world.account("delivery").by_category == {"apples": 2, "pears": 0}
    assert world.account("payment").total == 0


def test_a_rejection_takes_the_debt_back() -> None:
    world = World(HEADER + RETURN)

    entry = world.say("judge", "perform", "2025-03-02", obligation="delivery", amount={"apples": 2})
    world.say("judge", "reject", "2025-03-02T13:00", entry=entry, amount={"apples": 1})

    assert world.account("payment").total == 10


def test_deliveries_fill_the_oldest_debt_first_and_surplus_stays_with_the_last_filled() -> None:
    world = World(HEADER + RETURN)

    world.say("judge", "perform", "2025-03-02", obligation="delivery", amount={"apples": 1})
    world.say("judge", "perform", "2025-03-03", obligation="delivery", amount={"apples": 2})
    world.say("buyer", "perform", "2025-03-03T13:00", obligation="payment", amount={"coins": 15})
    part = [(b.owed, b.delivered) for b in world.account("payment").batches]
    world.say("buyer", "perform", "2025-03-03T14:00", obligation="payment", amount={"coins": 18})

    assert part == [(10, 10), (20, 5)]
    assert [(b.owed, b.delivered) for b in world.account("payment").batches] == [(10, 10), (20, 23)]


def test_a_batch_is_due_when_its_days_stood_still_for_as_long() -> None:
    world = World(HEADER + RETURN.replace("during: running", "during: [running, paused]"))

    world.say("judge", "perform", "2025-03-02", obligation="delivery", amount={"apples": 1})
    (before,) = world.account("payment").batches
    world.say("seller", "advance", "2025-03-03T12:00", transition="pause")
    world.say("seller", "advance", "2025-03-06T12:00", transition="resume")

    (after,) = world.account("payment").batches
    assert before.due == When(world.moment("2025-03-04T00:00"))
    assert after.due == When(world.moment("2025-03-07T00:00"))


def test_a_duty_in_return_is_discharged_only_with_its_driver() -> None:
    world = World(HEADER + RETURN)

    world.say("judge", "perform", "2025-03-02", obligation="delivery", amount={"apples": 6})
    world.say("buyer", "perform", "2025-03-02T13:00", obligation="payment", amount={"coins": 60})
    before = world.standing("payment")
    world.say("judge", "perform", "2025-03-02T14:00", obligation="delivery", amount={"pears": 3})
    world.say("buyer", "perform", "2025-03-02T15:00", obligation="payment", amount={"notes": 10})

    assert (before, world.standing("payment")) == ("pending", "discharged")


STEPS = """
obligations:
  work:
    obligor: seller
    obligee: buyer
    during: running
    steps: [{name: first, by: day 3}, {name: second, by: day 4}]
"""


def test_a_step_is_corrected_by_name_or_taken_back_with_nothing() -> None:
    world = World(HEADER + STEPS)

    entry = world.say("seller", "perform", "2025-03-02", obligation="work", step="first")
    world.say("seller", "correct", "2025-03-02T13:00", entry=entry, amount={"second": 1})
    moved = world.account("work").by_category
    world.say("seller", "correct", "2025-03-02T14:00", entry=entry, amount=0)

    assert (moved, world.account("work").delivered) == ({"first": 0, "second": 1}, 0)


def test_a_step_cannot_be_done_four_times() -> None:
    world = World(HEADER + STEPS)

    entry = world.say("seller", "perform", "2025-03-02", obligation="work", step="first")

    with pytest.raises(StatementInvalid, match="each done once"):
        world.attempt("seller", "correct", "2025-03-02T13:00", entry=entry, amount=4)
    with pytest.raises(StatementInvalid, match="each done once"):
        world.attempt("seller", "correct", "2025-03-02T13:00", entry=entry, amount={"first": 2})


def test_a_measure_counts_toward_another_duty_in_place_of_the_claims_it_replaces() -> None:
    world = World(HEADER + RETURN)
    span = {"from": "2025-03-02", "to": "2025-03-02"}

    world.say("seller", "perform", "2025-03-02", obligation="extra", amount={"apples": 2})
    world.say("seller", "measure", "2025-03-03", obligation="extra", amount={"apples": 3}, **span)

    assert world.account("delivery").by_category == {"apples": 3, "pears": 0}


def test_debts_of_one_day_that_are_met_are_kept_as_one() -> None:
    world = World(HEADER + RETURN)

    for minute in range(10, 15):
        at = f"2025-03-02T10:{minute}"
        world.say("judge", "perform", at, obligation="delivery", amount={"apples": 1})
        world.say("buyer", "perform", at, obligation="payment", amount={"coins": 10})

    assert len(world.duty("payment").in_return.debts) == 1
    assert [(b.owed, b.delivered) for b in world.account("payment").batches] == [(50, 50)]


def test_what_is_due_first_is_met_first_whatever_began_first() -> None:
    text = (
        RETURN
        + """\
      - obligation: extra
        within: P9D
        each: {apples: {coins: 3}}
"""
    )
    world = World(HEADER + text)

    world.say("seller", "perform", "2025-03-02", obligation="extra", amount={"apples": 1})
    world.say("judge", "perform", "2025-03-03", obligation="delivery", amount={"apples": 1})
    world.say("buyer", "perform", "2025-03-03T13:00", obligation="payment", amount={"coins": 10})
    world.tick("2025-03-05")

    assert world.account("payment").outstanding == 0
    assert world.standing("payment") == "pending"
