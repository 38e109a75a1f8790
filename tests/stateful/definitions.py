"""Random definitions, as YAML text: small, and full of coincidences.

Few parties, few moments and few obligations, so that dues fall together, excuses
point at each other, and every form meets every condition. Each opens just before
clocks change in its time zone.
"""

from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import Date, Instant
from phaseflow.model.definition import Definition

OPENINGS = (
    ("Asia/Jerusalem", "2025-03-26T07:00"),
    ("Asia/Jerusalem", "2025-10-24T23:30"),
    ("Europe/Berlin", "2025-03-28T07:00"),
    ("Europe/Berlin", "2025-10-24T00:00"),
    ("America/New_York", "2025-03-07T12:00"),
    ("America/New_York", "2025-10-31T07:00"),
    ("UTC", "2024-02-27T07:00"),
)
"""Local moments two days before a change of the clock, or a leap day."""
PERIODS = ("P1D", "PT36H", "P2D", "P1W")
FLAGS = ("discharged", "overdue", "breached", "waived")
FIGURES = ("delivered", "claimed", "contested", "total", "due", "outstanding", "violations")
GUARDED = (
    ("day 2", "day 4"),
    ("first + P1D", "first + P3D"),
    ("day 2T18:00", "day 2"),
    ("day 3", "signed + P1D"),
)
"""Pairs of moments of which the first is not known to be the later."""

periods = st.sampled_from(PERIODS)
small = st.integers(min_value=1, max_value=3)


class Drawn(NamedTuple):
    """A sound definition, its text, and when an agreement of it opens."""

    definition: Definition
    text: str
    opened: Instant


def maybe(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a mapping with ``key``, or none."""
    return st.one_of(st.just({}), st.just({}), values.map(lambda value: {key: value}))


verifying = st.sampled_from(
    [
        "judge",
        {"any": 1, "of": "guarantors"},
        {"any": 2, "of": ["judge", "g1", "g2"]},
        {"all": "guarantors"},
        {"any": {"northern": 1, "southern": 1}},
    ]
)


@st.composite
def moments(draw: DrawFn, day: Date, names: list[str]) -> Any:
    """Draw a moment of any kind, near ``day``; ``names`` are those of obligations."""
    plain = st.sampled_from(
        [
            "day 2",
            "day 3",
            "day 3T12:00",
            "day 4 - P1D",
            day.add(days=2).format_iso(),
            f"{day.add(days=2)}T02:30",
            "first + P2D",
            "first + PT48H",
            "work + P1D",
            "second + P1D",
            "first + P1M",
            "signed + P1D",
            "called + PT12H",
            f"{names[0]} + P1D",
            f"{names[0]} + PT12H",
        ]
    )
    if draw(st.integers(0, 4)):
        return draw(plain)
    pick = draw(st.sampled_from(["earlier_of", "later_of"]))
    return {pick: [draw(plain), draw(plain)]}


class _Terms:
    """Draws obligations that know each other's names and parts."""

    def __init__(self, draw: DrawFn, day: Date, names: list[str]) -> None:
        self.draw, self.names = draw, names
        few = [draw(moments(day, names)) for _ in range(3)]
        self.moments = st.sampled_from(few)
        self.found: dict[str, dict[str, Any]] = {}

    def maybe(self, key: str, values: st.SearchStrategy[Any]) -> dict[str, Any]:
        """Return a mapping with ``key``, or none."""
        found: dict[str, Any] = self.draw(maybe(key, values))
        return found

    def categories(self, name: str) -> list[str]:
        """Return the categories, or steps, of an obligation drawn before."""
        body = self.found[name]
        if "steps" in body:
            return [step["name"] for step in body["steps"]]
        if "in_return_for" in body:
            terms = [d.get(key) for d in body["in_return_for"] for key in ("each", "shared")]
            own = {c for t in terms if isinstance(t, dict) for c in _leaves(t)}
            return sorted(own)
        if body.get("amount") == "open":
            return self.categories(body["counts_toward"])
        return list(body["amount"]) if isinstance(body.get("amount"), dict) else []

    def condition(self, *, is_excuse: bool = False) -> str:
        """Draw a condition over obligations, parties and findings."""
        one, draw = self._term(is_excuse=is_excuse), self.draw
        match draw(st.sampled_from(["one", "one", "not", "and", "or"])):
            case "not":
                return f"not ({one})"
            case "and":
                return f"{one} and not agreed"
            case "or":
                return f"{one} or {self._term(is_excuse=is_excuse)}"
            case _:
                return one

    def _term(self, *, is_excuse: bool) -> str:
        draw, name = self.draw, self.draw(st.sampled_from(self.names))
        flag = draw(st.sampled_from(FLAGS if is_excuse else (*FLAGS, "excused")))
        figure = draw(st.sampled_from(FIGURES))
        terms = [
            f"{name}.{flag}",
            f"{name}.{flag}",
            f"{name}.breached",
            f"{name}.{figure} >= {draw(small)}",
            f"{name}.claimed - {name}.delivered > 0",
            "north_a.in_breach",
            "agreed",
            "mood == calm",
            "base + 1 > 4",
        ]
        parts = self.categories(name) if name in self.found else []
        if parts:
            terms += [f"{name}.{parts[0]}.{flag}", f"{name}.{parts[-1]}.{figure} == 1"]
        return draw(st.sampled_from(terms))

    def owed(self) -> dict[str, Any]:
        """Draw what an obligation owes, in one of the forms."""
        forms = [
            self.single,
            self.plain,
            self.sorted,
            self.share,
            self.parts,
            self.steps,
            self.rate,
            self.restraint,
        ]
        drivers = [name for name, body in self.found.items() if "refrain" not in body]
        if drivers:
            forms += [lambda: self.in_return(drivers)] * 4
        targets = [name for name in drivers if _takes(self.found[name])]
        if targets:
            forms += [lambda: self.open(targets)] * 2
        body: dict[str, Any] = self.draw(st.sampled_from(forms))()
        if targets and ({"by", "schedule", "in_return_for"} & set(body)) and "of_which" not in body:
            self._toward(body, targets)
        return body

    def _toward(self, body: dict[str, Any], targets: list[str]) -> None:
        self.found["_"] = body
        own = set(self.categories("_"))
        del self.found["_"]
        fitting = [name for name in targets if own <= set(self.categories(name))]
        if fitting and "counts_toward" not in body:
            body |= self.maybe("counts_toward", st.sampled_from(fitting))

    def single(self) -> dict[str, Any]:
        """Draw a single act."""
        return {"by": self.draw(self.moments)} | self.maybe("not_before", st.just("day 2"))

    def plain(self) -> dict[str, Any]:
        """Draw a plain amount in tranches."""
        first, last = self.draw(st.sampled_from(GUARDED))
        rows = [{"by": first, "total": 1}, {"by": last, "total": 4}]
        return {"amount": 4, "schedule": rows} | self.maybe("not_before", st.just("day 2"))

    def sorted(self) -> dict[str, Any]:
        """Draw an amount by category."""
        first, last = self.draw(st.sampled_from(GUARDED))
        rows = [
            [{"by": first, "total": 2}, {"by": last, "total": 5}],
            [{"by": first, "x": 1}, {"by": last, "x": 2, "y": 3}],
            [{"by": first, "x": 1}, {"by": last, "total": 5}],
            [{"by": first, "total": "30%"}, {"by": last, "total": "100%"}],
        ]
        body: dict[str, Any] = {
            "amount": {"x": 2, "y": 3},
            "schedule": self.draw(st.sampled_from(rows)),
        }
        return body | self.maybe("judged", st.just("in_total"))

    def share(self) -> dict[str, Any]:
        """Draw shares of an amount that a finding may hold."""
        first, last = self.draw(st.sampled_from(GUARDED))
        rows = [{"by": first, "total": "30%"}, {"by": last, "total": "100%"}]
        return {"amount": self.draw(st.sampled_from([7, "base"])), "schedule": rows}

    def parts(self) -> dict[str, Any]:
        """Draw an amount with least parts that overlap."""
        return {"amount": 4, "of_which": {"fuel": 1, "food": 2}, "by": self.draw(self.moments)}

    def steps(self) -> dict[str, Any]:
        """Draw named acts."""
        one = {"name": "one"} | self.maybe("by", self.moments)
        two = {"name": "two"} | self.draw(
            st.sampled_from([{}, {"by": "day 3"}, {"not_before": "day 3"}, {"by": "signed + P1D"}])
        )
        return {"steps": [one, two]} | self.maybe("in_order", st.just(True))

    def rate(self) -> dict[str, Any]:
        """Draw a rate."""
        draw = self.draw
        amount = draw(st.sampled_from([2, 2, 2, "base", {"x": 1, "y": 2}]))
        body = {"amount": amount, "every": draw(st.sampled_from(["day", "day", "week", "month"]))}
        if amount == 2:
            body |= self.maybe("of_which", st.just({"fuel": 1, "food": 2}))
        return body | self.maybe("averaged", st.just(True))

    def restraint(self) -> dict[str, Any]:
        """Draw something not to be done."""
        body = {"refrain": True, "verified_by": self.draw(verifying)}
        return body | self.maybe("tolerated", st.just(1))

    def open(self, targets: list[str]) -> dict[str, Any]:
        """Draw an amount that is as many as there prove to be."""
        return {"amount": "open", "counts_toward": self.draw(st.sampled_from(targets))}

    def in_return(self, drivers: list[str]) -> dict[str, Any]:
        """Draw what is owed in return for one or two others."""
        is_sorted = self.draw(st.booleans())
        chosen = self.draw(st.lists(st.sampled_from(drivers), min_size=1, max_size=2, unique=True))
        rows = [self._driver(name, is_sorted=is_sorted) for name in chosen]
        return {"in_return_for": rows} | self.maybe("judged", st.just("in_total"))

    def _driver(self, name: str, *, is_sorted: bool) -> dict[str, Any]:
        categories, draw = self.categories(name), self.draw
        figure = draw(st.sampled_from([1, 2, "base"]))
        each: Any = {"p": figure, "q": 1} if is_sorted else figure
        terms: dict[str, Any] = {"obligation": name} | self.maybe("within", periods)
        terms["each"] = {categories[0]: each} if categories else each
        body = self.found[name]
        is_fixed = body.get("amount") != "open" and "every" not in body and "steps" not in body
        if is_fixed and "in_return_for" not in body:
            pool = {"p": 4, "r": 7} if is_sorted else 7
            terms |= self.maybe("shared", st.just({categories[-1]: pool} if categories else pool))
        return terms

    def bounds(self, body: dict[str, Any]) -> dict[str, Any]:
        """Draw when a duty is in force, what suspends it, and who verifies it."""
        draw, is_restraint, is_rate = self.draw, "refrain" in body, "every" in body
        states = st.sampled_from(["first", "second", "third", "work", ["first", "second"], "held"])
        found = self.maybe("during", states) | self.maybe("cure", periods)
        if not is_restraint and not is_rate:
            found |= self.maybe("when_left", st.sampled_from(["carry", "lapse", "block"]))
        if not is_restraint:
            found |= draw(st.one_of(st.just({}), verifying.map(lambda by: {"verified_by": by})))
            found |= self.maybe("counts", st.just("uncontested"))
        if "verified_by" in found:
            found |= self.maybe("verify_within", periods)
        if draw(st.booleans()):
            found["excused_while"] = self.condition(is_excuse=True)
            found |= self.maybe("deadlines", st.sampled_from(["run", "toll", "restart"]))
        if draw(st.integers(0, 3)) == 0:
            found["requires"] = self.condition()
            found |= self.maybe("within", periods)
        if draw(st.integers(0, 3)) == 0:
            found["until"] = draw(st.sampled_from(["day 5", "day 3", "signed + P2D"]))
        if draw(st.integers(0, 3)) == 0:
            found["from"] = draw(st.sampled_from(["day 2", "second + PT6H"]))
        return found

    def draw_all(self) -> dict[str, dict[str, Any]]:
        """Draw every obligation."""
        for name in self.names:
            body = self.owed()
            between = [
                ("north_a", "south_a"),
                ("south_a", "north_a"),
                ("south_a", ["north_a", "north_b"]),
                (["north_a", "south_a"], ["north_a", "south_a"]),
            ]
            can_share = "counts_toward" not in body and name != self.names[0]
            chosen = self.draw(st.sampled_from(between[: 4 if can_share else 3]))
            body["obligor"], body["obligee"] = chosen
            self.found[name] = body | self.bounds(body)
        return self.found


def _leaves(terms: dict[str, Any]) -> set[str]:
    inner = [value for value in terms.values() if isinstance(value, dict)]
    if not inner:
        return {key for key in terms if key in {"p", "q", "r"}}
    return {key for value in inner for key in value}


def _takes(body: dict[str, Any]) -> bool:
    """Tell whether something can count toward it."""
    is_amount = "every" not in body and "steps" not in body and "of_which" not in body
    return is_amount and isinstance(body["obligor"], str)


PARTIES = {
    "north_a": {"role": "signatory"},
    "north_b": {"role": "signatory", "through": "north_a"},
    "south_a": {"role": "signatory"},
    "g1": {"role": "guarantor"},
    "g2": {"role": "guarantor"},
    "judge": {"role": "verifier"},
    "friend": {"role": "mediator"},
}
OWNERS = (
    "south_a",
    {"all": "signatories"},
    {"any": 1, "of": "guarantors"},
    {"any": 2, "of": ["north_a", "south_a", "g1"]},
    {"any": {"northern": 1, "southern": 1}},
)


def _findings(draw: DrawFn) -> dict[str, Any]:
    return {
        "agreed": {"by": {"any": 2, "of": ["g1", "g2", "judge"]}}
        | draw(maybe("initially", st.booleans())),
        "base": {"type": "integer", "by": "judge"} | draw(maybe("initially", small)),
        "signed": {"type": "date", "by": "judge"},
        "called": {"type": "instant", "by": {"any": 1, "of": "guarantors"}},
        "mood": {"type": ["calm", "tense"], "by": "friend", "initially": "calm"},
    }


def _transitions(draw: DrawFn, terms: _Terms) -> list[dict[str, Any]]:
    owners = st.sampled_from(OWNERS)

    def guards() -> dict[str, Any]:
        plain = [terms.condition() for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
        waivable = {"that": terms.condition(), "else": "so it says", "waivable_by": draw(owners)}
        found = [*plain, *([waivable] if draw(st.integers(0, 2)) == 0 else [])]
        return {"guards": found} if found else {}

    after = maybe("after", st.sampled_from(["day 2", "first + PT30H", "signed", "day 3T10:00"]))
    found: list[dict[str, Any]] = [
        {"name": "go", "from": "first", "to": "second", "by": draw(owners)}
        | guards()
        | draw(after),
        {"name": "on", "from": ["first", "second"], "to": "inner", "by": draw(owners)} | guards(),
        {"name": "back", "from": ["second", "third"], "to": "first", "by": "south_a"},
        {"name": "pause", "from": "work", "to": "held", "by": draw(owners)} | guards(),
        {"name": "argue", "from": ["work", "held"], "to": "dispute", "by": "north_a"},
        {"name": "resume", "from": "held", "to": "previous", "by": "south_a"},
        {"name": "settle", "from": "dispute", "to": "previous", "by": "north_a"},
        {"name": "end", "from": ["work", "held"], "to": "done", "by": draw(owners)} | guards(),
    ]
    if draw(st.booleans()):
        when = draw(st.sampled_from(["day 5", "day 4T10:00", "second + P1D", "signed + P2D"]))
        expire = {
            "name": "expire",
            "from": "work",
            "to": "failed",
            "by": "automatic",
            "after": when,
        }
        found.append(expire | {"guards": [terms.condition()]})
    if draw(st.booleans()):
        jump = {"name": "jump", "from": "first", "to": "third", "by": "automatic"}
        found.append(jump | {"guards": [terms.condition()]} | draw(after))
    return found


@st.composite
def documents(draw: DrawFn) -> tuple[dict[str, Any], Instant]:
    """Draw a definition as plain data, and when it opens; not each is sound."""
    zone, opened = draw(st.sampled_from(OPENINGS))
    day = Date.parse_iso(opened[:10])
    terms = _Terms(draw, day, [f"o{n}" for n in range(1, draw(st.integers(2, 5)) + 1)])
    duties = terms.draw_all()
    toll = maybe("deadlines", st.sampled_from(["toll", "restart"]))
    document = {
        "phaseflow": 1,
        "name": "drawn",
        "edition": "1",
        "title": "Drawn by chance",
        "calendar": {"time_zone": zone, draw(st.sampled_from(["day_1", "day_1", "day_0"])): "work"},
        "parties": PARTIES,
        "groups": {"northern": ["north_a", "north_b", "g1"], "southern": ["south_a", "g2"]},
        "findings": _findings(draw),
        "obligations": duties,
        "initial": "first",
        "states": {
            "work": {
                "states": {
                    "first": {},
                    "second": draw(toll),
                    "inner": {"initial": "third", "states": {"third": {}}},
                }
            },
            "held": draw(toll),
            "dispute": draw(toll),
            "done": {"final": "success"},
            "failed": {"final": "failure"},
        },
        "transitions": _transitions(draw, terms),
        "amendments": {"by": draw(st.sampled_from(["g1", {"all": "signatories"}]))},
    }
    first = Instant.parse_iso(f"{opened}:00Z")
    return document, first


class _Plain(yaml.SafeDumper):
    """Write what is said twice twice: the language knows no anchors."""

    def ignore_aliases(self, _: object) -> bool:
        """Return that nothing is shared."""
        return True


def plain_yaml(document: dict[str, Any]) -> str:
    """Return ``document`` as YAML of the plain kind."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False)


def _read(drawn: tuple[dict[str, Any], Instant]) -> Drawn | None:
    document, opened = drawn
    text = plain_yaml(document)
    try:
        definition = parse_definition(text.encode(), "drawn.yaml")
    except DefinitionInvalid:
        return None
    return Drawn(definition, text, opened)


definitions: st.SearchStrategy[Drawn] = (
    documents().map(_read).filter(lambda read: read is not None)  # type: ignore[assignment]
)
"""Sound definitions, each with its text."""
