"""Pictures from the command line."""

import re
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Read, Run

from phaseflow.drawing import graphviz

DOT = re.compile(r"<title>(\d+) person (due|delivered|claimed) by (\S+)</title>")


def test_a_definition_is_drawn_with_owners_and_guards(run: Run) -> None:
    drawn = run("draw", "plan.yaml").stdout

    assert "North to South: Release of persons, 6 persons, days 2 to 10" in drawn
    assert "North and South<br/>if “release” discharged" in drawn
    assert "by itself<br/>after day 30" in drawn


def test_an_agreement_is_drawn_where_it_is_and_with_the_way_it_came(running: Run) -> None:
    drawn = running("draw", "p", "--now", "2025-03-05T12:00").stdout

    assert "<b>Running</b><br/><i>since 2025-03-01 (day 1)</i>" in drawn
    assert "taken 2025-03-01 (day 1)" in drawn
    assert "<b>breached</b>" in drawn


def test_a_picture_is_written_to_a_file(run: Run, here: Path) -> None:
    run("draw", "plan.yaml", "--format", "dot", "--output", "plan.dot")

    assert (here / "plan.dot").read_text().startswith("digraph")
    refused = run("draw", "plan.yaml", "--output", "nowhere/plan.dot", code=2)
    assert "nowhere/plan.dot cannot be written: No such file or directory" in refused.stderr


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


def test_a_timeline_is_drawn_in_the_form_that_the_name_of_the_file_means(
    released: Run, here: Path
) -> None:
    released("timeline", "p", "--output", "p.svg")
    released("timeline", "p", "--output", "p.txt")
    released("draw", "p", "--output", "p.dot")

    assert (here / "p.svg").read_text().startswith("<svg ")
    assert (here / "p.txt").read_text().startswith("Small plan")
    assert (here / "p.dot").read_text().startswith("digraph")
    assert "<svg " in released("timeline", "p", "--format", "svg").stdout
    for command in ("timeline", "draw"):
        told = released(command, "p", "--output", "p.pdf", code=2).stderr
        assert "p.pdf ends in none of " in told
        assert "--format" in told
    assert "--json" in released("timeline", "p", "--json", "--output", "p.svg", code=2).stderr


def test_a_drawn_timeline_shows_the_figures_of_the_status(released: Run, read: Read) -> None:
    at = ("--now", "2025-03-12T12:00")
    status = read("status", "p", *at)
    release = status["obligations"]["release"]

    found = DOT.findall(released("timeline", "p", "--format", "svg", *at).stdout)

    assert [int(n) for n, kind, _ in found if kind == "delivered"][-1] == release["delivered"]
    assert [int(n) for n, kind, _ in found if kind == "due"][-1] == release["due"]


def test_what_is_claimed_is_drawn_beside_what_is_verified(released: Run) -> None:
    at = ("--at", "2025-03-03T12:00", "--now", "2025-03-03T13:00")
    released("perform", "p", "release", "--amount", "men=3", "--by", "north", *at)

    drawn = released("timeline", "p", "--format", "svg", "--now", "2025-03-03T14:00").stdout
    shown = released("timeline", "p", "--now", "2025-03-03T14:00").stdout

    assert ("5", "claimed", "2025-03-03") in DOT.findall(drawn)
    assert [n for n, kind, _ in DOT.findall(drawn) if kind == "delivered"] == ["2"]
    assert "claimed, where it differs" in drawn
    assert re.search(r"said +\d* +5", shown)


def test_a_violation_that_another_alleges_is_drawn(released: Run) -> None:
    at = ("--at", "2025-03-04T12:00", "--now", "2025-03-04T13:00")
    released("allege", "p", "calm.south", "--by", "north", *at)
    doubtful = released("timeline", "p", "--format", "svg", "--now", "2025-03-04T13:30").stdout
    released("attest", "p", 6, "--by", "watch", "--now", "2025-03-04T14:00")

    drawn = released("timeline", "p", "--format", "svg", "--now", "2025-03-05T12:00").stdout

    assert "<title>1 alleged by 2025-03-04</title>" in doubtful
    assert "in all by" not in doubtful
    assert "alleged" not in drawn
    assert "<title>1 in all by 2025-03-04</title>" in drawn
    assert "<title>bound from 2025-03-01 to 2025-03-05</title>" in drawn


def test_without_vl_convert_a_message_says_what_to_install(
    released: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)

    told = released("timeline", "p", "--format", "png", code=2).stderr

    assert "pip install 'phaseflow[pictures]'" in told
    assert "SVG needs none" in told


@pytest.mark.parametrize("command", ["draw", "timeline"])
def test_a_file_that_is_not_there_is_told_as_a_file(run: Run, command: str) -> None:
    assert "there is no file delivry.yaml" in run(command, "delivry.yaml", code=2).stderr


def test_a_timeline_of_a_file_needs_a_scenario(run: Run) -> None:
    assert "with --scenario" in run("timeline", "plan.yaml", code=2).stderr
