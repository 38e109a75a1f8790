"""What the lanes of a timeline add up."""

from pathlib import Path

from tests.stateful.course import Course as Engine

from phaseflow.drawing.picture import Course
from phaseflow.drawing.reckoning import timeline
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
