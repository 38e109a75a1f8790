"""The extension of the grant is the text of the grant, but for what was agreed."""

from pathlib import Path

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
