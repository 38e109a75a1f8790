"""Playing a scenario: the same statements through the same door, the clock as written."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from phaseflow import untrusted_files
from phaseflow.errors import PhaseflowError, Refused, StatementInvalid
from phaseflow.journal.entry import Entry
from phaseflow.language.scenario import edition_file, parse_scenario, spoken
from phaseflow.model.calendar import Instant
from phaseflow.model.scenario import Event, Scenario, TickEvent
from phaseflow.service import definitions
from phaseflow.service.compose import Filing
from phaseflow.service.json.status import status_document
from phaseflow.service.open import Opened, OpeningRequest, open_agreement
from phaseflow.service.record import Filed, record
from phaseflow.service.status import View, status
from phaseflow.service.tick import tick
from phaseflow.service.words.moments import moment
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store

_BEGINNING = Instant.from_timestamp(0)


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went otherwise than the scenario says at ``line``."""

    line: int
    text: str


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario after its last event."""

    scenario: Scenario
    view: View
    mismatches: tuple[Mismatch, ...]


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A definition and a scenario, as bytes; the file names stand in faults.

    Editions that the scenario proposes are read from files beside its own.
    """

    definition: bytes
    definition_file: str
    scenario: bytes
    scenario_file: str


def rehearse(script: Script) -> Played:
    """Play a scenario in memory, and return where it ends.

    Raises:
        DefinitionInvalid: one of the files has faults.
        StatementInvalid: it has no events.
    """
    return play(MemoryStore(lambda: _BEGINNING), script, label=None)


def play(store: Store, script: Script, label: str | None) -> Played:
    """Open a rehearsal in ``store`` and play the scenario into it.

    The nonces follow from the script: played again, it files nothing twice.

    Raises:
        DefinitionInvalid: one of the files has faults.
        StatementInvalid: it has no events.
        Conflict: the label is taken by another agreement.
    """
    definitions.check(script.definition, script.definition_file)
    scenario = parse_scenario(script.scenario, script.scenario_file)
    if not scenario.events:
        msg = f"{script.scenario_file} has no events"
        raise StatementInvalid(msg)
    seed = hashlib.sha256(script.definition + script.scenario).hexdigest()
    opening = OpeningRequest(
        source=script.definition,
        file=script.definition_file,
        nonce=_nonce(seed, 0),
        label=label,
        rehearsed_at=_moment(scenario.events[0]),
    )
    opened = open_agreement(store, opening)
    folder = Path(script.scenario_file).parent
    player = _Player(store, opened, seed, folder)
    found = [m for event in scenario.events for m in player.play(event)]
    seen = player.seen()
    found += [
        Mismatch(line=scenario.then_line, text=f"in the end, {text}")
        for text in mismatches(scenario.then or {}, seen)
    ]
    return Played(scenario=scenario, view=seen, mismatches=tuple(found))


def mismatches(expected: dict[str, Any], seen: View) -> list[str]:
    """Return where ``expected``, a part of the status document, differs from it."""
    return list(_differences(expected, status_document(seen), "")) if expected else []


class _Player:
    """Plays one event after another; what goes wrong is told, and the play goes on."""

    def __init__(self, store: Store, opened: Opened, seed: str, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.zone = opened.place.definition.calendar.zone
        self.agreement = opened.place.header.id
        self.seed = seed
        self.entries: dict[str, int] = {}
        self.count = 0
        self.newest = self.now = opened.place.header.recorded_at
        self.is_new = not opened.is_repeat

    def play(self, event: Event | TickEvent) -> Iterator[Mismatch]:
        """Play one event, and yield what went otherwise than expected.

        Played again, what was expected on the way is past.
        """
        self.count += 1
        found = [Mismatch(line=event.line, text=text) for text in self._play(event)]
        if self.is_new:
            yield from found

    def seen(self) -> View:
        """Return where the agreement stands by the clock of the scenario."""
        return status(self.store, self.agreement, self.now.format_iso())

    def _play(self, event: Event | TickEvent) -> Iterator[str]:
        try:
            self.now = self._clock(event)
            if isinstance(event, TickEvent) and self.is_new:
                ticked = tick(self.store, self.agreement, self.now.format_iso())
                self._follow(one.entry for one in ticked)
        except PhaseflowError as error:
            yield f"it was not played: {error}"
            return
        if isinstance(event, Event):
            yield from self._say(event)
        if event.expect and self.is_new:
            yield from mismatches(event.expect, self.seen())

    def _clock(self, event: Event | TickEvent) -> Instant:
        """Return when an event is recorded: never before the newest entry.

        Raises:
            StatementInvalid: its moment is none, or time would have to go back.
        """
        said = moment(self.zone, _moment(event), "at")
        is_told = isinstance(event, TickEvent) or event.recorded is not None
        if is_told and self.zone.closing(said) < self.newest:
            msg = (
                f"{said} is before the newest entry, recorded {self.zone.local(self.newest)}; "
                "put the events in the order in which they are recorded"
            )
            raise StatementInvalid(msg)
        return max(self.zone.opening(said), self.newest)

    def _follow(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.newest = max(self.newest, Instant.parse_iso(entry.recorded_at))

    def _say(self, event: Event) -> Iterator[str]:
        what = f"{event.kind} by {event.by}"
        try:
            filed = self._file(event)
        except Refused as refused:
            yield from _refusal(event, refused, what)
        except KeyError as missing:
            yield f"{what} refers to the event {missing.args[0]!r}, which was not filed"
        except PhaseflowError as error:
            yield f"{what} was not filed: {error}"
        else:
            self.is_new = not filed.is_repeat or filed.stood
            self._follow([*filed.ticks, filed.entry])
            if event.name is not None:
                self.entries[event.name] = filed.entry.seq
            if event.refused:
                yield f"{what} was expected to be refused ({', '.join(event.refused)}), and was not"

    def _file(self, event: Event) -> Filed:
        body = spoken(event, self.entries, self.zone)
        named = edition_file(body)
        edition = None if named is None else self._read(named)
        if edition is not None:
            body["definition"] = hashlib.sha256(edition).hexdigest()
        filing = Filing(
            agreement=self.agreement,
            actor=event.by,
            kind=event.kind,
            body=body,
            nonce=_nonce(self.seed, self.count),
            occurred_at=event.at,
            now=self.now.format_iso(),
            edition=edition,
            file=str(self.folder / (named or "")),
        )
        return record(self.store, filing)

    def _read(self, named: str) -> bytes:
        try:
            return untrusted_files.beginning(
                self.folder / named, untrusted_files.DEFINITION.size + 1
            )
        except OSError as error:
            msg = f"{self.folder / named} cannot be read: {error.strerror}"
            raise StatementInvalid(msg) from error


def _refusal(event: Event, refused: Refused, what: str) -> Iterator[str]:
    codes = {reason.rule for reason in refused.reasons}
    if codes != set(event.refused):
        expected = f", expected with {', '.join(event.refused)}" if event.refused else ""
        reasons = "; ".join(f"{reason.rule}: {reason.text}" for reason in refused.reasons)
        yield f"{what} is refused{expected}: {reasons}"


def _differences(expected: object, actual: object, path: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            inner = f"{path}.{key}" if path else str(key)
            if key in actual:
                yield from _differences(value, actual[key], inner)
            else:
                yield f"{inner} was expected to be {value}, but there is no {key!r}"
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _list_differences(expected, actual, path)
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path} was expected to be {_shown(expected)}, and is {_shown(actual)}"


def _list_differences(expected: list[Any], actual: list[Any], path: str) -> Iterator[str]:
    """Yield differences of lists: every item expected must be there, in that order."""
    if len(expected) == len(actual):
        for place, (wanted, found) in enumerate(zip(expected, actual, strict=True), 1):
            yield from _differences(wanted, found, f"{path}[{place}]")
        return
    rest = iter(actual)
    for wanted in expected:
        if all(any(_differences(wanted, found, path)) for found in rest):
            yield f"{path} was expected to hold {_shown(wanted)} next, of {_shown(actual)}"
            return


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)


def _moment(event: Event | TickEvent) -> str:
    return event.at if isinstance(event, TickEvent) or event.recorded is None else event.recorded


def _nonce(seed: str, count: int) -> str:
    return hashlib.sha256(f"{seed}\n{count}".encode()).hexdigest()[:32]
