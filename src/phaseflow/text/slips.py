"""The slips of people who write YAML by hand, found where the text first departs from it."""

import re
from typing import Literal, NamedTuple

_BLANK = r"[ \t]"
_STOP = r"[ \t,\[\]{}?]|$"
_SINGLE, _DOUBLE = r"(?:[^']|'')*+'", r"(?:[^\"\\]|\\.)*+\""


def _words(inner: str) -> str:
    """Return the pattern of text without quotes, made of ``inner``; a blank ends it before '#'."""
    return rf"(?:{inner})++(?:{_BLANK}++(?!#)(?:{inner})++)*+"


_IN_FLOW = _words(rf"[^ \t,\[\]{{}}:]|:(?!{_STOP})")
_IN_BLOCK = _words(rf"[^ \t:]|:(?!{_BLANK}|$)")
_BLANKS = re.compile(rf"{_BLANK}*")
_NOTHING = re.compile(rf"{_BLANK}*(?:(?<!\S)#.*)?$")
_PLAIN, _PLAIN_IN_BLOCK = re.compile(_IN_FLOW), re.compile(_IN_BLOCK)
_QUOTED = {"'": re.compile(_SINGLE), '"': re.compile(_DOUBLE)}
_HEAD = re.compile(
    rf"{_BLANK}*(?P<items>(?:-{_BLANK}+)*)"
    rf"(?P<key>(?:'{_SINGLE}|\"{_DOUBLE}|(?![#\[\]{{}},'\"&*!|>@%`?-]){_IN_BLOCK})"
    rf"{_BLANK}*:(?={_BLANK}|$))?{_BLANK}*"
)
_COLON = re.compile(f":(?:{_STOP})")
_COLON_OF_KEY = re.compile(rf"{_BLANK}*:(?:{_BLANK}|$)")
_ENTRY = re.compile(rf"[\"']?\w+[\"']?{_BLANK}*:(?:{_BLANK}|$)")
_KEY_LINE = re.compile(rf"{_BLANK}*(?:-{_BLANK}+)*\{{?\w+:(?:{_BLANK}|$)")
_FOLDS = re.compile(rf"[|>][-+1-9]{{0,2}}{_BLANK}*(?:(?<!\S)#.*)?$")
_SIGN = re.compile(rf"[@`%&*!|>]|[-?:](?={_BLANK}|$)")
_SIGN_IN_FLOW = re.compile(rf"[@`%&*!|>#?:]|-(?={_BLANK}|$)")
_SIGN_IN_BLOCK = re.compile(rf"[,\]}}]|{_SIGN.pattern}")
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0abt\tnvfre \"/\\N_LP]|$|(.))"
)
_NAME = re.compile(r"[a-z_]+", re.ASCII)
_RAN_ON = re.compile(rf",{_BLANK}*\w+:{_BLANK}*['\"]$")
_TWO_KEYS = re.compile(rf".*,{_BLANK}*[a-z_]+", re.ASCII)
_CLOSING = {"{": "}", "[": "]"}
_CALLED = {"{": "braces", "[": "brackets"}


class Slip(NamedTuple):
    """Where (from 1), what is wrong, and how to mend it."""

    line: int
    column: int
    message: str
    remedy: str


class _Open(NamedTuple):
    """A bracket that is open: itself, its place, and whether it is the value of a key."""

    bracket: str
    line: int
    column: int
    is_value: bool


def first_slip(lines: list[str], *, is_end: bool) -> Slip | None:
    """Return the slip that keeps the last of ``lines`` from being read, or None.

    It may have been made in a line before. ``is_end``: the text was read to
    its end, so that something open was not closed.
    """
    return _Walk(lines).first_slip(is_end=is_end)


class _Walk:
    """Goes through a text as YAML does; all lines but the last are known to have been read."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.number = 0
        self.line = ""
        self.place = 0
        self.opened: list[_Open] = []
        self.is_value = False
        self.before: Literal["", "text", "quote", "bracket"] = ""
        self.begun = (0, 0)
        self.folded: int | None = None
        self.unclosed: Slip | None = None
        self.cut: Slip | None = None
        self.ran_on: Slip | None = None

    def first_slip(self, *, is_end: bool) -> Slip | None:
        """Return the slip that keeps the last line from being read."""
        while self.next_line():
            slip = self.flow() if self.opened else self.block()
            if slip is not None and self.number == len(self.lines):
                return self.unclosed or slip
        if self.opened and is_end and self.unclosed is None:
            self.unclosed = self.not_closed(self.opened[-1])
        return self.unclosed

    def next_line(self, *, in_quotes: bool = False) -> bool:
        """Go to the next line that says something; tell whether there is one."""
        for number in range(self.number, len(self.lines)):
            line = self.lines[number]
            if in_quotes or line.lstrip(" \t")[:1] not in {"", "#"}:
                self.line, self.number, self.place = line, number + 1, 0
                return True
        return False

    def slip(self, message: str, remedy: str, place: int | None = None) -> Slip:
        """Return a slip in this line."""
        return Slip(self.number, (self.place if place is None else place) + 1, message, remedy)

    def block(self) -> Slip | None:
        """Read a line outside of braces, or what it begins."""
        line = self.line
        indent = len(line) - len(line.lstrip(" "))
        if self.folded is not None and indent > self.folded:
            return None
        self.folded = None
        head = _HEAD.match(line)
        assert head is not None
        first = line[head.end() : head.end() + 1]
        if first and first in "@`%|>]}," and not head["items"] and not head["key"]:
            self.place = head.end()
            remedy = "remove it, or put the text in quotes"
            return self.slip(f"a line cannot begin with '{first}'", remedy)
        is_plain = self.before == "text" and not head["items"] and not head["key"]
        self.place, self.before, self.is_value = head.end(), "", head["key"] is not None
        if is_plain or _NOTHING.match(line, self.place):
            self.before = "text" if is_plain else ""
            return None
        if _FOLDS.match(line, self.place):
            self.folded = indent
            return None
        return self.value_in_block()

    def value_in_block(self) -> Slip | None:
        """Read what follows a key, or the dash of a list, in the same line."""
        first = self.line[self.place]
        self.begun = self.number, self.place
        if first in _QUOTED:
            return self.quote() or self.end_of_block()
        if first in _CLOSING:
            return self.flow()
        found = _SIGN_IN_BLOCK.match(self.line, self.place)
        if found and (self.is_value or first not in "?:"):
            return self.sign(first)
        self.before = "text"
        text = _PLAIN_IN_BLOCK.match(self.line, self.place)
        if text is None:
            return None
        self.place = text.end()
        is_second = self.is_value and self.line[self.place : self.place + 1] == ":"
        return self.second_colon(text[0]) if is_second else None

    def flow(self) -> Slip | None:
        """Read this line within braces or brackets, and what follows when they are closed."""
        if self.opened and self.unclosed is None and _KEY_LINE.match(self.line):
            indent = len(self.line) - len(self.line.lstrip())
            around = self.lines[self.opened[0].line - 1]
            if indent <= len(around) - len(around.lstrip()):
                self.unclosed = self.not_closed(self.opened[-1])
        while True:
            blanks = _BLANKS.match(self.line, self.place)
            self.place = blanks.end() if blanks else self.place
            if self.place == len(self.line):
                self.cut = None
                return None
            if _NOTHING.match(self.line, self.place):
                self.comment()
                return None
            slip = self.token()
            if slip is not None:
                return slip
            if not self.opened:
                self.unclosed = None
                return self.end_of_block()

    def comment(self) -> None:
        """Keep it in mind when what should end the text, or a bracket, is part of a comment."""
        cut = self.line[self.place :]
        shown = re.split(r"[,}\]]", cut)[0].rstrip()
        message = f"the text ends here, as {shown!r} is a comment"
        slip = self.slip(message, "put text that holds ' #' in quotes")
        if self.unclosed is None and any(_CLOSING[one.bracket] in cut for one in self.opened):
            self.unclosed = slip
        self.cut = slip if self.before and "," in cut else None

    def token(self) -> Slip | None:
        """Read the next part within braces or brackets."""
        sign = self.line[self.place]
        if sign in "[{":
            return self.open(sign)
        if sign in "]}":
            return self.close(sign)
        if sign == ",":
            return self.comma()
        is_colon = _COLON.match(self.line, self.place) is not None
        if is_colon and self.before:
            return self.colon()
        return self.text(sign)

    def open(self, bracket: str) -> Slip | None:
        """Read an opening bracket."""
        if self.before == "text":
            return self.slip(
                f"'{bracket}' within text wants quotes", "put the whole text in quotes"
            )
        if self.before:
            return self.ended()
        self.opened.append(_Open(bracket, self.number, self.place + 1, self.is_value))
        self.place += 1
        self.is_value = False
        return None

    def close(self, bracket: str) -> Slip | None:
        """Read a closing bracket."""
        if _CLOSING[self.opened[-1].bracket] != bracket:
            if any(_CLOSING[one.bracket] == bracket for one in self.opened):
                return self.not_closed(self.opened[-1])
            return self.slip(
                f"'{bracket}' within text wants quotes", "put the whole text in quotes"
            )
        found = self.opened.pop()
        self.place += 1
        self.before, self.is_value = "bracket", found.is_value
        self.begun = found.line, found.column - 1
        return None

    def comma(self) -> Slip | None:
        """Read a comma."""
        if not self.before and not self.is_value:
            remedy = "remove it, or put text that holds it in quotes"
            return self.slip("nothing stands before this comma", remedy)
        self.place += 1
        self.before, self.is_value = "", False
        return None

    def colon(self) -> Slip | None:
        """Read a colon that ends a key."""
        if self.before == "text" and self.line[self.place + 1 : self.place + 2].strip(" \t"):
            if self.is_value:
                return self.slip("':' within text wants quotes", "put the whole text in quotes")
            return self.slip("there is a ':' without a space", "put a space after it")
        if self.is_value:
            is_text = self.before == "text"
            begun = self.begun[1] if self.begun[0] == self.number else 0
            text = self.line[begun : self.place].strip() if is_text else ""
            return self.second_colon(text) if is_text else self.ended()
        self.place += 1
        self.before, self.is_value = "", True
        return None

    def text(self, first: str) -> Slip | None:
        """Read text within braces or brackets."""
        if self.before in {"quote", "bracket"}:
            return self.ended()
        if self.before == "text" and _ENTRY.match(self.line, self.place):
            return self.comma_missing()
        if not self.before:
            self.begun = self.number, self.place
            if first in _QUOTED:
                return self.quote()
            if found := _SIGN_IN_FLOW.match(self.line, self.place):
                return self.sign(found[0])
        found = _PLAIN.match(self.line, self.place)
        self.place = found.end() if found else self.place + 1
        self.before = "text"
        return None

    def quote(self) -> Slip | None:
        """Read quoted text, over several lines if need be."""
        sign, begun = self.line[self.place], self.place
        place, opened = begun + 1, self.slip("", "", begun)
        is_strange = False
        while True:
            closed = _QUOTED[sign].match(self.line, place)
            end = closed.end() if closed else len(self.line)
            slip = self.escape(place, end) if sign == '"' else None
            if slip is not None:
                return slip
            if closed:
                break
            if not self.next_line(in_quotes=True):
                self.unclosed = self.unclosed or _not_closed_quote(opened, sign, self.lines)
                return self.unclosed
            place = 0
            is_strange = is_strange or _KEY_LINE.match(self.line) is not None
        self.place, self.before = end, "quote"
        ran_on = is_strange or _RAN_ON.search(self.line[:end])
        self.ran_on = _not_closed_quote(opened, sign, self.lines) if ran_on else None
        return None

    def escape(self, start: int, end: int) -> Slip | None:
        """Return a backslash in this line of quoted text that does not stand for anything."""
        if self.number < len(self.lines):
            return None
        for found in _ESCAPE.finditer(self.line, start, end):
            if found[1]:
                message = f"'\\{found[1]}' is no escape here"
                remedy = "double the backslash, or use single quotes"
                if found[1] == "'":
                    remedy = "remove the backslash"
                return self.slip(message, remedy, found.start())
        return None

    def sign(self, sign: str) -> Slip:
        """Return that text begins with what it cannot begin with."""
        remedy = "put it in quotes"
        if sign == "-":
            remedy = "put it in quotes; a list in braces is written [ ]"
        if sign == "-" and not self.opened:
            remedy = "put it in quotes, or begin a list in a line of its own"
        blank = " " if sign in "-?:" and self.line[self.place + 1 : self.place + 2] == " " else ""
        return self.slip(f"text cannot begin with '{sign}{blank}'", remedy)

    def second_colon(self, text: str) -> Slip:
        """Return that ``text``, which ends here, is followed by a colon."""
        is_one_line = self.begun[0] == self.number
        if is_one_line and _NAME.fullmatch(text) and self.line[self.place + 1 :].strip(" \t,}]"):
            message = "a mapping within a line needs braces"
            remedy = f"write {{{text}: … }}, or put text that holds ': ' in quotes"
            return self.slip(message, remedy, self.begun[1])
        if not self.opened and _TWO_KEYS.fullmatch(text):
            message = "there are two keys in one line, without braces"
            return self.slip(message, "write { } around them, or a line for each")
        remedy = "put text that holds ': ' in quotes"
        last = text.split()[-1:]
        if self.opened and len(text.split()) > 1 and _NAME.fullmatch(last[0]):
            remedy += f", or a comma before '{last[0]}'"
        return self.slip("there is a second ': ' in one text", remedy)

    def ended(self) -> Slip:
        """Return that something stands here although quoted text, or a bracket, has ended."""
        if self.before == "quote" and self.ran_on:
            return self.ran_on
        if self.opened and _ENTRY.match(self.line, self.place):
            return self.comma_missing()
        if self.before == "quote":
            quote = self.lines[self.begun[0] - 1][self.begun[1]]
            inner = "''" if quote == "'" else '\\"'
            remedy = f"put the whole text in quotes, with {inner} for a {quote} within"
            return self.slip("the quoted text ends before this", remedy)
        line, column = self.begun
        bracket = self.lines[line - 1][column]
        if line == self.number and ":" not in self.line[column : self.place]:
            return self.slip(f"text cannot begin with '{bracket}'", "put it in quotes", column)
        message = f"the {_CALLED[bracket]} end before this"
        remedy = "put it within them, or text that holds brackets in quotes"
        return self.slip(message, remedy)

    def comma_missing(self) -> Slip:
        """Return that a new entry begins here, while another is not over."""
        is_first = not self.line[: self.place].strip()
        missing = self.slip("a comma is missing before this", "put a comma here")
        return (self.cut if is_first else None) or missing

    def end_of_block(self) -> Slip | None:
        """Return what stands after quoted text, or closed brackets, that ends in this line."""
        line = self.line
        is_key = _COLON_OF_KEY.match(line, self.place)
        if self.opened or _NOTHING.match(line, self.place) or (is_key and not self.is_value):
            return None
        blanks = _BLANKS.match(line, self.place)
        closed, self.place = self.place - 1, blanks.end() if blanks else self.place
        rest = line[self.place :]
        if self.before == "bracket" and not rest.strip("]} \t"):
            remedy = "remove it, or put text that holds it in quotes"
            return self.slip(f"this '{rest[0]}' closes nothing", remedy)
        if self.before == "bracket" and line[closed] in rest:
            message = f"this '{line[closed]}' closes the {_CALLED[self.lines[self.begun[0] - 1][self.begun[1]]]} too early"
            return self.slip(message, "remove it, or put text that holds it in quotes", closed)
        return self.ended()

    def not_closed(self, found: _Open) -> Slip:
        """Return that a bracket is not closed."""
        message = f"this '{found.bracket}' is not closed"
        remedy = f"close it with '{_CLOSING[found.bracket]}'"
        return Slip(found.line, found.column, message, remedy)


def _not_closed_quote(opened: Slip, sign: str, lines: list[str]) -> Slip:
    """Return that a quote is not closed, and why what seems to close it does not."""
    text, remedy = lines[opened.line - 1][opened.column :], "close it in the same line"
    if sign == '"' and '\\"' in text:
        remedy += '; \\" is a quote within the text, so double a backslash at its end'
    if sign == "'" and "''" in text:
        remedy += "; '' is a ' within the text"
    return opened._replace(message="this quote is not closed", remedy=remedy)
