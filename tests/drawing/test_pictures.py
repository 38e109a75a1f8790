"""Pictures of what is shipped: as text the reviewed files beside this, as SVG a page."""

import os
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import combinations
from pathlib import Path

import pytest

from phaseflow.drawing.fonts import width
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.states.dot import dot
from phaseflow.drawing.states.mermaid import mermaid
from phaseflow.drawing.timeline.chart import chart
from phaseflow.drawing.timeline.text import strip
from phaseflow.errors import NotDrawn
from phaseflow.service import draw as picturing
from phaseflow.service.rehearse import Script
from phaseflow.service.timeline import timeline_of_rehearsal

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("played_once")
GOLDEN = Path(__file__).parent / "golden"
PLAN = ROOT / "definitions" / "three_phase_plan"
DEFINITION = PLAN / "definition.yaml"
RECORD = PLAN / "scenarios" / "record_2025.yaml"
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"
A4 = (595, 842)
"""Points, width and height."""
SMALLEST = 7.0
SHIPPED = sorted([*ROOT.glob("definitions/*/*.yaml"), *ROOT.glob("definitions/*/scenarios/*.yaml")])
Point = tuple[float, float]
Box = tuple[float, float, float, float]


def name(path: Path) -> str:
    return "-".join(path.with_suffix("").parts[len(ROOT.parts) + 1 :])


def script(scenario: Path = RECORD) -> Script:
    named = re.search(r"^definition: (\S+)", scenario.read_text(encoding="utf-8"), re.MULTILINE)
    assert named is not None
    definition = scenario.parent / named[1]
    return Script(
        definition=definition.read_bytes(),
        definition_file=str(definition),
        scenario=scenario.read_bytes(),
        scenario_file=str(scenario),
    )


@cache
def drawing(path: Path) -> str:
    """Return the SVG of a definition, or of where an agreement stands after a scenario."""
    if path.parent.name == "scenarios":
        return svg(dot(picturing.of_rehearsal(script(path))))
    return svg(dot(picturing.of_definition(path.read_bytes(), str(path))))


@cache
def texts() -> dict[str, str]:
    plan = picturing.of_definition(DEFINITION.read_bytes(), str(DEFINITION))
    record = picturing.of_rehearsal(script())
    return {
        "plan.mmd": mermaid(plan),
        "plan.dot": dot(plan),
        "record_2025.mmd": mermaid(record),
        "record_2025.dot": dot(record),
        "record_2025.txt": strip(timeline_of_rehearsal(script())),
    }


def svg(text: str) -> str:
    try:
        return rendered(text, "svg").decode()
    except NotDrawn as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(
    "name", ["plan.mmd", "plan.dot", "record_2025.mmd", "record_2025.dot", "record_2025.txt"]
)
def test_what_is_drawn_is_what_was_reviewed(name: str) -> None:
    drawn = texts()[name]
    if WRITE:
        (GOLDEN / name).write_text(drawn, encoding="utf-8")

    assert drawn == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in SHIPPED if PLAN in p.parents], ids=name)
def test_the_plan_fits_a_page_in_letters_that_can_be_read(path: Path) -> None:
    drawn = drawing(path)

    size = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', drawn)
    assert size is not None
    assert int(size[1]) <= A4[0] - 40
    assert int(size[2]) <= A4[1] - 56
    assert "scale(1 1)" in drawn
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', drawn))) >= SMALLEST


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_no_two_boxes_of_a_picture_overlap(path: Path) -> None:
    boxes = list(
        map(extent, re.findall(r'<g id="node\d+" class="node">(.*?)</g>', drawing(path), re.DOTALL))
    )

    assert len(boxes) > 5
    assert not [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)]


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_no_arrow_of_a_picture_crosses_words(path: Path) -> None:
    drawn = drawing(path)

    boxes = list(words(drawn))
    arrows = re.findall(r'class="edge">\s*<title>(.*?)</title>\s*<path[^>]* d="(.*?)"', drawn)

    assert len(arrows) > 5
    for arrow, path_of_it in arrows:
        for x, y in along(path_of_it):
            crossed = [t for (a, b, c, d), t in boxes if a < x < c and b < y < d]
            assert not crossed, (unescape(arrow), crossed)


def test_the_pictures_of_the_readme_are_those_that_are_drawn() -> None:
    for name in ("plan", "record_2025"):
        drawn = svg(texts()[f"{name}.dot"])
        compare(f"{name}.svg", drawn)
    compare("timeline_2025.svg", chart(timeline_of_rehearsal(script())))


def compare(name: str, drawn: str) -> None:
    kept = ROOT / "docs" / "pictures" / name
    if WRITE:
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8")


def test_no_line_of_a_timeline_is_wider_than_a_terminal() -> None:
    assert max(map(len, texts()["record_2025.txt"].splitlines())) <= 80


@pytest.mark.parametrize("path", sorted(ROOT.glob("definitions/*/*.yaml")), ids=name)
def test_every_shipped_definition_can_be_drawn(path: Path) -> None:
    drawn = picturing.of_definition(path.read_bytes(), str(path))

    assert all(f"state_{leaf.name}[" in mermaid(drawn) for leaf in drawn.leaves)


def test_what_holds_only_for_a_time_says_so() -> None:
    path = ROOT / "definitions" / "handover" / "definition.yaml"

    drawn = mermaid(picturing.of_definition(path.read_bytes(), str(path)))

    assert "No return of the leaving side, from " in drawn
    assert "No return of the leaving side, at all times" not in drawn


def extent(node: str) -> Box:
    """Return left, top, right and bottom of what is drawn of a node."""
    points = [
        (float(x), float(y))
        for polygon in re.findall(r'points="([^"]+)"', node)
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", polygon)
    ]
    for (left, top, right, bottom), _ in words(node):
        points += [(left, top), (right, bottom)]
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def words(drawn: str) -> Iterator[tuple[Box, str]]:
    """Yield left, top, right and bottom of each row of words; all of them begin at the left."""
    for attributes, marked in re.findall(r"<text ([^>]*)>([^<]*)<", drawn):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        x, y, size = (float(known[key]) for key in ("x", "y", "font-size"))
        across = width(unescape(marked), size)
        assert known["text-anchor"] == "start"
        yield (x, y - 0.7 * size, x + across, y + 0.15 * size), unescape(marked)


def along(path: str) -> Iterator[Point]:
    """Yield points on a line of Bezier curves, each about as far from the next as a letter is wide."""
    figures = list(map(float, re.findall(r"-?[\d.]+", path)))
    points = list(zip(figures[::2], figures[1::2], strict=True))
    for n in range(0, len(points) - 3, 3):
        a, b, c, d = points[n : n + 4]
        for part in range(101):
            t = part / 100
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            x, y = (
                sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1)
            )
            yield x, y


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
