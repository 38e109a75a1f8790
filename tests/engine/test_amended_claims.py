"""What becomes of claims, exchanges and dropped obligations when the text is amended."""

import pytest
from world import HEADER, World

from phaseflow.errors import StatementInvalid

DELIVERY = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    amount: {red: 5, blue: 5}
    by: day 9
    verified_by: judge
    verify_within: P3D
  other:
    obligor: seller
    obligee: buyer
    amount: {red: 2}
    by: day 9
    counts_toward: delivery
"""
SILENT = """
obligations:
  pull_back: {obligor: seller, obligee: buyer, by: day 9}
  march: {obligor: seller, amount: 5, by: day 20, verified_by: judge, verify_within: P1D}
  release: {obligor: buyer, obligee: seller, by: pull_back + P4D}
"""
UNVERIFIED = DELIVERY.replace("    verified_by: judge\n    verify_within: P3D\n", "")
BY_JUDGE = ("verified_by: judge", "verified_by: clerk")


def world(text: str = DELIVERY) -> World:
    return World(HEADER + text)


def claimed(stage: World, at: str = "2025-03-02", **amount: int) -> int:
    return stage.say("seller", "perform", at, obligation="delivery", amount=amount)


def counted(stage: World) -> dict[str, int]:
    return dict(stage.duty("delivery").counted)


def test_a_claim_is_verified_by_those_of_the_text_under_which_it_was_made() -> None:
    stage = world()
    entry = claimed(stage, red=3)

    stage.amend("2025-03-03", BY_JUDGE)
    stage.say("judge", "attest", "2025-03-03", entry=entry, amount={"red": 2})

    assert counted(stage) == {"red": 2}


def test_a_claim_is_verified_by_those_of_the_present_text_once_they_speak() -> None:
    stage = world()
    entry = claimed(stage, red=3)
    stage.say("judge", "attest", "2025-03-02", entry=entry)

    stage.amend("2025-03-03", BY_JUDGE)
    before = counted(stage)
    stage.say("clerk", "attest", "2025-03-03", entry=entry, amount={"red": 1})

    assert (before, counted(stage)) == ({"red": 3}, {"red": 1})


def test_a_claim_that_is_made_after_an_amendment_is_verified_by_the_present_text_only() -> None:
    stage = world()
    stage.amend("2025-03-03", BY_JUDGE)
    entry = claimed(stage, "2025-03-04", red=3)

    (reason,) = stage.refused("judge", "attest", "2025-03-04", entry=entry)

    assert (reason.rule, reason.curable_by) == ("authority", ("clerk",))


def test_a_claim_that_counted_without_a_verifier_counts_after_one_is_named() -> None:
    stage = world(UNVERIFIED)
    entry = claimed(stage, red=3)

    stage.amend(
        "2025-03-03", ("    by: day 9\n  other", "    by: day 9\n    verified_by: judge\n  other")
    )
    kept = counted(stage)
    claimed(stage, "2025-03-04", blue=1)
    stage.say("buyer", "contest", "2025-03-04", entry=entry)
    contested = counted(stage)
    stage.say("judge", "attest", "2025-03-04", entry=entry, amount={"red": 2})

    assert (kept, contested, counted(stage)) == ({"red": 3}, {"red": 3}, {"red": 2})


def test_a_claim_that_awaits_a_verifier_still_does_when_none_is_named_any_more() -> None:
    stage = world()
    claimed(stage, red=3)

    stage.amend("2025-03-03", ("    verified_by: judge\n    verify_within: P3D\n", ""))
    claimed(stage, "2025-03-03", blue=1)
    before = counted(stage)
    stage.tick("2025-03-06")

    assert (before, counted(stage)) == ({"blue": 1}, {"blue": 1, "red": 3})


def test_silence_attests_what_it_would_have_attested_when_the_claim_was_made() -> None:
    stage = world()
    entry = claimed(stage, red=3)

    stage.amend("2025-03-03", ("    verify_within: P3D\n", ""))
    claimed(stage, "2025-03-03", blue=1)
    stage.say("buyer", "contest", "2025-03-04", entry=entry)
    stage.tick("2025-03-20")

    assert counted(stage) == {"red": 3}


def test_a_contest_holds_back_only_claims_made_under_a_text_that_says_so() -> None:
    stage = world(UNVERIFIED)
    old = claimed(stage, red=3)

    stage.amend(
        "2025-03-03", ("    by: day 9\n  other", "    by: day 9\n    counts: uncontested\n  other")
    )
    new = claimed(stage, "2025-03-03", blue=2)
    for entry in (old, new):
        stage.say("buyer", "contest", "2025-03-03", entry=entry)

    assert counted(stage) == {"red": 3}


def test_days_that_are_numbered_anew_make_nobody_less_early_than_reported() -> None:
    text = UNVERIFIED.replace(
        "    by: day 9\n  other", "    by: day 9\n    not_before: day 4\n  other"
    )
    found = "findings: {begun: {by: judge, type: date}}"
    stage = world(text)
    entry = claimed(stage, red=1)

    stage.amend("2025-03-03", ("day_1: running}", "day_1: begun}\n" + found))
    stage.say("buyer", "contest", "2025-03-03T13:00", entry=entry)

    assert stage.duty("delivery").violations == 1


def test_a_performance_is_early_by_the_text_under_which_it_was_reported() -> None:
    early = ("    by: day 9\n  other", "    by: day 9\n    not_before: day 4\n  other")
    stage = world(UNVERIFIED)
    first = claimed(stage, red=1)

    stage.amend("2025-03-03T09:00", early)
    second = claimed(stage, "2025-03-03T10:00", red=1)
    stage.amend("2025-03-03T11:00", ("    not_before: day 4\n", ""))
    for entry in (first, second):
        stage.say("buyer", "contest", "2025-03-03T12:00", entry=entry)

    assert [stage.records.claims[e].is_violation for e in (first, second)] == [False, True]
    assert stage.duty("delivery").violations == 1


def test_a_category_that_is_gone_counts_nowhere_and_is_still_shown_and_verified() -> None:
    stage = world()
    entry = claimed(stage, red=3, blue=2)

    stage.amend("2025-03-03", ("amount: {red: 5, blue: 5}", "amount: {red: 5}"))
    stage.say("judge", "attest", "2025-03-03", entry=entry, amount={"red": 1, "blue": 1})

    account = stage.account("delivery")
    assert (account.by_category, account.total) == ({"red": 1, "blue": 1}, 5)
    with pytest.raises(StatementInvalid, match="no category 'blue'"):
        claimed(stage, "2025-03-03", blue=1)


def test_a_category_that_is_gone_opens_no_guard() -> None:
    guarded = HEADER.replace("to: later, by: seller", "to: later, by: seller, guards: [GUARD]")
    stage = World(guarded.replace("GUARD", "delivery.delivered >= 4") + UNVERIFIED)
    claimed(stage, red=2, blue=3)

    stage.amend("2025-03-03", ("amount: {red: 5, blue: 5}", "amount: {red: 5}"))

    (reason,) = stage.refused("seller", "advance", "2025-03-04", transition="go_on")
    assert reason.values == {"delivery.delivered": "2"}


def test_a_category_that_is_gone_fills_no_batch_of_an_exchange() -> None:
    stage = World(HEADER + EXCHANGE.replace("each: 1", "each: {old: 1, young: 1}"))
    stage.say("seller", "perform", "2025-03-02", obligation="guns", amount=2)
    both = {"old": 2, "young": 2}
    stage.say("buyer", "perform", "2025-03-03", obligation="men", amount=both)

    stage.amend("2025-03-03T13:00", ("each: {old: 1, young: 1}", "each: {old: 1}"))

    account = stage.account("men")
    assert ([batch.delivered for batch in account.batches], account.delivered) == ([2], 2)


def test_what_silence_attested_since_the_last_entry_counts_toward_what_an_edition_says() -> None:
    stage = World(HEADER + SILENT)
    stage.say("seller", "perform", "2025-03-02", obligation="march", amount=1)

    edition = stage.edition(("march: {", "march: {counts_toward: pull_back, "))
    stage.say("seller", "amend", "2025-03-02T13:00", definition=edition)
    stage.say("buyer", "amend", "2025-03-06", definition=edition)

    assert str(stage.due("release", "pull_back + P4D").at) == "2025-03-06"


def test_who_verified_by_an_earlier_text_still_speaks_of_what_is_gone() -> None:
    stage = world()
    entry = claimed(stage, red=3)
    stage.amend("2025-03-03", ("verified_by: judge", "verified_by: clerk"))
    text = stage.texts[stage.definition.digest]
    delivery = text[text.index("  delivery:") : text.index("  other:")]

    stage.amend("2025-03-04", (delivery, ""), ("    counts_toward: delivery\n", ""))
    stage.say("judge", "attest", "2025-03-05", entry=entry)

    assert "judge" in stage.agreement.former["delivery"]


def test_a_correction_by_who_has_come_to_verify_is_no_word_of_a_verifier() -> None:
    stage = world(UNVERIFIED)
    entry = claimed(stage, red=3)

    stage.amend(
        "2025-03-03",
        (
            "    by: day 9\n  other",
            "    by: day 9\n    verified_by: {all: [seller, clerk]}\n  other",
        ),
    )
    stage.say("seller", "correct", "2025-03-03", entry=entry, amount={"red": 2})

    assert counted(stage) == {"red": 2}


TOWARD = ("    counts_toward: delivery\n", "")


def test_what_counts_toward_what_is_counted_anew() -> None:
    stage = world(UNVERIFIED)
    stage.say("seller", "perform", "2025-03-02", obligation="other", amount={"red": 2})

    stage.amend("2025-03-03", TOWARD)
    dropped = stage.account("delivery").delivered
    stage.amend("2025-03-03", ("  other:\n", "  other:\n    counts_toward: delivery\n"))

    assert (dropped, stage.account("delivery").delivered) == (0, 2)


def test_a_due_that_was_met_by_what_counts_elsewhere_now_is_not_due_again() -> None:
    text = UNVERIFIED.replace(
        "    by: day 9\n  other",
        "    schedule: [{by: day 3, total: 2}, {by: day 9, total: 10}]\n  other",
    )
    stage = world(text)
    stage.say("seller", "perform", "2025-03-02", obligation="other", amount={"red": 2})
    stage.tick("2025-03-05")

    stage.amend("2025-03-05", TOWARD)

    assert stage.due("delivery", "day 3").standing == "discharged"
    assert stage.standing("delivery") == "pending"


def test_an_act_that_was_done_for_another_is_known_by_its_day_from_then_on() -> None:
    text = """
obligations:
  pull_back: {obligor: seller, obligee: buyer, by: day 9}
  march: {obligor: seller, obligee: buyer, by: day 9}
  release: {obligor: buyer, obligee: seller, by: pull_back + P4D}
"""
    stage = world(text)
    stage.say("seller", "perform", "2025-03-02", obligation="march")

    stage.amend("2025-03-03", ("march: {", "march: {counts_toward: pull_back, "))

    assert str(stage.due("release", "pull_back + P4D").at) == "2025-03-06"


def test_steps_that_the_new_text_puts_in_order_were_done_in_none() -> None:
    text = """
obligations:
  work: {obligor: seller, obligee: buyer, steps: [{name: one}, {name: two}, {name: three}]}
"""
    stage = world(text)
    entry = stage.say("seller", "perform", "2025-03-02", obligation="work", step="two")

    stage.amend("2025-03-03", ("steps: [", "in_order: true, steps: ["))
    stage.say("buyer", "contest", "2025-03-03", entry=entry)
    before = stage.duty("work").violations
    stage.say("seller", "perform", "2025-03-03", obligation="work", step="three")
    stage.say("seller", "correct", "2025-03-03", entry=entry, amount=0)

    assert before == 0
    assert stage.duty("work").violations >= 0


EXCHANGE = """
obligations:
  guns: {obligor: seller, obligee: buyer, amount: 10, by: day 20}
  boats: {obligor: seller, obligee: buyer, amount: 10, by: day 20}
  men:
    obligor: buyer
    obligee: seller
    in_return_for:
      - {obligation: guns, within: P2D, each: 1}
"""
BOATS = (
    "      - {obligation: guns",
    "      - {obligation: boats, within: P2D, each: 3}\n      - {obligation: guns",
)


def exchanged(stage: World, at: str, obligation: str = "guns", amount: int = 2) -> int:
    return stage.say("seller", "perform", at, obligation=obligation, amount=amount)


def test_in_return_for_a_driver_that_is_added_only_what_counts_from_then_on_is_owed_for() -> None:
    stage = world(EXCHANGE)
    entry = exchanged(stage, "2025-03-02T10:00", "boats", 1)
    exchanged(stage, "2025-03-02T10:00", "guns", 2)

    stage.amend("2025-03-02T12:00", BOATS)
    at_adoption = stage.account("men").total
    exchanged(stage, "2025-03-02T12:00", "boats", 1)
    after = stage.account("men").total
    stage.say("seller", "correct", "2025-03-02T12:00", entry=entry, amount=0)

    assert (at_adoption, after, stage.account("men").total) == (2, 5, 5)


def test_a_driver_that_is_named_once_more_calls_for_more_only_from_then_on() -> None:
    stage = world(EXCHANGE)
    entry = exchanged(stage, "2025-03-02T10:00", "guns", 2)

    stage.amend(
        "2025-03-02T12:00",
        ("each: 1}\n", "each: 1}\n      - {obligation: guns, within: P3D, each: 5}\n"),
    )
    exchanged(stage, "2025-03-02T12:00", "guns", 1)
    total = stage.account("men").total
    stage.say("seller", "correct", "2025-03-02T12:00", entry=entry, amount=0)

    assert (total, stage.account("men").total) == (2 + 6, 6)


def test_a_driver_that_is_dropped_calls_for_nothing_any_more() -> None:
    stage = world(EXCHANGE)
    exchanged(stage, "2025-03-02", "guns", 2)

    stage.amend(
        "2025-03-03", ("{obligation: guns, within: P2D, each: 1}", "{obligation: boats, each: 1}")
    )

    assert stage.account("men").total == 0


def test_what_is_called_for_is_counted_anew_over_all_units_and_due_as_before() -> None:
    stage = world(EXCHANGE)
    exchanged(stage, "2025-03-02", "guns", 2)

    stage.amend("2025-03-03", ("each: 1}", "each: 3}"))

    account = stage.account("men")
    assert account.total == 6
    assert [(d.name, d.need) for d in account.dues] == [("2025-03-04", {"total": 6})]


def test_an_exchange_that_was_met_is_not_due_again_though_each_unit_calls_for_more() -> None:
    stage = world(EXCHANGE)
    exchanged(stage, "2025-03-02", "guns", 2)
    stage.say("buyer", "perform", "2025-03-03", obligation="men", amount=2)
    stage.tick("2025-03-06")

    stage.amend("2025-03-06", ("each: 1}", "each: 3}"))
    spared = stage.account("men").outstanding
    late = stage.say("seller", "perform", "2025-03-06", "2025-03-02", obligation="guns", amount=1)

    assert spared == 0
    assert stage.records.claims[late].counted == {"total": 1}
    assert stage.account("men").outstanding == 3


def test_debts_follow_their_drivers_to_where_these_stand_now() -> None:
    stage = world(EXCHANGE.replace(*BOATS))
    exchanged(stage, "2025-03-02", "guns", 2)
    exchanged(stage, "2025-03-02", "boats", 1)

    rows = ("{obligation: guns, within: P2D, each: 1}", "{obligation: boats, within: P2D, each: 3}")
    stage.amend("2025-03-03", (rows[0], "X"), (rows[1], rows[0]), ("X", rows[1]))

    assert stage.account("men").total == 5


def test_of_an_obligation_that_is_dropped_reports_are_kept_and_count_nowhere() -> None:
    stage = world()
    entry = stage.say("seller", "perform", "2025-03-02", obligation="other", amount={"red": 1})

    body = stage.texts[stage.definition.digest].partition("  other:\n")[2].partition("# ")[0]
    stage.amend("2025-03-03", ("  other:\n" + body, ""))
    late = stage.say("seller", "perform", "2025-03-03", obligation="other", amount={"red": 1})
    stage.say("buyer", "contest", "2025-03-03", entry=entry)
    stage.say("seller", "correct", "2025-03-03", entry=entry, amount={"red": 2})
    stage.say(
        "buyer",
        "measure",
        "2025-03-03",
        obligation="other",
        amount=1,
        **{"from": "2025-03-02", "to": "2025-03-02"},
    )
    stage.say("buyer", "allege", "2025-03-03", obligation="other")
    stage.say("buyer", "notify", "2025-03-03", subject="dispute", obligation="other")

    assert late not in stage.records.claims
    assert stage.records.claims[entry].claimed == {"red": 1}
    assert "other" not in stage.agreement.obligations
    assert stage.account("delivery").delivered == 0
    assert [
        r.rule for r in stage.refused("buyer", "correct", "2025-03-03", entry=entry, amount=1)
    ] == ["authority"]
    assert [
        r.rule
        for r in stage.refused("auditor", "perform", "2025-03-03", obligation="other", amount=1)
    ] == ["authority"]
    with pytest.raises(StatementInvalid, match="no obligation 'other'"):
        stage.attempt("buyer", "waive", "2025-03-03", obligation="other")


def test_a_verifier_of_a_dropped_obligation_may_speak_of_its_claims() -> None:
    stage = world()
    entry = claimed(stage, red=1)
    text = stage.texts[stage.definition.digest]
    body = text[text.index("  delivery:\n") : text.index("  other:\n")]

    stage.amend("2025-03-03", (body, ""), TOWARD)
    stage.say("judge", "attest", "2025-03-03", entry=entry)
    (reason,) = stage.refused("auditor", "attest", "2025-03-03", entry=entry)

    assert reason.rule == "authority"
    assert stage.records.claims[entry].counted == {}


def test_an_obligation_that_was_dropped_does_not_come_back_under_its_name() -> None:
    stage = world(EXCHANGE)
    boats = "  boats: {obligor: seller, obligee: buyer, amount: 10, by: day 20}\n"
    stage.amend("2025-03-02", (boats, ""))
    edition = stage.edition(("  men:\n", boats + "  men:\n"))

    (reason,) = stage.refused("seller", "amend", "2025-03-03", definition=edition)

    assert reason.text == (
        "boats was an obligation of an earlier edition; give the new one another name"
    )


def test_a_step_that_is_gone_is_malformed_in_a_report_signed_before() -> None:
    text = """
obligations:
  work: {obligor: seller, obligee: buyer, steps: [{name: one, not_before: day 2}, {name: two}]}
"""
    stage = world(text)
    entry = stage.say("seller", "perform", "2025-03-02", obligation="work", step="one")

    stage.amend("2025-03-03", ("{name: one, not_before: day 2}, ", ""))
    stage.say("buyer", "contest", "2025-03-03", entry=entry)

    assert stage.account("work").total == 1
    with pytest.raises(StatementInvalid, match="no step 'one'"):
        stage.attempt("seller", "perform", "2025-03-03", obligation="work", step="one")
