"""Checked definitions, each read once for its digest."""

import hashlib
from collections.abc import Sequence

import msgspec

from phaseflow.diagnostic import Diagnostic
from phaseflow.journal.entry import read_entry
from phaseflow.model.definition import Definition
from phaseflow.storage.port import Filter, Transaction

_KEPT = 256
_checked: dict[str, Definition] = {}


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A file, the definition that it spells unless there are errors, and all diagnostics."""

    file: str
    definition: Definition | None
    found: Sequence[Diagnostic]

    def count(self, severity: str) -> int:
        """Return how many diagnostics there are of that severity."""
        return sum(diagnostic.severity == severity for diagnostic in self.found)


def digest_of(source: bytes) -> str:
    """Return the digest by which statements name the text in ``source``."""
    return hashlib.sha256(source).hexdigest()


def examine(source: bytes, file: str) -> Examined:
    """Return what ``source`` spells, with its errors, warnings and advice."""
    from phaseflow.language import parse  # noqa: PLC0415  YAML and pydantic

    definition, found = parse.examine(source, file)
    return Examined(file=file, definition=definition, found=found)


def check(source: bytes, file: str) -> Definition:
    """Return the definition that ``source`` spells; ``file`` names it in faults.

    Raises:
        DefinitionInvalid: with every fault, if there is any.
    """
    digest = digest_of(source)
    if digest not in _checked:
        from phaseflow.language.parse import parse_definition  # noqa: PLC0415  YAML and pydantic

        _keep(parse_definition(source, file))
    return _checked[digest]


def stored(transaction: Transaction, digest: str) -> Definition:
    """Return the definition of that digest; loads neither YAML nor pydantic."""
    if digest not in _checked:
        _keep(transaction.definition(digest))
    return _checked[digest]


def named(transaction: Transaction, agreement: str) -> tuple[str, ...]:
    """Return the digest of every text that a journal names: the first, and all proposed."""
    rows = transaction.entries(agreement, Filter(kinds=("open", "amend")))
    digests = (read_entry(row.line).stmt.body["definition"] for row in rows)
    return tuple(dict.fromkeys(digests))


def _keep(definition: Definition) -> None:
    if len(_checked) >= _KEPT:
        del _checked[next(iter(_checked))]
    _checked[definition.digest] = definition
