"""Amendments: who consents, what an edition may change, and where the agreement is after it."""

import pytest
from world import HEADER, World

from phaseflow.engine.step import adopted
from phaseflow.errors import StatementInvalid
from phaseflow.model.state import encode

DELIVERY = """
obligations:
  delivery:
    obligor: seller
    obligee: buyer
    during: running
    amount: 10
    by: day 5
    verified_by: judge
  work:
    obligor: seller
    obligee: buyer
    steps: [{name: survey, by: day 4}, {name: report}]
findings:
  agreed: {by: judge}
  mood: {type: [calm, tense], by: judge}
"""
MOVED = ("by: day 5", "by: day 8")


def world(text: str = DELIVERY) -> World:
    return World(HEADER + text)


def test_an_edition_takes_effect_with_the_consent_that_completes_those_needed() -> None:
    stage = world()
    edition = stage.edition(MOVED)

    stage.say("seller", "amend", "2025-03-02", definition=edition)
    between = stage.definition.digest
    stage.say("buyer", "amend", "2025-03-03", definition=edition)

    assert between != edition
    assert stage.definition.digest == edition
    assert [(c.kind, c.body) for c in stage.consequences if c.kind == "amended"] == [
        ("amended", {"definition": edition})
    ]


def test_who_consents_twice_has_consented_once() -> None:
    stage = world()
    edition = stage.edition(MOVED)

    stage.say("seller", "amend", "2025-03-02", definition=edition)
    stage.say("seller", "amend", "2025-03-03", definition=edition)

    assert stage.agreement.amendments == {edition: ["seller"]}


def test_consents_to_two_editions_do_not_add_up() -> None:
    stage = world()
    one, other = stage.edition(MOVED), stage.edition(("by: day 5", "by: day 9"))

    stage.say("seller", "amend", "2025-03-02", definition=one)
    stage.say("buyer", "amend", "2025-03-02", definition=other)
    open_ = dict(stage.agreement.amendments)
    stage.say("seller", "amend", "2025-03-03", definition=other)

    assert open_ == {one: ["seller"], other: ["buyer"]}
    assert stage.definition.digest == other
    assert stage.agreement.amendments == {}


def test_a_consent_to_an_edition_can_be_withdrawn_until_it_takes_effect() -> None:
    stage = world()
    edition = stage.edition(MOVED)

    stage.say("seller", "amend", "2025-03-02", definition=edition)
    stage.say("seller", "withdraw", "2025-03-02", definition=edition)
    stage.say("buyer", "amend", "2025-03-03", definition=edition)

    assert stage.agreement.amendments == {edition: ["buyer"]}
    (reason,) = stage.refused("seller", "withdraw", "2025-03-04", definition=edition)
    assert reason.rule == "state"


def test_only_those_of_amendments_consent() -> None:
    stage = world()
    edition = stage.edition(MOVED)

    (reason,) = stage.refused("judge", "amend", "2025-03-02", definition=edition)

    assert (reason.rule, reason.curable_by) == ("authority", ("seller", "buyer"))


def test_a_text_without_amendments_is_amended_by_nobody() -> None:
    stage = World(HEADER.replace("amendments: {by: {all: signatories}}", "") + DELIVERY)
    edition = stage.edition(MOVED)

    (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=edition)

    assert reason.text == "the text lets nobody amend it: it has no `amendments`"


def test_the_edition_in_effect_is_not_consented_to_again() -> None:
    stage = world()

    (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=stage.definition.digest)

    assert (reason.rule, reason.text) == (
        "edition",
        "it is the edition that is in effect already",
    )


def test_nothing_is_amended_after_the_end() -> None:
    stage = world()
    edition = stage.edition(MOVED)

    stage.say("seller", "advance", "2025-03-02", transition="finish")
    stage.say("buyer", "advance", "2025-03-02", transition="finish")
    (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=edition)

    assert reason.rule == "final"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("name: example", "name: another", "it is an edition of 'another'"),
        ("Europe/Berlin", "Asia/Tokyo", "its time zone is Asia/Tokyo"),
        ("parties:\n", "parties:\n  bank: {title: B, role: observer}\n", "'bank' is no party"),
        ("amount: 10\n    by: day 5", "steps: [{name: all, by: day 5}]", "(an amount, now steps)"),
        ("amount: 10\n", "amount: 10\n    of_which: {red: 2}\n", "now an amount with parts)"),
        ("amount: 10\n    by: day 5", "by: day 5", "(an amount, now a single act)"),
        ("    by: day 5", "    every: day", "(an amount, now a rate each day, verified)"),
    ],
)
def test_what_an_edition_cannot_change_is_refused_and_named(
    written: str, instead: str, said: str
) -> None:
    stage = world()
    edition = stage.edition((written, instead))

    (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=edition)

    assert reason.rule == "edition"
    assert said in reason.text


def test_whether_a_rate_is_verified_and_its_period_do_not_change() -> None:
    rate = "\nobligations:\n  aid: {obligor: seller, obligee: buyer, amount: 2, every: day}\n"
    for change in (("every: day", "every: week"), ("every: day", "every: day, verified_by: judge")):
        stage = World(HEADER + rate)
        edition = stage.edition(change)

        (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=edition)

        assert reason.text.startswith("aid is counted in another way than before")


def test_all_reasons_are_named_at_once() -> None:
    stage = world()
    edition = stage.edition(("name: example", "name: another"), ("Europe/Berlin", "Asia/Tokyo"))

    reasons = stage.refused("judge", "amend", "2025-03-02", definition=edition)

    assert [reason.rule for reason in reasons] == ["authority", "edition", "edition"]


def test_a_party_that_is_left_out_speaks_no_more() -> None:
    stage = world()

    stage.amend("2025-03-02", ("  auditor: {title: Auditor, role: verifier}\n", ""))

    with pytest.raises(StatementInvalid, match="is no party"):
        stage.attempt("auditor", "note", "2025-03-03", text="seen")


def test_an_edition_that_means_the_same_changes_nothing() -> None:
    stage = world()
    stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=4)
    stage.say("judge", "find", "2025-03-02", finding="agreed", value=True)
    stage.say("seller", "perform", "2025-03-05", "2025-03-03", obligation="work", step="survey")
    stage.tick("2025-03-07")
    before = stage.agreement

    then = stage.amend("2025-03-07", ("title: An example", "title: The same example"))

    assert [c.kind for c in then] == ["amended"]
    stage.agreement.definition, stage.agreement.position = before.definition, before.position
    assert encode(stage.agreement) == encode(before)


def test_what_is_told_beforehand_is_what_the_completing_consent_gives() -> None:
    stage = world()
    edition = stage.edition(("by: day 5", "by: day 3"))
    stage.say("seller", "amend", "2025-03-06", definition=edition)

    told = adopted(
        stage.definition, stage.agreement, stage.records, stage.editions[edition], stage.now
    )
    count = len(stage.consequences)
    stage.say("buyer", "amend", "2025-03-06", definition=edition)

    assert list(told.consequences) == stage.consequences[count:]  # type: ignore[union-attr]


def test_an_agreement_is_where_it_was() -> None:
    stage = world()
    entered = dict(stage.agreement.entered)

    stage.amend("2025-03-04", MOVED)

    assert stage.agreement.leaf == "running"
    assert stage.agreement.entered == entered


def test_a_state_that_is_gone_without_a_rename_keeps_an_edition_out() -> None:
    stage = world()
    edition = stage.edition(("running", "going"))

    (reason,) = stage.refused("seller", "amend", "2025-03-02", definition=edition)

    assert (reason.rule, reason.values) == ("state", {"state": "running"})
    assert reason.text.endswith("say under `renames` what it is called there")


RENAMED = (("running", "going"), ("amendments:", "renames: {running: going}\namendments:"))


def test_a_state_that_is_renamed_is_the_same_state() -> None:
    stage = world(DELIVERY.replace("by: day 5", "by: running + P4D"))
    entered = stage.agreement.entered["running"]
    stage.tick("2025-03-06")
    before = stage.due("delivery", "running + P4D")

    then = stage.amend("2025-03-06", ("running", "going"), RENAMED[1])

    assert [c.kind for c in then] == ["amended"]
    assert (stage.agreement.leaf, stage.agreement.entered) == ("going", {"going": entered})
    assert stage.due("delivery", "going + P4D").missed == before.missed


def test_a_rename_loses_no_time_for_which_a_due_stood_still() -> None:
    stage = world(DELIVERY.replace("by: day 5", "by: running + P4D"))
    stage.say("seller", "advance", "2025-03-02", transition="pause")
    stage.say("seller", "advance", "2025-03-04", transition="resume")
    before = stage.due("delivery", "running + P4D").at

    stage.amend("2025-03-05", ("running", "going"), RENAMED[1])

    assert str(before) == "2025-03-07"
    assert stage.due("delivery", "going + P4D").at == before


NESTED = HEADER.replace(
    "  running: {title: Running}\n",
    "  whole: {title: Whole, states: {running: {title: Running}}}\n",
).replace("day_1: running", "day_1: whole")


def test_a_state_around_others_that_is_renamed_keeps_its_days() -> None:
    stage = World(NESTED + DELIVERY)
    first = stage.agreement.first_day

    stage.amend(
        "2025-03-04", ("whole", "all"), ("amendments:", "renames: {whole: all}\namendments:")
    )

    assert stage.agreement.first_day == first
    assert sorted(stage.agreement.entered) == ["all", "running"]


def test_a_state_that_is_new_around_the_present_one_is_entered_at_the_adoption() -> None:
    stage = world()

    stage.amend(
        "2025-03-04T10:00",
        ("  running: {title: Running}", "  whole: {title: W, states: {running: {title: R}}}"),
    )

    assert stage.zone.local(stage.agreement.entered["whole"]) == "2025-03-04 10:00"
    assert stage.zone.local(stage.agreement.entered["running"]) == "2025-03-01 09:00"


def test_a_state_that_comes_to_hold_others_says_in_which_the_agreement_is() -> None:
    stage = world()
    inner = "  running: {title: R%s, states: {early: {title: E}, late: {title: L}}}"
    begun = ("initial: running", "initial: paused")
    vague = stage.edition(
        ("  running: {title: Running}", inner % ""), ("to: previous", "to: early"), begun
    )

    (reason,) = stage.refused("seller", "amend", "2025-03-04", definition=vague)
    stage.amend(
        "2025-03-04",
        ("  running: {title: Running}", inner % ", initial: early"),
        ("to: previous", "to: early"),
        begun,
    )

    assert reason.text.endswith("say with `initial` where it is")
    assert stage.agreement.leaf == "early"
    assert len(set(stage.agreement.entered.values())) == 1


def test_the_state_to_which_it_could_return_must_be_one_of_the_new_edition_too() -> None:
    stage = world()
    stage.say("seller", "advance", "2025-03-02", transition="pause")
    edition = stage.edition(("running", "going"))

    (reason,) = stage.refused("seller", "amend", "2025-03-03", definition=edition)
    stage.amend("2025-03-03", ("running", "going"), RENAMED[1])
    stage.say("seller", "advance", "2025-03-04", transition="resume")

    assert reason.values == {"state": "running"}
    assert stage.agreement.leaf == "going"


def test_a_state_that_is_new_around_the_one_left_behind_is_entered_at_the_adoption() -> None:
    stage = world()
    stage.say("seller", "advance", "2025-03-02", transition="pause")

    stage.amend(
        "2025-03-03",
        ("  running: {title: Running}", "  whole: {title: W, states: {running: {title: R}}}"),
        ("{name: survey, by: day 4}", "{name: survey, by: whole + P9D}"),
    )

    assert stage.agreement.entered["whole"] == stage.now
    assert str(stage.due("work", "survey").at) == "2025-03-12"


@pytest.mark.parametrize("is_joined", [True, False])
def test_who_owes_it_alone_is_not_joined_by_others_under_its_name(*, is_joined: bool) -> None:
    alone, joint = (
        "obligor: seller\n    obligee: buyer\n    steps",
        "obligor: [seller, buyer]\n    steps",
    )
    text = DELIVERY if is_joined else DELIVERY.replace(alone, joint)
    stage = world(text)

    edition = stage.edition((alone, joint) if is_joined else (joint, alone))
    (reason,) = stage.refused("seller", "amend", "2025-03-03", definition=edition)

    assert reason.text.startswith("work is owed by one alone in one of the two editions")


def test_a_verifier_on_whom_claims_wait_is_not_left_out() -> None:
    clerk = "  clerk: {title: Clerk, role: verifier}\n"
    stage = world(DELIVERY.replace("verified_by: judge", "verified_by: clerk"))
    entry = stage.say("seller", "perform", "2025-03-02", obligation="delivery", amount=3)
    edition = stage.edition(("    verified_by: clerk\n", ""), (clerk, ""))

    (reason,) = stage.refused("seller", "amend", "2025-03-03", definition=edition)
    stage.say("clerk", "attest", "2025-03-04", entry=entry)
    stage.say("seller", "amend", "2025-03-05", definition=edition)

    assert reason.text.startswith("what was performed of delivery still awaits its verifier")


def test_consents_to_transitions_and_to_waivers_lapse() -> None:
    text = DELIVERY.replace("obligee: buyer\n    during", "obligee: [buyer, clerk]\n    during")
    stage = world(text)
    stage.say("seller", "advance", "2025-03-02", transition="finish")
    stage.say("buyer", "waive", "2025-03-02", obligation="delivery")

    stage.amend("2025-03-03", MOVED)

    assert (stage.agreement.consents, stage.agreement.waivers) == ({}, {})


GUARDED = """
findings:
  agreed: {by: judge}
  heard: {by: judge}
transitions:
  - {name: finish, from: running, to: done, by: seller, after: 2025-03-04, guards: [agreed, heard]}
"""
WAIVABLE = [
    (" guards: [agreed, heard]", " guards: [heard, {that: agreed, waivable_by: buyer}]"),
]


def waived() -> World:
    text = HEADER.split("transitions:", maxsplit=1)[0] + "amendments: {by: buyer}\n" + GUARDED
    text = text.replace("[agreed, heard]", "[{that: agreed, waivable_by: buyer}, heard]")
    text += "  - {name: pause, from: running, to: paused, by: seller}\n"
    text += "  - {name: go_on, from: running, to: later, by: seller}\n"
    text += "  - {name: resume, from: paused, to: previous, by: seller}\n"
    stage = World(text + "  - {name: end, from: [paused, later], to: done, by: seller}\n")
    stage.say("buyer", "waive", "2025-03-02", transition="finish", guard=1)
    return stage


def test_a_guard_that_was_waived_stays_waived_where_it_stands_now() -> None:
    stage = waived()

    stage.amend(
        "2025-03-03",
        (
            "[{that: agreed, waivable_by: buyer}, heard]",
            "[heard, {that: agreed, waivable_by: buyer}]",
        ),
    )

    assert stage.agreement.waived_guards == ["finish/2"]
    reasons = stage.refused("seller", "advance", "2025-03-06", transition="finish")
    assert [reason.expression for reason in reasons] == ["heard"]


@pytest.mark.parametrize("again", ["(agreed)", "agreed "])
def test_a_guard_that_is_only_spelled_otherwise_stays_waived(again: str) -> None:
    stage = waived()

    stage.amend("2025-03-03", ("that: agreed,", f'that: "{again}",'))

    assert stage.agreement.waived_guards == ["finish/1"]


def test_of_guards_that_ask_the_same_the_one_that_was_waived_stays_waived() -> None:
    text = HEADER.replace(
        "by: {all: signatories}}\namendments",
        "by: seller, guards: [{that: agreed}, {that: agreed, waivable_by: buyer}]}\namendments",
    )
    stage = World(text + "findings: {agreed: {by: judge}}\n")
    stage.say("buyer", "waive", "2025-03-02", transition="finish", guard=2)

    stage.amend("2025-03-03", ("title: An example", "title: The same"))

    assert stage.agreement.waived_guards == ["finish/2"]


def test_the_waiver_of_a_guard_that_is_gone_is_gone() -> None:
    stage = waived()

    stage.amend("2025-03-03", ("that: agreed", "that: not agreed"))

    assert stage.agreement.waived_guards == []


def test_what_keeps_its_after_keeps_the_time_for_which_it_stood_still() -> None:
    stage = waived()
    stage.say("seller", "advance", "2025-03-02T12:00", transition="pause")
    stage.say("seller", "advance", "2025-03-04T12:00", transition="resume")

    stage.amend("2025-03-05", ("title: An example", "title: Another"))
    kept = stage.refused("seller", "advance", "2025-03-06T23:00", transition="finish")
    stage.amend("2025-03-06T23:00", ("after: 2025-03-04", "after: 2025-03-05"))
    dropped = stage.refused("seller", "advance", "2025-03-06T23:00", transition="finish")

    assert [reason.rule for reason in kept] == ["moment", "guard"]
    assert [reason.rule for reason in dropped] == ["guard"]


def test_findings_stand_if_they_still_are_of_that_type() -> None:
    stage = world()
    for finding, value in (("agreed", True), ("mood", "tense")):
        stage.say("judge", "find", "2025-03-02", finding=finding, value=value)

    stage.amend("2025-03-03", ("[calm, tense]", "[calm, angry]"))
    kept = dict(stage.agreement.findings)
    stage.amend("2025-03-03", ("agreed: {by: judge}", "agreed: {type: integer, by: judge}"))

    assert kept == {"agreed": True}
    assert (stage.agreement.findings, stage.agreement.words) == ({}, {})


def test_an_automatic_transition_that_is_open_is_taken_at_the_adoption() -> None:
    stage = world()

    stage.amend(
        "2025-03-04",
        (
            "from: running, to: later, by: seller",
            "from: running, to: later, by: automatic, after: day 2",
        ),
    )

    assert stage.agreement.leaf == "later"
    assert [c.kind for c in stage.consequences][-3:].count("move") == 1


def test_an_act_names_the_edition_in_effect_and_a_report_need_not() -> None:
    stage = world()
    old = stage.definition.digest
    stage.amend("2025-03-02", MOVED)

    stage.signed_under = old
    stage.say("seller", "perform", "2025-03-03", obligation="delivery", amount=4)

    assert stage.duty("delivery").claimed == {"total": 4}
    with pytest.raises(StatementInvalid, match="look at what was amended, and say it anew"):
        stage.attempt("seller", "advance", "2025-03-03", transition="pause")


def test_the_numbering_of_days_follows_the_new_text_and_so_do_the_dues() -> None:
    stage = world()

    stage.say("seller", "advance", "2025-03-03", transition="go_on")
    stage.amend("2025-03-04", ("day_1: running", "day_1: later"))

    assert str(stage.agreement.first_day) == "2025-03-03"
    assert str(stage.due("work", "survey").at) == "2025-03-06"
