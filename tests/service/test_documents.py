"""Documents for programs: each has its name, and its file."""

import re
from pathlib import Path

import pytest

from phaseflow.service import json
from phaseflow.service.json.document import Schema

FILES = {file.stem: file.read_text() for file in Path(json.__path__[0]).glob("*.py")}


@pytest.mark.parametrize("schema", Schema, ids=str)
def test_each_document_is_made_in_one_place(schema: Schema) -> None:
    makers = [name for name, text in FILES.items() if f"Schema.{schema.name}.value" in text]

    assert len(makers) == 1


@pytest.mark.parametrize("schema", Schema, ids=str)
def test_the_name_of_a_document_tells_its_version(schema: Schema) -> None:
    assert re.fullmatch(r"phaseflow-[a-z]+-v[1-9]", schema)
