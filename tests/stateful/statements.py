"""Random statements of all kinds: by those who may, and by those who may not."""

from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.amount import Amount
from phaseflow.model.forms.rate import Rate
from phaseflow.model.forms.steps import Steps
from phaseflow.model.state import Claim

FIRST = (
    *("perform",) * 6,
    *("advance",) * 4,
    *("find",) * 3,
    *("measure",) * 2,
    "allege",
    "note",
    "waive",
)
"""Kinds of statements when nothing is claimed yet."""
KINDS = (
    *("perform",) * 6,
    *("attest",) * 4,
    *("advance",) * 4,
    *("reject",) * 2,
    *("correct",) * 2,
    *("contest",) * 2,
    *("find",) * 3,
    *("waive",) * 2,
    *("measure",) * 2,
    "allege",
    "allege",
    "withdraw",
    "notify",
    "note",
    "amend",
)


class Known(NamedTuple):
    """What a speaker knows: where the agreement is, what was claimed, and which days have begun.

    Also the obligations of earlier editions, and the digests of editions that were proposed.
    """

    leaf: str
    claims: list[Claim]
    days: list[str]
    former: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()


class Said(NamedTuple):
    """Who says what, of when; None is now. An ``entry`` in the body is a place in what is known."""

    actor: str
    kind: str
    body: dict[str, Any]
    occurred: str | None


@st.composite
def sayings(draw: DrawFn, definition: Definition, known: Known) -> Said:
    """Draw who says what, of when. Not everything drawn is well formed, or allowed."""
    kind = draw(st.sampled_from(KINDS if known.claims else FIRST))
    place, obligation = None, draw(st.sampled_from(list(definition.obligations.values())))
    if kind in {"attest", "reject", "correct", "contest"}:
        places = range(len(known.claims))
        now = [definition.obligations.get(claim.obligation) for claim in known.claims]
        verified = [n for n in places if (owed := now[n]) is None or owed.verifiers]
        chosen = verified if verified and kind in {"attest", "reject"} else places
        place = draw(st.sampled_from(chosen[-4:]))
        obligation = now[place] or obligation
    body = _BODIES[kind](draw, definition, obligation, known, place)
    if place is not None:
        body["entry"] = place
    if known.former and "obligation" in body and draw(st.integers(0, 9)) == 0:
        body["obligation"] = draw(st.sampled_from(known.former))
    speakers = _speakers(definition, obligation, kind, body)
    if place is not None and kind == "correct":
        speakers = [known.claims[place].actor]
    actor = draw(st.sampled_from([*speakers * 5, *definition.parties]))
    occurred = draw(st.sampled_from([None, None, *known.days]))
    return Said(actor, kind, body, occurred)


def _speakers(
    definition: Definition, obligation: Obligation, kind: str, body: dict[str, Any]
) -> list[str]:
    if kind in {"attest", "reject"}:
        return list(obligation.verifiers)
    if kind in {"advance", "withdraw"}:
        owners = definition.transitions[body["transition"]].owners if "transition" in body else None
        return list(owners.members) if owners else []
    if kind == "find":
        return list(definition.findings[body["finding"]].by.members)
    if kind == "waive":
        return list(obligation.obligees)
    return [obligation.obligor, *obligation.verifiers]


def _amount(draw: DrawFn, obligation: Obligation) -> int | dict[str, int]:
    units = draw(st.integers(0, 5))
    categories = list(obligation.categories)
    if not categories or draw(st.integers(0, 3)) == 0:
        return units
    form = obligation.form
    chosen = draw(st.lists(st.sampled_from(categories), min_size=1, max_size=2, unique=True))
    if isinstance(form, Amount | Rate) and form.of_which:
        return {PLAIN: units} | {part: draw(st.integers(0, units)) for part in chosen}
    found = {category: draw(st.integers(0, 4)) for category in chosen}
    return found if draw(st.integers(0, 19)) else found | {"unheard_of": 1}


def _part(draw: DrawFn, obligation: Obligation, claim: Claim) -> int | dict[str, int]:
    """Draw an amount within what is claimed; now and then any other."""
    if draw(st.integers(0, 9)) == 0 or not claim.claimed:
        return _amount(draw, obligation)
    if PLAIN in claim.claimed and len(claim.claimed) == 1:
        return draw(st.integers(0, claim.claimed[PLAIN]))
    return {c: draw(st.integers(0, units)) for c, units in claim.claimed.items()}


def _perform(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    form = obligation.form
    if draw(st.integers(0, 19)) == 0:
        return {"amount": 3}
    named = {"obligation": obligation.name}
    if isinstance(form, Steps):
        return named | {"step": draw(st.sampled_from(obligation.categories))}
    if isinstance(form, Amount) and form.is_single:
        return named
    return named | {"amount": _amount(draw, obligation)}


def _verify(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if draw(st.booleans()):
        body["amount"] = _part(draw, obligation, known.claims[place or 0])
    if draw(st.integers(0, 3)) == 0:
        body["happened"] = draw(st.sampled_from(known.days))
    return body


def _correct(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if draw(st.booleans()):
        body["occurred_at"] = draw(st.sampled_from(known.days))
    if draw(st.integers(0, 2)):
        body["amount"] = _amount(draw, obligation)
    return body


def _contest(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    if draw(st.integers(0, 2)) == 0:
        return {"withdrawn": True}
    part = _part(draw, obligation, known.claims[place or 0])
    return {"amount": part} if draw(st.booleans()) else {}


def _allege(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    return {"obligation": obligation.name}


def _measure(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    first, last = draw(st.sampled_from(known.days)), draw(st.sampled_from(known.days))
    if draw(st.integers(0, 9)):
        first, last = sorted((first, last))
    if draw(st.booleans()):
        first = last
    span = {"from": first, "to": last}
    return {"obligation": obligation.name, "amount": _amount(draw, obligation)} | span


def _find(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    finding = draw(st.sampled_from(list(definition.findings.values())))
    day = draw(st.sampled_from(known.days))
    values: dict[str, list[Any]] = {
        "boolean": [True, False],
        "integer": [0, 1, 3, "-1"],
        "date": [day],
        "instant": [f"{day}T06:00:00Z"],
        "word": ["calm", "tense", "angry"],
    }
    return {"finding": finding.name, "value": draw(st.sampled_from(values[finding.type]))}


def _notify(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    subject = draw(st.sampled_from(["dispute", "suspension", "arrangement"]))
    return {"subject": subject, "obligation": obligation.name}


def _note(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    return {"text": "seen"}


def _advance(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    here = [t.name for t in definition.transitions.values() if known.leaf in t.sources]
    return {"transition": draw(st.sampled_from(here * 4 + list(definition.transitions)))}


def _withdraw(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    if draw(st.integers(0, 9)) == 0:
        return {"definition": draw(st.sampled_from(known.editions or ("0" * 64,)))}
    return {"transition": draw(st.sampled_from(list(definition.transitions)))}


def _amend(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    return {"definition": "0" * 64}


def _waive(
    draw: DrawFn, definition: Definition, obligation: Obligation, known: Known, place: int | None
) -> dict[str, Any]:
    what = draw(st.sampled_from(["whole", "amount", "due", "due", "until", "due until", "guard"]))
    if what == "guard":
        transition = draw(st.sampled_from(list(definition.transitions)))
        return {"transition": transition, "guard": draw(st.integers(1, 3))}
    body: dict[str, Any] = {"obligation": obligation.name}
    if what == "amount":
        body["amount"] = _amount(draw, obligation)
    if "due" in what:
        body["due"] = draw(st.sampled_from([*_dues(obligation.form), *known.days[-2:], "2025-W13"]))
    if "until" in what:
        body["until"] = draw(st.sampled_from(known.days[-1:])).replace("-0", "-1", 1)
    return body


def _dues(form: object) -> list[str]:
    if isinstance(form, Steps):
        return [step.name for step in form.steps]
    if isinstance(form, Amount):
        return [str(tranche.by) for tranche in form.schedule]
    return []


_BODIES: dict[str, Any] = {
    "perform": _perform,
    "attest": _verify,
    "reject": _verify,
    "correct": _correct,
    "contest": _contest,
    "allege": _allege,
    "measure": _measure,
    "find": _find,
    "notify": _notify,
    "note": _note,
    "advance": _advance,
    "withdraw": _withdraw,
    "waive": _waive,
    "amend": _amend,
}
