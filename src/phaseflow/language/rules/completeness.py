"""Rules on what a text leaves open about its duties."""

from collections.abc import Iterator

from phaseflow.language.document import listed
from phaseflow.language.forms import room_of
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.model.definition import Obligation
from phaseflow.model.guard import (
    Expression,
    FindingValue,
    ObligationAttribute,
    PartyAttribute,
    references,
)
from phaseflow.model.moment import Anchor, Moment, moments_in


@rule(
    "PF315",
    "advice",
    asks="It is said what the silence of a verifier means.",
    why="""
        While a claim awaits its verifier, the duty is neither performed nor in default. If the
        verifier never speaks, the text has no answer.
        """,
    instead="Say after what time silence attests: verify_within: P7D.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, verified_by: watch}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, verified_by: watch, verify_within: P7D}
        """,
)
def silence_has_a_meaning(written: Written) -> Iterator[Fault]:
    """Yield each duty whose verifier may be silent for ever."""
    for path, duty, _, owed in written.duties():
        may_be_said = "verify_within" in duty.kind.keys
        if owed.verified_by and not owed.verify_within and may_be_said:
            message = "this does not say what it means when the verifier is silent"
            remedy = "add verify_within: P7D, after which silence attests"
            yield Fault((*path, "verified_by"), message, remedy, at_key=True)


@rule(
    "PF418",
    "warning",
    asks="What is owed is due by some date.",
    why="""
        What is due by no date is never late. One side will say that it was not performed, the other
        that it still will be.
        """,
    instead="Say by when, or say in an ignore why the text has no date.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        """,
)
def dues_have_a_date(written: Written) -> Iterator[Fault]:
    """Yield what is never due."""
    for path, _, form, owed in written.duties():
        yield from room_of(owed).undated(path, form, owed.form)


@rule(
    "PF419",
    "advice",
    whole=True,
    asks="Something depends on whether a duty is performed.",
    why="""
        A duty on which nothing hangs can be broken without any effect. That may be meant; it should
        be seen.
        """,
    instead="Let a guard, an excuse or a date read it.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7}
        transitions:
          - {name: begin, from: proposed, to: running, by: {all: signatories}}
          - {name: end, from: running, to: ended, by: north, guards: [fuel.discharged]}
        """,
)
def default_has_a_consequence(written: Written) -> Iterator[Fault]:
    """Yield each duty on whose performance nothing hangs."""
    duties, parties = _read(written)
    for path, duty, _, owed in written.duties():
        is_felt = duties.intersection(duty.full_names) or parties.intersection(duty.obligors)
        if not is_felt and not owed.counts_toward and owed.when_left != "block":
            message = "nothing depends on it: no guard, excuse or date reads its performance"
            remedy = f"read it in a guard, as in {duty.full_names[0]}.discharged"
            yield Fault(path, message, remedy, at_key=True)


def _read(written: Written) -> tuple[set[str], set[str]]:
    """Return the obligations and the parties whose performance something hangs on."""
    duties: set[str] = set(written.definition.returns)
    parties: set[str] = set()
    expressions: list[Expression | None] = []
    moments: list[Moment | None] = []
    for transition in written.definition.transitions.values():
        expressions += [guard.that for guard in transition.guards]
        moments.append(transition.after)
    for owed in written.definition.obligations.values():
        expressions += [owed.requires, owed.excused_while]
        moments += [owed.from_, owed.until, owed.not_before, *_own_moments(owed, written)]
    for expression in expressions:
        for read in references(expression) if expression is not None else ():
            match read:
                case ObligationAttribute():
                    duties.update(read.obligations)
                case PartyAttribute():
                    parties.add(read.party)
                case FindingValue():
                    pass
    for moment in moments:
        for part in moments_in(moment) if moment is not None else ():
            if isinstance(part, Anchor) and part.kind in {"obligation", "step"}:
                duties |= {part.name, part.name.rpartition(".")[0]}
    return duties, parties


def _own_moments(owed: Obligation, written: Written) -> Iterator[Moment]:
    """Yield the moments that its form has."""
    form = written.reading.form.obligations[owed.base]
    return (moment for _, moment in room_of(owed).moments((), form, owed.form))


@rule(
    "PF420",
    "advice",
    asks="Somebody other than the obligor says what was performed; a verifier needs none.",
    why="""
        Without a verifier the word of the obligor counts at once. The other side can contest it,
        and a contest subtracts nothing. What a verifier owes itself is not meant: nobody verifies
        the verifier.
        """,
    instead="Name a verifier, or let only count what is uncontested.",
    bad="""
        obligations:
          fuel: {obligor: north, obligee: south, amount: 25, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, obligee: south, amount: 25, by: day 7, verified_by: watch}
        """,
)
def somebody_verifies(written: Written) -> Iterator[Fault]:
    """Yield each duty whose performance nobody verifies."""
    parties = written.definition.parties.values()
    verifiers = {party.name for party in parties if party.role == "verifier"}
    for path, _, _, owed in written.duties():
        if owed.obligor in verifiers:
            continue
        if owed.verified_by is None and owed.obligees and not owed.counts_uncontested:
            message = f"what {owed.obligor!r} says it did counts at once: nobody verifies it"
            remedy = "add verified_by: …, or counts: uncontested"
            yield Fault(path, message, remedy, at_key=True)


@rule(
    "PF421",
    "warning",
    asks="No obligor can attest alone what it owes.",
    why="To attest what one has performed oneself verifies nothing.",
    instead="Name somebody else, or a quorum that the obligor cannot reach alone.",
    bad="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, verified_by: {any: 1, of: [north, watch]}}
        """,
    good="""
        obligations:
          fuel: {obligor: north, amount: 25, by: day 7, verified_by: {all: [north, watch]}}
        """,
)
def nobody_verifies_himself(written: Written) -> Iterator[Fault]:
    """Yield each duty that an obligor, with those bound through it, can attest alone."""
    parties = written.definition.parties
    for path, duty, _, owed in written.duties():
        for party in duty.obligors if owed.verified_by is not None else ():
            own = {party} | {name for name, p in parties.items() if p.through == party}
            if owed.verified_by is not None and owed.verified_by.is_met_by(own):
                message = f"{party!r} alone would verify what it owes itself"
                remedy = "name somebody else, or a number of parties that it cannot reach alone"
                yield Fault((*path, "verified_by"), message, remedy, at_key=True)
                break


@rule(
    "PF414",
    asks="An obligor is not its own obligee.",
    why="A debt to oneself can be waived at will.",
    instead="Name the other party.",
    bad="""
        obligations:
          fuel: {obligor: north, obligee: north, amount: 25, by: day 7}
        """,
    good="""
        obligations:
          fuel: {obligor: north, obligee: south, amount: 25, by: day 7}
        """,
)
def nobody_owes_himself(written: Written) -> Iterator[Fault]:
    """Yield each obligee that is the only obligor as well."""
    for path, duty, form, _ in written.duties():
        for name, here in listed(form.obligee, (*path, "obligee")):
            if duty.obligors == (name,):
                yield Fault(here, f"{name!r} would owe this to itself", "name the other party")
