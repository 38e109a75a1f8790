"""What is said of something that is not to be done."""

from collections.abc import Iterator

from phaseflow.model.calendar import Period
from phaseflow.model.definition import Deadlines, Obligation
from phaseflow.model.forms.restraint import Restraint
from phaseflow.prose.names import Voice
from phaseflow.prose.phrases import capital, count, period
from phaseflow.prose.sentence import Sentence


def what(_voice: Voice, _obligation: Obligation, form: Restraint, _owed: str) -> Iterator[Sentence]:
    """Yield that it must not be done, and how many violations are tolerated."""
    yield Sentence("It is something that must not be done.")
    if form.tolerated == 0:
        yield Sentence("No violation is tolerated: one is a breach.")
        return
    violations = "violation is" if form.tolerated == 1 else "violations are"
    number = capital(count(form.tolerated))
    yield Sentence(f"{number} {violations} tolerated; one more is a breach.")


def titles(_form: Restraint) -> dict[str, str]:
    """Return nothing: it has no parts."""
    return {}


def confirmed(who: str, _silence: Period | None) -> str:
    """Return that an accusation needs a word of ``who``; silence never confirms one."""
    return f"A violation counts only when confirmed by {who}; an accusation alone breaches nothing."


def dates_suspended(_deadlines: Deadlines) -> str:
    """Return nothing: it has no dates."""
    return ""


def cured(obligation: Obligation, _form: Restraint) -> Iterator[Sentence]:
    """Yield what ends a breach."""
    ends = []
    if obligation.cure is not None:
        ends.append(f"when {period(obligation.cure)} have passed without another violation")
    if obligation.obligees:
        ends.append("when it is waived")
    if ends:
        yield Sentence(f"A breach ends {', or '.join(ends)}.")
    else:
        yield Sentence(
            "A breach does not end: the text sets no time for that, and nobody can waive it."
        )


def still_owed(_form: Restraint) -> Iterator[Sentence]:
    """Yield nothing: out of force it does not bind."""
    return iter(())
