"""Every scenario that stands beside a definition goes as it says."""

from pathlib import Path

import pytest

from phaseflow.language.parse import parse_definition
from phaseflow.language.scenario import parse_scenario
from phaseflow.service.rehearsing import Script, rehearse

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SCENARIOS = sorted(DEFINITIONS.glob("*/scenarios/*.yaml"))
AGREEMENTS = ("escrow", "grant_tranches", "disarmament", "handover", "lease", "three_phase_plan")


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


@pytest.mark.parametrize("name", AGREEMENTS)
def test_the_readme_of_an_agreement_names_each_of_its_scenarios(name: str) -> None:
    text = (DEFINITIONS / name / "README.md").read_text(encoding="utf-8")
    told = [file.stem for file in SCENARIOS if file.parents[1].name == name]

    assert [stem for stem in told if stem not in text] == []
