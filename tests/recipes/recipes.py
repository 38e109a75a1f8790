"""What CONTRIBUTING.md says is named, when a change has only been begun, is what is named.

A ``diff`` block that begins with ``# recipe: NAME`` is applied to a copy of the
checkout. The ``console`` block after it shows commands, and the lines of what they print
that name something: a test that fails, a file in which a type does not fit, a room that
is missing. It takes long, for the types are checked from the beginning: ``make recipes``.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "docs", "definitions", "migrations", "tools")
BLOCK = re.compile(
    r"```diff\n# recipe: (?P<name>\w+)\n(?P<diff>.*?)```.*?```console\n(?P<shown>.*?)```",
    re.DOTALL,
)
NAMING = (
    re.compile(r"FAILED (tests/[\w/]+\.py::\w+)"),
    re.compile(r"(src/phaseflow/[\w/]+\.py):\d+: error"),
    re.compile(r"(?:has no room for|has no line for) .*?(src/phaseflow/[\w/]+\.py)"),
)


class Recipe(NamedTuple):
    """A change as far as it is begun, and what then names the rest."""

    name: str
    diff: str
    commands: tuple[str, ...]
    named: tuple[str, ...]


def recipes() -> list[Recipe]:
    """Return the recipes of CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        lines = block["shown"].splitlines()
        commands = tuple(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
        named = tuple(line for line in lines if not line.startswith("$ "))
        found.append(Recipe(block["name"], block["diff"], commands, named))
    return found


def run(command: str, directory: Path) -> str:
    """Return what a command of the Makefile prints in ``directory``."""
    target, _, tests = command.removeprefix("make ").partition(" T=")
    programs = {
        "types": (sys.executable, "-m", "mypy", "--cache-dir", os.devnull, "src"),
        "test": (sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider"),
    }
    done = subprocess.run(
        [*programs[target], *tests.strip('"').split()],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory / "src"), "COLUMNS": "500"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_what_a_begun_change_lacks_is_named(recipe: Recipe, tmp_path: Path) -> None:
    for folder in COPIED:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / file, tmp_path / file)
    subprocess.run(
        ["git", "apply", "--recount", "-"], cwd=tmp_path, input=recipe.diff, text=True, check=True
    )

    printed = "".join(run(command, tmp_path) for command in recipe.commands)

    named = {found for naming in NAMING for found in naming.findall(printed)}
    assert sorted(named) == sorted(recipe.named)


def test_there_are_four_recipes() -> None:
    assert {recipe.name for recipe in recipes()} == {"rule", "key", "form", "kind"}
