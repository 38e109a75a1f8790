"""What an obligation says, sentence by sentence."""

from collections.abc import Iterator, Sequence

from phaseflow.model.definition import Obligation
from phaseflow.prose import forms
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import capital, listed, period
from phaseflow.prose.sentence import Sentence


def duty(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    """Yield what is said of a duty; ``owed`` is it by each of its obligors."""
    first = owed[0]
    said = forms.room_of(first)
    verb = "each owes" if len(owed) > 1 else "is owed"
    yield from _between(voice, owed)
    yield from said.what(voice, first, first.form, verb)
    yield from _in_force(voice, first)
    yield from _arises(voice, first)
    yield from _suspended(voice, first)
    yield from _confirmed(voice, first)
    yield from _counting(voice, owed)
    yield from said.cured(first, first.form)
    yield from _left(first)
    if first.value is not None:
        weight = f"{first.value:,}"
        yield Sentence(
            f"For the analysis of exposure its weight is {weight}; this decides nothing."
        )


def _between(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    """Yield who owes it to whom."""
    first = owed[0]
    if len(owed) == 1:
        yield Sentence(f"{voice.party(first.obligor)} owes this{_to_whom(voice, first)}")
        return
    names = voice.parties(o.obligor for o in owed)
    if len({o.obligees for o in owed}) == 1:
        yield Sentence(f"{names} each owe this, each for itself alone{_to_whom(voice, first)}")
        return
    items = (capital(f"{voice.party(o.obligor)} owes it{_to_whom(voice, o)}") for o in owed)
    yield Sentence(f"{names} each owe this, each for itself alone:", tuple(items))


def _to_whom(voice: Voice, obligation: Obligation) -> str:
    if not obligation.obligees:
        return ". It is owed to nobody in particular, so nobody can waive it."
    names = voice.parties(obligation.obligees)
    if len(obligation.obligees) == 1:
        return f" to {names}. Only {names} can waive it."
    return f" to {names}. Only they can waive it, all of them together."


def _in_force(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    start = end = ""
    if obligation.from_ is not None:
        start = voice.moment(obligation.from_, "beginning")
    if obligation.until is not None:
        end = voice.moment(obligation.until, "end")
    if obligation.during is None:
        last = f"{end}, unless the agreement ends before" if end else "the agreement ends"
        yield Sentence(f"It is in force from {start or 'the beginning'} until {last}.")
        return
    text = f"It is in force only while the agreement is in {voice.states(obligation.during, 'or')}"
    text += f", and only from {start}" if start else ""
    text += f", and only until {end}" if end else ""
    yield Sentence(f"{text}.")


def _arises(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    """Yield the condition precedent."""
    if obligation.requires is not None:
        yield Sentence(
            f"It arises only once this has been so: {voice.condition(obligation.requires)}. "
            "What is done before that counts. What would have been due earlier is due within "
            f"{period(obligation.within)} of it."
        )


def _suspended(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    """Yield while what it is suspended, and what that does to its dates."""
    if obligation.excused_while is not None:
        text = f"It is suspended while this is so: {voice.condition(obligation.excused_while)}."
        effect = forms.room_of(obligation).dates_suspended(obligation.deadlines)
        yield Sentence(f"{text} {effect}" if effect else text)


def _confirmed(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    """Yield who has to confirm a report."""
    if obligation.verified_by is None:
        yield Sentence("What is reported as done counts at once; nobody has to confirm it.")
        return
    who = voice.concurring(obligation.verified_by)
    yield Sentence(forms.room_of(obligation).confirmed(who, obligation.verify_within))


def _counting(voice: Voice, owed: Sequence[Obligation]) -> Iterator[Sentence]:
    first = owed[0]
    if first.counts_uncontested:
        yield Sentence("What anybody contests does not count while it is contested.")
    toward = list(dict.fromkeys(name for o in owed for name in o.counts_toward))
    if toward:
        names = listed(voice.duty(name) for name in toward)
        yield Sentence(f"Each unit also counts toward {names}, in the category of the same name.")


def _left(obligation: Obligation) -> Iterator[Sentence]:
    """Yield what becomes of what is open when it is no longer in force."""
    is_everywhere = obligation.during is None
    match obligation.when_left:
        case "lapse":
            yield Sentence(
                "What is still open when it is no longer in force lapses: it is owed no more, "
                "unless it comes into force again."
            )
        case "block":
            what = "The agreement cannot end" if is_everywhere else "Those states cannot be left"
            held = " it is in force and" if obligation.until is not None else ""
            yield Sentence(f"{what} while{held} anything of it that has fallen due is open.")
        case "carry":
            if not is_everywhere or obligation.until is not None:
                yield from forms.room_of(obligation).still_owed(obligation.form)
