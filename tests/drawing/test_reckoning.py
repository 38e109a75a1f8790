"""What the lanes of a timeline add up."""

from pathlib import Path

from tests.stateful.course import Course as Engine

from phaseflow.drawing.course import Course
from phaseflow.drawing.timeline.build_timeline import timeline
from phaseflow.engine.outlook import account
from phaseflow.model.calendar import Instant, When
from phaseflow.service.definitions import check

PLAN = Path(__file__).parents[1] / "cli" / "plan.yaml"
ACCEPTED = Instant.parse_iso("2025-03-01T10:00:00Z")
MEASURED = Instant.parse_iso("2025-03-06T10:00:00Z")


def test_a_measure_counts_once_and_in_place_of_the_claims_of_its_span() -> None:
    engine = Engine(check(PLAN.read_bytes(), str(PLAN)), ACCEPTED)
    claimed = {"obligation": "release", "amount": {"women": 2}}
    measured = {"obligation": "release", "amount": {"women": 1}}
    span = {"from": "2025-03-02", "to": "2025-03-05"}
    for actor, kind, body, at in (
        ("north", "advance", {"transition": "accept"}, ACCEPTED),
        ("south", "advance", {"transition": "accept"}, ACCEPTED),
        ("north", "perform", claimed, ACCEPTED.add(seconds=86_400)),
        ("watch", "measure", measured | span, MEASURED),
    ):
        engine.file(engine.statement(actor, kind, body, When(at)), at, on_record=False)
    course = Course(
        label="p",
        leaf=engine.agreement.leaf,
        at=MEASURED,
        first_day=engine.agreement.first_day,
        taken=(),
        accounts=(account(engine.definition, engine.agreement, "release"),),
    )
    beside = [claim for claim in engine.records.claims.values() if claim.kind == "measure"]

    line = timeline(engine.definition, engine.agreement, engine.records, course, beside)

    (lane,) = line.lanes
    assert [mark.units for mark in lane.done] == [1]
    assert lane.delivered == 1
    assert [mark.units for mark in lane.claimed] == [2]


RATES = """\
phaseflow: 1
name: example
edition: "1"
title: An example
calendar: {time_zone: UTC, day_1: running}
parties:
  seller: {title: Seller, role: signatory}
  buyer: {title: Buyer, role: signatory}
  judge: {title: Judge, role: verifier}
initial: running
states:
  running: {title: Running}
  done: {title: Done, final: success}
transitions:
  - {name: finish, from: running, to: done, by: seller}
findings:
  quota: {type: integer, by: judge, initially: 2}
obligations:
  aid: {obligor: seller, obligee: buyer, amount: quota, every: day}
  fuel: {obligor: seller, obligee: buyer, amount: quota, every: day, verified_by: judge}
"""


def test_each_day_of_a_rate_shows_what_it_owed_itself_and_a_waived_one_nothing() -> None:
    start = Instant.parse_iso("2025-03-01T10:00:00Z")
    third, fourth = (start.add(seconds=days * 86_400) for days in (2, 3))
    engine = Engine(check(RATES.encode(), "rates.yaml"), start)
    for actor, kind, body, at in (
        ("buyer", "waive", {"obligation": "aid", "due": "2025-03-01"}, third),
        ("judge", "find", {"finding": "quota", "value": 5}, third),
        ("judge", "note", {"text": "nothing"}, fourth),
    ):
        engine.file(engine.statement(actor, kind, body, When(at)), at, on_record=False)
    course = Course(
        label="p",
        leaf="running",
        at=fourth,
        first_day=engine.agreement.first_day,
        taken=(),
        accounts=tuple(
            account(engine.definition, engine.agreement, name) for name in ("aid", "fuel")
        ),
    )

    aid, fuel = timeline(engine.definition, engine.agreement, engine.records, course).lanes

    assert [mark.units for mark in aid.due] == [0, 2, 5]
    assert [mark.units for mark in fuel.due] == [2, 2, 5]
    assert aid.due_so_far == 7
