"""What is said alike of every obligation that is to be performed."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.remarks import Remarks
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import escaped, period, remarked
from phaseflow.prose.sentence import Sentence


def not_before(voice: Voice, obligation: Obligation) -> Iterator[Sentence]:
    """Yield before which moment it is not to be done."""
    if obligation.not_before is not None:
        start = voice.moment(obligation.not_before, "beginning")
        yield Sentence(f"It is not to be done before {start}: what is, counts, and is a violation.")


def aside(remarks: Remarks) -> str:
    """Return in brackets what is remarked at a part, with its title."""
    title = f"“{escaped(remarks.title)}”." if remarks.title else ""
    said = " ".join(text for text in (title, remarked(remarks)) if text)
    return f" ({said})" if said else ""


def confirmed(who: str, silence: Period | None) -> str:
    """Return that ``who`` must confirm a report; ``silence`` of that length confirms it too."""
    text = f"What is reported as done counts only when confirmed by {who}, and as far as it is."
    if silence is None:
        return f"{text} Silence confirms nothing."
    return (
        f"{text} Silence confirms: what is neither confirmed nor rejected within "
        f"{period(silence)} of being reported counts as confirmed."
    )


def dates_suspended(deadlines: Deadlines) -> str:
    """Return what a suspension does to the dates by which something is due."""
    match deadlines:
        case "run":
            return (
                "Its dates stay as they are; one that comes meanwhile is missed when this is over."
            )
        case "toll":
            return "Its dates move by the time that this lasts."
        case "restart":
            return "The time for what is not yet done begins anew when this is over."


def cured(cure: Period | None, *, can_be_late: bool) -> Iterator[Sentence]:
    """Yield what becomes of what is not done in time."""
    if cure is not None:
        yield Sentence(
            f"What is not done in time may still be done within {period(cure)} more; after that "
            "it is a breach."
        )
    elif can_be_late:
        yield Sentence("There is no time to cure: what is not done in time is at once a breach.")


def still_owed(*, can_be_late: bool) -> Iterator[Sentence]:
    """Yield what becomes of what is open when it is no longer in force."""
    late = ", and can still become late" if can_be_late else ""
    yield Sentence(f"What is still open when it is no longer in force is still owed{late}.")
