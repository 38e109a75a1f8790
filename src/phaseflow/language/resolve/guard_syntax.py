"""How a guard is spelt: the words that may stand in it, and its syntax tree."""

import ast
import keyword
import re
from typing import NamedTuple

LENGTH_AT_MOST = 10_000
WORDS_AT_MOST = 1_000
DEPTH_AT_MOST = 32
DIGITS_AT_MOST = 15
LOGIC = frozenset({"and", "or", "not"})

_TOKEN = re.compile(
    r"\s+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?![A-Za-z_])|'[^'\\\n]*'|\"[^\"\\\n]*\"|[=!<>]=|[-+*<>().]",
    re.ASCII,
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\s|'[^']*'|\"[^\"]*\"", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:T[0-9:]+Z?)?(?![\w-])", re.ASCII)
_UNCLOSED = "close the quote"
_INSTEAD = {
    "=>": "write >=",
    "=<": "write <=",
    "<>": "write !=",
    "=": "compare with ==",
    "!": "write not, or !=",
    "&": "write and",
    "|": "write or",
    "/": "there is no division; multiply the other side",
    "%": "there are no shares here; compare with a number of units",
    ",": "write a number without commas; join conditions with and",
    "[": "there are no lists here; join comparisons with or",
    "'": _UNCLOSED,
    '"': _UNCLOSED,
}


class Misspelt(NamedTuple):
    """What is wrong with a guard, how to mend it, and its characters: start and width."""

    message: str
    remedy: str
    span: tuple[int, int] | None = None


def tree(text: str) -> ast.expr | Misspelt:
    """Return the syntax tree of ``text``; names that Python reserves stand with a capital.

    Columns count from the first character that is no blank.
    """
    found = _wrong_word(text)
    if found is not None:
        return found
    start = len(text) - len(text.lstrip())
    try:
        return ast.parse(_WORD.sub(_disguise, text[start:]), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _explained(text, start, start + (getattr(error, "offset", None) or 0) - 1)


def _wrong_word(text: str) -> Misspelt | None:
    """Return the first word that may not stand in a guard, or None."""
    if len(text) > LENGTH_AT_MOST:
        return Misspelt(f"a guard has at most {LENGTH_AT_MOST} characters", "split it")
    place = words = 0
    opened: list[int] = []
    while place < len(text):
        token = _TOKEN.match(text, place)
        wrong = _unknown(text, place) if token is None else _number(text, token)
        if token is None or wrong is not None:
            return wrong
        words += not token[0].isspace()
        if token[0] == "(":
            opened.append(place)
        elif token[0] == ")":
            if not opened:
                return Misspelt("this ')' closes nothing", "remove it", (place, 1))
            opened.pop()
        if words > WORDS_AT_MOST or len(opened) > DEPTH_AT_MOST:
            return Misspelt("this guard is too long or too deep", "split it into several")
        place = token.end()
    if opened:
        return Misspelt("this '(' is not closed", "close it with )", (opened[-1], 1))
    return None if words else Misspelt("this guard is empty", "write for example goods.discharged")


def _unknown(text: str, place: int) -> Misspelt:
    found = text[place : place + 2]
    if found not in _INSTEAD:
        found = found[0]
    remedy = _INSTEAD.get(found, "use names, numbers, and, or, not, comparisons, + - *")
    shown = found if found in {"'", '"'} else f"'{found}'"
    return Misspelt(f"{shown} cannot stand in a guard", remedy, (place, len(found)))


def _number(text: str, token: re.Match[str]) -> Misspelt | None:
    """Return why digits write no whole number, or None."""
    digits, span = token[0], (token.start(), len(token[0]))
    if not digits.isdigit():
        return None
    date = _DATE.match(text, token.start())
    if date is not None:
        return Misspelt(
            "a date stands in quotes here", f"write '{date[0]}'", (span[0], len(date[0]))
        )
    if text[token.end() :].startswith("."):
        return Misspelt(f"'{digits}.' is no whole number", "write a whole number", span)
    if len(digits) > 1 and digits.startswith("0"):
        return Misspelt("a number begins with 0", f"write {digits.lstrip('0') or '0'}", span)
    if len(digits) > DIGITS_AT_MOST:
        message = f"a number has more than {DIGITS_AT_MOST} digits"
        return Misspelt(message, "write a smaller one", span)
    return None


def _explained(text: str, start: int, place: int) -> Misspelt:
    """Return that what stands at ``place`` cannot follow; where nothing does, that more must."""
    last = len(text.rstrip()) - 1
    token = _TOKEN.match(text, place) if start <= place <= last else None
    if token is None or token[0].isspace():
        return Misspelt("this guard breaks off here", "say what is compared or joined", (last, 1))
    remedy = "join conditions with and, or; compare with == != < <= > >="
    if token[0].lower() in LOGIC and token[0] not in LOGIC:
        remedy = f"write {token[0].lower()}"
    elif text[place : place + 2] in _INSTEAD:
        remedy = _INSTEAD[text[place : place + 2]]
    return Misspelt(f"'{token[0]}' cannot follow here", remedy, (place, len(token[0])))


def _disguise(found: re.Match[str]) -> str:
    """Return whitespace as spaces, and a name that Python reserves with a capital."""
    word = found[0]
    if word.isspace():
        return " "
    return word.capitalize() if keyword.iskeyword(word) and word not in LOGIC else word
