"""What a benchmark takes of phaseflow is there; they are run by hand, by ``make bench``."""

import ast
import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[1] / "benchmarks").rglob("*.py"))


def taken(benchmark: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name of all that ``benchmark`` imports of phaseflow."""
    for node in ast.walk(ast.parse(benchmark.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("phaseflow"):
                for name in names:
                    yield module, name.name
            case _:
                pass


def is_there(module: str, name: str) -> bool:
    if hasattr(importlib.import_module(module), name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda path: path.name)
def test_what_a_benchmark_takes_of_phaseflow_is_there(benchmark: Path) -> None:
    assert [one for one in taken(benchmark) if not is_there(*one)] == []
