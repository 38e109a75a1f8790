"""Pictures of what is shipped: as text the reviewed files beside this, as SVG a page."""

import os
import re
from itertools import combinations
from pathlib import Path

import pytest

from phaseflow.drawing.chart import chart
from phaseflow.drawing.dot import dot
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.mermaid import mermaid
from phaseflow.drawing.strip import strip
from phaseflow.errors import NotDrawn
from phaseflow.service import picturing
from phaseflow.service.rehearsing import Script

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
PLAN = ROOT / "definitions" / "three_phase_plan"
DEFINITION = PLAN / "definition.yaml"
RECORD = PLAN / "scenarios" / "record_2025.yaml"
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"
A4 = (595, 842)
"""Points, width and height."""
SMALLEST = 7.0


def script() -> Script:
    return Script(
        definition=DEFINITION.read_bytes(),
        definition_file=str(DEFINITION),
        scenario=RECORD.read_bytes(),
        scenario_file=str(RECORD),
    )


def texts() -> dict[str, str]:
    plan = picturing.of_definition(DEFINITION.read_bytes(), str(DEFINITION))
    record = picturing.of_rehearsal(script())
    return {
        "plan.mmd": mermaid(plan),
        "plan.dot": dot(plan),
        "record_2025.mmd": mermaid(record),
        "record_2025.dot": dot(record),
        "record_2025.txt": strip(picturing.timeline_of_rehearsal(script())),
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


@pytest.mark.parametrize("name", ["plan", "record_2025"])
def test_the_plan_fits_a_page_in_letters_that_can_be_read(name: str) -> None:
    drawn = svg(texts()[f"{name}.dot"])

    size = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', drawn)
    assert size is not None
    assert int(size[1]) <= A4[0] - 40
    assert int(size[2]) <= A4[1] - 30
    assert "scale(1 1)" in drawn
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', drawn))) >= SMALLEST


@pytest.mark.parametrize("name", ["plan", "record_2025"])
def test_no_two_boxes_of_the_plan_overlap(name: str) -> None:
    drawn = svg(texts()[f"{name}.dot"])

    boxes = list(
        map(extent, re.findall(r'<g id="node\d+" class="node">(.*?)</g>', drawn, re.DOTALL))
    )

    assert len(boxes) > 10
    assert not [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)]


def test_the_pictures_of_the_readme_are_those_that_are_drawn() -> None:
    for name in ("plan", "record_2025"):
        drawn = svg(texts()[f"{name}.dot"])
        compare(f"{name}.svg", drawn)
    compare("timeline_2025.svg", chart(picturing.timeline_of_rehearsal(script())))


def compare(name: str, drawn: str) -> None:
    kept = ROOT / "docs" / "pictures" / name
    if WRITE:
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8")


def test_no_line_of_a_timeline_is_wider_than_a_terminal() -> None:
    assert max(map(len, texts()["record_2025.txt"].splitlines())) <= 80


@pytest.mark.parametrize("path", sorted(ROOT.glob("definitions/*/*.yaml")), ids=str)
def test_every_shipped_definition_can_be_drawn(path: Path) -> None:
    drawn = picturing.of_definition(path.read_bytes(), str(path))

    assert all(f"state_{leaf.name}[" in mermaid(drawn) for leaf in drawn.leaves)
    assert "<svg" in svg(dot(drawn))


def test_what_holds_only_for_a_time_says_so() -> None:
    path = ROOT / "definitions" / "handover" / "definition.yaml"

    drawn = mermaid(picturing.of_definition(path.read_bytes(), str(path)))

    assert "No return of the leaving side, from " in drawn
    assert "No return of the leaving side, at all times" not in drawn


def extent(node: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what is drawn of a node.

    Of words without a frame the width is not in the file; 3 points a letter are
    less than it is.
    """
    points = [
        (float(x), float(y))
        for polygon in re.findall(r'points="([^"]+)"', node)
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", polygon)
    ]
    for x, y, text in re.findall(r'x="(-?[\d.]+)" y="(-?[\d.]+)"[^>]*>([^<]*)<', node):
        points += [(float(x), float(y)), (float(x) + 3 * len(text), float(y) - SMALLEST)]
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
