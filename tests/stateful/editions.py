"""New editions of a definition drawn before: neutral ones, and ones that change its terms."""

import copy
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from tests.stateful.definitions import FLAGS, OWNERS, PERIODS, plain_yaml, verifying

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.model.definition import Definition

Document = dict[str, Any]

MOMENTS = ("day 2", "day 3", "day 4", "day 6", "day 3T12:00", "first + P2D", "signed + P1D")
TIMES = ("P1D", "PT36H", "P2D", "P1W", "P5D")


RENAMED = ("first", "second", "held", "work", "inner", "dispute")


class Edition:
    """A sound edition and its text; ``is_neutral``: it means what the one before it means."""

    def __init__(self, definition: Definition, text: str, *, is_neutral: bool) -> None:
        self.definition, self.text, self.is_neutral = definition, text, is_neutral


@st.composite
def editions(draw: DrawFn, text: str) -> Edition | None:
    """Draw a new edition of ``text``, or None where what was drawn is not sound."""
    document = yaml.safe_load(text)
    document["edition"] = str(int(document["edition"]) + 1)
    is_neutral = draw(st.integers(0, 3)) == 0
    changes = _NEUTRAL if is_neutral else _CHANGES
    for _ in range(1 if is_neutral else draw(st.integers(1, 3))):
        changed = copy.deepcopy(document)
        draw(st.sampled_from(changes))(draw, changed)
        if _read(changed) is not None:
            document = changed
    definition = _read(document)
    if definition is None:
        return None
    return Edition(definition, plain_yaml(document), is_neutral=is_neutral)


def renamed(text: str, old: str, new: str) -> Definition | None:
    """Return ``text`` with the state ``old`` called ``new``, or None where there is none."""
    document = yaml.safe_load(text)
    _rename(document, old, new)
    return _read(document)


def _read(document: Document) -> Definition | None:
    try:
        return parse_definition(plain_yaml(document).encode(), "drawn.yaml")
    except DefinitionInvalid:
        return None


def _annotate(draw: DrawFn, document: Document) -> None:
    """Say more about everything, for people only."""
    for body in (document, *document["obligations"].values(), *document["transitions"]):
        body["note"] = f"as in edition {document['edition']}"
        for key in ("schedule", "steps", "in_return_for"):
            for row in body.get(key, ()):
                row["note"] = "as before"


def _leave(draw: DrawFn, document: Document) -> None:
    """Change the number of the edition alone."""


def _duty(draw: DrawFn, document: Document, key: str = "") -> Document:
    bodies = [body for body in document["obligations"].values() if key in body or not key]
    found: Document = draw(st.sampled_from(bodies)) if bodies else {}
    return found


def _put(draw: DrawFn, body: Document, key: str, values: st.SearchStrategy[Any]) -> None:
    """Set ``key`` of ``body``, or take it out."""
    if key in body and draw(st.booleans()):
        del body[key]
    else:
        body[key] = draw(values)


def _figures(draw: DrawFn, document: Document) -> None:
    body, figure = _duty(draw, document), draw(st.sampled_from([1, 2, 3, 5, 6, "base"]))
    amount = body.get("amount")
    if isinstance(amount, dict):
        key = draw(st.sampled_from(list(amount)))
        amount[key] = figure
        if draw(st.booleans()) and len(amount) > 1:
            del amount[key]
    elif amount is not None:
        body["amount"] = figure
    if isinstance(body.get("of_which"), dict):
        body["of_which"]["food"] = draw(st.sampled_from([1, 2, 3]))
    if body.get("refrain"):
        body["tolerated"] = draw(st.sampled_from([0, 1, 2]))


def _moments(draw: DrawFn, document: Document) -> None:
    body = _duty(draw, document)
    moment = st.sampled_from(MOMENTS)
    for key in ("schedule", "steps"):
        if body.get(key):
            row = draw(st.sampled_from(body[key]))
            row["by"] = draw(moment)
            if "total" in row and draw(st.booleans()):
                row["total"] = draw(st.sampled_from([1, 2, 3, 4, 5, "30%", "100%"]))
            return
    if "by" in body:
        body["by"] = draw(moment)


def _rows(draw: DrawFn, document: Document) -> None:
    """Add, drop or reorder dues and steps."""
    body = _duty(draw, document)
    for key in ("schedule", "steps"):
        if body.get(key):
            if draw(st.booleans()) and len(body[key]) > 1:
                del body[key][draw(st.integers(0, len(body[key]) - 1))]
            elif key == "steps":
                body[key].insert(draw(st.integers(0, 2)), {"name": "three", "by": "day 4"})
                _put(draw, body, "in_order", st.just(True))
            else:
                body[key].append({"by": "day 6", "total": draw(st.sampled_from([4, 5]))})


def _drivers(draw: DrawFn, document: Document) -> None:
    """Drop, double, reorder or change what is owed in return."""
    body = _duty(draw, document, "in_return_for")
    rows = body.get("in_return_for", [])
    if not rows:
        return
    what = draw(st.sampled_from(["within", "ratio", "drop", "add", "turn"]))
    row = draw(st.sampled_from(rows))
    if what == "within":
        _put(draw, row, "within", st.sampled_from(TIMES))
    elif what == "ratio":
        for terms in (row.get("each"), row.get("shared")):
            _scale(draw, terms)
        if isinstance(row.get("each"), int):
            row["each"] += 1
    elif what == "drop" and len(rows) > 1:
        rows.remove(row)
    elif what == "turn":
        rows.reverse()
    else:
        name = draw(st.sampled_from(list(document["obligations"])))
        rows.append(copy.deepcopy(row) | {"obligation": name})


def _scale(draw: DrawFn, terms: Any) -> None:
    for key, value in terms.items() if isinstance(terms, dict) else ():
        if isinstance(value, dict):
            _scale(draw, value)
        elif isinstance(value, int):
            terms[key] = draw(st.sampled_from([1, 2, 5]))


def _verifying(draw: DrawFn, document: Document) -> None:
    body = _duty(draw, document)
    if draw(st.booleans()):
        _put(draw, body, "verified_by", verifying)
    if "verified_by" not in body:
        body.pop("verify_within", None)
    elif draw(st.booleans()):
        _put(draw, body, "verify_within", st.sampled_from(PERIODS))
    if draw(st.booleans()):
        _put(draw, body, "counts", st.just("uncontested"))


def _terms(draw: DrawFn, document: Document) -> None:
    """Change cures, excuses, bounds, and what becomes of a duty that is left."""
    body, names = _duty(draw, document), list(document["obligations"])
    condition = st.builds(
        lambda n, f: f"{n}.{f}", st.sampled_from(names), st.sampled_from(FLAGS)
    ) | st.sampled_from(["agreed", "not agreed", "mood == calm", "base > 1"])
    states = st.sampled_from(["first", "second", "third", "work", ["first", "second"], "held"])
    values = {
        "cure": st.sampled_from(PERIODS),
        "excused_while": condition,
        "deadlines": st.sampled_from(["run", "toll", "restart"]),
        "requires": condition,
        "within": st.sampled_from(PERIODS),
        "during": states,
        "until": st.sampled_from(["day 3", "day 5", "day 9"]),
        "from": st.sampled_from(["day 2", "second + PT6H"]),
        "when_left": st.sampled_from(["carry", "lapse", "block"]),
        "judged": st.just("in_total"),
        "not_before": st.sampled_from(["day 2", "day 3", "day 5"]),
    }
    for key in draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=2)):
        _put(draw, body, key, values[key])


def _toward(draw: DrawFn, document: Document) -> None:
    body, names = _duty(draw, document), list(document["obligations"])
    _put(draw, body, "counts_toward", st.sampled_from(names))


def _drop(draw: DrawFn, document: Document) -> None:
    name = draw(st.sampled_from(list(document["obligations"])))
    if len(document["obligations"]) > 1:
        del document["obligations"][name]
        for body in document["obligations"].values():
            rows = body.get("in_return_for", [])
            body["in_return_for"] = [row for row in rows if row["obligation"] != name]
            if not body["in_return_for"]:
                del body["in_return_for"]
            if body.get("counts_toward") == name:
                del body["counts_toward"]


def _add(draw: DrawFn, document: Document) -> None:
    old = draw(st.sampled_from(list(document["obligations"])))
    body = copy.deepcopy(document["obligations"][old])
    document["obligations"][f"n{document['edition']}"] = body


def _parties(draw: DrawFn, document: Document) -> None:
    body = _duty(draw, document)
    body["obligor"], body["obligee"] = body.get("obligee"), body["obligor"]


def _states(draw: DrawFn, document: Document) -> None:
    """Rename a state, everywhere; divide one; or change what one does to time."""
    compounds = [state["states"] for state in document["states"].values() if "states" in state]
    what = draw(st.sampled_from(["rename", "divide", "time"]))
    if what == "divide" and compounds:
        name = draw(st.sampled_from(list(compounds[0])))
        early, late = f"early{document['edition']}", f"late{document['edition']}"
        within = {"initial": early, "states": {early: {}, late: {}}}
        compounds[0][name] = {**within, **compounds[0][name]}
        owned = {"name": f"grow{document['edition']}", "from": early, "to": late, "by": "south_a"}
        document["transitions"].append(owned)
        return
    if what == "time":
        leaves = [*document["states"].values(), *(leaf for c in compounds for leaf in c.values())]
        state = draw(st.sampled_from([leaf for leaf in leaves if "final" not in leaf]))
        _put(draw, state, "deadlines", st.sampled_from(["toll", "restart"]))
        return
    _rename(document, draw(st.sampled_from(RENAMED)), f"s{document['edition']}")


def _rename(document: Document, old: str, new: str) -> None:
    """Call a state otherwise, wherever it is named."""
    text = plain_yaml(document)
    words = (" ", "\n", ",", ":", "]", "'", ".")
    for after in words:
        for before in (" ", "[", "'"):
            text = text.replace(f"{before}{old}{after}", f"{before}{new}{after}")
    document.clear()
    document |= yaml.safe_load(text)
    document["renames"] = {old: new}


def _transitions(draw: DrawFn, document: Document) -> None:
    one = draw(st.sampled_from(document["transitions"]))
    what = draw(st.sampled_from(["by", "after", "guards", "drop"]))
    if what == "by" and one["by"] != "automatic":
        one["by"] = draw(st.sampled_from(OWNERS))
    elif what == "after":
        _put(draw, one, "after", st.sampled_from(["day 2", "day 4", "signed", "first + PT30H"]))
    elif what == "guards":
        guards = one.setdefault("guards", [])
        if guards and draw(st.booleans()):
            guards.pop(0)
        else:
            guards.insert(0, draw(st.sampled_from(["agreed", "not agreed", "base > 0"])))
        if not guards:
            del one["guards"]
    elif len(document["transitions"]) > 1:
        document["transitions"].remove(one)


def _findings(draw: DrawFn, document: Document) -> None:
    name = draw(st.sampled_from(["agreed", "base", "mood", "signed"]))
    values = {"agreed": st.booleans(), "base": st.integers(0, 4), "mood": st.just("tense")}
    if name in values:
        document["findings"][name]["initially"] = draw(values[name])
    else:
        document["calendar"] = {
            "time_zone": document["calendar"]["time_zone"],
            draw(st.sampled_from(["day_0", "day_1"])): draw(st.sampled_from(["work", "signed"])),
        }


def _amending(draw: DrawFn, document: Document) -> None:
    document["amendments"] = {"by": draw(st.sampled_from(["g1", {"all": "signatories"}]))}


_NEUTRAL = [_annotate, _leave]
_CHANGES = [
    *[_figures, _moments, _rows, _drivers, _verifying, _terms] * 2,
    _terms,
    _toward,
    _drop,
    _add,
    _parties,
    _states,
    _transitions,
    _findings,
    _amending,
]
