"""How one definition names its things, its moments and its conditions in sentences."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from phaseflow.model.calendar import When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN, Figure
from phaseflow.model.guard import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Expression,
    FindingValue,
    Not,
    ObligationAttribute,
    PartyAttribute,
    Point,
    type_of,
)
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.model.party import PartyExpression
from phaseflow.model.remarks import Remarks
from phaseflow.prose.phrases import (
    as_sentence,
    bloc,
    date,
    escaped,
    is_whole_day,
    listed,
    ordinal,
    period,
    quoted,
    spaced,
    when,
)

EdgeOfTime = Literal["beginning", "end"]

_HOLDS: dict[str, tuple[str, str]] = {
    "discharged": ("is discharged", "is not discharged"),
    "overdue": ("is overdue", "is not overdue"),
    "breached": ("is breached", "is not breached"),
    "waived": ("is waived", "is not waived"),
    "excused": ("is excused", "is not excused"),
}
_NUMBERS: dict[str, str] = {
    "delivered": "what counts as delivered of",
    "claimed": "what has been claimed of",
    "contested": "what is contested of",
    "total": "all debt so far of",
    "due": "what has fallen due of",
    "outstanding": "what has fallen due and is not delivered of",
    "violations": "the number of violations of",
}
_SIGNS = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_TIME_SIGNS = {
    "<": "is before",
    "<=": "is not after",
    ">": "is after",
    ">=": "is not before",
}
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times"}


class Voice(msgspec.Struct, frozen=True):
    """Speaks of the parts of ``definition``; ``clauses`` are the numbers under which they stand.

    The keys of ``clauses`` are a section and a name, an obligation by its base.
    ``titles`` are those of parts that have one, by the base and the name.
    """

    definition: Definition
    clauses: dict[tuple[str, str], int]
    titles: dict[tuple[str, str], str]

    def party(self, name: str) -> str:
        """Return what a party is called."""
        return _called(self.definition.parties[name].remarks, name)

    def parties(self, names: Iterable[str]) -> str:
        """Return what parties are called, as a list."""
        return listed(self.party(name) for name in names)

    def concurring(self, expression: PartyExpression) -> str:
        """Return who must concur."""
        return ", and ".join(
            bloc([self.party(m) for m in b.members], b.need) for b in expression.blocs
        )

    def state(self, name: str) -> str:
        """Return what a state is called."""
        return f"“{_called(self.definition.states[name].remarks, name)}”"

    def states(self, leaves: Iterable[str], last: str = "and") -> str:
        """Return what states are called; a compound stands for all that lies in it."""
        return listed((self.state(name) for name in self.joined(leaves)), last)

    def joined(self, leaves: Iterable[str]) -> list[str]:
        """Return the fewest states that are ``leaves`` and no more, final ones apart."""
        states = self.definition.states
        wanted = set(leaves)
        for name in reversed(states):
            inner = [n for n, s in states.items() if s.parent == name and s.final is None]
            if inner and wanted.issuperset(inner):
                wanted = (wanted - set(inner)) | {name}
        return [name for name in states if name in wanted]

    def finding(self, name: str) -> str:
        """Return what a finding is called, and where it stands."""
        title = _called(self.definition.findings[name].remarks, name)
        return f"“{title}” (clause {self.clauses['findings', name]})"

    def duty(self, name: str) -> str:
        """Return what an obligation is called, where it stands, and whose it is of several."""
        obligation = self.definition.obligations[name]
        if name == obligation.base:
            return self._duty(obligation)
        return self._duty(obligation, f", as owed by {self.party(obligation.obligor)}")

    def _duty(self, obligation: Obligation, aside: str = "") -> str:
        clause = self.clauses["obligations", obligation.base]
        return f"“{_called(obligation.remarks, obligation.base)}” (clause {clause}{aside})"

    def part(self, base: str, name: str) -> str:
        """Return what a category or a step is called."""
        title = self.titles.get((base, name))
        return quoted(name) if title is None else f"“{title}”"

    def figure(self, figure: Figure) -> str:
        """Return a number, or the finding that holds it."""
        if isinstance(figure, int):
            return f"{figure:,}"
        return f"the number determined as {self.finding(figure)}"

    def figures(self, figures: dict[str, Figure], prefix: str = "") -> str:
        """Return figures by category; of a plain one, the figure alone."""
        said = []
        for category, figure in figures.items():
            name = "" if category == PLAIN else f" {quoted(category)}"
            said.append(f"{prefix}{self.figure(figure)}{name}")
        return listed(said)

    def moment(self, moment: Moment, edge: EdgeOfTime) -> str:
        """Return a moment; ``edge`` says which end of a whole day is meant."""
        if isinstance(moment, Choice):
            two = len(moment.of) == len(("this", "that"))
            word = {"earlier_of": ("earliest", "earlier"), "later_of": ("latest", "later")}
            parts = (f"({i}) {self.moment(m, edge)}" for i, m in enumerate(moment.of, 1))
            return f"the {word[moment.pick][two]} of {listed(parts)}"
        point = self._point(moment)
        return f"the {edge} of {point}" if self._is_day(moment) else point

    def when(self, point: When) -> str:
        """Return a day or an instant of the text, by the clock of its zone."""
        return when(point, self.definition.calendar.zone)

    def _is_day(self, moment: Moment) -> bool:
        if isinstance(moment, Anchor) and moment.kind == "finding":
            return self.definition.findings[moment.name].type == "date"
        return is_whole_day(moment)

    def _point(self, moment: Moment) -> str:
        match moment:
            case AgreementDay(number, time):
                return f"{time} on day {number}" if time else f"day {number}"
            case CalendarDay(day, time):
                spoken = date(day)
                return f"{time} on {spoken}" if time else spoken
            case Offset(base, length, sign):
                side = "after" if sign > 0 else "before"
                far, start = period(length), self._point(base)
                if length.days and not length.months:
                    return f"the {ordinal(length.days)} day {side} {start}"
                return (
                    f"{far} {side} {start}" if length.is_exact else f"the day {far} {side} {start}"
                )
            case Anchor():
                return self._anchor(moment)
            case Choice():
                return self.moment(moment, "end")

    def _anchor(self, anchor: Anchor) -> str:
        name = anchor.name
        match anchor.kind:
            case "state":
                return f"the entry into {self.state(name)}"
            case "finding":
                word = "day" if self._is_day(anchor) else "time"
                return f"the {word} determined as {self.finding(name)}"
            case "obligation":
                return f"the full discharge of {self.duty(name)}"
            case "step":
                duty, _, step = name.rpartition(".")
                base = self.definition.obligations[duty].base
                return f"the doing of {self.part(base, step)} in {self.duty(duty)}"

    def condition(self, expression: Expression) -> str:
        """Return a condition as part of a sentence."""
        match expression:
            case AllOf(of) | AnyOf(of):
                word = "and" if isinstance(expression, AllOf) else "or"
                return f", {word} ".join(self._inner(part) for part in of)
            case Not(of):
                return self._denied(of)
            case Comparison(sign, left, right):
                signs = _SIGNS
                if type_of(left) in {"date", "instant"}:
                    signs = _SIGNS | _TIME_SIGNS
                return f"{self._side(left)} {signs[sign]} {self._side(right)}"
            case Constant(value):
                return "always" if value else "never"
            case PartyAttribute(party):
                return f"{self.party(party)} is in breach of some obligation"
            case FindingValue(finding):
                return f"{self.finding(finding)} stands as true"
            case ObligationAttribute(attribute=attribute):
                return self._holds(expression, _HOLDS[attribute][0])
            case Point() | Arithmetic():
                return self._value(expression)

    def _inner(self, expression: Expression) -> str:
        text = self.condition(expression)
        return f"({text})" if isinstance(expression, AllOf | AnyOf) else text

    def _denied(self, of: Expression) -> str:
        match of:
            case PartyAttribute(party):
                return f"{self.party(party)} is in breach of no obligation"
            case FindingValue(finding):
                return f"{self.finding(finding)} stands as false"
            case ObligationAttribute(obligations=names, attribute=attribute) if len(names) == 1:
                return self._holds(of, _HOLDS[attribute][1])
            case (
                ObligationAttribute()
                | Constant()
                | Point()
                | Not()
                | AllOf()
                | AnyOf()
                | Comparison()
                | Arithmetic()
            ):
                return f"it is not so that ({self.condition(of)})"

    def _holds(self, attribute: ObligationAttribute, words: str) -> str:
        return f"{self._thing(attribute, 'by at least one of')} {words}"

    def _value(self, expression: Expression) -> str:
        match expression:
            case Constant(value) if isinstance(value, bool):
                return "true" if value else "false"
            case Constant(value) if isinstance(value, int):
                return f"{value:,}"
            case Constant(value):
                return f"“{escaped(spaced(str(value)))}”"
            case Point(point):
                return self.when(point)
            case FindingValue(finding):
                return self.finding(finding)
            case ObligationAttribute(attribute=attribute) if attribute in _NUMBERS:
                return f"{_NUMBERS[attribute]} {self._thing(expression, 'together by')}"
            case Arithmetic():
                return f"({self._side(expression)})"
            case (
                ObligationAttribute() | PartyAttribute() | Not() | AllOf() | AnyOf() | Comparison()
            ):
                return f"(whether {self.condition(expression)})"

    def _side(self, expression: Expression) -> str:
        """Return one side of a comparison; its outermost sum needs no brackets."""
        if isinstance(expression, Arithmetic):
            word = _ARITHMETIC[expression.sign]
            return f"{self._value(expression.left)} {word} {self._value(expression.right)}"
        return self._value(expression)

    def _thing(self, attribute: ObligationAttribute, how: str) -> str:
        """Return what an attribute is of; ``how`` several obligors are taken."""
        owed = [self.definition.obligations[name] for name in attribute.obligations]
        whole = self.duty(owed[0].name)
        if len(owed) > 1:
            people = self.parties(o.obligor for o in owed)
            whole = self._duty(owed[0], f", as owed {how} {people}")
        if attribute.part is None:
            return whole
        return f"{self.part(owed[0].base, attribute.part)} in {whole}"


def _called(remarks: Remarks, name: str) -> str:
    return escaped(remarks.title) if remarks.title else spaced(name)


def called(remarks: Remarks, name: str) -> str:
    """Return the heading of a thing: its title and the name by which statements call it."""
    heading = as_sentence(_called(remarks, name)).removesuffix(".")
    return f"{heading} (`{name}`)"
