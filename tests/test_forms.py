"""Every form of obligation has a room on every floor that treats forms differently.

A floor is a package with a folder ``forms/``: a module for each form, of the same name
as in ``model/forms/``, and where rooms are looked up, a table ``FORMS`` with a line for each.
"""

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

import phaseflow
from phaseflow.model import forms as model

SOURCE = Path(phaseflow.__file__).parent
FORMS = get_args(model.Form)
FLOORS = sorted(path.parents[1].relative_to(SOURCE) for path in SOURCE.rglob("forms/__init__.py"))


def room(form: type) -> str:
    """Return the name that the module of ``form`` has on every floor."""
    return form.__module__.rpartition(".")[2]


def missing(floor: Path, forms: Iterable[type]) -> Iterator[str]:
    """Yield what ``floor`` lacks of ``forms``: files, and lines of its table."""
    package = importlib.import_module(".".join(("phaseflow", *floor.parts, "forms")))
    table = getattr(package, "FORMS", None)
    for form in forms:
        file = Path("src/phaseflow") / floor / "forms" / f"{room(form)}.py"
        if not (SOURCE.parents[1] / file).is_file():
            yield f"{floor} has no room for {form.__name__}: {file} is missing"
        if table is not None and form not in table:
            yield f"{floor} has no line for {form.__name__} in FORMS of {file.parent}/__init__.py"


@pytest.mark.parametrize("floor", FLOORS, ids=str)
def test_every_form_has_a_room_on_every_floor(floor: Path) -> None:
    assert not list(missing(floor, FORMS))


@pytest.mark.parametrize("floor", FLOORS, ids=str)
def test_every_room_is_that_of_a_form(floor: Path) -> None:
    rooms = {file.stem for file in (SOURCE / floor / "forms").glob("*.py")} - {"__init__"}
    assert rooms == {room(form) for form in FORMS}


class Unheard(msgspec.Struct, frozen=True, tag=True):
    """A form that the language does not have."""


@pytest.mark.parametrize("floor", FLOORS, ids=str)
def test_each_floor_that_has_no_room_for_a_new_form_is_named(
    floor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Unheard, "__module__", "phaseflow.model.forms.unheard")

    found = list(missing(floor, [Unheard]))

    file = f"src/phaseflow/{floor}/forms/unheard.py"
    assert found[0] == f"{floor} has no room for Unheard: {file} is missing"
