"""Where a text stopped being YAML, which is often before the place at which its reading stops."""

import re
from typing import NamedTuple

from phaseflow.language.characters import CURLY, Odd, odd

_LINE_AT_MOST = 10_000
_KEY = r"[ \t]*(?:- +)*\w+"
_KEY_LINE = re.compile(rf"{_KEY}:(?:[ \t]|$)")
_PASTED = re.compile(
    r"(\s*[^\S \t]|[ \t]*[^\x00-\x7f](?=[ \t])|[ \t]*-[^\S \t])"
    rf"|{_KEY}([^\x00-\x7f\w]|:[^\S \t])"
)
_PASTED_WITHIN = re.compile(f"[:,{{\\[-][ \t]+([{CURLY}])|([\uff01-\uff5d\u3001])")
_QUOTE = re.compile(r"""(?:^|[:\-?,][ \t]+|[\[{][ \t]*)(["'])|(?:^|[ \t])#""")
_CLOSING = {"'": re.compile(r"(?:[^']|'')*+'"), '"': re.compile(r'(?:[^"\\]|\\.)*+"')}
_NO_SPACE_AFTER_COLON = re.compile(rf"{_KEY}:(?=[^\s:])")
_NO_SPACE_AFTER_DASH = re.compile(r"[ \t]*-(?=[\w{\"'\[])")
_CLOSED_EARLY = re.compile(rf"""{_KEY}:[ \t]+(?:'(?:[^']|'')*+'|"(?:[^"\\]|\\.)*+")[ \t]*[^\s#]""")
_SIGN_AT_START = re.compile(rf"{_KEY}:[ \t]+([@`&*%|>!])")
_TWO_KEYS = re.compile(rf"{_KEY}:[ \t]+[^,:{{}}\[\]\"'#]*,[ \t]*\w+:[ \t]")
_BARE_MAPPING = re.compile(r"\b\w+:[ \t]+([a-z_]+):[ \t]+")
_BLANK = re.compile(r"[ \t]*(?:#|$)")


class Broken(NamedTuple):
    """Where (from 1), what is wrong, and how to mend it."""

    line: int
    column: int
    message: str
    remedy: str


class Refusal(NamedTuple):
    """What YAML's reader says: the problem and its place, what it was at, and where that began."""

    problem: str
    line: int
    column: int
    context: str
    begun: int
    begun_column: int


def broken(lines: list[str], refusal: Refusal) -> Broken:
    """Return what is wrong in ``lines``, the likeliest slip that explains ``refusal``."""
    lines = [line[:_LINE_AT_MOST] for line in lines[: refusal.line]]
    shown = _line(lines, refusal.line)
    return (
        _tab(shown, refusal)
        or _pasted(lines, refusal)
        or _unclosed_quote(lines, refusal)
        or _unclosed_bracket(lines, refusal)
        or _slip_within(shown, refusal)
        or _slip_before(lines, refusal)
        or Broken(
            refusal.line,
            refusal.column,
            f"this is not YAML: {refusal.problem}",
            _remedy(shown, refusal.problem),
        )
    )


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if number <= len(lines) else ""


def _remedy(shown: str, problem: str) -> str:
    if "','" in problem:
        return "close the bracket that was opened before, or put a comma here"
    if shown.count(": ") > 1:
        return "put text that holds ': ' in quotes"
    return "look at the indentation and at open brackets and quotes, here and just before"


def _tab(shown: str, refusal: Refusal) -> Broken | None:
    if "\t" not in shown:
        return None
    message = f"this is not YAML: {refusal.problem}"
    return Broken(refusal.line, refusal.column, message, "indent with spaces, not with tabs")


def _pasted(lines: list[str], refusal: Refusal) -> Broken | None:
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


def _as_yaml(line: int, column: int, strange: Odd) -> Broken:
    message = f"this is not YAML: {strange} stands where {strange.meant} is meant"
    return Broken(line, column, message, f"write {strange.meant}")


def _before(lines: list[str], number: int) -> int:
    """Return the number of the last line before ``number`` that says something."""
    number -= 1
    while number > 1 and _BLANK.match(_line(lines, number)):
        number -= 1
    return max(1, number)


def _unclosed_quote(lines: list[str], refusal: Refusal) -> Broken | None:
    """Return a quote that was opened before and runs over lines which look like keys."""
    opened, closing = (0, 0), None
    for number, line in enumerate(lines[: refusal.line], 1):
        place = 0
        if closing is not None and _KEY_LINE.match(line):
            return _is_open(*opened)
        while place <= len(line):
            if closing is not None:
                closed = closing.match(line, place)
                if closed is None:
                    break
                place, closing = closed.end(), None
            found = _QUOTE.search(line, place)
            if found is None or found[1] is None:
                break
            opened, closing, place = (number, found.start(1) + 1), _CLOSING[found[1]], found.end()
    return _is_open(*opened) if closing is not None and "quoted" in refusal.context else None


def _is_open(line: int, column: int) -> Broken:
    return Broken(line, column, "this quote is not closed", "close it in the same line")


def _unclosed_bracket(lines: list[str], refusal: Refusal) -> Broken | None:
    shown = _line(lines, refusal.line)
    is_past = not shown.strip() or _KEY_LINE.match(shown)
    if "flow" not in refusal.context or refusal.begun == refusal.line or not is_past:
        return None
    bracket = _line(lines, refusal.begun)[refusal.begun_column - 1 :][:1]
    closing = {"{": "}", "[": "]"}.get(bracket, "it")
    message = f"this '{bracket}' is not closed"
    return Broken(refusal.begun, refusal.begun_column, message, f"close it with '{closing}'")


def _slip_within(shown: str, refusal: Refusal) -> Broken | None:
    """Return a slip in the line itself, or None."""
    number, message = refusal.line, "this is not YAML: "
    if found := _NO_SPACE_AFTER_DASH.match(shown):
        return Broken(
            number, found.end(), f"{message}a '-' without a space", "put a space after it"
        )
    if found := _CLOSED_EARLY.match(shown):
        remedy = "within '…' write '' for ', within \"…\" write \\\" for \""
        return Broken(number, found.end(), f"{message}the quoted text ends before this", remedy)
    if found := _SIGN_AT_START.match(shown):
        said = f"{message}text cannot begin with '{found[1]}'"
        return Broken(number, found.start(1) + 1, said, "put it in quotes")
    if found := _TWO_KEYS.match(shown):
        said = f"{message}two keys in one line, without braces"
        return Broken(number, found.end() - 1, said, "write { } around them, or a line for each")
    if found := _BARE_MAPPING.search(shown):
        said = f"{message}a mapping within a line needs braces"
        remedy = f"write {{{found[1]}: … }}, or put text that holds ': ' in quotes"
        return Broken(number, found.start(1) + 1, said, remedy)
    if shown.count(": ") > 1 and ("{" in shown or refusal.problem.startswith("mapping")):
        said = f"{message}a second ': ' in one text"
        return Broken(number, refusal.column, said, "put text that holds ': ' in quotes")
    return None


def _slip_before(lines: list[str], refusal: Refusal) -> Broken | None:
    """Return a slip in the line before, which shows only when a key follows, or None."""
    shown = _line(lines, refusal.line)
    if not _KEY_LINE.match(shown) or shown.count(": ") > 1:
        return None
    number = _before(lines, refusal.line)
    before = _line(lines, number)
    indent, deeper = (len(line) - len(line.lstrip(" ")) for line in (before, shown))
    if found := _NO_SPACE_AFTER_COLON.match(before):
        message = "this is not YAML: a ':' without a space"
        return Broken(number, found.end(), message, "put a space after it")
    if not _KEY_LINE.match(before) and ": " not in before:
        message = "this is not YAML: this line has no ': '"
        return Broken(number, indent + 1, message, "write KEY: VALUE, or put the text in quotes")
    if deeper > indent:
        message = "this is not YAML: this is indented further than the line before, which is whole"
        return Broken(refusal.line, deeper + 1, message, "indent it as the line before")
    return None
