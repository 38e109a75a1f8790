"""Transitions: consent, guards, time, returns, and refusals with every reason."""

import pytest
from world import HEADER, World

from phaseflow.engine.outlook import options
from phaseflow.errors import StatementInvalid

GUARDED = (
    HEADER.replace(
        "  - {name: go_on, from: running, to: later, by: seller}\n",
        """\
  - name: go_on
    from: running
    to: later
    by: {all: signatories}
    after: day 5
    guards:
      - that: delivery.discharged
        else: everything must be delivered
      - that: approved
        waivable_by: buyer
  - {name: lapse_on, from: later, to: done, by: automatic, after: later + P2D}
""",
    )
    + """
findings:
  approved: {by: {any: 2, of: [judge, clerk, auditor]}}
obligations:
  delivery: {obligor: seller, obligee: buyer, during: running, by: day 3}
"""
)


def test_a_refusal_names_every_unmet_guard_with_its_values_and_who_could_cure_it() -> None:
    world = World(GUARDED)

    reasons = world.refused("seller", "advance", "2025-03-02", transition="go_on")

    assert [(r.rule, r.text) for r in reasons] == [
        ("moment", "it may be taken after day 5, which is 2025-03-05"),
        ("guard", "everything must be delivered"),
        ("guard", "approved does not hold"),
    ]
    assert reasons[1].values == {"delivery.discharged": "false"}
    assert reasons[1].curable_by == ("seller",)
    assert reasons[2].values == {"approved": "undetermined"}
    assert reasons[2].curable_by == ("judge", "clerk", "auditor", "buyer")


def ready() -> World:
    world = World(GUARDED)
    world.say("seller", "perform", "2025-03-02", obligation="delivery")
    world.say("judge", "find", "2025-03-02", finding="approved", value=True)
    world.say("clerk", "find", "2025-03-02", finding="approved", value=True)
    world.tick("2025-03-06")
    return world


def test_after_a_whole_day_means_when_it_is_over() -> None:
    world = ready()

    world.say("seller", "advance", "2025-03-06", transition="go_on")

    assert world.agreement.consents == {"go_on": ["seller"]}


def test_the_consent_that_completes_the_expression_takes_the_transition() -> None:
    world = ready()

    world.say("seller", "advance", "2025-03-06", transition="go_on")
    world.say("buyer", "advance", "2025-03-07", transition="go_on")

    assert (world.agreement.leaf, world.agreement.consents) == ("later", {})


def test_a_consent_can_be_withdrawn_until_it_takes_effect() -> None:
    world = ready()

    world.say("seller", "advance", "2025-03-06", transition="go_on")
    world.say("seller", "withdraw", "2025-03-06T13:00", transition="go_on")
    world.say("buyer", "advance", "2025-03-07", transition="go_on")
    (reason,) = world.refused("seller", "withdraw", "2025-03-07", transition="go_on")

    assert (world.agreement.leaf, reason.rule) == ("running", "state")


def test_a_consent_lapses_when_its_state_is_left() -> None:
    world = ready()

    world.say("buyer", "advance", "2025-03-06", transition="finish")
    world.say("seller", "advance", "2025-03-06", transition="go_on")
    world.say("seller", "advance", "2025-03-06", transition="pause")
    paused = dict(world.agreement.consents)
    world.say("seller", "advance", "2025-03-06", transition="resume")
    world.say("buyer", "advance", "2025-03-06", transition="go_on")

    assert paused == {"finish": ["buyer"], "go_on": ["seller"]}
    assert world.agreement.consents == {"finish": ["buyer"]}


def test_a_guard_may_be_waived_by_those_who_may() -> None:
    world = World(GUARDED)
    world.say("seller", "perform", "2025-03-02", obligation="delivery")

    (refused,) = world.refused("seller", "waive", "2025-03-03", transition="go_on", guard=2)
    world.say("buyer", "waive", "2025-03-03", transition="go_on", guard=2)
    world.say("seller", "advance", "2025-03-06", transition="go_on")

    assert refused.rule == "authority"


def test_an_automatic_transition_is_taken_at_its_own_moment() -> None:
    world = ready()
    world.say("seller", "advance", "2025-03-06", transition="go_on")
    world.say("buyer", "advance", "2025-03-07T10:00", transition="go_on")

    world.tick("2025-06-01")

    (move,) = [c for c in world.consequences if c.body.get("cause") == "automatic"]
    assert (move.at, move.body["to"]) == ("2025-03-09T23:00:00Z", "done")


def test_final_is_final() -> None:
    world = ready()
    world.say("seller", "advance", "2025-03-06", transition="finish")
    world.say("buyer", "advance", "2025-03-06", transition="finish")

    reasons = world.refused("seller", "advance", "2025-03-07", transition="pause")

    assert [reason.rule for reason in reasons] == ["final"]
    assert options(world.definition, world.agreement, world.now) == ()


def test_returning_to_the_previous_state_is_no_new_entry() -> None:
    world = World(GUARDED)
    entered = world.agreement.entered["running"]

    world.say("seller", "advance", "2025-03-02", transition="pause")
    world.say("seller", "advance", "2025-03-04", transition="resume")

    assert (world.agreement.leaf, world.agreement.entered["running"]) == ("running", entered)
    assert world.agreement.remembered == {}


def test_tolling_moves_after_by_the_days_begun() -> None:
    world = World(GUARDED)

    world.say("seller", "advance", "2025-03-02T10:00", transition="pause")
    world.say("seller", "advance", "2025-03-04T11:00", transition="resume")
    (option, *_) = [
        o for o in options(world.definition, world.agreement, world.now) if o.transition == "go_on"
    ]

    assert str(option.opens) == "2025-03-08"


def test_a_quorum_of_latest_words_makes_a_finding() -> None:
    world = World(GUARDED)

    world.say("judge", "find", "2025-03-02", finding="approved", value=True)
    world.say("clerk", "find", "2025-03-02", finding="approved", value=False)
    split = dict(world.agreement.findings)
    world.say("auditor", "find", "2025-03-02", finding="approved", value=False)

    assert (split, world.agreement.findings) == ({}, {"approved": False})


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("advance", {"transition": "go_off"}, "there is no transition 'go_off'"),
        ("perform", {"obligation": "delivry"}, "did you mean delivery?"),
        ("attest", {"entry": 9}, "there is no entry 9; the newest is 0"),
        ("attest", {"entry": 0}, "entry 0 claims nothing"),
        ("find", {"finding": "approved", "value": "yes"}, "it is a value: boolean"),
        ("perform", {"obligation": "delivery", "step": "one"}, "has no steps"),
        ("waive", {"obligation": "delivery", "due": "day 9"}, "it has day 3"),
        ("tick", {}, "cannot file 'tick'"),
    ],
)
def test_what_names_nothing_of_the_definition_is_invalid(
    kind: str, body: dict[str, object], message: str
) -> None:
    world = World(GUARDED)

    with pytest.raises(StatementInvalid, match=message.replace("?", r"\?")):
        world.attempt("seller", kind, "2025-03-02", None, **body)


def test_a_step_leaves_the_agreement_it_was_given_as_it_was() -> None:
    world = World(GUARDED)
    before = world.agreement

    world.attempt("seller", "perform", "2025-03-01T10:00", obligation="delivery")

    assert before.obligations["delivery"].counted == {}


CLOCK = (
    HEADER
    + """
obligations:
  hours: {obligor: seller, during: running, by: running + PT24H}
  days: {obligor: seller, during: running, by: running + P1D}
"""
)


def test_a_day_and_twenty_four_hours_part_when_the_clock_changes() -> None:
    world = World(CLOCK, opened="2025-03-29T12:00")

    world.tick("2025-04-02")

    assert world.changes("hours")[-1] == ("2025-03-30 13:00", "breached")
    assert world.changes("days")[-1] == ("2025-03-31 00:00", "breached")


def test_ticking_often_or_never_gives_the_same_consequences() -> None:
    often, never = World(GUARDED), World(GUARDED)

    for day in range(1, 30):
        often.tick(f"2025-03-{day:02}T17:00")
    often.tick("2025-04-20")
    never.tick("2025-04-20")

    assert often.consequences == never.consequences
