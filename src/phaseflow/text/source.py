"""The only door to YAML: text in, plain data and the place of every part out."""

import re
from collections.abc import Iterator
from typing import Any, Literal, NoReturn

import msgspec
import yaml

from phaseflow.model.visible import hidden
from phaseflow.text.characters import described
from phaseflow.text.yaml_errors import YamlError, broken, slip_in
from phaseflow.untrusted_files import DEFINITION

Path = tuple[str | int, ...]

BYTES_AT_MOST = DEFINITION.size
NODES_AT_MOST = 12_000
TROUBLES_AT_MOST = 1_001
DEPTH_AT_MOST = 64
INTEGER_AT_MOST = 2**53 - 1
COMMA = "a comma within braces ends the value before it"

_BREAK = re.compile("\r\n|[\n\r]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FRACTION = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)


class Mark(msgspec.Struct, frozen=True):
    """Where something is written: line and column from 1, and the characters it takes.

    ``inner`` is the column of its first character within the quotes, or 0
    where the text is spread over lines or escaped.
    """

    line: int
    column: int
    width: int = 1
    inner: int = 0


class Trouble(msgspec.Struct, frozen=True):
    """Something in the text of a file that cannot stand."""

    code: str
    mark: Mark
    message: str
    remedy: str
    path: Path | None = None


class Document(msgspec.Struct, kw_only=True):
    """What a file says, and where it says it.

    ``data`` is made of mappings with text keys, lists, text, whole numbers,
    truth values and None. ``values`` and ``keys`` map the path of a part to
    the mark of its value and of its key. What is in ``troubles`` left a gap,
    or text, in ``data``; ``is_readable`` is False when nothing could be read.
    ``quoted`` are the first and last lines of texts in which a comment might
    seem to stand.
    """

    file: str
    lines: list[str] = []
    data: Any = None
    values: dict[Path, Mark] = {}
    keys: dict[Path, Mark] = {}
    troubles: list[Trouble] = []
    quoted: list[tuple[int, int]] = []
    is_readable: bool = False

    def is_cut_off(self, key: Mark) -> bool:
        """Tell whether ``key`` is one only because a comma within braces stands before it."""
        line = self.lines[key.line - 1]
        begun, end = key.column - 1, key.column - 1 + key.width
        is_first = not line[:begun].rstrip(" \t").endswith(",")
        return not is_first and not line[end:].lstrip(" \t").startswith(":")

    def are_next(self, key: Mark, other: Mark) -> bool:
        """Tell whether nothing but a comma is between ``key`` and ``other``."""
        between = self.lines[key.line - 1][key.column - 1 + key.width : other.column - 1]
        return key.line == other.line and between.strip(" \t") == ","


def read(source: bytes, file: str) -> Document:
    """Return what ``source`` says, read as YAML 1.2 with the core schema.

    Times, dates, ``on``, ``NO`` and numbers with a leading zero are text.
    Anchors, aliases, tags, fractions, duplicate keys and further documents are
    troubles. Time and memory are bounded by the size of ``source``, which is
    at most :data:`BYTES_AT_MOST`.
    """
    document = Document(file=file)
    text = _decoded(source, document)
    if text is not None:
        document.lines = _BREAK.split(text)
        _check_characters(document)
    if not document.troubles and text is not None:
        _compose(text, document)
    return document


EventKind = Literal["scalar", "mapping", "list", "end"]
_KIND: dict[type, EventKind] = {
    yaml.ScalarEvent: "scalar",
    yaml.MappingStartEvent: "mapping",
    yaml.SequenceStartEvent: "list",
    yaml.MappingEndEvent: "end",
    yaml.SequenceEndEvent: "end",
}


class YamlEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A step through a text: a scalar, or where a mapping or a list begins, or where it ends.

    ``start`` and ``end`` (exclusive) count the characters of the text from 0,
    ``column`` those of the line. ``style`` of a scalar is its quote, ``|`` or
    ``>``, or empty. ``is_flow``: in braces or brackets.
    """

    kind: EventKind
    start: int
    end: int
    column: int
    value: str = ""
    style: str = ""
    is_flow: bool = False


def events(text: str) -> Iterator[YamlEvent]:
    """Yield the steps through ``text``, in which :func:`read` has found no trouble."""
    found: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
    for event in found:
        kind = _KIND.get(type(event))
        if kind is not None:
            yield YamlEvent(
                kind=kind,
                start=event.start_mark.index,
                end=event.end_mark.index,
                column=event.start_mark.column,
                value=event.value if kind == "scalar" else "",
                style=(event.style or "") if kind == "scalar" else "",
                is_flow=kind in {"mapping", "list"} and bool(event.flow_style),
            )


def _decoded(source: bytes, document: Document) -> str | None:
    if len(source) > BYTES_AT_MOST:
        message = f"the file is larger than {BYTES_AT_MOST} bytes"
        _trouble(document, "PF101", Mark(1, 1), message, "split it, or shorten its notes")
        return None
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        column = error.start - (source.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte {source[error.start]:#04x} is not UTF-8"
        _trouble(document, "PF101", Mark(line, column), message, "save the file as UTF-8")
        return None


def _check_characters(document: Document) -> None:
    for number, line in enumerate(document.lines, 1):
        found = hidden(line)
        if found:
            message = f"{described(found[0])} is not allowed: it does not show"
            _trouble(document, "PF101", Mark(number, found.start() + 1), message, "remove it")
            if len(document.troubles) >= TROUBLES_AT_MOST:
                break


def _trouble(
    document: Document,
    code: str,
    mark: Mark,
    message: str,
    remedy: str,
    *,
    path: Path | None = None,
) -> None:
    document.troubles.append(Trouble(code, mark, message, remedy, path))


class _Stop(Exception):
    """Nothing after this can be read; the trouble is in the document."""


def _compose(text: str, document: Document) -> None:
    try:
        _Composer(text, document).compose()
    except yaml.MarkedYAMLError as error:
        found = broken(document.lines, _refusal(error))
        mark = Mark(min(found.line, len(document.lines)), found.column)
        # What text was taken for, before the reader stumbled over the rest of it.
        begins = (mark.line, mark.column)
        document.troubles = [
            one for one in document.troubles if (one.mark.line, one.mark.column) != begins
        ]
        _trouble(document, "PF102", mark, found.message, found.remedy)
    except yaml.YAMLError as error:
        message = f"this is not YAML: {str(error).splitlines()[0]}"
        _trouble(document, "PF102", Mark(1, 1), message, "")
    except _Stop:
        pass
    else:
        document.is_readable = True


def _refusal(error: yaml.MarkedYAMLError) -> YamlError:
    place = error.problem_mark or error.context_mark
    begun = error.context_mark or place
    return YamlError(
        problem=error.problem or error.context or "",
        line=place.line + 1 if place else 1,
        column=place.column + 1 if place else 1,
        begun=begun.line + 1 if begun else 1,
    )


def _unwanted(event: Any, sign: str) -> str:
    is_text = isinstance(event, yaml.ScalarEvent)
    return f"remove it, or put text that begins with '{sign}' in quotes" if is_text else "remove it"


class _Composer:
    """Builds plain data from parse events, which never recurse in C."""

    def __init__(self, text: str, document: Document) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.document = document
        self.nodes = 0

    def compose(self) -> None:
        """Read the one document of the stream."""
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            remedy = "begin a definition with phaseflow: 1, a scenario with events:"
            self.stop("PF102", event, "the file is empty", remedy)
        if event.tags:
            self.refuse("PF103", event, "a %TAG directive is not allowed", "remove it")
        self.document.data = self.node(next(self.events), (), 0)
        next(self.events)
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.stop("PF103", event, "a second document begins here", "keep one to a file")

    def refuse(
        self, code: str, event: Any, message: str, remedy: str, path: Path | None = None
    ) -> None:
        """Note a trouble at ``event``."""
        mark = self.document.values.get(path) if path is not None else None
        place = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        _trouble(self.document, code, mark or place, message, remedy, path=path)

    def stop(self, code: str, event: Any, message: str, remedy: str) -> NoReturn:
        """Note a trouble at ``event``, after which nothing can be read."""
        self.refuse(code, event, message, remedy)
        raise _Stop

    def node(self, event: Any, path: Path, depth: int) -> Any:
        """Return what the node says that begins with ``event``."""
        self.nodes += 1
        if len(self.document.troubles) >= TROUBLES_AT_MOST:
            raise _Stop
        if self.nodes > NODES_AT_MOST:
            self.stop("PF103", event, f"there are more than {NODES_AT_MOST} values", "shorten it")
        if depth > DEPTH_AT_MOST:
            self.stop("PF103", event, f"this nests deeper than {DEPTH_AT_MOST}", "flatten it")
        self.document.values[path] = self.mark(event)
        self.check_properties(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return self.scalar(event, path) if isinstance(event, yaml.ScalarEvent) else None

    def check_properties(self, event: Any, path: Path) -> None:
        """Refuse what could make one part of the file stand for another."""
        if isinstance(event, yaml.AliasEvent):
            message = f"alias *{event.anchor} is not allowed"
            self.refuse(
                "PF103", event, message, "write out what it stands for, or put text in quotes", path
            )
        elif event.anchor is not None:
            message = f"anchor &{event.anchor} is not allowed"
            self.refuse("PF103", event, message, _unwanted(event, "&"), path)
        if getattr(event, "tag", None) is not None:
            message = f"tag {event.tag} is not allowed"
            self.refuse("PF103", event, message, _unwanted(event, "!"), path)

    def mapping(self, path: Path, depth: int) -> dict[str, Any]:
        """Return the mapping whose start has just been read."""
        found: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, path)
            here = (*path, key)
            mark = self.mark(event)
            if key in found and self.document.is_cut_off(mark):
                remedy = "write figures without commas, and put text that holds one in quotes"
                _trouble(self.document, "PF108", mark, COMMA, remedy)
                self.skip(depth)
            elif key in found:
                first = self.document.keys[here].line
                message = f"key {key!r} stands here twice; first in line {first}"
                _trouble(self.document, "PF104", mark, message, "keep one of them")
                self.skip(depth)
            else:
                self.document.keys[here] = mark
                found[key] = self.node(next(self.events), here, depth + 1)
        return found

    def key(self, event: Any, path: Path) -> str:
        """Return the key that ``event`` spells, as text."""
        if not isinstance(event, yaml.ScalarEvent):
            self.stop_at_key(event)
        self.check_properties(event, path)
        value = self.scalar(event, (*path, event.value))
        if not isinstance(value, str):
            message = f"key {event.value!r} is not text"
            self.refuse("PF108", event, message, "put it in quotes, or name it otherwise")
        return str(event.value)

    def stop_at_key(self, event: Any) -> NoReturn:
        """Note that a key is no text, or the slip by which YAML takes what was none for one."""
        slip = slip_in(self.document.lines, event.start_mark.line + 1)
        if slip is None:
            line, column = event.start_mark.line, event.start_mark.column
            is_doubled = "{{" in self.document.lines[line][max(0, column - 1) : column + 2]
            remedy = (
                "write one '{', or name it in one word" if is_doubled else "name it in one word"
            )
            self.stop("PF103", event, "a key must be text", remedy)
        mark = Mark(slip.line, slip.column)
        _trouble(self.document, "PF102", mark, slip.message, slip.remedy)
        raise _Stop

    def skip(self, depth: int) -> None:
        """Read a value that has no place, for its troubles and to get past it."""
        document = self.document
        self.document = Document(
            file=document.file, lines=document.lines, troubles=document.troubles
        )
        self.node(next(self.events), (), depth + 1)
        self.document = document

    def sequence(self, path: Path, depth: int) -> list[Any]:
        """Return the list whose start has just been read."""
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.node(event, (*path, len(found)), depth + 1))
        return found

    def scalar(self, event: Any, path: Path) -> Any:
        """Return the value of a scalar: only plain ones are anything but text."""
        text = event.value
        if "phaseflow:" in text:
            lines = event.start_mark.line + 1, event.end_mark.line + 1
            self.document.quoted.append(lines)
        found = hidden(text)
        if found:
            message = f"this holds {described(found[0])}, which does not show"
            self.refuse("PF101", event, message, "remove it", path)
        if not event.implicit[0]:
            return text
        if text in _NULL:
            return None
        if text in _BOOLEAN:
            return _BOOLEAN[text]
        if _INTEGER.fullmatch(text):
            return self.integer(event, path)
        if _FRACTION.fullmatch(text):
            remedy = "write a whole number; put a version or a title in quotes"
            self.refuse("PF105", event, f"{text} is not a whole number", remedy, path)
        return text

    def integer(self, event: Any, path: Path) -> int | str:
        """Return the whole number, or its text when it is too large to keep."""
        text = str(event.value)
        if len(text.lstrip("+-")) <= len(str(INTEGER_AT_MOST)):
            value = int(text)
            if abs(value) <= INTEGER_AT_MOST:
                return value
        message = f"a whole number is at most {INTEGER_AT_MOST}"
        self.refuse("PF105", event, message, "write a smaller one, or put it in quotes", path)
        return text

    def mark(self, event: Any) -> Mark:
        """Return where ``event`` is written."""
        start, end = event.start_mark, event.end_mark
        if not isinstance(event, yaml.ScalarEvent) or start.line != end.line:
            return Mark(start.line + 1, start.column + 1)
        quote = 1 if event.style in {"'", '"'} else 0
        begin = start.column + quote
        lines = self.document.lines
        shown = lines[start.line] if start.line < len(lines) else ""
        is_plain = shown[begin : begin + len(event.value)] == event.value
        width = max(1, end.column - start.column)
        return Mark(start.line + 1, start.column + 1, width, begin + 1 if is_plain else 0)
