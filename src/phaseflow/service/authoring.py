"""What an author of definitions is given: a text to begin with, and the schema for editors."""

from phaseflow.language.document.json_schema import schema_text
from phaseflow.language.starter import starter


def begun(name: str) -> bytes:
    """Return a commented definition called ``name``, to begin with.

    Raises:
        StatementInvalid: no definition can be called that.
    """
    return starter(name)


def schema() -> str:
    """Return the JSON Schema of a definition, which ends in a line feed."""
    return schema_text()
