"""A formatted definition says the same, holds the same comments, and stays as it is."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.language.test_hostile import HOSTILE
from tests.lengths import examples
from tests.stateful.definitions import Drawn, definitions

from phaseflow.errors import DefinitionInvalid
from phaseflow.language import document as form
from phaseflow.language.layout.arrange_keys import ORDER, OTHERS, key_order
from phaseflow.language.layout.format import formatted
from phaseflow.language.parse import examine, parse_definition
from phaseflow.model.definition import encode_definition
from phaseflow.service.format_text import put_in_order
from phaseflow.text.source import BYTES_AT_MOST, read

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "definitions").glob("*/*.yaml"))
TEXTS = [
    path.read_text(encoding="utf-8")
    for path in (*SHIPPED, *sorted(Path(__file__).parent.glob("*.yaml")))
]
MARK = re.compile(r"# mark \d+")
IGNORE = re.compile(r" *# phaseflow: ignore.*\n")
LATER = re.compile(r"^ +(verify_within|by: day|cure|counts):? .*\n", re.MULTILINE)
PLACES = (r"^", r"$", r"[\[{,:?-] ?", r"(?=[\]},:])")
"""Where a comment might be put: on its own line, at the end of one, in and around brackets."""

Path_ = tuple[str | int, ...]


def tidy(text: str) -> str:
    return formatted(text.encode(), "plan.yaml").decode()


def meaning(text: str) -> str:
    definition = parse_definition(text.encode(), "plan.yaml")
    return encode_definition(msgspec.structs.replace(definition, digest=""))


def strewn(text: str, data: st.DataObject, most: int = 8) -> str:
    """Return ``text`` with comments wherever they are comments and change nothing."""
    said = read(text.encode(), "plan.yaml").data
    for number in range(data.draw(st.integers(1, most))):
        pattern = data.draw(st.sampled_from(PLACES))
        places = [found.end() for found in re.finditer(pattern, text, re.MULTILINE)] or [0]
        at = places[data.draw(st.integers(0, len(places) - 1))]
        margin = " " * data.draw(st.integers(0, 10))
        remark = {"^": f"{margin}# mark {number}\n", "$": f" # mark {number}"}.get(
            pattern, f" # mark {number}\n{margin}"
        )
        remarked = text[:at] + remark + text[at:]
        document = read(remarked.encode(), "plan.yaml")
        if not document.troubles and document.data == said:
            text = remarked
    return text


@st.composite
def spelt(draw: st.DrawFn, drawn: Drawn) -> str:
    """Draw a spelling of a drawn definition: in blocks or braces, its keys in any order."""

    chance = draw(st.randoms(use_true_random=True))

    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if not isinstance(value, dict):
            return value
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    return yaml.dump(
        shuffled(read(drawn.text.encode(), "drawn.yaml").data),
        sort_keys=False,
        default_flow_style=draw(st.sampled_from([False, False, None, True])),
        width=draw(st.sampled_from([20, 60, 1000])),
    )


def begun(text: str) -> dict[int, list[Path_]]:
    """Return the paths of what begins in each line, from 1, in the order of the line."""
    document = read(text.encode(), "plan.yaml")
    marks = {path: document.keys.get(path, mark) for path, mark in document.values.items()}
    found: dict[int, list[Path_]] = {}
    for path, mark in sorted(marks.items(), key=lambda pair: (pair[1].column, len(pair[0]))):
        if path:
            found.setdefault(mark.line, []).append(path)
    return found


def spoken_of(lines: list[str], number: int) -> int:
    """Return the line, from 1, of what a comment in ``lines[number]`` speaks of."""
    if lines[number].lstrip().startswith("#"):
        while number < len(lines) and (not (code := lines[number].strip()) or code[0] == "#"):
            number += 1
    return number + 1


def margin_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def strayed(before: str, after: str) -> list[str]:
    """Return the marks beside a thing, or at its margin right above, that left it."""
    old, new = before.split("\n"), after.split("\n")
    began, begins = begun(before), begun(after)
    now = {mark: n for n, line in enumerate(new) for mark in MARK.findall(line)}
    last = max(began)
    found = []
    for number, line in enumerate(old):
        for mark in MARK.findall(line):
            at = spoken_of(old, number)
            of = began.get(at, [])
            if line.lstrip().startswith("#"):
                # What stands above a closing bracket speaks of what is within.
                after = old[at - 1] if at <= len(old) else "}"
                is_told = margin_of(line) == margin_of(after) and after.strip()[0] not in "}]"
                of = of[:1] if is_told else []
            elif re.search(r"[\]}],?\s*# mark", line):
                # It speaks of what is closed, which may have begun before, and be all.
                whole: list[Path_] = [()] if at >= last else []
                of = [path[:length] for path in of for length in range(1, len(path) + 1)] + whole
            there = spoken_of(new, now[mark])
            while there > 1 and there not in begins:
                there -= 1
            if of and () not in of and not set(of) & set(begins[there]):
                found.append(f"{mark} of {of}")
    return found


def check(source: str) -> None:
    """Hold a source, whatever it is, against everything that formatting promises."""
    once = tidy(source)

    assert sorted(MARK.findall(once)) == sorted(MARK.findall(source))
    assert strayed(source, once) == []
    assert meaning(once) == meaning(source)
    assert tidy(once) == once


@given(text=st.sampled_from(TEXTS), data=st.data())
def test_comments_wherever_they_stand_are_kept_at_their_thing(
    text: str, data: st.DataObject
) -> None:
    check(strewn(text, data))


@given(drawn=definitions, data=st.data())
def test_any_definition_however_it_is_spelt_says_the_same_afterwards(
    drawn: Drawn, data: st.DataObject
) -> None:
    check(strewn(data.draw(spelt(drawn)), data))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_the_shipped_definitions_are_in_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert tidy(text) == text, "run `phaseflow fmt definitions/*/*.yaml`"


def test_keys_come_in_the_order_in_which_people_read_them() -> None:
    source = "# head\n\nname: b  # beside\nphaseflow: 1\n# of the parties\nparties: {}\ntitle: x\n"

    assert tidy(source) == (
        "# head\n\nphaseflow: 1\nname: b  # beside\ntitle: x\n# of the parties\nparties: {}\n"
    )


def test_names_and_lists_keep_their_order() -> None:
    source = "states:\n  b:\n  a:\ntransitions:\n  - to: z\n    name: y\n  - name: a\n"

    assert tidy(source) == (
        "states:\n  b:\n  a:\ntransitions:\n  - name: y\n    to: z\n  - name: a\n"
    )


def test_categories_stand_after_the_total_in_the_order_of_the_author() -> None:
    row = "schedule: [{note: n, y: 1, x: 2, total: 3, by: day 1}]"
    source = f"obligations:\n  a: {{{row}}}\n"

    assert "{by: day 1, total: 3, y: 1, x: 2, note: n}" in tidy(source)


def test_braces_stay_on_one_line_up_to_the_width_and_open_beyond_it() -> None:
    short = "parties: {a: {title:   A,\n    role: verifier}}\n"
    long = f"parties:\n  a: {{role: verifier, title: {'A' * 90}}}\n"

    assert tidy(short) == "parties: {a: {title: A, role: verifier}}\n"
    assert tidy(long) == f"parties:\n  a:\n    title: {'A' * 90}\n    role: verifier\n"


def test_a_state_of_which_nothing_is_said_keeps_its_colon_in_braces() -> None:
    assert tidy("states: {draft: , b, c: {d:   }}\n") == "states: {draft: , b: , c: {d: }}\n"


def test_indentation_and_blank_lines_are_even() -> None:
    source = "\n\ntitle: x   \nsources:\n- a\n\n\n\n-   b\nstates:\n        a:\n\n"

    assert tidy(source) == "title: x\nsources:\n  - a\n\n  - b\nstates:\n  a:\n"


def test_the_line_for_editors_stays_first_and_what_is_right_above_a_key_goes_with_it() -> None:
    source = "# yaml-language-server: $schema=s.json\n# of the name\nname: x\nphaseflow: 1\n"

    assert tidy(source) == (
        "# yaml-language-server: $schema=s.json\nphaseflow: 1\n# of the name\nname: x\n"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sources: [a, # one\n  b]\n", "sources:\n  - a  # one\n  - b\n"),
        ("sources: [ # one\n  ]\n", "sources: []  # one\n"),
        ("sources:\n  [\n  # one\n  ]\n", "# one\nsources: []\n"),
        ("sources: [ # one\n  a]  # two\n", "# two\nsources: [a]  # one\n"),
        ("sources: [a\n  # one\n  ]  # two\n", "sources:  # two\n  - a\n  # one\n"),
        ("{name: x,  # one\n  title: y}  # two\n", "name: x  # one\ntitle: y\n# two\n"),
        ("{}  # one\n", "{}\n# one\n"),
        ("title: # one\n  x\n", "title: x  # one\n"),
        ("title:\n  # one\n  x\n", "# one\ntitle: x\n"),
        ("title: x\n# one", "title: x\n# one\n"),
        ("title: a\n  b # one\n", "title: a\n  b  # one\n"),
        ("# one\n---\n# two\ntitle: x\n...\n# three\n", "# one\n# two\ntitle: x\n# three\n"),
        ("note: >- # one\n      a\n      b\n# two\n", "note: >-  # one\n  a\n  b\n# two\n"),
        ("note: |\n  a\n\n# one\ntitle: x\n", "\n# one\ntitle: x\nnote: |\n  a\n"),
        (
            "sources:\n- # one\n  a\n# two\ntitle: x\n",
            "# two\ntitle: x\nsources:\n  # one\n  - a\n",
        ),
        (
            "states:\n  a:\n  # one\n\n\n# two\ninitial: a\n",
            "# two\ninitial: a\nstates:\n  a:\n  # one\n",
        ),
        (
            "states:\n  a:\n    deadlines: run\n    # one\n  # two\n  b:\n",
            "states:\n  a:\n    deadlines: run\n    # one\n  # two\n  b:\n",
        ),
        (
            "transitions:\n  - {name: a}\n      # one\n  - name: b\n",
            "transitions:\n  - {name: a}\n    # one\n  - name: b\n",
        ),
        (
            "title: x\n    # one\nname: y\n",
            "name: y\ntitle: x\n  # one\n",
        ),
        (
            "states:\n  a:\n\n      # one\n    # two\n\n  # three\n  b:\n",
            "states:\n  a:\n\n    # one\n    # two\n\n  # three\n  b:\n",
        ),
        (
            "states:\n  a:\n      deadlines: run\n    # one\n  b:\n",
            "states:\n  a:\n    deadlines: run\n    # one\n  b:\n",
        ),
        ("note: |\n    a\n  # one\nname: y\n", "name: y\n# one\nnote: |\n  a\n"),
        (
            "transitions:\n  - {name: a}\n      # phaseflow: ignore PF420 because of it\n  - name: b\n",
            "transitions:\n  - {name: a}\n  # phaseflow: ignore PF420 because of it\n  - name: b\n",
        ),
        (
            "transitions:\n  # one\n  -\n    # two\n    to: a # three\n    # four\n    name: b\n",
            "transitions:\n  # one\n  # four\n  - name: b\n    # two\n    to: a  # three\n",
        ),
    ],
)
def test_a_comment_in_an_odd_place_is_kept(source: str, expected: str) -> None:
    assert tidy(source) == expected.lstrip("\n")
    assert tidy(tidy(source)) == tidy(source)


@pytest.mark.parametrize(
    "source",
    [
        'title: "a\n   b \\\n   c\\ \n   d"\n',
        "title: a\n   b\n\n   c\n",
        "title: 'it''s\n  so'\n",
        "note: |2\n    a\n   b\n",
        "note: |+\n   a\n\n\ntitle: x\n",
        "note: >\n  a\n\n    b\n  c\n\ntitle: x\n",
        "note: |\n\ntitle: x\n",
        "note: |\n   # no comment\n   a # nor this\n",
        "sources: [-, a\n  b]\n",
        "sources: [a: b, 'c' : d, \"e\":f]\n",
        "sources: [a,, ]\n".replace(",,", ","),
        "sources:\n- - a\n  - b\n-\n  - c\n",
        "states: {a, b: , c: {d}}\n",
        "? title\n: x\n",
        "? title\n",
        "'title': x\n",
        "%YAML 1.2\n---\ntitle: x\n...\n",
        "title: x\r\nname: y\r\n",
        "title: x\rname: y\r",
        "\ufefftitle: x\n",
        "{phaseflow: 1, name: x}\n",
        "{}\n",
    ],
)
def test_odd_spellings_say_the_same_afterwards(source: str) -> None:
    once = tidy(source)

    assert read(once.encode(), "plan.yaml").data == read(source.encode(), "plan.yaml").data
    assert tidy(once) == once


@given(
    value=st.text("ab \n#:'\"\\-{}[],", max_size=30),
    style=st.sampled_from(["'", '"', "|", ">", None]),
    width=st.sampled_from([5, 20, 1000]),
    opening=st.sampled_from(["", "- ", "- - "]),
)
def test_text_in_any_style_says_the_same_afterwards(
    value: str, style: str | None, width: int, opening: str
) -> None:
    body = yaml.dump({"note": value, "title": value}, default_style=style, width=width)
    indented = "".join(f"   {' ' * len(opening)}{line}\n" for line in body.splitlines())
    source = f"states:\n   {opening}{indented.lstrip()}"
    document = read(source.encode(), "plan.yaml")
    assume(not document.troubles)

    once = tidy(source)

    assert read(once.encode(), "plan.yaml").data == document.data
    assert tidy(once) == once


@pytest.mark.parametrize(
    "source",
    [
        b"[" * 100_000,
        b"a: &b 1\n",
        b"a: *b\n",
        b"a: !x 1\n",
        b"a: 1\na: 2\n",
        b"\xff",
        b"- a\n",
        b"",
        b"a: " + b"{b: " * 60 + b"[" + b"a_word_to_repeat, " * 9_000 + b"]" + b"}" * 60,
    ],
    ids=["nested", "anchor", "alias", "tag", "twice", "bytes", "list", "empty", "grows"],
)
def test_what_cannot_be_read_safely_is_refused(source: bytes) -> None:
    assert len(source) <= BYTES_AT_MOST
    with pytest.raises(DefinitionInvalid):
        formatted(source, "plan.yaml")


@pytest.mark.parametrize("name", HOSTILE)
def test_of_a_hostile_file_the_check_alone_is_told(name: str) -> None:
    source = HOSTILE[name].encode()[: BYTES_AT_MOST + 1]

    result = put_in_order(source, "d.yaml")

    told_ = [d for d in examine(source, "d.yaml")[1] if d.severity != "advice"]
    assert result.trouble == "\n".join(map(str, told_))


@pytest.mark.parametrize("kind", ORDER, ids=lambda kind: kind.__name__)
def test_the_order_names_keys_that_exist_each_once(kind: type[form.FormPart]) -> None:
    order = key_order(kind)

    assert sorted(key for key in order if key != OTHERS) == sorted(kind.known_keys())


SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")
BECAUSE = "# phaseflow: ignore PF418 because the text names no day"


def told(text: str, of: str = "PF418PF115") -> list[str]:
    return [d.code for d in examine(text.encode(), "d.yaml")[1] if d.code in of]


def with_duty(text: str) -> str:
    return SOUND.replace("obligations:\n", f"obligations:\n{text}")


@pytest.mark.parametrize(
    "duty",
    [
        f"  food: {{amount: 10, obligor: south}}  {BECAUSE}\n",
        f"  {BECAUSE}\n  food:\n    amount: 10\n    obligor: south\n",
        f"  {BECAUSE}\n  food: {{amount: 10, obligor: south, title: {'so ' * 40}}}\n",
        f"  food: {{amount: 10, obligor: south, title: {'so ' * 40}}}  {BECAUSE}\n",
    ],
)
def test_an_ignore_still_speaks_of_the_same_thing(duty: str) -> None:
    source = with_duty(duty)

    result = put_in_order(source.encode(), "d.yaml")

    assert told(source) == told(result.after.decode()) == []
    assert not result.trouble
    assert not result.is_in_order


def test_what_an_ignore_speaks_of_stays_on_its_line_beyond_the_width() -> None:
    ignore = "# phaseflow: ignore PF315 because it is so"
    duty = "  food: {title: Food, obligor: south, amount: 10, by: day 7, verified_by: watch"
    source = with_duty(f"{duty}, when_left: lapse, value: 5}}  {ignore}\n")

    result = put_in_order(source.replace("{title: Food, ", "{ title: Food, ").encode(), "d.yaml")

    assert told(source, of="PF315PF115").count("PF315") == 1
    assert f"verified_by: watch, when_left: lapse, value: 5}}  {ignore}\n" in result.after.decode()
    assert not result.trouble


@pytest.mark.parametrize("at_item", [True, False])
def test_the_first_key_of_an_item_stays_first_where_an_ignore_speaks_of_it(
    at_item: bool,
) -> None:
    ignore = "# phaseflow: ignore PF309 because it is so"
    above, beside = (f"  {ignore}\n", "") if at_item else ("", f"  {ignore}")
    source = f"transitions:\n{above}  - to: a{beside}\n    from: c\n    name: b\n"

    assert tidy(source) == f"transitions:\n{above}  - to: a{beside}\n    name: b\n    from: c\n"


def test_a_file_is_left_where_an_ignore_would_come_to_speak_of_more() -> None:
    two = "  food: {obligor: south,\n    amount: 10,\n    verified_by: watch, verify_within: P1D,\n"
    source = with_duty(f"{two}    title: Food}}  {BECAUSE}\n")

    result = put_in_order(source.encode(), "d.yaml")

    assert result.before == result.after
    assert "d.yaml is left as it is" in result.trouble
    assert "PF418" in result.trouble


@settings(max_examples=examples(20))
@given(text=st.sampled_from(TEXTS), data=st.data())
def test_ignores_wherever_they_are_needed_stay_where_they_are_needed(
    text: str, data: st.DataObject
) -> None:
    lines = LATER.sub("", IGNORE.sub("", text))
    text_lines = lines.split("\n")
    _, found = examine(lines.encode(), "d.yaml")
    open_ = [d for d in found if d.severity != "error"]
    if open_ and len(open_) == len(found):
        chosen = data.draw(st.lists(st.sampled_from(open_), max_size=3, unique_by=lambda d: d.line))
        for fault in sorted(chosen, key=lambda d: -d.line):
            place = fault.line - 1
            ignore = f"# phaseflow: ignore {fault.code} because it is so"
            if data.draw(st.booleans()):
                text_lines[place] += f"  {ignore}"
            else:
                text_lines.insert(place, " " * margin_of(text_lines[place]) + ignore)
    source = "\n".join(text_lines)

    after = tidy(source)

    assert told_of(after) == told_of(source)


def told_of(text: str) -> Counter[tuple[str, str]]:
    return Counter((d.code, d.message) for d in examine(text.encode(), "d.yaml")[1])
