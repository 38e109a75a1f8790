"""What a rule is: all that is said of it, and the function that finds its faults."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from phaseflow.diagnostic import Severity
from phaseflow.language.document import ObligationForm
from phaseflow.language.document.read_document import Reading
from phaseflow.language.resolve.names import DeclaredDuty, Scope
from phaseflow.model.definition import Definition, Obligation, Transition
from phaseflow.model.forms import Form
from phaseflow.model.moment import Moment
from phaseflow.text.source import Path

F = TypeVar("F", bound=Form)


class Fault(NamedTuple):
    """A departure from a rule: where, what, and how to mend it."""

    path: Path
    message: str
    remedy: str
    at_key: bool = False


class InOrder(NamedTuple):
    """Two moments of which the second, at ``path``, must follow the first.

    ``what`` is the first in words; ``may_coincide``: both may be the same.
    """

    path: Path
    first: Moment | None
    second: Moment | None
    what: str
    may_coincide: bool = False


def empty_keys(path: Path, form: ObligationForm, *keys: str) -> Iterator[Fault]:
    """Yield each of ``keys`` under which a list or a mapping stands that holds nothing."""
    for key in keys:
        if getattr(form, key) in ([], {}):
            yield Fault((*path, key), f"{key!r} is empty", "fill it, or remove it", at_key=True)


class WrittenDuty(NamedTuple):
    """An obligation where it stands: its names, its text, and what its first obligor owes."""

    path: Path
    declared: DeclaredDuty
    written: ObligationForm
    owed: Obligation


class Written(msgspec.Struct, kw_only=True):
    """A definition, and the form and the scope it was read from.

    What is damaged is in ``definition`` with gaps; the iterators leave it out,
    and what is ``in_doubt``.
    """

    definition: Definition
    reading: Reading
    scope: Scope
    in_doubt: set[Path] = set()

    def duties(self) -> Iterator[WrittenDuty]:
        """Yield each sound duty."""
        for base, form in self.reading.form.obligations.items():
            duty = self.scope.duties[base]
            owed = self.definition.obligations.get(duty.full_names[0]) if duty.full_names else None
            path = ("obligations", base)
            is_sound = not duty.is_damaged and path not in self.in_doubt
            if is_sound and owed is not None:
                yield WrittenDuty(path, duty, form, owed)

    def owed_as(self, form: type[F]) -> Iterator[tuple[Path, ObligationForm, F]]:
        """Yield each sound duty of one form, for a rule on that form alone."""
        for path, _, written, owed in self.duties():
            if isinstance(owed.form, form):
                yield path, written, owed.form

    def transitions(self) -> Iterator[tuple[Path, Transition]]:
        """Yield each sound transition with its path."""
        for place, form in zip(self.reading.places, self.reading.form.transitions, strict=True):
            path = ("transitions", place)
            found = self.definition.transitions.get(form.name)
            is_sound = path not in self.reading.damaged and path not in self.in_doubt
            if found is not None and is_sound:
                yield path, found


FindFaults = Callable[[Written], Iterator[Fault]]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, in words and as a function.

    ``find`` yields its faults; None: reading itself, or something after the
    check, finds them. ``whole``: what another fault has torn out would set it
    off as well, so that it is held only where no error was found before.
    ``asks`` is what must hold, in a sentence; ``why`` and ``instead``, what to
    write, are paragraphs, whose lines may end anywhere. ``bad`` and ``good``
    are the end of a definition, less the sections that need not be shown; they
    may be indented.
    """

    code: str
    severity: Severity = "error"
    asks: str
    why: str
    instead: str
    bad: str
    good: str
    find: FindFaults | None = None
    whole: bool = False


def rule(
    code: str,
    severity: Severity = "error",
    *,
    whole: bool = False,
    asks: str,
    why: str,
    instead: str,
    bad: str,
    good: str,
) -> Callable[[FindFaults], Rule]:
    """Return what makes the function that finds the faults of a rule into that rule."""

    def made(find: FindFaults) -> Rule:
        return Rule(
            code=code,
            severity=severity,
            asks=asks,
            why=why,
            instead=instead,
            bad=bad,
            good=good,
            find=find,
            whole=whole,
        )

    return made
