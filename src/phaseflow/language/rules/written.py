"""A definition beside the text it comes from: what the rules are held against."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from phaseflow.language.document import ObligationForm
from phaseflow.language.document.read_document import Reading
from phaseflow.language.resolve.categories import kind_of
from phaseflow.language.resolve.names import DutyName, Scope
from phaseflow.model.definition import Definition, Obligation, Transition
from phaseflow.text.source import Path


class Fault(NamedTuple):
    """A departure from a rule: where, what, and how to mend it."""

    path: Path
    message: str
    remedy: str
    at_key: bool = False


class Written(msgspec.Struct, kw_only=True):
    """A definition, and the form and the scope it was read from.

    What is damaged is in ``definition`` with gaps; the iterators leave it out,
    and what is ``in_doubt``.
    """

    definition: Definition
    reading: Reading
    scope: Scope
    in_doubt: set[Path] = set()

    def duties(self) -> Iterator[tuple[Path, DutyName, ObligationForm, Obligation]]:
        """Yield each sound duty: path, what it is, its form, and the first that is owed by it."""
        for base, form in self.reading.form.obligations.items():
            duty = self.scope.duties[base]
            owed = self.definition.obligations.get(duty.full_names[0]) if duty.full_names else None
            path = ("obligations", base)
            is_sound = not duty.is_damaged and path not in self.in_doubt
            if is_sound and owed is not None and kind_of(form) == duty.kind:
                yield path, duty, form, owed

    def transitions(self) -> Iterator[tuple[Path, Transition]]:
        """Yield each sound transition with its path."""
        for place, form in zip(self.reading.places, self.reading.form.transitions, strict=True):
            path = ("transitions", place)
            found = self.definition.transitions.get(form.name)
            is_sound = path not in self.reading.damaged and path not in self.in_doubt
            if found is not None and is_sound:
                yield path, found
