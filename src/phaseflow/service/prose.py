"""Reading a definition back to people."""

from phaseflow.prose.definition import prose
from phaseflow.service import definitions


def read_back(source: bytes, file: str) -> str:
    """Return the definition that ``source`` spells in numbered sentences, as Markdown.

    Raises:
        DefinitionInvalid: with every fault of ``source``, named after ``file``.
    """
    return prose(definitions.check(source, file))
