"""Checked definitions, each read once for its digest."""

import hashlib

from phaseflow.model.definition import Definition
from phaseflow.storage.port import Transaction

_KEPT = 256
_checked: dict[str, Definition] = {}


def check(source: bytes, file: str) -> Definition:
    """Return the definition that ``source`` spells; ``file`` names it in faults.

    Raises:
        DefinitionInvalid: with every fault, if there is any.
    """
    digest = hashlib.sha256(source).hexdigest()
    if digest not in _checked:
        from phaseflow.language.parse import parse_definition  # noqa: PLC0415  YAML and pydantic

        _keep(parse_definition(source, file))
    return _checked[digest]


def stored(transaction: Transaction, digest: str) -> Definition:
    """Return the definition of that digest; loads neither YAML nor pydantic."""
    if digest not in _checked:
        _keep(transaction.definition(digest))
    return _checked[digest]


def _keep(definition: Definition) -> None:
    if len(_checked) >= _KEPT:
        del _checked[next(iter(_checked))]
    _checked[definition.digest] = definition
