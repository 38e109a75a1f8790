"""An agreement as written: parties, states, transitions, findings, obligations.

Holding a :class:`Definition` is the proof that its text was checked; nothing
below asks again. Names are resolved, shorthand is spelled out.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import msgspec

from phaseflow.model.calendar import Period, decode_hook, encode_hook
from phaseflow.model.forms import Form
from phaseflow.model.guard import Expression, Type
from phaseflow.model.moment import Calendar, Moment
from phaseflow.model.party import Party, PartyExpression
from phaseflow.model.remarks import Remarks

FORMAT = 1

Deadlines = Literal["run", "toll", "restart"]


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the text lets somebody determine.

    ``initially`` of a date or an instant is its text.
    """

    name: str
    by: PartyExpression
    type: Type = "boolean"
    words: tuple[str, ...] = ()
    initially: bool | int | str | None = None
    remarks: Remarks = Remarks()


class Obligation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one party owes.

    ``base`` is the name as written; ``name`` adds the obligor when there are
    several (``cease_fire.israel``). ``during`` are leaves, None: from the start
    to any final state. ``categories`` are those of its amounts or its steps.
    ``not_before`` of steps stands at the step.
    """

    name: str
    base: str
    obligor: str
    form: Form
    obligees: tuple[str, ...] = ()
    unit: str = ""
    categories: tuple[str, ...] = ()
    during: tuple[str, ...] | None = None
    from_: Moment | None = None
    until: Moment | None = None
    requires: Expression | None = None
    within: Period = Period(days=1)
    excused_while: Expression | None = None
    deadlines: Deadlines = "toll"
    cure: Period | None = None
    when_left: Literal["carry", "lapse", "block"] = "carry"
    not_before: Moment | None = None
    verified_by: PartyExpression | None = None
    verify_within: Period | None = None
    counts_uncontested: bool = False
    counts_toward: tuple[str, ...] = ()
    judged_in_total: bool = False
    value: int | None = None
    remarks: Remarks = Remarks()

    @property
    def is_open(self) -> bool:
        """Whether it owes as many as there prove to be."""
        return self.form.is_open

    @property
    def is_by_period(self) -> bool:
        """Whether each period of it owes its own amount, and is judged by itself."""
        return self.form.is_by_period

    @property
    def verifiers(self) -> tuple[str, ...]:
        """Who may attest."""
        return self.verified_by.members if self.verified_by else ()


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A state; ``parent`` is the compound it lies in, ``initial`` a compound's entry."""

    name: str
    parent: str | None = None
    is_leaf: bool = True
    initial: str | None = None
    final: Literal["success", "failure"] | None = None
    deadlines: Deadlines = "run"
    remarks: Remarks = Remarks()


class Guard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition of a transition; ``text`` as written, ``otherwise`` its else-sentence."""

    that: Expression
    text: str
    otherwise: str = ""
    waivable_by: PartyExpression | None = None
    remarks: Remarks = Remarks()


class Transition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move that its owners may make.

    ``sources`` are leaves; ``target`` a leaf, or None for the leaf that was
    left for the state now being left (``to: previous``); ``owners`` None is
    ``by: automatic``. ``from_`` and ``to`` are the states as written.
    """

    name: str
    sources: tuple[str, ...]
    target: str | None
    owners: PartyExpression | None
    from_: tuple[str, ...]
    to: str
    after: Moment | None = None
    guards: tuple[Guard, ...] = ()
    remarks: Remarks = Remarks()


Move = tuple[str, str, str]
"""A transition, the leaf that it leaves, and the leaf that it enters."""


class Definition(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The checked text of an agreement; mappings keep the order of the file.

    ``renames`` maps states of earlier editions to the states that they are now.
    """

    digest: str
    name: str
    edition: str
    title: str
    calendar: Calendar
    parties: dict[str, Party]
    groups: dict[str, tuple[str, ...]]
    findings: dict[str, Finding]
    obligations: dict[str, Obligation]
    states: dict[str, State]
    initial: str
    transitions: dict[str, Transition]
    amended_by: PartyExpression | None = None
    amendment: Remarks = Remarks()
    renames: dict[str, str] = {}
    sources: tuple[str, ...] = ()
    remarks: Remarks = Remarks()
    format: int = FORMAT

    def ancestors(self, state: str) -> Iterator[str]:
        """Yield ``state`` and every compound around it, inmost first."""
        name: str | None = state
        while name is not None:
            yield name
            name = self.states[name].parent

    @cached_property
    def holding(self) -> frozenset[str]:
        """The leaves from which some transition returns to the previous one.

        Going there and back is not leaving.
        """
        returning = (t for t in self.transitions.values() if t.target is None)
        return frozenset(source for t in returning for source in t.sources)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The states in which the agreement can be, in the order of the file."""
        return tuple(s.name for s in self.states.values() if s.is_leaf)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every move that some transition makes; `previous` may enter any leaf that it left."""
        return tuple(
            (t.name, source, target)
            for t in self.transitions.values()
            for source in t.sources
            for target in ((t.target,) if t.target else self.leaves)
            if t.target or target not in t.sources
        )

    @cached_property
    def returns(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """For each driver, the obligations owed in return and the place of the driver there."""
        found: dict[str, list[tuple[str, int]]] = {}
        for obligation in self.obligations.values():
            for place, driver in enumerate(obligation.form.sources):
                found.setdefault(driver, []).append((obligation.name, place))
        return {name: tuple(owed) for name, owed in found.items()}

    def obligations_of(self, party: str) -> Iterator[Obligation]:
        """Yield what ``party`` owes, in the order of the file."""
        return (o for o in self.obligations.values() if o.obligor == party)

    def is_final(self, state: str) -> bool:
        """Tell whether the agreement has ended in ``state``."""
        return self.states[state].final is not None


def encode_definition(definition: Definition) -> str:
    """Return ``definition`` as JSON, members in a fixed order."""
    return msgspec.json.encode(definition, enc_hook=encode_hook).decode()


def decode_definition(text: str) -> Definition:
    """Return the definition that :func:`encode_definition` wrote."""
    return msgspec.json.decode(text, type=Definition, dec_hook=decode_hook)
