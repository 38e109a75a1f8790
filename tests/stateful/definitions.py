"""Random definitions, as YAML text: small, and full of coincidences.

Few parties, few moments and few obligations, so that dues fall together, excuses
point at each other, and every form meets every condition.
"""

from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.model.definition import Definition

ZONES = ("Asia/Jerusalem", "Europe/Berlin", "America/New_York", "UTC")
MOMENTS = ("day 2", "day 3", "day 3T12:00", "day 4", "first + P2D", "first + PT48H", "work + P1D")
STATES = ("first", "second", "work", ["first", "second"])
PERIODS = ("P1D", "PT36H", "P2D")

moments = st.sampled_from(MOMENTS)
periods = st.sampled_from(PERIODS)
small = st.integers(min_value=1, max_value=4)


def maybe(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a mapping with ``key``, or none."""
    return st.one_of(st.just({}), values.map(lambda value: {key: value}))


verifying = st.sampled_from(
    [
        "judge",
        {"any": 1, "of": "guarantors"},
        {"any": 2, "of": "guarantors"},
        {"any": {"north": 1, "south": 1}},
    ]
)


@st.composite
def conditions(draw: DrawFn, names: list[str], *, excuses: bool = False) -> str:
    """Draw a condition over obligations, parties and findings."""
    name = draw(st.sampled_from(names))
    flags = ["discharged", "overdue", "breached", "waived"] + ([] if excuses else ["excused"])
    flag = draw(st.sampled_from(flags))
    number = draw(st.sampled_from(["delivered", "claimed", "outstanding", "violations", "due"]))
    one = draw(
        st.sampled_from(
            [
                f"{name}.{flag}",
                f"not {name}.{flag}",
                f"{name}.{number} >= 1",
                "agreed",
                "north_a.in_breach",
            ]
        )
    )
    if draw(st.booleans()):
        return one
    return f"{one} {draw(st.sampled_from(['and', 'or']))} not agreed"


@st.composite
def owed(draw: DrawFn, before: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Draw what an obligation owes, in one of the forms."""
    drivers = [name for name, body in before if body.get("amount") == {"x": 2, "y": 3}]
    forms = [
        "single",
        "amount",
        "sorted",
        "share",
        "steps",
        "rate",
        "average",
        "restraint",
        "parts",
    ]
    form = draw(st.sampled_from(forms + (["return", "open"] * 2 if drivers else [])))
    if form == "single":
        return {"by": draw(moments)}
    if form == "amount":
        return {"amount": 4, "schedule": [{"by": "day 2", "total": 1}, {"by": "day 4", "total": 4}]}
    if form == "sorted":
        rows: list[list[dict[str, object]]] = [
            [{"by": "day 3", "total": 5}],
            [{"by": "day 2", "x": 1}, {"by": "day 4", "total": 5}],
        ]
        judged = draw(maybe("judged", st.just("in_total")))
        return {"amount": {"x": 2, "y": 3}, "schedule": draw(st.sampled_from(rows))} | judged
    if form == "share":
        shares = [{"by": "day 2", "total": "30%"}, {"by": "first + P3D", "total": "100%"}]
        return {"amount": draw(st.sampled_from([7, "base"])), "schedule": shares}
    if form == "parts":
        return {"amount": 5, "of_which": {"fuel": 1, "food": 2}, "by": draw(moments)}
    if form == "steps":
        steps = [{"name": "one", "by": draw(moments)}, {"name": "two", "not_before": "day 3"}]
        return {"steps": steps} | draw(maybe("in_order", st.just(True)))
    if form in {"rate", "average"}:
        rate = {"amount": 3, "every": draw(st.sampled_from(["day", "week"]))}
        if form == "average":
            return rate | {"averaged": True}
        return rate | draw(maybe("of_which", st.just({"fuel": 1})))
    if form == "restraint":
        return {"refrain": True, "verified_by": draw(verifying)} | draw(
            maybe("tolerated", st.just(1))
        )
    driver = draw(st.sampled_from(drivers))
    if form == "open":
        return {"amount": "open", "counts_toward": driver}
    terms: dict[str, Any] = {"obligation": driver} | draw(maybe("within", periods))
    terms["each"] = {"x": {"p": draw(small)}}
    terms |= draw(maybe("shared", st.just({"y": {"p": 4, "q": 7}})))
    return {"in_return_for": [terms]} | draw(maybe("judged", st.just("in_total")))


@st.composite
def obligations(draw: DrawFn) -> dict[str, dict[str, Any]]:
    """Draw two to four obligations that may excuse, require and drive each other."""
    names = [f"o{place}" for place in range(1, draw(st.integers(2, 4)) + 1)]
    found: list[tuple[str, dict[str, Any]]] = []
    for name in names:
        body = draw(owed(found))
        obligor, obligee = draw(st.sampled_from([("north_a", "south_a"), ("south_a", "north_a")]))
        body |= {"obligor": obligor, "obligee": obligee}
        body |= draw(maybe("during", st.sampled_from(STATES)))
        body |= draw(maybe("cure", periods))
        is_steady = "every" not in body and "refrain" not in body
        if is_steady:
            body |= draw(maybe("when_left", st.sampled_from(["lapse", "block"])))
        if "verified_by" not in body:
            body |= draw(maybe("verified_by", verifying))
        if "verified_by" in body and "refrain" not in body:
            body |= draw(maybe("verify_within", periods))
        if "refrain" not in body:
            body |= draw(maybe("counts", st.just("uncontested")))
        if draw(st.booleans()):
            body["excused_while"] = draw(conditions(names, excuses=True))
            body |= draw(maybe("deadlines", st.sampled_from(["run", "restart"])))
        if draw(st.integers(0, 3)) == 0:
            body["requires"] = draw(conditions(names))
        if draw(st.integers(0, 4)) == 0:
            body["until"] = "day 5"
        if draw(st.integers(0, 4)) == 0:
            body["from"] = "day 2"
        found.append((name, body))
    return dict(found)


@st.composite
def documents(draw: DrawFn) -> dict[str, Any]:
    """Draw a definition as plain data; not each is sound."""
    duties = draw(obligations())
    names = list(duties)
    guard = draw(conditions(names))
    waivable = {"that": draw(conditions(names)), "waivable_by": "south_a"}
    parties = {
        "north_a": {"role": "signatory"},
        "south_a": {"role": "signatory"},
        "g1": {"role": "guarantor"},
        "g2": {"role": "guarantor"},
        "judge": {"role": "verifier"},
    }
    transitions: list[dict[str, Any]] = [
        {
            "name": "go",
            "from": "first",
            "to": "second",
            "by": {"all": "signatories"},
            "guards": [guard, draw(conditions(names))],
        },
        {"name": "back", "from": "second", "to": "first", "by": "south_a"},
        {"name": "pause", "from": "work", "to": "held", "by": "north_a", "guards": [waivable]},
        {"name": "resume", "from": "held", "to": "previous", "by": "south_a"},
        {"name": "end", "from": ["work", "held"], "to": "done", "by": {"all": "signatories"}},
    ]
    if draw(st.booleans()):
        after = draw(st.sampled_from(["day 5", "day 6T10:00", "second + P1D"]))
        automatic = {"from": "second", "to": "failed", "by": "automatic", "after": after}
        transitions.append({"name": "expire", "guards": [draw(conditions(names))]} | automatic)
    return {
        "phaseflow": 1,
        "name": "drawn",
        "edition": "1",
        "title": "Drawn by chance",
        "calendar": {"time_zone": draw(st.sampled_from(ZONES)), "day_1": "work"},
        "parties": parties,
        "groups": {"north": ["north_a", "g1"], "south": ["south_a", "g2"]},
        "findings": {
            "agreed": {"by": {"any": 1, "of": "guarantors"}, "initially": draw(st.booleans())},
            "base": {"type": "integer", "by": "judge"},
        },
        "obligations": duties,
        "initial": "first",
        "states": {
            "work": {"states": {"first": {}, "second": {}}},
            "held": draw(maybe("deadlines", st.sampled_from(["toll", "restart"]))),
            "done": {"final": "success"},
            "failed": {"final": "failure"},
        },
        "transitions": transitions,
    }


class _Plain(yaml.SafeDumper):
    """Write what is said twice twice: the language knows no anchors."""

    def ignore_aliases(self, _: object) -> bool:
        """Return that nothing is shared."""
        return True


def _read(document: dict[str, Any]) -> tuple[Definition, str] | None:
    text = yaml.dump(document, Dumper=_Plain, sort_keys=False)
    try:
        return parse_definition(text.encode(), "drawn.yaml"), text
    except DefinitionInvalid:
        return None


definitions: st.SearchStrategy[tuple[Definition, str]] = (
    documents().map(_read).filter(lambda read: read is not None)  # type: ignore[assignment]
)
"""Sound definitions, each with its text."""
