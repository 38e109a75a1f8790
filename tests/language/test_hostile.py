"""A hostile file can neither run code nor exhaust memory or time."""

import re
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import examine, parse_definition
from phaseflow.model.visible import FORBIDDEN
from phaseflow.text.source import BYTES_AT_MOST, read

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")
SECONDS = 2
"""Of processor time; each was refused in under 0.2 when it was measured."""
MEGABYTES = 100
PEAK = Path("/proc/self/status")
LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def codes(source: bytes) -> set[str]:
    begun = time.process_time()
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(source, "d.yaml")
    assert time.process_time() - begun < SECONDS
    return {fault.code for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PF102"),
        ("[" * 50_000, "PF10"),
        ("{" * 50_000, "PF10"),
        ("- " * 100_000, "PF103"),
        ("? " * 100_000, "PF103"),
        ("a: [" + "x," * 60_000 + "]", "PF103"),
        (LAUGHS, "PF103"),
        ("a: !!python/object/apply:os.system [id]", "PF103"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "PF103"),
        ("? [a]\n: 1", "PF103"),
        ("a: \x00", "PF101"),
        ("a: \x1b[2J", "PF101"),
        ('a: "\\0"', "PF101"),
        ('a: "\\u202e"', "PF101"),
        ("a: 99999999999999999999999999", "PF105"),
        ("a: " + "9" * 100_000, "PF105"),
        ("a: .inf", "PF105"),
        ("a: 1e9", "PF105"),
        ("1: a", "PF108"),
        ("null", "PF108"),
        ("just text", "PF108"),
    ],
    ids=range(21),
)
def test_what_could_harm_is_refused(text: str, code: str) -> None:
    assert any(told.startswith(code) for told in codes(text.encode()))


SHOWN = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2}
SHOWN |= {0x110BD, 0x110CD}
IGNORABLE = [0x34F, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180F, 0x2065, 0x3164, 0xFE00, 0xFFA0]
IGNORABLE += [0xFFF0, 0xE0000, 0xE0080, 0xE01EF, 0xE0FFF]
HIDDEN = [
    chr(point)
    for point in [*range(0x110000)]
    if unicodedata.category(chr(point)) in {"Cc", "Cf", "Zl", "Zp"}
    and point not in SHOWN | {0x09, 0x0A, 0x0D}
]


def test_whatever_does_not_show_is_refused_between_letters() -> None:
    hidden = [*HIDDEN, *map(chr, IGNORABLE), "\u2800", "\ufdd0", "\uffff", "\U0010ffff"]

    assert len(hidden) > 200
    assert [c for c in hidden if not FORBIDDEN.search(f"Sel{c}ler")] == []


@pytest.mark.parametrize(
    "title",
    [
        "می\u200cخواهد",
        "ශ්\u200dරී ලංකා",
        "ᠮᠣᠩᠭᠣᠯ\u180e",
        "葛\U000e0100城",
        "\U0001f468\u200d\U0001f33e \u26a0\ufe0f",
        "100\u00a0000\u202f€",
        "Straße, 卖方, Продавец",
    ],
)
def test_what_a_title_cannot_be_spelt_without_is_kept(title: str) -> None:
    kept = parse_definition(SOUND.replace("title: Exchange", f"title: {title}", 1).encode(), "d")

    assert kept.title == title


@pytest.mark.parametrize(
    "title", ["می\u200c\u200cخواهد", "\u26a0\ufe0f\ufe0f", "e\ufe0f", "1\u200d"]
)
def test_what_shapes_no_character_before_it_is_refused(title: str) -> None:
    assert codes(SOUND.replace("title: Exchange", f"title: {title}", 1).encode()) == {"PF101"}


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_lines_are_counted_as_editors_count_them(end: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(f"# {end}\nphaseflow: 1\ntitle: a{end}b\n".encode(), "d.yaml")

    assert [(fault.line, fault.column) for fault in caught.value.faults] == [(1, 3), (3, 9)]


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert codes(b"phaseflow: 1\ntitle: \xff\xfe\n") == {"PF101"}


def test_a_file_that_is_too_large_is_refused() -> None:
    assert codes(b"#" * (BYTES_AT_MOST + 1)) == {"PF101"}


def test_a_fault_never_shows_a_character_that_steers_the_terminal() -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(b"a: \x1b[2J\n", "d.yaml")

    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("a:\n  b:\u00a0c\n  d: e\n", (2, 5), "no-break space"),
        ("a:\n  b: c\n\u00a0\u00a0d: e\n  f: g\n", (3, 1), "no-break space"),
        ("a:\n  b：c\n\n  # so\n  d: e\n", (2, 4), "fullwidth colon"),
        ("a:\n  – b: c\n    d: e\n", (2, 3), "en dash"),
        ("a: {b: c，d: e}\n", (1, 9), "fullwidth comma"),
        ("a: “b: c”\n", (1, 4), "left double quotation mark"),
        ("a: “b” c\nd\ne: f\n", (2, 1), "this line has no ': '"),
        ("a:\n  b: 'c\n  d: e\n", (2, 6), "this quote is not closed"),
        ("a:\n  b: 'c\n  d: 'e'\n  f: g\n", (2, 6), "this quote is not closed"),
        ('a: [b, {c: "d]\n', (1, 12), "this quote is not closed"),
        ("a: {b: c\nd: e\n", (1, 4), "this '{' is not closed"),
        ("a: {b: c\n", (1, 4), "this '{' is not closed"),
        ("a: [b\nd: e\n", (1, 4), "this '[' is not closed"),
        ("a:b\nc: d\n", (1, 2), "a ':' without a space"),
        ("a:\n  -{b: c, d: e}\n", (2, 3), "a '-' without a space"),
        ("a: b\n  c: d\n", (2, 3), "indented further than the line before"),
        ("a: 'b'c'\n", (1, 7), "the quoted text ends before this"),
        ("a: @b\n", (1, 4), "text cannot begin with '@'"),
        ("- a: b, c: d\n", (1, 10), "two keys in one line"),
        ("a: b: [c]\n", (1, 4), "a mapping within a line needs braces"),
        ("a: Bank: the good one\n", (1, 8), "a second ': ' in one text"),
    ],
)
def test_what_is_not_yaml_is_reported_where_the_slip_is(
    text: str, place: tuple[int, int], told: str
) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(text.encode(), "d.yaml")

    first = caught.value.faults[0]
    assert (first.line, first.column) == place
    assert told in first.message


def test_text_that_begins_like_an_alias_is_one_slip() -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(b"name: x\ntitle: *Article 5* Buyer\n", "d.yaml")

    here = [fault for fault in caught.value.faults if fault.line == 2]
    assert [fault.code for fault in here] == ["PF102"]


@pytest.mark.parametrize(
    ("wanted", "written", "told", "remedy"),
    [
        ("by: day 7", "by: day\u00a07", "'day\u00a07' is not a moment", "write a space here"),
        ("by: day 7", "by: day ７", "U+FF17 (fullwidth digit seven)", "write '7' here"),
        ("obligor: north", "obligor: nоrth", "cyrillic small letter o", "did you mean 'north'?"),
        ("    obligee:", "    оbligee:", "cyrillic small letter o", "did you mean 'obligee'?"),
        ("goods.discharged", "goods.delivered ≥ 8", "greater-than or equal to", "write '>=' here"),
    ],
)
def test_a_character_that_looks_like_another_is_named(
    wanted: str, written: str, told: str, remedy: str
) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(SOUND.replace(wanted, written, 1).encode(), "d.yaml")

    assert told in caught.value.faults[0].message
    assert caught.value.faults[0].remedy == remedy


@pytest.mark.parametrize("wanted", ["by: day 7", "obligor: north", "{role: verifier}"])
def test_letters_of_another_script_are_no_lookalikes(wanted: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(SOUND.replace(wanted, "жук: ящик", 1).encode(), "d.yaml")

    assert "which is not" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: Price #1", "the text ends here, as '#1' is a comment"),
        ("title: “Exchange”", "the quotes of “Exchange” are part of the text"),
        ("title: Price  # as agreed", ""),
        ("title: 'Price #1'", ""),
        ("title: '“Exchange”'", ""),
        ("title: The “Exchange”", ""),
    ],
)
def test_text_without_quotes_that_is_not_what_it_seems_is_a_warning(text: str, told: str) -> None:
    _, found = examine(SOUND.replace("title: Exchange", text, 1).encode(), "d.yaml")

    assert [d.message for d in found if d.code == "PF116"] == ([told] if told else [])


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("goods.delivered > 01", "write 1"),
        ("goods.delivered > 2025-01-01", "write ''2025-01-01''"),
        ("goods.delivered > " + "9" * 5_000, "write a smaller one"),
        ("goods.delivered => 1", "write >="),
        ("goods.delivered <> 1", "write !="),
        ("ready AND ready", "write and"),
        ("(ready", "close it with )"),
        ("ready)", "remove it"),
        ("ready and", "say what is compared or joined"),
        ("ready ready", "join conditions with and, or; compare with == != < <= > >="),
        ("goods.delivered > 1.5", "write a whole number"),
        ("goods.delivered > 1.discharged", "write a whole number"),
    ],
)
def test_a_guard_is_explained_without_the_words_of_python(condition: str, remedy: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(guarded(condition).encode(), "d.yaml")

    [fault] = caught.value.faults
    assert fault.remedy == remedy.replace("''", "'")
    assert not re.search("syntax|literal|octal|sys|decimal|True|False|None", fault.message)


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 200 + "ready" + ")" * 200,
        "not " * 2_000 + "ready",
        "ready" + ".x" * 4_000,
        "1" + "+1" * 3_000 + " > 0",
        "9" * 5_000 + " > 0",
        "x" * 20_000,
        "().__class__.__bases__[0]",
        "__import__('os').system('id')",
        "ready if ready else ready",
        "lambda: ready",
        "ready is ready",
        "ready and 1and ready",
        "f'{ready}'",
        "(ready := ready)",
        "ready ** 2 > 1",
        "~1 > 0",
        "None",
        "1.5 > 1",
        "ready; ready",
        "ready\\\n",
        "réady",
    ],
)
def test_a_guard_that_does_more_than_read_is_refused(condition: str) -> None:
    text = SOUND.replace(
        "guards: [goods.discharged]", f"guards: ['{condition.replace(chr(39), chr(39) * 2)}']"
    )

    assert codes(text.encode()) <= {"PF112", "PF209", "PF210"}


def many(count: int, line: str) -> str:
    return "".join(line.format(i) for i in range(count))


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("states:\n", "states:\n" + many(9_000, "  s{}:\n")),
        SOUND.replace(
            "obligations:\n", "obligations:\n" + many(999, "  d{}: {{obligor: nort, by: dy}}\n")
        ),
        SOUND.replace(
            "  water:",
            many(900, "  d{0}: {{obligor: south, by: d{0} + P1D, excused_while: d{0}.excused}}\n")
            + "  water:",
        ),
        SOUND.replace(
            "transitions:\n",
            "transitions:\n"
            + many(900, "  - {{name: t{}, from: proposed, to: proposed, by: automatic}}\n"),
        ),
        SOUND.replace(
            "transitions:\n",
            "transitions:\n"
            + many(
                900,
                "  - {{name: t{}, from: [proposed, running, halted], to: previous, by: automatic, guards: [not ready]}}\n",
            ),
        ),
        SOUND.replace(
            "  found:",
            many(
                900, "  d{}: {{obligor: south, in_return_for: [{{obligation: money, each: 1}}]}}\n"
            )
            + "  found:",
        ).replace("obligation: goods", "obligation: d7"),
        SOUND.replace("after: day 14", "after: day 14" + " + P1D" * 50_000),
        SOUND.replace("after: day 14", "after: {earlier_of: [" + "nowhere, " * 20_000 + "]}"),
        SOUND.replace("[north, south]", "[" + "north, " * 40_000 + "]"),
        "\n".join(f"k{i}: 1" for i in range(40_000)),
    ],
    ids=range(10),
)
def test_a_large_faulty_file_is_refused_within_seconds(text: str) -> None:
    assert codes(text.encode())


def test_yaml_1_1_surprises_are_text() -> None:
    document = read(
        b"{a: on, b: NO, c: 12:30, d: 0123, e: 2025-03-01, f: 1_000, g: '7', h: <<}", "x"
    )

    assert list(document.data.values()) == [
        "on",
        "NO",
        "12:30",
        "0123",
        "2025-03-01",
        "1_000",
        "7",
        "<<",
    ]


def test_the_core_schema_reads_numbers_truth_and_nothing() -> None:
    document = read(b"{a: 7, b: -7, c: true, d: FALSE, e: null, f: ~, g: }", "x")

    assert list(document.data.values()) == [7, -7, True, False, None, None, None]


def test_every_key_and_value_has_its_place() -> None:
    document = read("é: {a: [x, 'y']}\n".encode(), "x")

    mark = document.values["é", "a", 1]
    assert (mark.line, mark.column, mark.width, mark.inner) == (1, 12, 3, 13)
    assert document.keys["é", "a"].column == 5


def guarded(condition: str) -> str:
    return SOUND.replace("guards: [goods.discharged]", f"guards: ['{condition}']")


def laughing(generations: int) -> str:
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    rest = (f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, generations))
    return first + "".join(rest)


HOSTILE = {
    "brackets": "[" * 100_000,
    "closed brackets": "a: " + "[" * 100_000 + "]" * 100_000,
    "braces": "{" * 100_000,
    "an alias bomb": laughing(50),
    "anchors": many(40_000, "k{0}: &a{0} 1\n"),
    "tags": many(20_000, "k{}: !!python/name:os.system x\n"),
    "duplicate keys": "phaseflow: 1\n" * 80_000,
    "50 megabytes": "a: b\n" * 10_000_000,
    "a megabyte of items": "a: [" + "x," * 500_000 + "]",
    "a megabyte of keys": many(90_000, "k{}: 1\n"),
    "a megabyte of text": "title: " + "x" * 1_000_000,
    "bidirectional controls": "\u202e\n" * 200_000,
    "a guard of 10,000 terms": guarded("ready" + " and ready" * 9_999),
    "a guard of 1,000 levels": guarded("(" * 1_000 + "ready" + ")" * 1_000),
    "ignores": many(25_000, "# phaseflow: ignore PF301 because of {}\n") + SOUND,
    "colons": "a: " + ": " * 500_000,
    "open quotes": "a: {b: 'c, " * 90_000,
    "lines after an open brace": "a: {b: c\n" + many(40_000, "  k{}: {{d: e}}\n"),
    "comments after an open bracket": "a: " + "[" * 60 + "\n" + "  #]\n" * 50_000,
    "blanks in lines": ("a: x" + " " * 9_900 + "y\n") * 100 + "b: @c\n",
    "blanks in braces": "a: {b: x" + " " * 900_000 + "y: z}\n",
    "commas in braces": SOUND.replace("amount: 10,", "amount: {" + "000, " * 9_000 + "},"),
    "pasted lines": "title: x\n" + "a：“\n" * 100_000,
    "names in another script": SOUND.replace(
        "parties:\n", "parties:\n" + many(5_000, f"  р{'о' * 60}{{}}: {{{{}}}}\n")
    ),
    "blanks in a moment": SOUND.replace("by: day 7", "by: x" + " " * 900_000 + "y", 1),
    "figures that are none": SOUND.replace(
        "amount: 10,", "amount: {" + many(5_000, "c{0}: x{0}, ") + "},"
    ).replace("findings:\n", "findings:\n" + many(2_000, "  f{}: {{by: watch, type: integer}}\n")),
    "unknown keys": SOUND.replace("  goods:\n", "  goods:\n" + many(9_000, "    k{}: 1\n")),
    "faulty parties": SOUND.replace("parties:\n", "parties:\n" + many(9_000, "  p{}: {{}}\n")),
}
EXAMINE = f"""
import os, sys, time
from phaseflow.service.definitions import examine

def peak():
    with open("{PEAK}") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

# It loads what it needs once it is needed.
examine(b"", "d.yaml")
for path in sys.argv[1:]:
    # What one file takes is not counted with what another took.
    if os.fork() == 0:
        with open(path, "rb") as file:
            source = file.read({BYTES_AT_MOST} + 1)
        begun = time.process_time()
        told = examine(source, "d.yaml").found
        took = time.process_time() - begun
        print(took, peak(), max(d.severity == "error" for d in told), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told of each hostile file by a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / f"{number}.yaml" for number in range(len(HOSTILE))]
    for path, text in zip(paths, HOSTILE.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", EXAMINE, *paths], capture_output=True, text=True, check=True
    )
    shutil.rmtree(folder)
    return dict(zip(HOSTILE, done.stdout.splitlines(), strict=True))


@pytest.mark.skipif(not PEAK.exists(), reason="the peak of memory is told by Linux only")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_time_and_memory(
    name: str, examined: dict[str, str]
) -> None:
    took, peak, is_refused = examined[name].split()

    assert is_refused == "True"
    assert float(took) < SECONDS
    assert int(peak) < MEGABYTES


@pytest.mark.parametrize("text", ["x" * 5_000, "x\\ny"])
def test_a_message_takes_one_line_of_bounded_length(text: str) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(SOUND.replace("by: day 7", f'by: "{text}"', 1).encode(), "d.yaml")

    [fault] = caught.value.faults
    assert len(fault.message) < 400
    assert "\n" not in fault.message + fault.remedy


def test_of_very_many_faults_the_first_are_told() -> None:
    text = SOUND.replace("parties:\n", "parties:\n" + many(1_500, "  p{}: {{role: x}}\n"))

    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(text.encode(), "d.yaml")

    assert len(caught.value.faults) == 1_001
    assert caught.value.faults[0].message == "there are more than 1000 faults: these are the first"


@pytest.mark.parametrize(
    ("wanted", "written", "hint"),
    [
        ("refrain: true", "refrain: on", "write true, or leave it out"),
        ("refrain: true", "refrain: NO", "write true, or leave it out"),
        ("total: 8", "total: 0123", "did you mean '123'?"),
        ("by: day 7", "by: 12:30", "write for example day 7"),
    ],
)
def test_text_where_something_else_is_wanted_is_refused_with_a_hint(
    wanted: str, written: str, hint: str
) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(SOUND.replace(wanted, written, 1).encode(), "d.yaml")

    assert hint in caught.value.faults[0].remedy


def test_text_where_text_is_wanted_is_kept() -> None:
    kept = parse_definition(SOUND.replace("title: Exchange", "title: NO", 1).encode(), "d.yaml")

    assert kept.title == "NO"
