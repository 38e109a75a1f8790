"""How to write what has another shape than its key asks for."""

import re

from phaseflow.language.document import Misfit
from phaseflow.language.resolve.names import TEXTS
from phaseflow.language.resolve.party_expression import together
from phaseflow.language.suggest import NEAR, figure, moment, period, unquoted
from phaseflow.text.source import Document, Mark, Path

_A_LIST = "a list"
_LIST = "write [ ] around it, or '- ' before each item"
_YES_OR_NO = frozenset({"yes", "no", "on", "off", "y", "n"})
_TRUTH = frozenset({"true", "false"})
_MOMENTS = frozenset({"by", "from", "until", "not_before", "after", "earlier_of", "later_of"})
_WHO = frozenset({"verified_by", "waivable_by"})
_PERIODS = frozenset({"within", "cure", "verify_within"})
_COMMENT = re.compile(r"[^\s:]*:[ \t]+#")
_AROUND = 200
_VALUE_BEFORE = re.compile(r"(\w+):[ \t]+((?!['\"])(?:[^:{}\[\]]|:(?![ \t]))*)$")
_MORE_AFTER = re.compile(r"(?:,(?:[^:,{}\[\]]|:(?![ \t]))+(?=[,}\]]))*")
_NAME = re.compile(r"[a-z][a-z0-9_.]*", re.ASCII)
_KEY_WITHOUT_SPACE = re.compile(r"([a-z_]+):(\S.*)")


def shape_meant(misfit: Misfit) -> str:
    """Return the remedy for a value of the wrong shape, empty where none is likely."""
    value, expected, named = misfit.value, misfit.expected, _key(misfit.path)
    match value:
        case str():
            return _text_meant(value, expected, named)
        case list() if _is_who(misfit.path) and all(isinstance(one, str) for one in value):
            return together(value)
        case list() if named in _MOMENTS and "a mapping" in expected:
            return "write {earlier_of: [ … ]} or {later_of: [ … ]}"
        case list() if value and all(isinstance(one, dict) for one in value):
            return "write { } in place of [ ]"
        case dict() if "a list" in expected and "text" in expected:
            return "write one name, or [ ] around several"
        case int() if named in _MOMENTS and not isinstance(value, bool) and moment(str(value)):
            return f"{NEAR}{moment(str(value))!r}?"
        case int() if named in _PERIODS and not isinstance(value, bool) and period(str(value)):
            return f"{NEAR}{period(str(value))!r}?"
        case bool() | int() if "text" in expected:
            return "put it in quotes, if it is text"
    return _LIST if expected == (_A_LIST,) else ""


def _text_meant(value: str, expected: tuple[str, ...], named: str) -> str:
    """Return the remedy for text where something else is wanted."""
    bare, joined = unquoted(value.lower()), _KEY_WITHOUT_SPACE.fullmatch(value)
    remedy = _LIST if expected == (_A_LIST,) else ""
    if "a truth value" in expected:
        remedy = f"write {bare}, without quotes" if bare in _TRUTH else _truth_instead(value)
    elif "a whole number" in expected and bare and bare.isdecimal():
        remedy = f"write {bare}, without quotes"
    elif named == "any":
        remedy = f"say how many of them, as in {{any: 1, of: {value}}}"
    elif "a whole number" in expected and value.lstrip("0").isdecimal():
        remedy = "write the number without leading zeros"
    elif "a whole number" in expected:
        remedy = "write a whole number in digits, or leave it out"
    elif "a mapping" in expected and joined is not None:
        remedy = f"write {joined[1]}: {joined[2]}, with a space after the colon"
    return remedy


def word_meant(misfit: Misfit) -> str:
    """Return the remedy for a word where only others may stand, empty where none is likely."""
    bare = unquoted(misfit.value) if isinstance(misfit.value, str) else None
    if bare is not None and bare.capitalize() in misfit.expected:
        return f"write {bare}, without quotes"
    if misfit.expected != ("True",):
        return ""
    remedy = "write true, or leave it out"
    if isinstance(misfit.value, str) and misfit.value.lower() in _YES_OR_NO:
        return f"'{misfit.value}' is text here, as in YAML 1.2; {remedy}"
    return remedy


def nothing_meant(path: Path, document: Document) -> tuple[str, str]:
    """Return the message and the remedy for a key, or an item, without a value."""
    key, mark = str(path[-1]), document.keys.get(path)
    remedy = "give it one, or remove it"
    if joined := _KEY_WITHOUT_SPACE.fullmatch(key):
        remedy = f"write {joined[1]}: {joined[2]}, with a space after the colon"
    elif mark is not None and _COMMENT.match(document.lines[mark.line - 1], mark.column - 1):
        remedy = "put text that holds a '#' in quotes, as the rest of the line is a comment"
    return f"{key!r} has no value", remedy


def uncut(line: str, key: Mark) -> str:
    """Return the remedy for the value in ``line`` that a comma before ``key`` cut off."""
    begun, end = key.column - 1, key.column - 1 + key.width
    before = _VALUE_BEFORE.search(line, max(0, begun - _AROUND), begun)
    after = _MORE_AFTER.match(line, end, end + _AROUND)
    if before is None or after is None:
        return "give this key a value, or put text that holds a comma in quotes"
    text = before[2] + line[begun : after.end()]
    is_text = before[1] in TEXTS
    if (found := figure(text)) and not is_text:
        return f"write {before[1]}: {found}"
    if not is_text and all(_NAME.fullmatch(one.strip()) for one in text.split(",")):
        return f"write {before[1]}: [{text}]"
    quoted = text.replace("'", "''")
    return f"write {before[1]}: '{quoted}'"


def _truth_instead(value: str) -> str:
    if value.lower() in _YES_OR_NO:
        return f"'{value}' is text here, as in YAML 1.2; write true or false"
    return "write true or false"


def _key(path: Path) -> str:
    """Return the key that a value at ``path`` stands under."""
    return next((key for key in reversed(path) if isinstance(key, str)), "")


def _is_who(path: Path) -> bool:
    """Tell whether those who must concur stand at ``path``."""
    named = path[-1]
    return named in _WHO or (named == "by" and path[0] in {"transitions", "findings", "amendments"})
