"""Every scenario that stands beside a definition goes as it says."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from phaseflow.language.parse import parse_definition
from phaseflow.language.scenario import parse_scenario
from phaseflow.service.json.rehearsal import played_document
from phaseflow.service.rehearse import Script, rehearse

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SCENARIOS = sorted(DEFINITIONS.glob("*/scenarios/*.yaml"))
pytestmark = pytest.mark.usefixtures("played_once")
AGREEMENTS = ("escrow", "grant_tranches", "disarmament", "handover", "lease", "three_phase_plan")


class Words(yaml.SafeLoader):
    """Leaves days and hours as they are written."""


Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def script(scenario: Path) -> Script:
    source = scenario.read_bytes()
    named = parse_scenario(source, str(scenario)).definition
    definition = (scenario.parent / (named or "../definition.yaml")).resolve()
    return Script(
        definition=definition.read_bytes(),
        definition_file=str(definition),
        scenario=source,
        scenario_file=str(scenario),
    )


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda file: f"{file.parents[1].name}/{file.stem}"
)
def test_a_scenario_goes_as_it_says(scenario: Path) -> None:
    played = rehearse(script(scenario))

    assert [f"{m.line}: {m.text}" for m in played.mismatches] == []


@pytest.mark.parametrize("name", AGREEMENTS)
def test_an_agreement_is_rehearsed_in_success_and_in_failure(name: str) -> None:
    file = DEFINITIONS / name / "definition.yaml"
    definition = parse_definition(file.read_bytes(), str(file))
    ends = {
        definition.states[rehearse(script(scenario)).view.place.agreement.leaf].final
        for scenario in SCENARIOS
        if scenario.parents[1].name == name
    }

    assert {"success", "failure"} <= ends


@pytest.mark.parametrize("name", [*AGREEMENTS, "bridging_proposal"])
def test_the_readme_of_an_agreement_names_each_of_its_scenarios(name: str) -> None:
    text = (DEFINITIONS / name / "README.md").read_text(encoding="utf-8")
    told = [file.stem for file in SCENARIOS if file.parents[1].name == name]

    assert [stem for stem in told if stem not in text] == []


def with_days(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield ``events``, and between them a tick at noon of every day."""
    last = None
    for event in events:
        told = str(event.get("tick") or event.get("recorded") or event["at"])
        now = dt.datetime.fromisoformat(told)
        while (
            last is not None
            and (noon := last.replace(hour=12, minute=0) + dt.timedelta(days=1)) < now
        ):
            last = noon
            yield {"tick": noon.isoformat(timespec="minutes")}
        last = now if last is None else max(last, now)
        yield event


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda file: f"{file.parents[1].name}/{file.stem}"
)
def test_it_is_one_history_whether_a_worker_ran_every_day_or_never(scenario: Path) -> None:
    raw = yaml.load(scenario.read_bytes(), Words)  # noqa: S506 - a safe loader, with fewer types
    daily = raw | {"events": list(with_days(raw["events"]))}
    never = raw | {"events": [event for event in raw["events"] if "tick" not in event]}
    written = script(scenario)

    ends = []
    for course in (daily, never):
        source = yaml.safe_dump(course, sort_keys=False).encode()
        document = played_document(rehearse(msgspec.structs.replace(written, scenario=source)))
        ends.append({key: document[key] for key in ("state", "since", "obligations", "mismatches")})

    assert ends[0] == ends[1]
    assert ends[0]["mismatches"] == []
