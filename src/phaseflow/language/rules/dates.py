"""Rules on dates: what comes before what it waits for."""

from collections.abc import Iterator

from phaseflow.language.document import ObligationForm
from phaseflow.language.forms import room_of
from phaseflow.language.rules.rule import Fault, InOrder, Written, rule
from phaseflow.model.calendar import Period
from phaseflow.model.definition import Obligation
from phaseflow.model.forms.steps import Steps
from phaseflow.model.moment import Anchor, Moment, Offset, order
from phaseflow.text.source import Path


@rule(
    "PF407",
    asks="What comes first is written first, where the text alone can tell.",
    why="""
        A term that ends before it begins is never in force, and rows that go back in time are a
        slip of the pen.
        """,
    instead="Write them in the order of time.",
    bad="""
        obligations:
          food: {obligor: north, amount: 25, every: day, from: day 9, until: day 3}
        """,
    good="""
        obligations:
          food: {obligor: north, amount: 25, every: day, from: day 3, until: day 9}
        """,
)
def moments_are_in_order(written: Written) -> Iterator[Fault]:
    """Yield each moment that comes before one that it should follow."""
    for path, _, form, owed in written.duties():
        own = InOrder((*path, "until"), owed.from_, owed.until, "its own from", may_coincide=True)
        for pair in (*room_of(owed).in_order(path, form, owed.form, owed.not_before), own):
            yield from _reversed(pair)


def _reversed(pair: InOrder) -> Iterator[Fault]:
    """Yield a fault when the second is known not to come after the first."""
    if pair.first is None or pair.second is None:
        return
    found = compare(pair.first, pair.second)
    if found is None or found < 0 or (found == 0 and pair.may_coincide):
        return
    word = "the same moment as" if found == 0 else "before"
    message = f"{pair.second} is {word} {pair.what}"
    yield Fault(pair.path, message, "write them in the order of time")


def _dues(path: Path, form: ObligationForm, owed: Obligation) -> Iterator[tuple[Path, Moment]]:
    """Yield each moment by which something of ``owed`` is due, with its path."""
    for here, moment in room_of(owed).moments(path, form, owed.form):
        if here[-1] == "by":
            yield here, moment


def moments_of(path: Path, form: ObligationForm, owed: Obligation) -> Iterator[tuple[Path, Moment]]:
    """Yield every moment of ``owed`` with its path."""
    bounds = {"from": owed.from_, "until": owed.until, "not_before": owed.not_before}
    for key, moment in bounds.items():
        if moment is not None:
            yield (*path, key), moment
    yield from _dues(path, form, owed)


@rule(
    "PF426",
    "warning",
    asks="Nothing is due before the duty begins.",
    why="A due that passes before the duty begins is missed before it can be met.",
    instead="Write a later date, or let the duty begin earlier.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, from: day 9, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, from: day 3, by: day 7}
        """,
)
def dues_follow_their_beginning(written: Written) -> Iterator[Fault]:
    """Yield each due that lies before its duty begins."""
    for path, _, form, owed in written.duties():
        for here, by in _dues(path, form, owed):
            state = _state_before(by)
            if owed.from_ is not None and (compare(owed.from_, by) or 0) > 0:
                message = f"{by} is before {owed.from_}, from which this is owed"
                yield Fault(here, message, "write a later moment, or begin earlier")
            elif state is not None and set(owed.during or ()) == set(written.scope.leaves(state)):
                message = f"{by} is before {state!r}, in which alone this is owed"
                yield Fault(here, message, f"write {state} + …, or name other states")


def _state_before(moment: Moment) -> str | None:
    """Return the state before which ``moment`` lies by its own words."""
    if isinstance(moment, Offset) and isinstance(moment.base, Anchor) and moment.sign < 0:
        return moment.base.name if moment.base.kind == "state" else None
    return None


@rule(
    "PF427",
    "warning",
    asks="What is too early may still be done before the duty ends.",
    why="""
        If what comes before a date is too early, and the duty has ended by that date, no
        performance is in time.
        """,
    instead="Let not_before come before until.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, not_before: day 6, until: day 5}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, not_before: day 5, until: day 8}
        """,
)
def early_ends_before_the_end(written: Written) -> Iterator[Fault]:
    """Yield each duty that ends before it may be performed."""
    for path, _, _, owed in written.duties():
        if owed.not_before is None or owed.until is None:
            continue
        if (compare(owed.not_before, owed.until) or 0) > 0:
            message = f"{owed.not_before} is after {owed.until}, until which this is owed"
            yield Fault((*path, "not_before"), message, "write an earlier moment")


@rule(
    "PF428",
    "warning",
    asks="Steps that are done in order are due in that order.",
    why="""
        Steps that must be done in order cannot be in time when a later one is due before an
        earlier.
        """,
    instead="Put the steps, or their dates, in order.",
    bad="""
        obligations:
          retreat:
            obligor: north
            in_order: true
            steps: [{name: hill, by: day 9}, {name: river, by: day 3}]
        """,
    good="""
        obligations:
          retreat:
            obligor: north
            in_order: true
            steps: [{name: river, by: day 3}, {name: hill, by: day 9}]
        """,
)
def steps_keep_their_order(written: Written) -> Iterator[Fault]:
    """Yield each step that is due before the step that it follows."""
    for path, _, form in written.owed_as(Steps):
        before: Moment | None = None
        for place, step in enumerate(form.steps if form.in_order else ()):
            if before is not None and step.by is not None and (compare(before, step.by) or 0) > 0:
                message = f"{step.by} is before {before}, when the step before is due"
                yield Fault((*path, "steps", place, "by"), message, "put the steps in order")
            before = step.by or before


@rule(
    "PF429",
    "warning",
    asks="Time for cure is given where something can be missed.",
    why="""
        Cure is the time after a missed due. Where nothing is due, nothing is missed and nothing is
        cured.
        """,
    instead="Say by when it is due, or remove cure.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, cure: P2D}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, cure: P2D}
        """,
)
def cure_follows_a_date(written: Written) -> Iterator[Fault]:
    """Yield each duty with time for cure in which nothing is due by a date."""
    for path, _, _, owed in written.duties():
        if owed.cure is not None and not room_of(owed).can_be_missed(owed.form):
            message = "nothing is due by any date, so that nothing can be cured"
            yield Fault((*path, "cure"), message, "say by when it is due", at_key=True)


def compare(first: Moment, second: Moment) -> int | None:
    """Return a negative number when ``first`` comes first, 0 when neither, None if unknown.

    Periods from one anchor are compared only where all are of one unit.
    """
    if isinstance(first, Offset) and isinstance(second, Offset) and first != second:
        is_mixed = len(_units(first.period, second.period)) > 1
        if first.base == second.base and is_mixed:
            return None
    return order(first, second)


def _units(*periods: Period) -> set[str]:
    units = ("months", "days", "seconds")
    return {unit for period in periods for unit in units if getattr(period, unit)}
