"""Other spellings of the same value: escapes, doubled members, numbers, Unicode, what trails."""

import re
from collections.abc import Callable

import pytest
from tests.attacks.conftest import Judge, broken
from tests.attacks.forge import History, spelled

Spelling = Callable[[str], str | bytes]

SPELLINGS: dict[str, Spelling] = {
    "a space after a colon": lambda line: line.replace(":", ": ", 1),
    "a space before it": lambda line: " " + line,
    "a space after it": lambda line: line[:-1] + " \n",
    "a carriage return after it": lambda line: line[:-1] + "\r\n",
    "a byte order mark": lambda line: "\ufeff" + line,
    "an escaped letter": lambda line: line.replace("note", "n\\u006fte", 1),
    "an escaped solidus": lambda line: line.replace('"text":"', '"text":"\\/', 1),
    "an escaped letter beyond ASCII": lambda line: line.replace("é", "\\u00e9"),
    "a pair of surrogates": lambda line: line.replace("\U0001d11e", "\\ud834\\udd1e"),
    "a lone surrogate": lambda line: line.replace("\U0001d11e", "\\ud834"),
    "a lone surrogate in bytes": lambda line: line.encode().replace("é".encode(), b"\xed\xa0\x80"),
    "bytes that are no UTF-8": lambda line: line.encode().replace("é".encode(), b"\xe9"),
    "an overlong letter": lambda line: line.encode().replace(b"note", b"n\xc1\xafte", 1),
    "a control character": lambda line: line.replace("é", "\\u0007"),
    "a raw control character": lambda line: line.replace("é", "\x07"),
    "a raw tab": lambda line: line.replace("é", "\t"),
    "a deletion": lambda line: line.replace("é", "\x7f"),
    "a zero byte": lambda line: line.replace("é", "\\u0000"),
    "a member twice": lambda line: line.replace('"kind":', '"kind":"note","kind":', 1),
    "a member twice, the other first": lambda line: line.replace('"seq":', '"seq":9,"seq":', 1),
    "members in another order": lambda line: re.sub(
        r'("about":\[1\]),("text":"[^"]*")', r"\2,\1", line
    ),
    "a fraction": lambda line: line.replace('"about":[1]', '"about":[1.0]'),
    "an exponent": lambda line: line.replace('"about":[1]', '"about":[1e0]'),
    "a leading zero": lambda line: line.replace('"about":[1]', '"about":[01]'),
    "a negative zero": lambda line: line.replace('"about":[1]', '"about":[-0]'),
    "a negative number": lambda line: line.replace('"about":[1]', '"about":[-1]'),
    "a number too large": lambda line: line.replace('"about":[1]', f'"about":[{2**53}]'),
    "a number of five thousand digits": lambda line: line.replace("[1]", f"[{'9' * 5000}]"),
    "not a number": lambda line: line.replace('"about":[1]', '"about":[NaN]'),
    "infinity": lambda line: line.replace('"about":[1]', '"about":[Infinity]'),
    "a trailing comma": lambda line: line.replace('"about":[1]', '"about":[1,]'),
    "a comment": lambda line: line.replace('"about":[1]', '"about":[1/**/]'),
    "single quotation marks": lambda line: line.replace('"note"', "'note'"),
    "a second value": lambda line: line[:-1] + "{}\n",
    "a line in between": lambda line: "\n" + line,
    "nesting without end": lambda _: "[" * 100_000 + "\n",
    "nesting beyond 32": lambda line: line.replace('"about":[1]', f'"about":{"[" * 31}{"]" * 31}'),
    "a name of another alphabet": lambda line: line.replace('"about"', '"\u0430bout"'),
    "an empty line": lambda _: "\n",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_value_has_one_spelling(judge: Judge, good: History, name: str) -> None:
    line = good.lines[2]
    other = SPELLINGS[name](line)
    assert other != line
    assert write(judge, good, 2, other) == broken("canonical", 2)


def test_text_in_another_unicode_form_is_another_text(judge: Judge, good: History) -> None:
    # Nothing is normalised: it is canonical, and the entry another one.
    good.lines[2] = good.lines[2].replace("é", "e\u0301")

    assert judge(good) == broken("prev", 3)


def test_lines_are_ended_by_line_feeds_only(judge: Judge, good: History) -> None:
    good.lines[2] = good.lines[2].replace("é", "\u2028\u0085")
    assert judge(good) == broken("prev", 3)

    good.lines[16] = good.lines[16][:-1]
    good.lines[2] = ""
    assert judge(good)["entry"] == 2


FORMS: dict[str, tuple[str, str]] = {
    "a day that there is not": ('"2025-01-15T12:02:00Z"', '"2025-02-30T12:02:00Z"'),
    "an hour that there is not": ('"2025-01-15T12:02:00Z"', '"2025-01-15T24:02:00Z"'),
    "a leap second": ('"2025-01-15T12:02:00Z"', '"2025-01-15T12:02:60Z"'),
    "a time zone": ('"2025-01-15T12:02:00Z"', '"2025-01-15T12:02:00+00:00"'),
    "a line feed after a moment": ('"2025-01-15T12:02:00Z"', '"2025-01-15T12:02:00Z\\n"'),
    "digits of another alphabet": ('"2025-01-15T12:02:00Z"', '"\u0662\u066025-01-15T12:02:00Z"'),
    "a year that nobody means": ('"2025-01-15T12:02:00Z"', '"9999-12-31T12:02:00Z"'),
    "a hash in capitals": ('"seen":{"hash":"', '"seen":{"hash":"A'),
    "a name with a line feed": ('"actor":"observer"', '"actor":"observer\\n"'),
    "a list for a text": ('"about":[1]', '"about":1'),
    "a truth value for a number": ('"about":[1]', '"about":[true]'),
    "nothing for a list": ('"about":[1]', '"about":null'),
    "a member of another kind": ('"about":[1]', '"amount":1'),
    "a kind that there is not": ('"kind":"note"', '"kind":"wish"'),
    "another version": ("phaseflow-statement-v1", "phaseflow-statement-v2"),
    "a commitment with company": ('"text":"', '"text":{"@commit":"' + "0" * 64 + '","z":1},"u":"'),
    "a commitment where none may stand": (
        '"about":[1]',
        '"about":[{"@commit":"' + "0" * 64 + '"}]',
    ),
    "a signature that is no base64": ('"sig":null', '"sig":"####"'),
    "an empty signature": ('"sig":null', '"sig":""'),
    "consequences that are an object": ('"then":[]', '"then":{}'),
    "a consequence that there is not": (
        '"then":[]',
        '"then":[{"at":"2025-01-15T12:02:00Z","body":{},"kind":"wish"}]',
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_value_has_the_form_of_its_member(judge: Judge, good: History, name: str) -> None:
    old, new = FORMS[name]
    assert old in good.lines[2]
    good.lines[2] = good.lines[2].replace(old, new)

    assert judge(good) == broken("form", 2)


@pytest.mark.parametrize("line", ["{}\n", "[]\n", "null\n", '"x"\n', "1\n", '{"stmt":{}}\n'])
def test_what_is_no_entry_is_none(judge: Judge, good: History, line: str) -> None:
    good.lines[2] = line

    assert judge(good) == broken("form", 2)


def test_what_is_spelled_like_the_format_is_what_the_tests_write(good: History) -> None:
    assert [spelled(entry) for entry in good.entries] == good.lines


def write(judge: Judge, made: History, seq: int, line: str | bytes) -> object:
    """Return the verdict, a line being replaced byte for byte."""
    if isinstance(line, str):
        made.lines[seq] = line
        return judge(made)
    made.lines[seq] = line.decode("latin-1")
    return judge(made, raw=seq)
