"""Where a text stopped being YAML, which is often before the place at which its reading stops."""

import re
from typing import NamedTuple

from phaseflow.text.characters import CURLY, Odd, odd
from phaseflow.text.slips import Slip, first_slip

_LINE_AT_MOST = 10_000
_KEY = r"[ \t]*(?:- +)*\w+"
_KEY_LINE = re.compile(rf"{_KEY}:(?:[ \t]|$)")
_PASTED = re.compile(
    r"(\s*[^\S \t]|[ \t]*[^\x00-\x7f](?=[ \t])|[ \t]*-[^\S \t])"
    rf"|{_KEY}([^\x00-\x7f\w]|:[^\S \t])"
)
_PASTED_WITHIN = re.compile(f"[:,{{\\[-][ \t]+([{CURLY}])|([\uff01-\uff5d\u3001])")
_NO_SPACE_AFTER_COLON = re.compile(rf"{_KEY}:(?=[^\s:])")
_NO_SPACE_AFTER_DASH = re.compile(r"[ \t]*-(?=[\w{\"'\[])")
_ASKEW = ("did not find expected key", "did not find expected '-' indicator")
_TAB = re.compile(r" *(\t)[ \t]*\S")


class YamlError(NamedTuple):
    """What YAML's reader says: the problem and its place, and the line where what it read began."""

    problem: str
    line: int
    column: int
    begun: int


def slip_in(lines: list[str], number: int) -> Slip | None:
    """Return the slip in line ``number``, up to which all could be read, or None."""
    return first_slip([line[:_LINE_AT_MOST] for line in lines[:number]], is_end=False)


def broken(lines: list[str], refusal: YamlError) -> Slip:
    """Return what is wrong in ``lines``, the likeliest slip that explains ``refusal``."""
    lines = [line[:_LINE_AT_MOST] for line in lines[: refusal.line]]
    shown = _line(lines, refusal.line)
    return (
        _tab(shown, refusal)
        or _pasted(lines, refusal)
        or _dash(shown, refusal)
        or first_slip(lines, is_end=not shown[refusal.column - 1 :].strip())
        or _slip_before(lines, refusal)
        or Slip(
            refusal.line,
            refusal.column,
            f"this is not YAML: {refusal.problem}",
            _remedy(refusal.problem),
        )
    )


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if number <= len(lines) else ""


def _remedy(problem: str) -> str:
    if "','" in problem:
        return "close the bracket that was opened before, or put a comma here"
    return "look at the indentation and at open brackets and quotes, here and just before"


def _tab(shown: str, refusal: YamlError) -> Slip | None:
    found = _TAB.match(shown)
    if found is None and "tab" not in refusal.problem:
        return None
    column = found.start(1) + 1 if found else refusal.column
    return Slip(
        refusal.line, column, "a tab cannot indent a line", "indent with spaces, not with tabs"
    )


def _pasted(lines: list[str], refusal: YamlError) -> Slip | None:
    """Return a character that only looks like YAML's, here or in the line before."""
    for number in (_before(lines, refusal.line), refusal.begun, refusal.line):
        line = _line(lines, number)
        found = _PASTED.match(line)
        if found is None and number == refusal.line:
            found = _PASTED_WITHIN.search(line)
        if found is not None and found.lastindex is not None:
            strange = odd(found[found.lastindex])
            if strange is not None:
                column = found.start(found.lastindex) + strange.place + 1
                return _as_yaml(number, column, strange)
    return None


def _as_yaml(line: int, column: int, strange: Odd) -> Slip:
    message = f"this is not YAML: {strange} stands where {strange.meant} is meant"
    return Slip(line, column, message, f"write {strange.meant}")


def _before(lines: list[str], number: int) -> int:
    """Return the number of the last line before ``number`` that says something."""
    number -= 1
    while number > 1 and _line(lines, number).lstrip(" \t")[:1] in {"", "#"}:
        number -= 1
    return max(1, number)


def _dash(shown: str, refusal: YamlError) -> Slip | None:
    found = _NO_SPACE_AFTER_DASH.match(shown)
    if found is None:
        return None
    return Slip(refusal.line, found.end(), "there is a '-' without a space", "put a space after it")


def _slip_before(lines: list[str], refusal: YamlError) -> Slip | None:
    """Return a slip in the line before, which shows only when a key follows, or None."""
    shown = _line(lines, refusal.line)
    if not _KEY_LINE.match(shown):
        return None
    number = _before(lines, refusal.line)
    before = _line(lines, number)
    indent, deeper = (len(line) - len(line.lstrip(" ")) for line in (before, shown))
    if deeper < indent and refusal.problem in _ASKEW:
        message = "this is indented like none of the lines that it could belong to"
        return Slip(refusal.line, deeper + 1, message, "indent it as the entries around it")
    if found := _NO_SPACE_AFTER_COLON.match(before):
        return Slip(number, found.end(), "there is a ':' without a space", "put a space after it")
    if not _KEY_LINE.match(before) and ": " not in before:
        message = "this is not YAML: this line has no ': '"
        return Slip(number, indent + 1, message, "write KEY: VALUE, or put the text in quotes")
    if deeper > indent:
        message = "this is not YAML: this is indented further than the line before, which is whole"
        return Slip(refusal.line, deeper + 1, message, "indent it as the line before")
    return None
