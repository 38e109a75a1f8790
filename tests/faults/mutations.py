"""Mutated inputs: whatever is handed in is taken as it was meant, or refused in a line.

Input ``i`` of a kind follows from the seed, the kind and ``i`` alone. One is shown, and tried
again, by:

    python -m tests.faults.mutations KIND SEED I
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

import click
import yaml
from click.testing import CliRunner
from tests.faults.mutators import (
    ODD,
    TEXTS,
    blob_changed,
    bytes_changed,
    drawing,
    json_of,
    tree_changed,
    yaml_of,
)
from tests.journal.signer import KINDS, Signer, signer

from phaseflow.cli import defaults, input_files
from phaseflow.cli.main import cli
from phaseflow.errors import DefinitionInvalid, PhaseflowError
from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.entry import signed_part
from phaseflow.journal.folder import DISCLOSURES, ID, README, SIGNERS
from phaseflow.journal.privacy import Opening as Disclosure
from phaseflow.journal.signature import STATEMENT, armored, read_armored, verify
from phaseflow.language.parse import examine
from phaseflow.language.scenario import parse_scenario
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import decode_definition, encode_definition
from phaseflow.model.visible import clean
from phaseflow.service import audit, receipts
from phaseflow.service.compose import Filing, compose
from phaseflow.service.handed_in import HandedIn, signed_bytes
from phaseflow.service.inbox import Desk
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import record
from phaseflow.storage.memory import MemoryStore

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tests" / "cli" / "plan.yaml"
SECONDS = 20
"""Of processor time that one input may take."""
LONGEST = 20_000
"""Characters of a message; a definition may have a thousand faults, each of its own."""
CODES = range(7)
NOON = Instant.parse_iso("2025-01-15T12:00:00Z")


class TooLong(Exception):
    """An input took more processor time than any may."""


@dataclass(frozen=True)
class Kind:
    """Inputs of one kind, worked on in ``folder``."""

    folder: Path

    def draw(self, draw: random.Random) -> Any:
        """Return one input."""
        raise NotImplementedError

    def check(self, tried: Any) -> bool:
        """Hand it in, and check what must hold if it is taken; tell whether it was.

        Raises:
            PhaseflowError, click.ClickException: it is refused.
        """
        raise NotImplementedError

    def _written(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


class Documents(Kind):
    """Files of YAML, their bytes changed, or their parts."""

    files: ClassVar[tuple[Path, ...]]

    @cached_property
    def corpus(self) -> list[bytes]:
        return [path.read_bytes() for path in self.files]

    @cached_property
    def trees(self) -> list[Any]:
        return [yaml.load(text, yaml.CSafeLoader) for text in self.corpus]

    def draw(self, draw: random.Random) -> bytes:
        if draw.random() < 0.5:
            return bytes_changed(draw, draw.choice(self.corpus), self.corpus)
        try:
            return yaml_of(tree_changed(draw, draw.choice(self.trees)), draw)
        except (yaml.YAMLError, RecursionError, ValueError):
            # What YAML cannot hold at all is no input.
            return bytes_changed(draw, draw.choice(self.corpus), self.corpus)


class Definitions(Documents):
    """One that is taken is the same each time, and as it is stored; no other is without a fault."""

    files = (
        PLAN,
        PLAN,
        ROOT / "tests/language/sound.yaml",
        *sorted((ROOT / "definitions").glob("[deghl]*/definition.yaml")),
    )

    def check(self, tried: bytes) -> bool:
        definition, found = examine(tried, "d.yaml")
        is_wrong = any(one.severity == "error" for one in found)
        assert is_wrong is (definition is None), "taken with errors, or refused without"
        for one in found:
            check_message(clean(str(one)))
        if definition is None:
            return False
        assert decode_definition(encode_definition(definition)) == definition
        assert examine(tried, "d.yaml")[0] == definition
        return True


class Scenarios(Documents):
    """One that is taken is the same each time."""

    files = tuple(
        path
        for path in sorted((ROOT / "definitions").glob("*/scenarios/*.yaml"))
        if path.stat().st_size < 3000
    )

    def check(self, tried: bytes) -> bool:
        scenario = parse_scenario(tried, "s.yaml")
        assert parse_scenario(tried, "s.yaml") == scenario
        return True


@dataclass(frozen=True)
class Handed:
    """Two files that are handed in."""

    content: bytes
    beside: bytes | None


class Statements(Kind):
    """Nothing is filed as a party's but bytes that it signed."""

    @cached_property
    def signed(self) -> list[tuple[bytes, bytes]]:
        bodies: list[tuple[str, str, dict[str, Any]]] = [
            ("north", "note", {"text": "a word"}),
            ("north", "perform", {"obligation": "release", "amount": {"women": 1}}),
            ("south", "advance", {"transition": "accept"}),
            ("south", "allege", {"obligation": "release", "text": "late"}),
            ("watch", "attest", {"entry": 1}),
        ]
        made = []
        for number, (actor, kind, body) in enumerate(bodies):
            filing = Filing(
                agreement="p", actor=actor, kind=kind, body=body, nonce=f"{number:032x}"
            )
            content = signed_bytes(compose(self.store, filing))
            made.append((content, armored(signer(actor).sign(content)).encode()))
        return made

    @cached_property
    def store(self) -> MemoryStore:
        return opened()

    @cached_property
    def originals(self) -> set[bytes]:
        return {content for content, _ in self.signed}

    def draw(self, draw: random.Random) -> Handed:
        content, beside = draw.choice(self.signed)
        texts, signatures = zip(*self.signed, strict=True)
        match draw.randrange(5):
            case 0 | 1:
                content = json_of(tree_changed(draw, json.loads(content)), draw)
            case 2 | 3:
                content = bytes_changed(draw, content, texts)
            case _:
                beside = bytes_changed(draw, beside, signatures)
        return Handed(content, None if draw.random() < 0.05 else beside)

    def check(self, tried: Handed) -> bool:
        path = self._written("statement.json", tried.content)
        beside = self.folder / "statement.json.sig"
        if tried.beside is None:
            beside.unlink(missing_ok=True)
        else:
            beside.write_bytes(tried.beside)
        desk = Desk(
            store=self.store,
            receipts=self.folder / "receipts",
        )
        handed = desk.take(path)
        assert handed.filed is not None
        entry = handed.filed.entry
        with self.store.read() as transaction:
            row = transaction.entry(handed.filed.place.header.id, entry.seq)
        assert row is not None
        assert signed_part(row.line) in self.originals, "filed what nobody signed"
        assert entry.sig is not None, "filed without the signature"
        return True


class Keys(Kind):
    """A key that is taken is read again as it was taken, and is of the bytes of its text."""

    @cached_property
    def corpus(self) -> list[bytes]:
        return [f"{made(kind).key} {kind}@test\n".encode() for kind in KINDS]

    def draw(self, draw: random.Random) -> bytes:
        line = draw.choice(self.corpus)
        if draw.random() < 0.5:
            return bytes_changed(draw, line, self.corpus)
        kind, blob, *rest = line.decode().split(" ")
        return " ".join([kind, blob_changed(draw, blob, self.corpus), *rest]).encode()

    def check(self, tried: bytes) -> bool:
        key = input_files.public_key(self._written("key.pub", tried))
        again = input_files.public_key(self._written("key.pub", f"{key}\n".encode()))
        assert again == key
        return True


class Signatures(Kind):
    """No signature counts but one that was made, over what it was made for."""

    message: ClassVar[bytes] = b'{"said":"what was said"}\n'

    @cached_property
    def made(self) -> dict[str, str]:
        return {kind: made(kind).sign(self.message) for kind in KINDS}

    def draw(self, draw: random.Random) -> tuple[str, bytes]:
        kind = draw.choice(KINDS)
        others = [armored(text).encode() for text in self.made.values()]
        if draw.random() < 0.3:
            return kind, bytes_changed(draw, armored(self.made[kind]).encode(), others)
        blobs = [text.encode() for text in self.made.values()]
        return kind, armored(blob_changed(draw, self.made[kind], blobs)).encode()

    def check(self, tried: tuple[str, bytes]) -> bool:
        kind, text = tried
        signature = read_armored(text.decode(errors="replace"))
        verify(signature, key=made(kind).key, namespace=STATEMENT, message=self.message)
        assert signature == self.made[kind], "verified another signature"
        return True


class Settings(Kind):
    """A default that is taken is text that shows, under a name that there is."""

    corpus: ClassVar[list[bytes]] = [
        b'by = "israel"\ndatabase = "postgresql://phaseflow.localhost/agreements"\n',
        b'pins = "pins"\nrecorder_key = "~/.ssh/recorder"\nsign_with = "keys/israel"\n',
        b"# whose key it is\nby = 'south'\ndatabase = \"our.db\"\n",
    ]

    def draw(self, draw: random.Random) -> bytes:
        if draw.random() < 0.6:
            return bytes_changed(draw, draw.choice(self.corpus), self.corpus)
        key = draw.choice((*defaults.KEYS, *TEXTS, *ODD))
        right = draw.choice((*TEXTS, *ODD, "1", "true", "2025-01-01", "[" * draw.choice((1, 4000))))
        quoted = json.dumps(right) if draw.random() < 0.7 else right
        return f"{key} = {quoted}\n".encode("utf-8", "surrogatepass")

    def check(self, tried: bytes) -> bool:
        os.environ["PHASEFLOW_CONFIG"] = str(self._written("config.toml", tried))
        for values in defaults.defaults()["audit"].values():
            assert set(values) <= set(defaults.KEYS)
            assert all(isinstance(text, str) and text.isprintable() for text in values.values())
        return True


class Bundles(Kind):
    """An export in which something was changed verifies only where nothing rests on it."""

    counts_not: ClassVar[set[str]] = {README, ID, SIGNERS}
    """What the format says not to trust: it is for people, and the journal says the same."""

    @cached_property
    def exported(self) -> tuple[str, dict[str, bytes]]:
        directory = self.folder / "exported"
        shutil.rmtree(directory, ignore_errors=True)
        store = opened()
        disclosed = Disclosure("00" * 16, "a name")
        bodies: list[tuple[str, str, dict[str, Any], tuple[Disclosure, ...]]] = [
            ("north", "advance", {"transition": "accept"}, ()),
            ("south", "advance", {"transition": "accept"}, ()),
            ("north", "note", {"text": disclosed.stands_as}, (disclosed,)),
            ("north", "perform", {"obligation": "release", "amount": {"women": 1}}, ()),
        ]
        for number, (actor, kind, body, openings) in enumerate(bodies):
            filing = Filing(
                agreement="p",
                actor=actor,
                kind=kind,
                body=body,
                nonce=f"{number:032x}",
                openings=openings,
            )
            statement = compose(store, filing)
            signature = signer(actor).sign(signed_bytes(statement))
            record(store, HandedIn(statement=statement, signature=signature, openings=openings))
        namespace = "checkpoint.v1@phaseflow"
        receipts.issue(store, "p", lambda text: signer("recorder").sign(text, namespace))
        report = audit.export(store, "p", directory)
        found = {
            str(path.relative_to(directory)): path.read_bytes()
            for path in sorted(directory.rglob("*"))
            if path.is_file()
        }
        verify_bundle(directory, report.agreement)
        return report.agreement, found

    def draw(self, draw: random.Random) -> tuple[str, bytes | None]:
        files = self.exported[1]
        # Half of all into the entries, where all is.
        name = draw.choice(("entries.jsonl", draw.choice(sorted(files))))
        if draw.random() < 0.02:
            return name, None
        lines = files[name].splitlines(keepends=True)
        if name.endswith(".jsonl") and draw.random() < 0.5:
            at = draw.randrange(len(lines))
            lines[at] = json_of(tree_changed(draw, json.loads(lines[at])), draw)
            return name, b"".join(lines)
        if name.endswith(".sig") and draw.random() < 0.5:
            signature = read_armored(files[name].decode())
            return name, armored(blob_changed(draw, signature, list(files.values()))).encode()
        return name, bytes_changed(draw, files[name], list(files.values()))

    def check(self, tried: tuple[str, bytes | None]) -> bool:
        agreement, files = self.exported
        name, content = tried
        path = self.folder / "exported" / name
        try:
            path.unlink() if content is None else path.write_bytes(content)
            verify_bundle(path.parents[name.count("/")], agreement)
        finally:
            path.write_bytes(files[name])
        assert self._counts_not(name, content), f"verified with {name} changed"
        return True

    def _counts_not(self, name: str, content: bytes | None) -> bool:
        """Tell whether the change is one that the format allows."""
        was = self.exported[1][name]
        if content == was or name in self.counts_not:
            return True
        if name == DISCLOSURES:
            # Openings may be withheld; then their values are private still.
            kept = (content or b"").splitlines(keepends=True)
            return set(kept) <= set(was.splitlines(keepends=True))
        if content is None:
            # A checkpoint may be left out, or a signature of it; what is there must hold.
            return name.startswith("checkpoints/")
        # The lines of a signature may end otherwise: what it says is the same.
        return name.endswith(".sig") and read_armored(content.decode()) == read_armored(
            was.decode()
        )


class CommandLines(Kind):
    """A command line that the parser takes ends under a code of the table, in words."""

    label: ClassVar[tuple[str, ...]] = ("p", "p", "p", "nobody", "exported", "0" * 64)
    slots: ClassVar[dict[str, tuple[str, ...]]] = {
        "AGREEMENT": label,
        "PARTY": ("north", "south", "watch", "recorder", "stranger"),
        "MOMENT": ("2025-03-01T12:00", "day 2", "2025-03-05", "2025-03-01T10:00:00Z"),
        "ENTRY": ("0", "1", "2", "99"),
        "COUNT": ("1", "0", "9007199254740991", "women=2", "women=2,men=1"),
        "OBLIGATION": ("release", "withdrawal", "calm", "nothing"),
        "TRANSITION": ("accept", "finish", "expire"),
        "FILE": ("plan.yaml", "s.yaml", "exported", "nothing.yaml", "odd.bin", ".", "phaseflow.db"),
        "TEXT": ("a word", "a" * 5_000),
        "HEX": ("0" * 32, "0" * 64, "f" * 32),
    }
    forms: ClassVar[tuple[str, ...]] = (
        "status AGREEMENT", "next AGREEMENT", "history AGREEMENT --json", "show AGREEMENT ENTRY",
        "text AGREEMENT", "timeline AGREEMENT", "keys AGREEMENT", "list --json",
        "check FILE", "fmt --check FILE", "compare FILE FILE", "draw FILE", "prose FILE",
        "rehearse FILE FILE", "explain TEXT", "draw AGREEMENT",
        "advance AGREEMENT TRANSITION --by PARTY",
        "withdraw AGREEMENT TRANSITION --by PARTY --at MOMENT",
        "waive AGREEMENT OBLIGATION --amount COUNT --by PARTY --at MOMENT",
        "perform AGREEMENT OBLIGATION --amount COUNT --by PARTY --at MOMENT",
        "perform AGREEMENT OBLIGATION --by PARTY --note TEXT --evidence FILE --json",
        "measure AGREEMENT OBLIGATION --amount COUNT --from MOMENT --to MOMENT --by PARTY",
        "attest AGREEMENT ENTRY --by PARTY", "reject AGREEMENT ENTRY --by PARTY --note TEXT",
        "contest AGREEMENT ENTRY --by PARTY --at MOMENT",
        "allege AGREEMENT OBLIGATION --by PARTY --at MOMENT",
        "find AGREEMENT TEXT false --by PARTY", "notify AGREEMENT TEXT --by PARTY",
        "correct AGREEMENT ENTRY --amount COUNT --by PARTY",
        "note AGREEMENT --note TEXT --source TEXT --by PARTY --nonce HEX --json",
        "note AGREEMENT --note TEXT --private --by PARTY --expect-position ENTRY",
        "amend AGREEMENT FILE --by PARTY", "key set AGREEMENT FILE --by PARTY --for PARTY",
        "draft note AGREEMENT --note TEXT --by PARTY", "file FILE --now MOMENT",
        "redact AGREEMENT HEX --by recorder", "tick AGREEMENT --now MOMENT",
        "audit verify AGREEMENT --id HEX --pin FILE", "audit replay AGREEMENT",
        "audit compare FILE FILE", "open FILE --label TEXT --rehearsal --now MOMENT --key TEXT=FILE",
        "db rebuild AGREEMENT", "list --database TEXT",
    )  # fmt: skip

    @cached_property
    def place(self) -> Path:
        place = self.folder / "commands"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copy(PLAN, place / "plan.yaml")
        shutil.copy(Scenarios.files[0], place / "s.yaml")
        (place / "odd.bin").write_bytes(bytes(range(256)) * 4)
        self._runs("open", "plan.yaml", "--label", "p", "--rehearsal", "--now", "2025-03-01T09:00")
        for party in ("north", "south"):
            self._runs("advance", "p", "accept", "--by", party, "--now", "2025-03-01T10:00")
        self._runs("audit", "export", "p", "exported")
        shutil.copy(place / "phaseflow.db", place / "kept")
        return place

    def _runs(self, *arguments: str) -> None:
        with contextlib.chdir(self.folder / "commands"):
            result = CliRunner(env=self._environment).invoke(cli, arguments)
            assert result.exit_code == 0, result.output

    @property
    def _environment(self) -> dict[str, str | None]:
        inherited: dict[str, str | None] = {
            name: None for name in os.environ if name.startswith("PHASEFLOW_")
        }
        folder = str(self.folder)
        return inherited | {"XDG_CONFIG_HOME": folder, "HOME": folder, "NO_COLOR": "1"}

    def draw(self, draw: random.Random) -> tuple[str, ...]:
        words = draw.choice(self.forms).split()
        if "--by" in words and words[0] != "draft" and draw.random() < 0.9:
            # Without it nothing is filed in a rehearsal.
            words += ["--now", "MOMENT"]
        odd = draw.randrange(len(words))
        return tuple(
            self._word(draw, word, is_odd=at == odd or draw.random() < 0.1)
            for at, word in enumerate(words)
        )

    def _word(self, draw: random.Random, word: str, *, is_odd: bool) -> str:
        for slot, values in self.slots.items():
            if slot in word:
                said = draw.choice(values)
                if is_odd:
                    changed = bytes_changed(draw, said.encode(), [v.encode() for v in values])
                    said = draw.choice((*TEXTS, *ODD, os.fsdecode(changed[:4000]), str(10**50)))
                # A command line can hold all but this.
                return word.replace(slot, said.replace("\x00", "\N{SYMBOL FOR NULL}"))
        return word

    def check(self, tried: tuple[str, ...]) -> bool:
        place = self.place
        with contextlib.chdir(place):
            result = CliRunner(env=self._environment).invoke(cli, tried)
            for path in place.glob("phaseflow.db*"):
                path.unlink()
            shutil.copy(place / "kept", place / "phaseflow.db")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code in CODES, f"ended with {result.exit_code}"
        # What was found is told on stdout, what went wrong on stderr.
        check_shown(result.output)
        if result.exit_code:
            check_message(result.stderr or result.stdout)
        return result.exit_code == 0


KIND: dict[str, type[Kind]] = {
    "definitions": Definitions,
    "scenarios": Scenarios,
    "statements": Statements,
    "keys": Keys,
    "signatures": Signatures,
    "bundles": Bundles,
    "settings": Settings,
    "commands": CommandLines,
}


@cache
def made(kind: str) -> Signer:
    return signer("mutated", kind)


def opened() -> MemoryStore:
    """A store with an agreement ``p`` in which everybody has a key."""
    store = MemoryStore(lambda: NOON)
    parties = ("north", "south", "watch", "guide", "recorder")
    keys = {party: signer(party).key for party in parties}
    opening = OpeningRequest(
        source=PLAN.read_bytes(), file="plan.yaml", nonce="f" * 32, label="p", keys=keys
    )
    open_agreement(store, opening)
    return store


def check_message(message: str) -> None:
    """Check that a message can be shown, and read.

    Raises:
        AssertionError: it cannot.
    """
    assert message.strip(), "refused without a word"
    assert len(message) <= LONGEST, f"a message of {len(message)} characters: {message[:300]}"
    assert "Traceback" not in message, message
    check_shown(message)


def check_shown(text: str) -> None:
    """Check that nothing in a text would steer a terminal.

    Raises:
        AssertionError: something would.
    """
    raw = {c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"}
    assert not raw, f"raw control characters {raw!r} in {text[:300]!r}"


@contextlib.contextmanager
def bounded(seconds: int = SECONDS) -> Iterator[None]:
    """Raise TooLong in what takes more processor time than that."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        msg = f"more than {seconds} s of processor time"
        raise TooLong(msg)

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def attempt(kind: Kind, tried: Any) -> bool:
    """Hand one input in; tell whether it was taken.

    Raises:
        Exception: something does not hold, or an exception came through that is none of ours.
    """
    with bounded():
        try:
            return kind.check(tried)
        except DefinitionInvalid as error:
            for fault in error.faults:
                check_message(clean(str(fault)))
        except (PhaseflowError, click.ClickException) as error:
            check_message(clean(getattr(error, "message", None) or str(error)))
        return False


def drawn(name: str, kind: Kind, seed: str, number: int) -> Any:
    """Return input ``number`` of a kind."""
    return kind.draw(drawing(f"{seed} {name} {number}"))


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder of one's own, in memory where there is such a place; settings as they were after."""
    in_memory = Path("/dev/shm")  # noqa: S108  only where it is to be written quickly
    parent = in_memory if os.access(in_memory, os.W_OK) else None
    kept = os.environ.get("PHASEFLOW_CONFIG")
    with tempfile.TemporaryDirectory(prefix="phaseflow-faults-", dir=parent) as folder:
        try:
            yield Path(folder)
        finally:
            os.environ.pop("PHASEFLOW_CONFIG", None)
            if kept is not None:
                os.environ["PHASEFLOW_CONFIG"] = kept


def run(name: str, seed: str, numbers: range) -> tuple[int, dict[int, str]]:
    """Try inputs of a kind; return how many were taken, and by number what did not hold."""
    taken, failures = 0, {}
    with workplace() as folder:
        kind = KIND[name](folder)
        for number in numbers:
            try:
                taken += attempt(kind, drawn(name, kind, seed, number))
            except Exception as error:  # noqa: BLE001  each is a finding, and the rest is tried
                failures[number] = f"{type(error).__name__}: {error}"
    return taken, failures


def main() -> None:
    """Show one input, and try it again."""
    name, seed, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with workplace() as folder:
        kind = KIND[name](folder)
        tried = drawn(name, kind, seed, number)
        sys.stdout.write(f"{tried!r}\n")
        taken = attempt(kind, tried)
        sys.stdout.write("taken\n" if taken else "refused, as it should be\n")


if __name__ == "__main__":
    main()
