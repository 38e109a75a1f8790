"""Scenarios: bytes in, a course of statements out; of a faulty one, every fault at once."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from phaseflow.errors import StatementInvalid
from phaseflow.language import suggest
from phaseflow.language.faults import Faults, told
from phaseflow.language.resolve.moments import when_text
from phaseflow.model.calendar import Zone
from phaseflow.model.scenario import Event, Scenario, TickEvent
from phaseflow.model.statement import ACTS, NAME, REFERENCES, REPORTS, Reason, parse_body
from phaseflow.text.characters import in_one_line
from phaseflow.text.source import Path, read

SPOKEN = ACTS + REPORTS
RULES: tuple[str, ...] = get_args(Reason.__annotations__["rule"])
DEFINITION = "../definition.yaml"

_HEAD = ("definition", "title", "label", "names", "events", "then")
_MARKS = ("at", "by", "as", "recorded", "refused", "expect", "added", "record")
_TICK = ("tick", "expect")
_NAME = re.compile(NAME)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOMENTS = ("happened", "until", "effective", "occurred_at")
_UTC = Zone("UTC")


def parse_scenario(source: bytes, file: str) -> Scenario:
    """Return the scenario that ``source`` spells; ``file`` names it in faults.

    Whether the names it uses are those of its definition shows when it is run.

    Raises:
        DefinitionInvalid: with every fault, in the order of the file.
    """
    document = read(source, file)
    faults = Faults(document)
    if not document.is_readable:
        faults.fail()
    scenario = _Reader(faults).scenario(document.data)
    faults.finish()
    return scenario


def spoken(event: Event, entries: Mapping[str, int], zone: Zone) -> dict[str, Any]:
    """Return the body that ``event`` files, as a statement holds it.

    ``entries`` tells the sequence number of each named event; local times are
    of ``zone``. Raises KeyError for an event that was not filed.
    """
    return _resolved(event.body, entries, zone)


def edition_file(body: Mapping[str, Any]) -> str | None:
    """Return the file of the edition that ``body`` speaks of, relative to the scenario's.

    A digest is no file.
    """
    named = body.get("definition")
    is_file = isinstance(named, str) and named != "" and not _DIGEST.fullmatch(named)
    return str(named) if is_file else None


def _resolved(body: dict[str, Any], entries: Mapping[str, int], zone: Zone) -> dict[str, Any]:
    found = dict(body)
    for member in REFERENCES:
        value = found.get(member)
        if isinstance(value, str):
            found[member] = entries[value]
        elif isinstance(value, list):
            found[member] = [entries[v] if isinstance(v, str) else v for v in value]
    for member in _MOMENTS:
        when = when_text(found[member], zone) if isinstance(found.get(member), str) else None
        if when is not None:
            found[member] = str(when)
    return found


class _Reader:
    """Reads a scenario part by part; faults never stop it."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.names: dict[str, str] = {}
        self.entries: dict[str, int] = {}

    def scenario(self, data: Any) -> Scenario:
        """Return the whole."""
        if isinstance(data, dict) and "phaseflow" in data and "events" not in data:
            message, remedy = (
                "this is a definition, not a scenario",
                "check it with phaseflow check",
            )
            self.faults.add("PF108", ("phaseflow",), message, remedy, at_key=True)
            self.faults.fail()
        head = self.mapping(data, (), _HEAD)
        names = self.mapping(head.get("names", {}), ("names",))
        self.names = {name: self.party(party, ("names", name)) for name, party in names.items()}
        events = self.list(head.get("events"), ("events",))
        return Scenario(
            definition=self.text(head, "definition", ()) or DEFINITION,
            title=self.text(head, "title", ()),
            label=self.text(head, "label", ()),
            names=self.names,
            events=tuple(self.event(one, ("events", place)) for place, one in enumerate(events)),
            then=self.expected(head, "then", ()),
            then_line=self.faults.document.keys[("then",)].line if "then" in head else 0,
        )

    def mapping(self, value: Any, path: Path, known: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a mapping, of keys that are ``known`` if there are any."""
        if not isinstance(value, dict):
            self.faults.add("PF108", path, "this must be a mapping", "write KEY: VALUE lines")
            return {}
        for key in value if known else ():
            if key not in known:
                remedy = self.faults.near(key, known)
                self.faults.add("PF106", (*path, key), f"unknown key {key!r}", remedy, at_key=True)
        return value

    def list(self, value: Any, path: Path) -> list[Any]:
        """Return a list."""
        if isinstance(value, list):
            return value
        message = f"{path[-1]!r} is missing" if value is None else f"{path[-1]!r} must be a list"
        self.faults.add(
            "PF107" if value is None else "PF108", path, message, "begin lines with '- '"
        )
        return []

    def text(self, around: dict[str, Any], key: str, path: Path) -> str:
        """Return the text under ``key``, empty where there is none."""
        value = around.get(key, "")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            self.faults.add("PF108", (*path, key), f"{key!r} must be text", "put it in quotes")
            return ""
        return in_one_line(value)

    def party(self, value: Any, path: Path) -> str:
        """Return the name of a party."""
        if isinstance(value, str) and _NAME.match(value):
            return value
        options = list(self.names)
        remedy = self.faults.near(str(value), options) if options else "write its name there"
        self.faults.add("PF204", path, f"{told(value)} is not a party of a definition", remedy)
        return ""

    def moment(self, value: Any, path: Path) -> str:
        """Return a day, local time or instant, as written."""
        if not isinstance(value, str) or when_text(value, _UTC) is None:
            message = f"{told(value)} is not a moment"
            close = suggest.moment(str(value)) or ""
            remedy = "write 2025-01-19, 2025-01-19T11:15 or 2025-01-19T09:15:00Z"
            if when_text(close, _UTC) is not None:
                remedy = f"{suggest.NEAR}{close!r}?"
            self.faults.add("PF111", path, message, remedy)
            return ""
        return value

    def expected(self, around: dict[str, Any], key: str, path: Path) -> dict[str, Any] | None:
        """Return what is expected, or None where nothing is."""
        return self.mapping(around[key], (*path, key)) if key in around else None

    def event(self, data: Any, path: Path) -> Event | TickEvent:
        """Return one event, or tick."""
        written = self.mapping(data, path)
        line = self.faults.document.values[path].line
        if "tick" in written:
            self.mapping(data, path, _TICK)
            at = self.moment(written["tick"], (*path, "tick"))
            return TickEvent(line=line, at=at, expect=self.expected(written, "expect", path))
        self.mapping(data, path, (*_MARKS, *SPOKEN))
        kind = self.kind(written, path)
        return Event(
            line=line,
            at=self.moment(self.needed(written, "at", path), (*path, "at")),
            by=self.speaker(self.needed(written, "by", path), (*path, "by")),
            kind=kind,
            body=self.body(kind, written.get(kind), (*path, kind)) if kind else {},
            name=self.name(written, path),
            recorded=self.moment(written["recorded"], (*path, "recorded"))
            if "recorded" in written
            else None,
            refused=self.codes(written, path),
            expect=self.expected(written, "expect", path),
            added=self.text(written, "added", path),
            record=self.record(written, path),
        )

    def needed(self, written: dict[str, Any], key: str, path: Path) -> Any:
        """Return the value of a key that an event must have."""
        if key not in written:
            self.faults.add("PF107", path, f"{key!r} is missing", f"add {key}: …")
            self.faults.settled.add((*path, key))
        return written.get(key)

    def kind(self, written: dict[str, Any], path: Path) -> str:
        """Return the one kind of statement that an event names."""
        kinds = [key for key in written if key in SPOKEN]
        if len(kinds) != 1:
            message = (
                "this says nothing" if not kinds else f"this says {' and '.join(kinds)} at once"
            )
            remedy = f"add one of {', '.join(SPOKEN)}" if not kinds else "make an event of each"
            self.faults.add("PF107" if not kinds else "PF402", path, message, remedy)
        return kinds[0] if kinds else ""

    def speaker(self, value: Any, path: Path) -> str:
        """Return the party that speaks, by its own name or that of the source."""
        if isinstance(value, str) and value in self.names:
            return self.names[value]
        return self.party(value, path)

    def body(self, kind: str, value: Any, path: Path) -> dict[str, Any]:
        """Return a body, whose references to entries may be names given before."""
        body = self.mapping({} if value is None else value, path)
        self.check_references(body, path)
        resolved = _resolved(body, _Anything(), _UTC)
        if edition_file(body) is not None:
            resolved["definition"] = "0" * 64
        try:
            parse_body(kind, resolved)
        except StatementInvalid as error:
            message, _, remedy = str(error).partition("; ")
            self.faults.add("PF417", path, message, remedy, at_key=True)
        return body

    def check_references(self, body: dict[str, Any], path: Path) -> None:
        """Note references to events that are not before this one."""
        for member in REFERENCES:
            value = body.get(member)
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str) and name not in self.entries:
                    message = f"no event before this is called {name!r}"
                    remedy = self.faults.near(name, self.entries)
                    self.faults.add("PF206", (*path, member), message, remedy)

    def name(self, written: dict[str, Any], path: Path) -> str | None:
        """Return what later events call this one, and keep it for them."""
        if "as" not in written:
            return None
        name = self.text(written, "as", path)
        if not _NAME.match(name):
            remedy = "use a-z, 0-9 and _, beginning with a letter, at most 32"
            self.faults.add("PF201", (*path, "as"), f"{name!r} cannot name an event", remedy)
        elif name in self.entries:
            self.faults.add("PF203", (*path, "as"), f"{name!r} names an event before", "rename it")
        self.entries[name] = len(self.entries)
        return name

    def codes(self, written: dict[str, Any], path: Path) -> tuple[str, ...]:
        """Return the codes with which it is expected to be refused."""
        if "refused" not in written:
            return ()
        here = (*path, "refused")
        codes = self.list(written["refused"], here)
        for place, code in enumerate(codes):
            if code not in RULES:
                message = f"{told(code)} is no reason of a refusal"
                self.faults.add(
                    "PF109", (*here, place), message, self.faults.near(str(code), RULES)
                )
        return tuple(map(str, codes))

    def record(self, written: dict[str, Any], path: Path) -> tuple[int, ...]:
        """Return which events of the source record it renders."""
        value = written.get("record", [])
        numbers = value if isinstance(value, list) else [value]
        if any(not isinstance(n, int) or isinstance(n, bool) for n in numbers):
            remedy = "write the number of the event there, or a list of numbers"
            self.faults.add("PF108", (*path, "record"), "this must be whole numbers", remedy)
            return ()
        return tuple(numbers)


class _Anything(dict[str, int]):
    """Every name, standing for entry 0: only the form of a body is looked at."""

    def __missing__(self, _: str) -> int:
        return 0
