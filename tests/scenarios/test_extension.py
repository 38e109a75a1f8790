"""The extension of the grant is the text of the grant, but for what was agreed."""

from pathlib import Path

from phaseflow.service.rehearse import Script, rehearse

GRANT = Path(__file__).parents[2] / "definitions" / "grant_tranches"


def told(file: str) -> list[str]:
    """Return the lines that say something to the engine."""
    lines = (GRANT / file).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if not line.lstrip().startswith("#")]


def test_an_extension_changes_the_last_day_of_the_wells_and_the_long_stop_date_alone() -> None:
    pairs = zip(told("definition.yaml"), told("extension.yaml"), strict=True)

    changed = [(old, new) for old, new in pairs if old != new]

    assert [new.partition(":")[0] for _, new in changed[:2]] == ["edition", "sources"]
    assert changed[2:] == [
        ("- {by: first_year + P24M, total: 100%}", "- {by: first_year + P30M, total: 100%}"),
        ("after: 2027-06-30", "after: 2027-12-31"),
    ]


def rehearsed(edition: str) -> list[str]:
    """Return what goes otherwise when the scenario names ``edition``."""
    scenario = (GRANT / "scenarios" / "extended.yaml").read_text(encoding="utf-8")
    script = Script(
        definition=(GRANT / "definition.yaml").read_bytes(),
        definition_file="definition.yaml",
        scenario=scenario.replace("../extension.yaml", edition).encode(),
        scenario_file=str(GRANT / "scenarios" / "extended.yaml"),
    )
    return [mismatch.text for mismatch in rehearse(script).mismatches]


def test_an_edition_that_a_scenario_names_is_looked_for_beside_it() -> None:
    assert rehearsed("../extension.yaml") == []
    assert any("none.yaml cannot be read: No such file" in text for text in rehearsed("none.yaml"))


def test_the_faults_of_an_edition_in_a_scenario_are_told() -> None:
    found = rehearsed("on_time.yaml")

    assert any(text.startswith("amend by water_board was not filed: ") for text in found)
