"""Whatever is accepted as a definition can be read back, and looks like nothing else."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lengths import examples

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.prose.definition import prose

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPOKEN = yaml.safe_load((HERE / "spoken.yaml").read_text(encoding="utf-8"))
LINE = re.compile(
    r"|---|# .+|## .+|### \d+\. .+|\d+\.\d+ .+|- \([a-z]+\) .+|- .+|It renders:"
    r"|Definition `.+|Clause of the text: .+|Source: .+|Confidence: .+|Note: .+|Read from .+"
)
TEXT = st.text(max_size=12)
MOMENT = st.sampled_from(
    [
        *("day 7", "day 7T12:00", "2026-03-01", "signed", "running", "permit + P3M"),
        *("papers.seller + PT3H", "stages.roof - P1W", "signed + P1D", "testing + PT90M"),
        {"later_of": ["day 1", "2026-03-01T07:00"]},
        {"earlier_of": [{"later_of": ["signed", "day 2"]}, "day 9", "day 12"]},
    ]
)
GUARD = st.sampled_from(
    [
        *("papers.discharged", "not papers.breached", "papers.delivered + 1 >= listed", "true"),
        "not (accepted and result == 'bad')",
        "machines.lathes.due != 2 * (1 + 3) - quiet.violations",
        "signed >= '2026-03-01' or seller.in_breach == accepted and not buyer.in_breach",
    ]
)
PARTIES = st.sampled_from(
    [
        *("seller", "clerk"),
        *({"any": 2, "of": "signatories"}, {"all": ["seller"]}, {"any": 1, "of": ["clerk"]}),
        {"any": {"signatories": 1, "verifiers": 2}},
    ]
)
PERIOD = st.sampled_from(["P1D", "P1M", "PT30M", "P1Y6M", "P3W", "PT25H61M"])
FIGURE = st.sampled_from([1, 2, 12, 13, 1000, "listed"])
POOLS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("from", "until", "not_before", "after"), MOMENT),
    **dict.fromkeys(("requires", "excused_while", "that"), GUARD),
    **dict.fromkeys(("verified_by", "waivable_by"), PARTIES),
    **dict.fromkeys(("within", "cure", "verify_within"), PERIOD),
    **dict.fromkeys(("presses", "lathes", "cash", "night", "tolerated", "value"), FIGURE),
    **dict.fromkeys(("title", "unit", "else", "edition"), TEXT),
    "by": st.one_of(MOMENT, PARTIES, st.just("automatic")),
    "amount": st.one_of(FIGURE, st.just("open")),
    "total": st.one_of(FIGURE, st.sampled_from(["40%", "100%"])),
    "deadlines": st.sampled_from(["run", "toll", "restart"]),
    "when_left": st.sampled_from(["carry", "lapse", "block"]),
    "during": st.sampled_from(["work", "paused", ["draft", "testing"], ["work", "paused"]]),
    "every": st.sampled_from(["day", "week", "month"]),
    "judged": st.sampled_from(["in_total", "by_category"]),
    "obligee": st.sampled_from([["buyer", "clerk"], "clerk"]),
    "obligor": st.sampled_from([["seller", "clerk"], "seller", "surveyor"]),
    "guards": st.lists(GUARD, max_size=3),
    "to": st.sampled_from(["previous", "work", "paused"]),
    "initially": st.sampled_from([1, True, "good"]),
}
FEW = settings(
    max_examples=examples(100),
    suppress_health_check=list(HealthCheck),
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every mapping in ``tree`` with each key of it that has a pool."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, value in items:
        if key in POOLS:
            found.append((tree, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


@FEW
@given(st.data())
def test_whatever_is_accepted_can_be_read_back(data: st.DataObject) -> None:
    tree = copy.deepcopy(SPOKEN)
    for _ in range(data.draw(st.integers(1, 4))):
        around, key = data.draw(st.sampled_from(places(tree)))
        around[key] = copy.deepcopy(data.draw(POOLS[key]))
    source = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()
    try:
        definition = parse_definition(source, "spoken.yaml")
    except DefinitionInvalid:
        return

    said = prose(definition)

    assert [line for line in said.split("\n") if not LINE.fullmatch(line)] == []
    assert prose(definition) == said


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("definitions/*/*.yaml")), ids=lambda f: f"{f.parent.name}/{f.stem}"
)
def test_every_shipped_definition_can_be_read_back(file: Path) -> None:
    said = prose(parse_definition(file.read_bytes(), str(file)))

    assert [line for line in said.split("\n") if not LINE.fullmatch(line)] == []
