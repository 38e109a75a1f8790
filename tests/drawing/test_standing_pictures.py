"""What a picture may say of an agreement, and what it must leave out."""

import re
from pathlib import Path

import pytest

from phaseflow.drawing.states.diagram import Picture
from phaseflow.drawing.states.mermaid import mermaid
from phaseflow.drawing.timeline.lanes import Lane, Timeline
from phaseflow.drawing.timeline.text import strip
from phaseflow.service import draw
from phaseflow.service.rehearse import Script
from phaseflow.service.timeline import timeline_of_rehearsal

LEASE = Path(__file__).parents[2] / "definitions" / "lease"
RENT = """
phaseflow: 1
name: rent
edition: "1"
calendar: {time_zone: Europe/Berlin, day_1: let}
parties:
  tenant: {role: signatory}
  owner: {role: signatory}
  bank: {role: verifier}
obligations:
  rent: {obligor: tenant, obligee: owner, unit: man, amount: 9, every: month, during: let, VERIFIED}
  service:
    obligor: owner
    steps: [{name: first, by: day 10}, {name: second, by: let + P1Y}]
    during: let
  deposit:
    obligor: tenant
    unit: euro
    amount: 100
    schedule: [{by: day 5, total: 40}, {by: {later_of: [day 3T16:00, let + P9Y]}, total: 100}]
    during: let
initial: draft
states: {draft: , let: , left: {final: success}}
transitions:
  - {name: sign, from: draft, to: let, by: tenant}
  - name: leave
    from: let
    to: left
    by: tenant
    after: let + P3M
    guards: [service.first.delivered == 0]
"""
SIGNED = "  - {at: 2025-01-01T10:00, by: tenant, advance: {transition: sign}}\n"


def told(events: str, verified: str = "") -> Script:
    """Return a script of events after the signing; ``verified`` is a term of the rent."""
    text = RENT.replace(", VERIFIED", f", {verified}" if verified else "")
    return Script(
        definition=text.encode(),
        definition_file="rent.yaml",
        scenario=f"definition: rent.yaml\ntitle: t\nevents:\n{SIGNED}{events}".encode(),
        scenario_file="t.yaml",
    )


def timeline(events: str, verified: str = "") -> Timeline:
    return timeline_of_rehearsal(told(events, verified))


def lane(line: Timeline, name: str) -> Lane:
    return next(lane for lane in line.lanes if lane.obligation == name)


def arrears() -> Script:
    return Script(
        definition=(LEASE / "definition.yaml").read_bytes(),
        definition_file=str(LEASE / "definition.yaml"),
        scenario=(LEASE / "scenarios" / "arrears.yaml").read_bytes(),
        scenario_file=str(LEASE / "scenarios" / "arrears.yaml"),
    )


def picture() -> Picture:
    return draw.of_rehearsal(arrears())


def test_a_standing_is_told_only_where_the_agreement_has_been() -> None:
    standings = {box.name: [line.standing for line in box.lines] for box in picture().leaves}

    assert "breached" in standings["let"]
    assert set(standings["under_notice"]) == {None}
    assert None not in standings["let"]


def test_a_move_that_was_made_begins_at_the_state_that_was_left() -> None:
    left = {arrow.name: arrow.left for arrow in picture().arrows if arrow.taken}

    assert left == {"sign": "draft", "end_for_arrears": "let"}


ENDED = "  - {at: 2025-04-12T10:00, by: tenant, advance: {transition: leave}}\n"


def test_nothing_is_drawn_as_due_after_the_end() -> None:
    line = timeline(ENDED)

    assert line.last == line.now
    assert [mark.units for mark in lane(line, "deposit").due] == [40]
    first, second = lane(line, "service").deeds
    assert (first.due is None, second.due is None) == (False, True)
    assert "b second: pending, no longer due" in strip(line)


def test_what_was_done_before_its_day_and_before_the_end_keeps_its_day() -> None:
    paid = "  - {at: 2025-04-10, by: tenant, perform: {obligation: deposit, amount: 100}}\n"

    assert [mark.units for mark in lane(timeline(paid + ENDED), "deposit").due] == [40, 100]


@pytest.mark.parametrize("verified", ["", "verified_by: bank"])
def test_a_period_on_which_nobody_reported_is_unknown(verified: str) -> None:
    line = timeline("  - tick: 2025-03-01T00:00\n", verified)

    assert [mark.units for mark in lane(line, "rent").done] == [None, None]
    assert lane(line, "rent").periods_short == (0 if verified else 2)
    rows = strip(line).splitlines()
    done = rows[next(n for n, row in enumerate(rows) if row.startswith("rent ")) + 1]
    assert set(done.partition("done")[2].strip()) <= {"?", " "}


def test_a_shortfall_made_up_from_a_later_delivery_is_known() -> None:
    text = RENT.replace(", VERIFIED", ", cure: P9D")
    late = "  - {at: 2025-02-03, by: tenant, perform: {obligation: rent, amount: 9}}\n"
    script = told(late + "  - tick: 2025-02-20T00:00\n")
    line = timeline_of_rehearsal(
        Script(
            definition=text.encode(),
            definition_file="rent.yaml",
            scenario=script.scenario,
            scenario_file="t.yaml",
        )
    )

    assert [mark.units for mark in lane(line, "rent").done] == [9]


def test_a_measured_period_shows_among_many_that_are_unknown() -> None:
    body = "{obligation: rent, amount: 4, from: 2025-03-01, to: 2025-03-31}"
    line = timeline(f"  - {{at: 2025-05-03, by: bank, measure: {body}}}\n", "verified_by: bank")

    shown = strip(line)

    assert re.search(r"^ +breached +done \?\+\??$", shown, re.MULTILINE), shown


def test_what_is_owed_and_asked_is_told_in_words() -> None:
    shown = mermaid(draw.of_rehearsal(told("")))

    assert "rent, 9 men a month" in shown
    assert "100 euros, day 5 to the later of 16:00 on day 3 and 9 years after let" in shown
    assert "2 steps, day 10 to 1 year after let" in shown
    assert "<br/>3 months after let<br/>if “service, first” delivered = 0" in shown
