"""Each value has one spelling, and nothing else is read."""

import json
import subprocess
from shutil import which
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phaseflow.errors import JournalBroken, StatementInvalid
from phaseflow.journal.canonical import canonical, parse_canonical, tagged_hash

FORBIDDEN = [*range(9), *range(0x0B, 0x20), 0x7F]
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, FORBIDDEN)))
)
NAMES = st.from_regex(r"[@a-z][a-z0-9_.]{0,63}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_comes_back_from_its_line(value: Any) -> None:
    assert parse_canonical(canonical(value)) == value


@given(VALUES)
def test_the_spelling_is_that_of_python(value: Any) -> None:
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == spelled + "\n"


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_a_line_has_no_line_within(values: list[Any]) -> None:
    text = "".join(map(canonical, values))
    assert text.encode().count(b"\n") == len(values)


@pytest.mark.skipif(which("jq") is None, reason="jq is not installed; Python's json stands for it")
def test_the_spelling_is_that_of_jq() -> None:
    letters = "".join(chr(c) for c in (*range(9, 11), *range(32, 127), *range(0xA0, 0x800)))
    value = {
        "a": letters,
        "b": ["\u2028\u2029\ufeff\ufffd\uffff", "𝄞\U0010ffff", 2**53 - 1, 0],
        "@c": {"z": None, "a_1": True, "a.1": False, "a1": []},
    }
    line = canonical(value)

    spelled = subprocess.run(
        ["jq", "-cS", "."], input=line.encode(), capture_output=True, check=True
    ).stdout

    assert spelled == line.encode()


@given(st.sampled_from([*FORBIDDEN, 0xD800, 0xDBFF, 0xDC00, 0xDFFF]), TEXTS)
def test_no_control_character_or_lone_surrogate_is_let_in(code: int, text: str) -> None:
    with pytest.raises(StatementInvalid, match=f"U.{code:04X}"):
        canonical({"a": [text + chr(code)]})
    with pytest.raises(JournalBroken):
        parse_canonical(f'{{"a":"{json.dumps(chr(code))[1:-1]}"}}\n')
    with pytest.raises(JournalBroken):
        parse_canonical(f'{{"a":"{chr(code)}"}}\n')


@pytest.mark.parametrize("value", [-1, 2**53, 1.0, 1.5, float("nan"), b"x", {1}, object()])
def test_what_json_cannot_say_alike_everywhere_is_refused(value: object) -> None:
    with pytest.raises(StatementInvalid):
        canonical([value])


@pytest.mark.parametrize("name", ["", "A", "é", "1a", "a b", "a" * 65, "a\n", "a\u0661", 1])
def test_a_member_has_a_plain_name(name: object) -> None:
    with pytest.raises(StatementInvalid, match="cannot name a member"):
        canonical({name: 1})


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth + "\n"


def test_nesting_ends_at_32() -> None:
    assert canonical(parse_canonical(nested(32))) == nested(32)

    for depth in (33, 900, 200_000):
        with pytest.raises(JournalBroken):
            parse_canonical(nested(depth))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "{}",
        "{}\r\n",
        "{}\n\n",
        "{} \n",
        " {}\n",
        "\ufeff{}\n",
        "{}x",
        '{"a": 1}\n',
        '{"a":1,"a":1}\n',
        '{"a":1,"a":2}\n',
        '{"b":1,"a":2}\n',
        '{"a":1.0}\n',
        '{"a":1e2}\n',
        '{"a":-0}\n',
        '{"a":-1}\n',
        '{"a":01}\n',
        '{"a":9007199254740992}\n',
        '{"a":' + "9" * 5000 + "}\n",
        '{"a":NaN}\n',
        '{"a":Infinity}\n',
        '{"a":"\\u00e9"}\n',
        '{"a":"\\/"}\n',
        '{"a":"\t"}\n',
        '{"a":"\\u0009"}\n',
        '{"A":1}\n',
        "{'a':1}\n",
        '{"a":1,}\n',
        '{"a":tru}\n',
    ],
)
def test_another_spelling_is_not_read(line: str) -> None:
    with pytest.raises(JournalBroken):
        parse_canonical(line)


@given(VALUES, st.data())
def test_a_changed_letter_is_another_value_or_no_line(value: Any, data: st.DataObject) -> None:
    line = canonical(value)
    place = data.draw(st.integers(0, len(line) - 1))
    letter = data.draw(st.characters())
    changed = line[:place] + letter + line[place + 1 :]

    try:
        read = parse_canonical(changed)
    except JournalBroken:
        return
    assert (json.dumps(read, sort_keys=True) == json.dumps(value, sort_keys=True)) == (
        changed == line
    )


@pytest.mark.skipif(which("sha256sum") is None, reason="sha256sum is not installed")
def test_a_tagged_hash_is_that_of_the_shell() -> None:
    line = canonical({"a": "é𝄞\t\n"})

    hashed = subprocess.run(
        ["sh", "-c", "{ echo phaseflow-entry-v1; cat; } | sha256sum"],
        input=line.encode(),
        capture_output=True,
        check=True,
    ).stdout

    assert hashed.split()[0].decode() == tagged_hash("phaseflow-entry-v1", line)
