"""A text as it is laid out: its parts in their spelling, and which comment goes with which part."""

import re

import msgspec

from phaseflow.text.source import YamlEvent, events

EDITOR_LINE = "# yaml-language-server:"
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#.*)")
_INDICATOR = re.compile(r"[-?](?:[ \t]|$)")
_WITHOUT_LIMIT = 2**31


class Scalar(msgspec.Struct, frozen=True):
    """Text, a number, a truth value or nothing: as spelt, and as read.

    ``style`` is that of YAML: ``'``, ``"``, ``|``, ``>``, or empty when plain.
    """

    raw: str
    value: str
    style: str = ""


class Item(msgspec.Struct):
    """A pair of a mapping, or an item of a list (``key`` is None), with its comments.

    ``above`` are the lines before it, of which an empty one is a blank line;
    ``beside`` are the comments on its own lines, ``below`` those that follow it
    and are indented further than what comes next.
    """

    key: Scalar | None = None
    value: "Scalar | Collection" = Scalar("", "")
    above: list[str] = []
    beside: list[str] = []
    below: list[str] = []


class Collection(msgspec.Struct):
    """A mapping or a list; ``after`` are the comments that follow its last entry."""

    is_mapping: bool
    is_flow: bool
    column: int = 0
    entries: list[Item] = []
    after: list[str] = []


class LaidOut(msgspec.Struct):
    """A whole text: ``head`` are the comments that speak of all of it."""

    head: list[str]
    root: Collection


class _Note(msgspec.Struct):
    """A comment on a line of its own, or a blank line; ``column`` tells what it belongs to.

    ``is_within``: it stands below the dash of an item, and above what the item holds.
    """

    text: str
    column: int
    is_within: bool = False


def read_layout(text: str) -> LaidOut:
    """Return how ``text`` is laid out.

    ``text`` is a mapping in which :func:`phaseflow.text.source.read` has
    found no trouble. Its lines end in line feeds.
    """
    return _Reader(text).sheet()


class _Reader:
    """Goes through the events; comments stand in the gaps between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events = events(text)
        self.cursor = 0
        self.pending: list[_Note] = []
        self.closed: list[Collection] = []
        self.last: Item | None = None

    def sheet(self) -> LaidOut:
        """Return the whole."""
        event = next(self.events)
        self.pass_over(event.start)
        head, above = _parted([note.text for note in self.pending])
        self.pending = []
        owner = Item()
        root = self.collection(event, owner)
        self.closed = self.closed or [root]
        self.pass_over(len(self.text))
        rest = self.settle(-1)
        root.after += [*owner.beside, *(rest[:-1] if rest[-1:] == [""] else rest)]
        above += owner.above
        if root.entries:
            root.entries[0].above[:0] = above
        else:
            head += above
        return LaidOut(head, root)

    def collection(self, event: YamlEvent, owner: Item) -> Collection:
        """Return the collection that begins with ``event`` and is the value of ``owner``."""
        found = Collection(event.kind == "mapping", event.is_flow, event.column)
        self.cursor = max(self.cursor, event.end if event.is_flow else event.start)
        for inner in self.events:
            if inner.kind == "end":
                self.end(found, inner, owner)
                break
            self.pass_over(inner.start)
            within = self.taken_from_within(inner)
            before = None if found.is_flow or not found.entries else found.entries[-1]
            entry = Item(above=self.settle(found.column, before))
            found.entries.append(entry)
            self.last, self.closed, self.pending = entry, [], within
            if found.is_mapping:
                entry.key = self.scalar(inner, entry)
                entry.value = self.value(next(self.events), entry)
            else:
                entry.value = self.value(inner, entry)
        return found

    def taken_from_within(self, event: YamlEvent) -> list[_Note]:
        """Return the comments that go with the first part of the block that begins with ``event``."""
        if event.kind == "scalar" or event.is_flow:
            return []
        within = [_Note(note.text, note.column) for note in self.pending if note.is_within]
        self.pending = [note for note in self.pending if not note.is_within]
        return within

    def value(self, event: YamlEvent, entry: Item) -> Scalar | Collection:
        """Return the value of ``entry``, which begins with ``event``."""
        self.pass_over(event.start)
        if event.kind == "scalar" or event.is_flow:
            entry.above += [note.text for note in self.pending if note.text]
            self.pending = []
        if event.kind == "scalar":
            return self.scalar(event, entry)
        return self.collection(event, entry)

    def scalar(self, event: YamlEvent, entry: Item) -> Scalar:
        """Return the scalar of ``event``, a part of ``entry``."""
        raw = self.text[event.start : event.end]
        if event.style in {"|", ">"}:
            header = _HEADER.match(raw)
            if header:
                entry.beside.append(header[1].rstrip())
            raw = raw.removesuffix("\n") if event.value.endswith("\n\n") else raw.rstrip(" \n")
        self.cursor = max(self.cursor, event.start + len(raw))
        return Scalar(raw, event.value, event.style)

    def end(self, found: Collection, event: YamlEvent, owner: Item) -> None:
        """Note that ``found`` is at its end; what follows on the line belongs to its owner."""
        if not found.is_flow:
            self.closed.append(found)
            return
        self.pass_over(event.start)
        comments = [note.text for note in self.pending if note.text]
        (found.after if found.entries else owner.above).extend(comments)
        self.pending = []
        self.cursor = max(self.cursor, event.end)
        self.last = owner

    def pass_over(self, start: int) -> None:
        """Take up the comments and blank lines between the cursor and ``start``."""
        base = self.cursor - (self.text.rfind("\n", 0, self.cursor) + 1)
        lines = self.text[self.cursor : start].split("\n")
        self.cursor = max(self.cursor, start)
        limit, is_within = _WITHOUT_LIMIT, False
        for place, line in enumerate(lines):
            before, mark, comment = line.partition("#")
            shown = before.strip()
            column = (base if place == 0 else 0) + len(line) - len(line.lstrip())
            if _INDICATOR.match(shown):
                limit = min(limit, column)
            elif limit != _WITHOUT_LIMIT:
                is_within = True
            if mark and place == 0 and self.last is not None and limit == _WITHOUT_LIMIT:
                self.last.beside.append((mark + comment).rstrip())
            elif mark:
                text = (mark + comment).rstrip()
                self.pending.append(_Note(text, min(column, limit), is_within))
            elif not shown and 0 < place < len(lines) - 1 and not is_within:
                self.pending.append(_Note("", _WITHOUT_LIMIT))

    def settle(self, column: int, before: Item | None = None) -> list[str]:
        """Give what is pending to what it belongs to; return what goes to the next entry.

        A comment belongs to the innermost of the collections just closed that
        is not indented further, unless the next entry, at ``column``, is as
        near: to the last entry of it, or to the one ``before`` the next, where
        it is indented further than that.
        """
        kept: list[str] = []
        level, blank = 0, False
        for note in self.pending:
            if not note.text:
                blank = True
                continue
            while level < len(self.closed) and not (
                column < self.closed[level].column <= note.column
            ):
                level += 1
            around = self.closed[level] if level < len(self.closed) else None
            margin, last = column, before
            if around is not None:
                margin = around.column
                last = None if around.after or not around.entries else around.entries[-1]
            target = kept if around is None else around.after
            if last is not None and note.column > margin and not _speaks_of_next(note):
                if not _runs_on(last):
                    target = last.below
                elif around is None:
                    target = last.above
            target += ["", note.text] if blank else [note.text]
            blank = False
        self.pending = []
        return [*kept, ""] if blank else kept


def _speaks_of_next(note: _Note) -> bool:
    """Tell whether a comment tells the check to ignore something in the next line."""
    return "phaseflow:" in note.text


def _runs_on(entry: Item) -> bool:
    """Tell whether an indented line below ``entry`` would be part of its text."""
    return isinstance(entry.value, Scalar) and entry.value.style in {"|", ">"}


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines that speak of the whole text, and those that go with its first key.

    A blank line parts them; where there is none, only the line for editors
    speaks of the whole.
    """
    for place in range(len(lines), 0, -1):
        if not lines[place - 1] or lines[place - 1].startswith(EDITOR_LINE):
            return lines[:place], lines[place:]
    return [], lines
