"""Charts of what was due and what was delivered: the figures in them, and that they can be read."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from phaseflow.drawing import raster
from phaseflow.drawing.fonts import fitted, width, wrapped
from phaseflow.drawing.timeline.chart import chart
from phaseflow.drawing.timeline.day_axis import Field
from phaseflow.drawing.timeline.lanes import Level, Timeline
from phaseflow.errors import NotDrawn
from phaseflow.service.json.timeline import timeline_document
from phaseflow.service.rehearse import Script
from phaseflow.service.timeline import timeline_of_rehearsal

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("played_once")
SCENARIOS = sorted(ROOT.glob("definitions/*/scenarios/*.yaml"))
PLAN = ROOT / "definitions" / "three_phase_plan" / "scenarios"
A4 = (595, 842)
"""Points, width and height."""
MARGIN = 20
SMALLEST = 7.0
SVG = "{http://www.w3.org/2000/svg}"
UNITS = re.compile(r"(\d+)(?: \S+)? (due|delivered|claimed) by (\S+)")
OF_PERIOD = re.compile(r"(\d+)(?: \S+)? (due|delivered|claimed) (?:in|for) the \w+ to (\S+)")
Box = tuple[float, float, float, float]


@cache
def timeline(scenario: Path) -> Timeline:
    named = re.search(r"^definition: (\S+)", scenario.read_text(encoding="utf-8"), re.MULTILINE)
    assert named is not None
    definition = scenario.parent / named[1]
    return timeline_of_rehearsal(
        Script(
            definition=definition.read_bytes(),
            definition_file=str(definition),
            scenario=scenario.read_bytes(),
            scenario_file=str(scenario),
        )
    )


def drawn(scenario: Path) -> ET.Element:
    return ET.fromstring(chart(timeline(scenario)))  # noqa: S314  our own output


def lanes(scenario: Path) -> Iterator[tuple[dict[str, Any], ET.Element]]:
    """Yield each lane as ``timeline --json`` gives it, and as it is drawn."""
    line = timeline(scenario)
    groups = {g.get("data-name"): g for g in drawn(scenario).iter(f"{SVG}g")}
    for lane in timeline_document(line)["lanes"]:
        yield lane, groups.pop(lane["obligation"])
    assert not groups


def told(group: ET.Element) -> list[str]:
    """Return what the shapes of a lane say of themselves."""
    titles = [shape.find(f"{SVG}title") for shape in group]
    return [title.text or "" for title in titles if title is not None]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_chart_shows_the_figures_of_the_timeline(scenario: Path) -> None:
    for lane, group in lanes(scenario):
        pattern = OF_PERIOD if lane["form"] == "rate" else UNITS
        found: dict[str, list[tuple[str, int]]] = {"due": [], "delivered": [], "claimed": []}
        for text in told(group):
            if match := pattern.fullmatch(text):
                found[match[2]].append((match[3], int(match[1])))

        if lane["deeds"]:
            continue
        marks = {
            kind: [(m["day"], m["units"]) for m in lane[kind] if m["units"] is not None]
            for kind in ("due", "done", "claimed")
        }
        if lane["form"] != "restraint":
            assert found["due"] == marks["due"]
            assert found["delivered"] == marks["done"]
            assert found["claimed"] == [m for m in marks["claimed"] if m not in marks["done"]]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_mark_stands_as_high_as_its_units_and_as_far_as_its_day(scenario: Path) -> None:
    for lane, group in lanes(scenario):
        if lane["form"] != "amount" or lane["deeds"]:
            continue
        dots = [
            (float(dot.attrib["cx"]), float(dot.attrib["cy"]), int(match[1]), match[3])
            for dot in group.iter(f"{SVG}circle")
            if (match := UNITS.fullmatch(dot.findtext(f"{SVG}title") or ""))
        ]

        assert dots
        for (x, y, units, day), (x2, y2, units2, day2) in combinations(dots, 2):
            assert (x < x2) == (day < day2)
            assert (y > y2) == (units < units2) or abs(y - y2) < 0.2
        ground = max(float(line.attrib["y1"]) for line in group.iter(f"{SVG}line"))
        top, most = min((y, units) for _, y, units, _ in dots)
        for _, y, units, _ in dots:
            assert ground - y == pytest.approx((ground - top) * units / most, abs=0.2)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_acts_and_violations_stand_at_their_days(scenario: Path) -> None:
    for lane, group in lanes(scenario):
        said = told(group)
        for deed in lane["deeds"]:
            for kind in ("due", "done"):
                assert (f"{deed['name']} {kind} {deed[kind]}" in said) == (deed[kind] is not None)
        if lane["form"] == "restraint":
            spans = [f"bound from {s['first']} to {s['last']}" for s in lane["held"]]
            violations = [f"{m['units']} in all by {m['day']}" for m in lane["done"]]
            assert [text for text in said if "bound" in text] == spans
            assert [text for text in said if "in all" in text] == violations
            counted = {m["day"] for m in lane["done"]}
            alleged = [m for m in lane["claimed"] if m["day"] not in counted]
            assert [text for text in said if "alleged" in text] == [
                f"{m['units']} alleged by {m['day']}" for m in alleged
            ]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_lines_end_at_what_the_status_says(scenario: Path) -> None:
    line = timeline(scenario)

    for lane in line.lanes:
        if lane.form == "amount" and not lane.deeds:
            assert (lane.done[-1].units if lane.done else 0) == lane.delivered
            due = [m.units for m in lane.due if m.day < line.now and m.units is not None]
            assert max(due, default=0) == lane.due_so_far
        if lane.form == "restraint":
            assert (lane.done[-1].units if lane.done else 0) == lane.violations


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_chart_fits_a_page_in_letters_that_can_be_read(scenario: Path) -> None:
    root = drawn(scenario)

    assert float(root.attrib["width"].removesuffix("pt")) <= A4[0] - 2 * MARGIN
    assert float(root.attrib["height"].removesuffix("pt")) <= A4[1] - 2 * MARGIN
    assert min(float(t.attrib["font-size"]) for t in root.iter(f"{SVG}text")) >= SMALLEST


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_words_of_a_chart_touch_others_or_leave_the_page(scenario: Path) -> None:
    root = drawn(scenario)
    left, top, across, down = map(float, root.attrib["viewBox"].split())

    boxes = [(extent(text), text.text) for text in root.iter(f"{SVG}text")]

    assert len(boxes) > 10
    assert not [(a[1], b[1]) for a, b in combinations(boxes, 2) if overlap(a[0], b[0])]
    for (x, y, x2, y2), text in boxes:
        assert left <= x, text
        assert x2 <= left + across, text
        assert top <= y, text
        assert y2 <= top + down, text


def test_colour_tells_nothing() -> None:
    shades = set(re.findall(r'"#([0-9a-f]{6})"', chart(timeline(PLAN / "record_2025.yaml"))))

    assert all(shade[:2] == shade[2:4] == shade[4:] for shade in shades)


def test_what_nobody_reported_is_drawn_as_unknown_and_not_as_nothing() -> None:
    aid = next(g for lane, g in lanes(PLAN / "record_2025.yaml") if lane["obligation"] == "aid")

    assert [text for text in told(aid) if text.startswith("unknown")]
    assert not [text for text in told(aid) if text.startswith("0 truck delivered")]
    assert [t.text for t in aid.iter(f"{SVG}text") if t.text == "unknown"]


def test_a_restraint_is_drawn_over_the_days_that_the_text_names() -> None:
    line = timeline(ROOT / "definitions" / "handover" / "scenarios" / "handed_over.yaml")

    lane = next(lane for lane in line.lanes if lane.obligation == "nobody_there.leaving")

    assert [(line.number(s.first), line.number(s.last)) for s in lane.held] == [(46, 90)]


def test_a_scale_leaves_room_between_nothing_and_what_it_names() -> None:
    line = timeline(PLAN / "record_2025.yaml")
    remains = next(lane for lane in line.lanes if lane.obligation == "remains")
    few = msgspec.structs.replace(remains, due=(Level(day=line.first, units=1),))

    root = ET.fromstring(chart(msgspec.structs.replace(line, lanes=(few,))))  # noqa: S314  our own

    scale = [text for text in root.iter(f"{SVG}text") if text.get("text-anchor") == "end"]
    assert [text.text for text in scale] == ["0", "9"]


@pytest.mark.parametrize("days", [1, 2, 20, 60, 120, 365, 1500, 5000, 20_000, 60_000])
def test_the_days_that_are_named_do_not_touch(days: int) -> None:
    line = timeline(PLAN / "record_2025.yaml")
    last = line.first.add(days=days)
    field = Field(msgspec.structs.replace(line, last=last), 152, 448)

    named = list(field.ticks())

    assert len(named) >= min(days, 2)
    assert line.first <= named[0]
    assert named[-1] <= last
    for day, after in pairwise(named):
        assert field.start(day) + width("30 Nov 2025", SMALLEST) < field.start(after)


def test_a_timeline_without_anything_yet_is_drawn_all_the_same() -> None:
    line = timeline(PLAN / "record_2025.yaml")
    empty = Timeline(
        title=line.title,
        subtitle=line.subtitle,
        time_zone=line.time_zone,
        first=line.first,
        last=line.first,
        now=line.first,
        first_day=None,
        first_number=1,
        beginning="Proposal <on> the table",
        stays=(),
        lanes=(),
        silent=("hostages",),
    )

    root = ET.fromstring(chart(empty))  # noqa: S314  our own output

    assert "Nothing has fallen due or been delivered yet." in [
        t.text for t in root.iter(f"{SVG}text")
    ]


def test_the_same_timeline_is_the_same_picture() -> None:
    scenario = PLAN / "record_2025.yaml"

    assert chart(timeline(scenario)) == chart(timeline.__wrapped__(scenario))


def test_a_chart_becomes_png() -> None:
    try:
        made = raster.png(chart(timeline(PLAN / "record_2025.yaml")))
    except NotDrawn as missing:
        pytest.skip(str(missing))

    assert made.startswith(b"\x89PNG")


def test_words_are_cut_and_broken_to_the_room_they_have() -> None:
    text = "Release of prisoners against living hostages"

    lines = wrapped(text, 60, 7)

    assert " ".join(lines) == text
    assert max(width(line, 7) for line in lines) <= 60
    assert fitted(text, 60, 7).endswith("...")
    assert width(fitted(text, 60, 7), 7) <= 60
    assert fitted(text, 3, 7) == ""
    assert len(wrapped(text, 60, 7, most=2)) == 2


def extent(text: ET.Element) -> Box:
    """Return left, top, right and bottom of words."""
    size = float(text.attrib["font-size"])
    across = width(text.text or "", size, bold=text.get("font-weight") == "bold")
    x, y = float(text.attrib["x"]), float(text.attrib["y"])
    left = x - across * {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor", "start")]
    return left, y - 0.75 * size, left + across, y + 0.2 * size


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
