"""Each slip of those who write YAML by hand is told by its own name, and its remedy mends it."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lengths import examples

from phaseflow.diagnostic import Diagnostic
from phaseflow.language.parse import examine

BASE = """\
phaseflow: 1
name: base
edition: "1"
title: Base
calendar: {time_zone: Europe/Oslo, day_1: running}
parties:
  no: {title: Norway, role: signatory}
  buyer: {title: Buyer, role: signatory}
obligations:
  report: {obligor: no, obligee: buyer, during: running, amount: 10, by: day 5}
initial: draft
states:
  draft:
  running: {title: In force}
  done: {title: Done, final: success}
transitions:
  - {name: sign, title: Signature, from: draft, to: running, by: no}
  - {name: close, title: End, from: running, to: done, by: {all: signatories}}
amendments: {by: {all: signatories}}
"""
PAIRS = {
    "party": ("  buyer: ", ["title: Buyer", "role: signatory"], "    "),
    "state": ("  done: ", ["title: Done", "final: success"], "    "),
    "transition": (
        "  - ",
        ["name: sign", "title: Signature", "from: draft", "to: running", "by: no"],
        "    ",
    ),
}
GENERATED = settings(
    max_examples=examples(200),
    suppress_health_check=list(HealthCheck),
)


class Place(NamedTuple):
    """Where in the base a title stands, in braces or in lines, and after which of its pairs."""

    what: str
    is_flow: bool
    is_last: bool

    def written(self, title: str, *, after: str = ": ") -> str:
        """Return the base with ``title``, as it is spelt, in this place."""
        head, pairs, indent = PAIRS[self.what]
        flow = f"{head}{{{', '.join(pairs)}}}\n"
        spelt = [p for p in pairs if not p.startswith("title")]
        spelt.insert(len(spelt) if self.is_last else 0, f"title{after}{title}")
        lines = f"\n{indent}".join(spelt)
        block = f"{head}{lines}\n" if head == "  - " else f"{head}\n{indent}{lines}\n"
        assert flow in BASE
        return BASE.replace(flow, f"{head}{{{', '.join(spelt)}}}\n" if self.is_flow else block)

    def line(self, title: str) -> int:
        """Return the number of the line in which ``title`` begins."""
        return self.written(title)[: self.written("¤").index("¤")].count("\n") + 1


def errors(text: str) -> list[Diagnostic]:
    return [d for d in examine(text.encode(), "d.yaml")[1] if d.severity == "error"]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Kind(NamedTuple):
    """A kind of slip: how it is spelt, what was meant, and what is told of it."""

    spelt: Callable[[str, str], str]
    meant: Callable[[str, str], str]
    told: str
    remedy: str
    only_in_braces: bool = False


def begins(sign: str, told: str = "") -> Kind:
    return Kind(
        lambda a, b: f"{sign}{a} {b}",
        lambda a, b: f"{sign}{a} {b}",
        told or f"text cannot begin with '{sign}'",
        "in quotes",
    )


def within(spelling: str, told: str, remedy: str = "in quotes") -> Kind:
    def spelt(a: str, b: str) -> str:
        return spelling.replace("A", a).replace("B", b)

    return Kind(spelt, spelt, told, remedy, only_in_braces=True)


def escape(letter: str) -> Kind:
    return Kind(
        lambda a, b: f'"{a}\\{letter}{b}"',
        lambda a, b: f"{a}\\{letter}{b}",
        f"'\\{letter}' is no escape here",
        "double the backslash, or use single quotes",
    )


KINDS = {
    **{f"begins with {sign}": begins(sign) for sign in ("@", "`", "%", "|", ">", "- ", "? ", ": ")},
    "begins with *": Kind(
        lambda a, b: f"*{a}* {b}", lambda a, b: f"*{a}* {b}", "text cannot begin with '*'", "quotes"
    ),
    "begins with &": begins("&", "&"),
    "begins with !": begins("!", "!"),
    "an escape of a letter": escape("S"),
    "an escape of a sign": escape("%"),
    "an escape without its figures": escape("U"),
    "an apostrophe": Kind(
        lambda a, b: f"'{a}'s {b}'", lambda a, b: f"{a}'s {b}", "quoted text ends before", "''"
    ),
    "a word in quotes": Kind(
        lambda a, b: f'"{a}" {b}', lambda a, b: f'"{a}" {b}', "quoted text ends before", '\\"'
    ),
    "two texts in quotes": Kind(
        lambda a, b: f"'{a}' '{b}'", lambda a, b: f"'{a}' '{b}'", "quoted text ends before", "''"
    ),
    "an open quote": Kind(
        lambda a, b: f"'{a} {b}", lambda a, b: f"{a} {b}", "this quote is not closed", "close it"
    ),
    "an open double quote": Kind(
        lambda a, b: f'"{a} {b}', lambda a, b: f"{a} {b}", "this quote is not closed", "close it"
    ),
    "a doubled apostrophe at the end": Kind(
        lambda a, b: f"'{a} {b}''", lambda a, b: f"{a} {b}'", "this quote is not closed", "'' is"
    ),
    "a backslash before the quote": Kind(
        lambda a, b: f'"{a} {b}\\"', lambda a, b: f"{a} {b}\\", "quote is not closed", "backslash"
    ),
    "a colon": Kind(
        lambda a, b: f"{a} 1: {b}", lambda a, b: f"{a} 1: {b}", "a second ': '", "in quotes"
    ),
    "a text in brackets at the beginning": Kind(
        lambda a, b: f"[{a}] {b}", lambda a, b: f"[{a}] {b}", "cannot begin with '['", "in quotes"
    ),
    "a text in braces at the beginning": Kind(
        lambda a, b: f"{{{a}}} {b}", lambda a, b: f"{{{a}}} {b}", "cannot begin with '{'", "quotes"
    ),
    "brackets": within("A [B]", "'[' within text wants quotes"),
    "braces": within("A {B}", "'{' within text wants quotes"),
    "a closing bracket": within("A] B", "']' within text wants quotes"),
    "a closing brace": within("A} B", "this '}' closes the braces too early"),
    "two closing braces": within("A}} B", "this '}' closes the braces too early"),
    "a comma": within("A, B", "a comma within braces ends the value before it", "write title: '"),
    "commas": within("A, B, x", "a comma within braces ends the value before it", "write title: '"),
    "two commas": within("A,, B", "nothing stands before this comma"),
    "a comment": within("A # B", "is a comment", "put text that holds ' #' in quotes"),
    "a number after a hash": within("A #1 B", "is a comment", "put text that holds ' #' in quotes"),
    "nothing but a comment": within("# A", "is a comment", "put text that holds ' #' in quotes"),
    "a colon at the beginning": within(":A", "text cannot begin with ':'"),
    "a question mark": within("?A", "text cannot begin with '?'"),
}
WORDS = st.sampled_from(["Buyer", "Ltd", "Straße", "It", "Article 5", "of May", "Röd-Kors", "卖方"])
PLACES = st.builds(Place, st.sampled_from(sorted(PAIRS)), st.booleans(), st.booleans())


@pytest.mark.parametrize("name", KINDS)
@settings(GENERATED, max_examples=examples(12))
@given(place=PLACES, first=WORDS, second=WORDS)
def test_a_slip_is_told_by_its_own_name_and_its_remedy_mends_it(
    name: str, place: Place, first: str, second: str
) -> None:
    kind = KINDS[name]
    place = place._replace(is_flow=place.is_flow or kind.only_in_braces)
    spelt, meant = kind.spelt(first, second), kind.meant(first, second)

    found = errors(place.written(spelt))

    assert {fault.line for fault in found} == {place.line(spelt)}
    assert [kind.told in fault.message and kind.remedy in fault.remedy for fault in found] == [True]
    assert errors(place.written(quoted(meant))) == []


@pytest.mark.parametrize(
    ("sound", "slip", "told", "caret"),
    [
        ("title: Buyer, role", "title: @buyer, role", "text cannot begin with '@'", "@buyer"),
        ("title: Buyer, role", "title: 'It's', role", "the quoted text ends before this", "s', role"),
        ("title: Buyer, role", 'title: "C:\\Users\\x", role', "'\\U' is no escape here", "\\Users"),
        ("title: Buyer, role", "title: Buyer [Ltd], role", "'[' within text wants quotes", "[Ltd]"),
        ("title: Buyer, role", "title: 'Buyer' role", "a comma is missing before this", "role: sig"),
        ("title: Buyer, role", "title: Buyer\n    role", "a comma is missing before this", "role: sig"),
        ("title: Buyer, role", "title: Buyer role", "a second ': ' in one text", ": signatory"),
        ("title: Buyer, role", "title: 'Buyer, role", "this quote is not closed", "'Buyer, r"),
        ("title: Buyer, role: ", "title: 'Buyer, role: '", "this quote is not closed", "'Buyer, r"),
        ("title: Buyer, role", "title: [Buyer, role", "this '[' is not closed", "[Buyer"),
        ("title: Buyer, role: signatory}", "title: Buyer, role: signatory", "this '{' is not closed", "{title: Buyer, role: signatory\n"),
        ("title: Buyer, role: signatory}", "title: Buyer, role: signatory}}", "this '}' closes nothing", "}\nobl"),
        ("title: Buyer, role: signatory}", "title: Buyer, role: signatory]", "']' within text wants quotes", "]\nobl"),
        ("title: Buyer, role: signatory}", "title: Buyer} role: signatory", "the braces end before this", "role: signatory\nobl"),
        ("title: Buyer, role", "title:Buyer, role", "'title:Buyer' has no value", "title:Buyer"),
        ("title: Buyer, role", "title: , role", "'title' has no value", "title: , "),
        ("title: Buyer, role", ", title: Buyer, role", "nothing stands before this comma", ", title: Buyer"),
        ("title: Buyer, role", "title: key: Buyer, role", "a mapping within a line needs braces", "key: B"),
        ("title: Buyer, role", "title: Buyer #1,\n    role", "'#1' is a comment", "#1"),
        ("amount: 10", "amount: 1,000", "a comma within braces ends the value before it", "000, by"),
        ("amount: 10", "amount: '10'", "'10' is text, not a whole number", "'10'"),
        ("  - {name: sign", "  - : {name: sign", "this is not YAML", ": {name"),
        ("by: {all: signatories}}\namend", "by:{all: signatories}}\namend", "there is a ':' without a space", ":{all"),
        ("title: Buyer, role", "title: Buyer:, role", "':' within text wants quotes", ":, role"),
        ("  draft:", "  }draft:", "a line cannot begin with '}'", "}draft"),
        ("{title: Buyer, role: signatory}", "{{title: Buyer, role: signatory}}", "a key must be text", "{title"),
        ("title: Buyer, role: signatory}", "title: Buy\n}er, role: signatory}", "closes the braces too early", "}er"),
        ("  draft:", "  @draft:", "a line cannot begin with '@'", "@draft"),
        ("states:\n", "states:\n    new:\n", "indented like none of the lines", "draft:"),
        ("title: Base\n", "title: Base\n%50 of it\n", "a line cannot begin with '%'", "%50"),
        ("title: Base\n", "title: Base\n\tnote: x\n", "a tab cannot indent a line", "\tnote"),
        ("title: Base\n", "title: “Base: so”\n", "left double quotation mark", "“Base"),
        ("title: Buyer, role", "title\uff1aBuyer, role", "fullwidth colon", "\uff1aBuyer"),
        ("title: Buyer, role", "title:\u00a0Buyer, role", "no-break space", "\u00a0Buyer"),
    ],
)  # fmt: skip
def test_the_caret_stands_at_the_slip(sound: str, slip: str, told: str, caret: str) -> None:
    text = BASE.replace(sound, slip, 1)

    fault = errors(text)[0]

    start = sum(len(line) + 1 for line in text.split("\n")[: fault.line - 1]) + fault.column - 1
    assert told in fault.message
    assert text[start:].startswith(caret)


@pytest.mark.parametrize(
    "text", ["Who? me", "a:b", "-x", "12:30", "R&D", "5%", "A 'b' c", "x#1", "—"]
)
@given(place=PLACES)
@settings(GENERATED, max_examples=examples(12))
def test_what_only_looks_like_a_slip_is_taken(text: str, place: Place) -> None:
    assert errors(place.written(text)) == []


SIGNS = st.text(
    alphabet="'\"[]{}:,#&*!|>@`%-?\\ \t\n“”\uff1a\uff0c\u00a0ax1", min_size=1, max_size=4
)


@GENERATED
@given(st.integers(0, len(BASE)), st.integers(0, 3), SIGNS)
def test_any_slip_is_told_at_a_place_of_the_file_or_the_file_holds(
    start: int, cut: int, signs: str
) -> None:
    text = BASE[:start] + signs + BASE[start + cut :]

    definition, found = examine(text.encode(), "d.yaml")

    lines = text.split("\n")
    wrong = [d for d in found if d.severity == "error"]
    assert (definition is None) == bool(wrong)
    assert all(1 <= d.line <= len(lines) and d.message for d in wrong)
    second = [d for d in wrong if "a second ': '" in d.message]
    for d in second:
        before = "\n".join([*lines[: d.line - 1], lines[d.line - 1][: d.column - 1]])
        assert re.match(r":(\s|[,\]}]|$)", lines[d.line - 1][d.column - 1 :])
        assert re.search(r":\s", before)


@pytest.mark.parametrize(
    "spelt", ['"A long\\nline"', '"A long  \\n\\n line\\n"', "'A long\n\n     line'"]
)
@given(place=PLACES)
@settings(GENERATED, max_examples=examples(12))
def test_a_title_over_several_lines_is_read_as_one(spelt: str, place: Place) -> None:
    definition, _ = examine(place.written(spelt).encode(), "d.yaml")

    assert definition is not None
    titles = [
        *(one.remarks.title for one in definition.parties.values()),
        *(one.remarks.title for one in definition.states.values()),
        *(one.remarks.title for one in definition.transitions.values()),
    ]
    assert "A long line" in titles
    assert not any("\n" in title for title in titles)


@pytest.mark.parametrize("style", [">", "|", ">-", ">+", "|2"])
def test_a_folded_text_has_no_line_break_at_its_end_or_within(style: str) -> None:
    text = BASE.replace("title: Base\n", f"title: {style}\n  A long\n  line\n\n")

    definition, _ = examine(text.encode(), "d.yaml")

    assert definition is not None
    assert definition.title == "A long line"
