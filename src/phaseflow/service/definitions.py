"""Checked definitions, each read once for its digest.

What a text means is worked out from its bytes, once these hash to the digest
that the chain names. The compiled form of a text that was read before may come
from a folder of this user's own; whoever judges a journal does without it.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from phaseflow.diagnostic import Diagnostic
from phaseflow.errors import JournalBroken, StoreUnavailable
from phaseflow.journal.entry import read_entry
from phaseflow.model.definition import Definition
from phaseflow.storage.compiled_forms import CompiledForms
from phaseflow.storage.port import Filter, Store, Transaction

_KEPT = 256
_compiled: dict[str, Definition] = {}
_loaded: dict[str, Definition] = {}
_forms: CompiledForms | None = None


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
    if digest not in _compiled:
        from phaseflow.language.parse import parse_definition  # noqa: PLC0415  YAML and pydantic

        _keep(_compiled, parse_definition(source, file))
    return _compiled[digest]


def keep_compiled_in(folder: Path | None) -> None:
    """Let what is compiled be found again in ``folder`` by later runs; None: nowhere."""
    global _forms  # noqa: PLW0603  one for the process, like what it knows already
    _forms = None if folder is None else CompiledForms(folder)


def fault_of_cache() -> str | None:
    """Return why no compiled form is found again, if that is so."""
    if _forms is None:
        return "there is no place for it: set HOME, or PHASEFLOW_CACHE"
    return None if _forms.fault is None else f"{_forms.folder}: {_forms.fault}"


def fill_cache(store: Store) -> int:
    """Keep the compiled form of every text that an agreement names; return how many.

    Raises:
        StoreUnavailable: they cannot be kept.
    """
    with store.read() as transaction:
        agreements = [header.id for header in transaction.headers()]
        digests = {digest for one in agreements for digest in named(transaction, one)}
        for digest in sorted(digests):
            if _forms is None or not _forms.keep(compiled(transaction, digest)):
                why = fault_of_cache() or "the disk takes no more"
                msg = f"compiled forms cannot be kept: {why}"
                raise StoreUnavailable(msg)
    return len(digests)


def stored(transaction: Transaction, digest: str) -> Definition:
    """Return the definition of that digest; where it is known, without YAML and pydantic.

    Raises:
        StatementInvalid: it is not there.
        JournalBroken: its bytes do not hash to it.
        DefinitionInvalid: this version of the program finds faults in it.
    """
    known = _compiled.get(digest) or _loaded.get(digest)
    return kept(transaction, digest) if known is None else known


def kept(transaction: Transaction, digest: str) -> Definition:
    """Return the definition of that digest, which this very store holds.

    Raises:
        StatementInvalid: it is not there, though another store may have it.
        JournalBroken: as of :func:`stored`.
        DefinitionInvalid: as of :func:`stored`.
    """
    source = _source(transaction, digest)
    if digest not in _compiled and digest not in _loaded and _forms is not None:
        found = _forms.load(digest)
        if found is None:
            _forms.keep(_check_kept(source, digest))
        else:
            _keep(_loaded, found)
    return _loaded.get(digest) or _check_kept(source, digest)


def compiled(transaction: Transaction, digest: str) -> Definition:
    """Return the definition of that digest, compiled by this process from its bytes.

    Raises:
        StatementInvalid: as of :func:`stored`.
        JournalBroken: as of :func:`stored`.
        DefinitionInvalid: as of :func:`stored`.
    """
    return _compiled.get(digest) or _check_kept(_source(transaction, digest), digest)


def _source(transaction: Transaction, digest: str) -> bytes:
    source = transaction.source(digest)
    if hashlib.sha256(source).hexdigest() != digest:
        msg = f"definition {digest} was changed: it does not hash to its name"
        raise JournalBroken(msg, rule="definition")
    return source


def _check_kept(source: bytes, digest: str) -> Definition:
    return check(source, f"definition {digest[:12]}")


def named(transaction: Transaction, agreement: str) -> tuple[str, ...]:
    """Return the digest of every text that a journal names: the first, and all proposed."""
    rows = transaction.entries(agreement, Filter(kinds=("open", "amend")))
    digests = (read_entry(row.line).stmt.body["definition"] for row in rows)
    return tuple(dict.fromkeys(digests))


def _keep(known: dict[str, Definition], definition: Definition) -> None:
    if len(known) >= _KEPT:
        del known[next(iter(known))]
    known[definition.digest] = definition
