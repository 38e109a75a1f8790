"""A name stands for one thing: no two modules define public classes or types that are called alike."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import phaseflow

SOURCE = Path(phaseflow.__file__).parent
OF_EACH_FLOOR = {"Room"}
"""What a form must answer: each floor has its own question."""


def types_in(module: Path) -> Iterator[str]:
    """Yield the public classes and types that a module defines."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield name
            case ast.Assign(value=ast.Call(ast.Name("TypeVar"))):
                pass
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                # What is written in capitals throughout is a constant.
                if name[0].isupper() and not name.isupper():
                    yield name
            case _:
                pass


def test_no_two_types_are_called_alike() -> None:
    places = defaultdict(list)
    for module in sorted(SOURCE.rglob("*.py")):
        for name in {*types_in(module)} - OF_EACH_FLOOR:
            places[name].append(str(module.relative_to(SOURCE)))

    twice = {name: found for name, found in places.items() if len(found) > 1}

    assert not twice
