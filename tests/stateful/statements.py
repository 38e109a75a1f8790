"""Random statements of all kinds: by those who may, and by those who may not."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from phaseflow.model.definition import PLAIN, Amount, Definition, Obligation, Rate, Steps

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
def bodies(
    draw: DrawFn, definition: Definition, claims: list[int], days: list[str]
) -> tuple[str, dict[str, Any]]:
    """Draw a kind and its body; ``claims`` are places of claims, ``days`` those that have begun.

    An ``entry`` is a place in ``claims``, for the caller to make an entry of.
    """
    kind = draw(st.sampled_from(KINDS))
    obligation = draw(st.sampled_from(list(definition.obligations.values())))
    transition = draw(st.sampled_from(list(definition.transitions)))
    if kind in {"attest", "reject", "correct", "contest"}:
        entry = draw(st.sampled_from(claims)) if claims else 0
        return kind, {"entry": entry} | _on_entry(draw, kind, obligation, days)
    if kind in {"advance", "withdraw"}:
        return kind, {"transition": transition}
    if kind == "waive":
        return kind, _waive(draw, obligation, transition, days)
    return kind, _report(draw, kind, obligation, days)


def _on_entry(draw: DrawFn, kind: str, obligation: Obligation, days: list[str]) -> dict[str, Any]:
    day = draw(st.sampled_from(days))
    if kind == "contest":
        return {"withdrawn": True} if draw(st.booleans()) else {}
    if kind == "correct":
        moved: dict[str, Any] = {"occurred_at": day} if draw(st.booleans()) else {}
        return (
            moved
            if moved and draw(st.booleans())
            else moved | {"amount": _amount(draw, obligation)}
        )
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
