"""What comes with the program is without fault, and says why where it leaves advice alone."""

from pathlib import Path

import pytest

from phaseflow.language.parse import examine

SHIPPED = sorted((Path(__file__).parents[2] / "definitions").glob("*/*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_definition_leaves_nothing_open_without_a_reason(path: Path) -> None:
    definition, found = examine(path.read_bytes(), path.name)

    assert definition is not None
    assert [str(d) for d in found] == []
