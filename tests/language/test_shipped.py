"""What comes with the program is without fault, and says why where it leaves a warning alone."""

from pathlib import Path

import pytest

from phaseflow.language.parse import examine

SHIPPED = sorted((Path(__file__).parents[2] / "definitions").glob("*/definition.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_a_shipped_definition_has_neither_errors_nor_warnings(path: Path) -> None:
    definition, found = examine(path.read_bytes(), path.name)

    assert definition is not None
    assert [str(d) for d in found if d.severity != "advice"] == []
