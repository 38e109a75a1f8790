"""Random statements of all kinds: by those who may, and by those who may not."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from phaseflow.model.definition import PLAIN, Amount, Definition, Obligation, Rate, Steps

ACTORS = ("north_a", "south_a", "judge", "g1", "g2")
KINDS = (
    *("perform",) * 5,
    *("attest",) * 4,
    *("advance",) * 4,
    "reject",
    "correct",
    "correct",
    "contest",
    "allege",
    "measure",
    "find",
    "find",
    "waive",
    "withdraw",
    "notify",
    "note",
)


def _amount(draw: DrawFn, obligation: Obligation) -> int | dict[str, int]:
    units = draw(st.integers(0, 5))
    categories = obligation.categories
    if not categories or draw(st.integers(0, 3)) == 0:
        return units
    form = obligation.form
    if isinstance(form, Amount | Rate) and form.of_which:
        return {
            PLAIN: units + 1,
            draw(st.sampled_from(categories)): draw(st.integers(0, units + 1)),
        }
    chosen = draw(st.lists(st.sampled_from(categories), min_size=1, max_size=2, unique=True))
    return {category: draw(st.integers(0, 4)) for category in chosen}


def _perform(draw: DrawFn, obligation: Obligation) -> dict[str, Any]:
    form = obligation.form
    if isinstance(form, Steps):
        return {"step": draw(st.sampled_from(obligation.categories))}
    if isinstance(form, Amount) and form.is_single:
        return {}
    return {"amount": _amount(draw, obligation)}


@st.composite
def sayings(
    draw: DrawFn, definition: Definition, claims: list[str], days: list[str]
) -> tuple[str, str, dict[str, Any]]:
    """Draw who says what: actor, kind and body; mostly somebody who may say it.

    ``claims`` are the obligations that were claimed on, ``days`` those that
    have begun. An ``entry`` is a place in ``claims``, for the caller to make an
    entry of.
    """
    kind = draw(st.sampled_from(KINDS))
    name = draw(st.sampled_from(list(definition.obligations)))
    body: dict[str, Any] = {}
    if kind in {"attest", "reject", "correct", "contest"}:
        body["entry"] = draw(st.integers(0, max(0, len(claims) - 1)))
        name = claims[body["entry"]] if claims else name
    obligation = definition.obligations[name]
    transition = definition.transitions[draw(st.sampled_from(list(definition.transitions)))]
    if kind in {"advance", "withdraw"}:
        body["transition"] = transition.name
    elif kind == "waive":
        body |= _waive(draw, obligation, transition.name, days)
    elif "entry" in body:
        body |= _on_entry(draw, kind, obligation, days)
    else:
        body |= _report(draw, kind, obligation, days)
    may = {
        "perform": (obligation.obligor, *obligation.verifiers),
        "correct": (obligation.obligor,),
        "attest": obligation.verifiers,
        "reject": obligation.verifiers,
        "measure": (obligation.obligor, *obligation.verifiers),
        "waive": obligation.obligees,
        "advance": transition.owners.members if transition.owners else (),
        "find": ("g1", "g2") if body.get("finding") == "agreed" else ("judge",),
    }.get(kind, ())
    anybody = draw(st.integers(0, 7)) == 0
    return draw(st.sampled_from(ACTORS if anybody or not may else may)), kind, body


def _on_entry(draw: DrawFn, kind: str, obligation: Obligation, days: list[str]) -> dict[str, Any]:
    day = draw(st.sampled_from(days))
    said: dict[str, Any] = {}
    if kind == "contest":
        withdrawn: bool = draw(st.booleans())
        return {"withdrawn": True} if withdrawn else {}
    if kind == "correct":
        said |= {"occurred_at": day} if draw(st.booleans()) else {}
        stays: bool = draw(st.booleans()) if said else False
        return said if stays else said | {"amount": _amount(draw, obligation)}
    amount: dict[str, Any] = (
        {"amount": draw(st.integers(0, 3))} if draw(st.integers(0, 2)) == 0 else {}
    )
    return amount | ({"happened": day} if draw(st.integers(0, 4)) == 0 else {})


def _report(draw: DrawFn, kind: str, obligation: Obligation, days: list[str]) -> dict[str, Any]:
    if kind == "perform":
        return {"obligation": obligation.name} | _perform(draw, obligation)
    if kind == "allege":
        return {"obligation": obligation.name}
    if kind == "measure":
        first, last = sorted((draw(st.sampled_from(days)), draw(st.sampled_from(days))))
        span = {"from": last if draw(st.booleans()) else first, "to": last}
        return {"obligation": obligation.name, "amount": _amount(draw, obligation)} | span
    if kind == "find":
        if draw(st.booleans()):
            return {"finding": "agreed", "value": draw(st.booleans())}
        return {"finding": "base", "value": draw(st.integers(1, 9))}
    return {"subject": "dispute"} if kind == "notify" else {"text": "said"}


def _waive(
    draw: DrawFn, obligation: Obligation, transition: str, days: list[str]
) -> dict[str, Any]:
    what = draw(st.sampled_from(["whole", "amount", "due", "until", "guard"]))
    if what == "guard":
        return {"transition": transition, "guard": 1}
    body: dict[str, Any] = {"obligation": obligation.name}
    if what == "amount":
        body["amount"] = draw(st.integers(0, 3))
    if what == "due":
        form = obligation.form
        body["due"] = draw(st.sampled_from([*_dues(form), *days, "2025-W10"]))
    if what == "until":
        body["until"] = "2025-03-12"
    return body


def _dues(form: object) -> list[str]:
    if isinstance(form, Steps):
        return [step.name for step in form.steps]
    if isinstance(form, Amount):
        return [str(tranche.by) for tranche in form.schedule]
    return []
