"""Pictures from the command line."""

from pathlib import Path

import pytest
from tests.cli.conftest import Read, Run

from phaseflow.drawing import graphviz


def test_a_definition_is_drawn_with_owners_and_guards(run: Run) -> None:
    drawn = run("draw", "plan.yaml").stdout

    assert "North to South: Release of persons, 6, day 2 to day 10" in drawn
    assert "North and South<br/>if release.discharged" in drawn
    assert "by itself<br/>after day 30" in drawn


def test_an_agreement_is_drawn_where_it_is_and_with_the_way_it_came(running: Run) -> None:
    drawn = running("draw", "p", "--now", "2025-03-05T12:00").stdout

    assert "<b>Running</b><br/><i>since 2025-03-01 (day 1)</i>" in drawn
    assert "taken 2025-03-01 (day 1)" in drawn
    assert "<b>breached</b>" in drawn


def test_a_picture_is_written_to_a_file(run: Run, here: Path) -> None:
    run("draw", "plan.yaml", "--format", "dot", "--output", "plan.dot")

    assert (here / "plan.dot").read_text().startswith("digraph")
    run("draw", "plan.yaml", "--output", "nowhere/plan.dot", code=2)


def test_without_the_renderer_a_message_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphviz, "_COMMAND", "no-such-command")

    told = run("draw", "plan.yaml", "--format", "svg", code=2).stderr

    assert "pip install 'phaseflow[pictures]'" in told


def test_a_timeline_sets_what_was_done_against_what_was_due(released: Run, read: Read) -> None:
    shown = released("timeline", "p", "--now", "2025-03-12T12:00").stdout
    release = next(
        lane
        for lane in read("timeline", "p", "--now", "2025-03-12T12:00")["lanes"]
        if lane["obligation"] == "release"
    )

    assert "a road: missed, breached" in shown
    assert [mark["units"] for mark in release["due"]] == [2, 6]
    assert release["done"] == [{"day": "2025-03-02", "units": 2}]
