"""What the names of a definition stand for, and which names may be given."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from phaseflow.language import suggest
from phaseflow.language.faults import Faults
from phaseflow.model.calendar import Zone
from phaseflow.model.definition import Finding
from phaseflow.model.guard import BOOLEAN_ATTRIBUTES, NUMBER_ATTRIBUTES, PARTY_ATTRIBUTES
from phaseflow.model.party import Role
from phaseflow.text.source import Path

EVERY_NAME = "*"
"""Among the names that are lost: whatever the name, it may be one of them."""

PLURAL: dict[Role, str] = {
    "signatory": "signatories",
    "guarantor": "guarantors",
    "mediator": "mediators",
    "verifier": "verifiers",
    "observer": "observers",
}
RESERVED = frozenset(
    {"previous", "automatic", "recorder", "day", "by", "total", "and", "or", "not", "true", "false"}
    | {*BOOLEAN_ATTRIBUTES, *NUMBER_ATTRIBUTES, *PARTY_ATTRIBUTES}
)
REMARKS = frozenset({"title", "clause", "source", "confidence", "note"})
TEXTS = REMARKS | {"sources", "edition", "else", "unit"}
"""The keys of what is for people."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NO_LETTER = re.compile(r"[^a-z0-9_]+")


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A state as written: where it stands, what lies in it, and where that is entered.

    ``inner`` are the names written in it, ``within`` those that name no state before.
    """

    path: Path
    parent: str | None
    inner: tuple[str, ...]
    within: tuple[str, ...]
    initial: str | None
    is_final: bool


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A key that says nothing without another, and what is told where that is missing."""

    key: str
    other: str
    message: str = ""
    remedy: str = ""


class FormKind(msgspec.Struct, frozen=True, kw_only=True):
    """One of the ways in which an obligation is written.

    ``called`` is its name in a sentence. ``keys`` are those that only some
    kinds have, this one among them; ``instead`` tells what to write in place of
    one that it does not have. ``part`` is what a part of it is called; a step
    has a date of its own. ``takes_units``: what is delivered elsewhere may
    count toward it as well. ``delivers_units``: something may be owed in return
    for each. ``has_fixed_amount``: a pool may be split over its amount.
    """

    called: str
    keys: frozenset[str]
    needs: tuple[Need, ...]
    instead: dict[str, str]
    part: Literal["category", "step"]
    takes_units: bool
    delivers_units: bool
    has_fixed_amount: bool


class DeclaredDuty(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation as written, before it is one for each obligor.

    ``categories`` sort its units, ``parts`` are all that a guard may name of
    it: categories, steps or least parts. ``is_damaged``: neither is known.
    """

    base: str
    kind: FormKind
    obligors: tuple[str, ...]
    categories: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    is_damaged: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether it stands for one obligation for each of several obligors."""
        return len(self.obligors) > 1

    @property
    def full_names(self) -> tuple[str, ...]:
        """The obligations it stands for."""
        if not self.is_shared:
            return (self.base,)
        return tuple(f"{self.base}.{party}" for party in self.obligors)


class Scope(msgspec.Struct, kw_only=True):
    """Everything that has a name, and the faults found so far."""

    faults: Faults
    damaged: set[Path] = set()
    zone: Zone = Zone("UTC")
    first_number: int | None = None
    parties: dict[str, Role] = {}
    groups: dict[str, tuple[str, ...]] = {}
    states: dict[str, Node] = {}
    findings: dict[str, Finding] = {}
    duties: dict[str, DeclaredDuty] = {}
    lost: dict[str, set[str]] = {}
    """Names by section whose things are missing: using them is no further fault."""

    def is_lost(self, name: str, *sections: str) -> bool:
        """Tell whether ``name`` is that of something whose text is faulty."""
        lost = (self.lost.get(section, ()) for section in sections)
        return any(name in names or EVERY_NAME in names for names in lost)

    def duty(self, name: str) -> tuple[DeclaredDuty, tuple[str, ...]] | None:
        """Return the duty of a written or full ``name``, and the obligations it means there."""
        base, _, party = name.partition(".")
        duty = self.duties.get(base)
        if duty is None or (party and not (duty.is_shared and party in duty.obligors)):
            return None
        return duty, ((name,) if party else duty.full_names)

    def duty_names(self) -> Iterable[str]:
        """Yield every name that :meth:`duty` knows."""
        for duty in self.duties.values():
            yield duty.base
            if duty.is_shared:
                yield from duty.full_names

    def leaves(self, name: str) -> tuple[str, ...]:
        """Return the leaves of a state, itself if it is one, in the order of the file."""
        node = self.states[name]
        if not node.within:
            return (name,)
        return tuple(leaf for child in node.within for leaf in self.leaves(child))

    def entry(self, name: str) -> str | None:
        """Return the leaf in which a state is entered, or None if it cannot be."""
        node = self.states[name]
        while node.within:
            if node.initial not in node.within:
                return None
            name = node.initial
            node = self.states[name]
        return name


def check_name(name: str, path: Path, faults: Faults, *, what: str, at_key: bool = True) -> None:
    """Note it when ``name`` is malformed or reserved."""
    if not _NAME.fullmatch(name):
        better = _NO_LETTER.sub("_", name.lower()).strip("_0123456789")[:32]
        remedy = "use a-z, 0-9 and _, beginning with a letter, at most 32"
        remedy += f", as in {better!r}" if better else ""
        faults.add("PF201", path, f"{name!r} cannot name a {what}", remedy, at_key=at_key)
    elif name in RESERVED:
        message = f"{name!r} is reserved and cannot name a {what}"
        faults.add("PF202", path, message, f"name it otherwise, as in {name}_1", at_key=at_key)


def check_unique(named: Iterable[tuple[str, str, Path]], faults: Faults, *, at_key: bool) -> None:
    """Note every name that is taken; ``named`` are (what, name, path) in the order written."""
    seen: dict[str, str] = {}
    for what, name, path in named:
        if name in seen:
            first = seen[name]
            message = f"{name!r} names a{'n' if first[0] in 'aeo' else ''} {first} already"
            faults.add("PF203", path, message, "name this one otherwise", at_key=at_key)
        else:
            seen[name] = what


def check_state(name: str, path: Path, scope: Scope) -> bool:
    """Tell whether ``name`` is a state; note it if it is not."""
    if name in scope.states:
        return True
    if not scope.is_lost(name, "states"):
        several = suggest.names(name) if path[-1] in {"during", "from"} else []
        is_list = bool(several) and all(one in scope.states for one in several)
        near = scope.faults.near(name, scope.states)
        remedy = f"write [{', '.join(several)}]" if is_list else near
        scope.faults.add("PF205", path, f"{name!r} is not a state", remedy)
    return False


def find_duty(name: str, path: Path, scope: Scope) -> tuple[DeclaredDuty, tuple[str, ...]] | None:
    """Return the duty of ``name`` and what it means, or None after noting that it is none."""
    found = scope.duty(name)
    if found is None and not scope.is_lost(name.partition(".")[0], "obligations"):
        remedy = scope.faults.near(name, scope.duty_names())
        scope.faults.add("PF206", path, f"{name!r} is not an obligation", remedy)
    return found
