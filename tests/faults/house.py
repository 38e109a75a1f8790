"""A database with agreements on which commands are interrupted, and what must hold after each."""

import hashlib
import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.commands import Commands, Ended
from tests.faults.server import Server
from tests.journal.signer import signer

from phaseflow.journal.bundle import verify_bundle
from phaseflow.journal.signature import armored
from phaseflow.service import audit, replay
from phaseflow.service.agreement import find
from phaseflow.storage.port import Row, Store
from phaseflow.storage.sql import open_store

STEPS = ", ".join(f"{{name: visit_{day}, by: day {day}}}" for day in range(1, 13))
PLAN = f"""\
phaseflow: 1
name: fault_plan
edition: "1"
title: A plan to be interrupted
calendar: {{time_zone: Europe/Berlin, day_1: running}}
parties:
  north: {{title: North, role: signatory}}
  south: {{title: South, role: signatory}}
obligations:
  delivery: {{title: Delivery, obligor: south, obligee: north, unit: crate, amount: 90000000}}
  visits: {{title: Visits, obligor: north, obligee: south, steps: [{STEPS}]}}
initial: running
states:
  running: {{title: Running}}
  paused: {{title: Paused}}
  done: {{title: Done, final: success}}
transitions:
  - {{name: pause, from: running, to: paused, by: south}}
  - {{name: resume, from: paused, to: running, by: south}}
  - {{name: finish, from: [running, paused], to: done, by: {{all: signatories}}}}
"""
UNTIDY = PLAN.replace("{title: North, role: signatory}", "{ role: signatory,   title: North }")
assert UNTIDY != PLAN
SIGNED = ("--by", "north", "--sign-with", "keys/north")
RECEIPTED = ("--recorder-key", "keys/recorder")


@dataclass(frozen=True)
class Acknowledged:
    """An entry that a command said was filed."""

    agreement: str
    seq: int
    hash: str


@dataclass
class House:
    """A folder with a database, keys, and an agreement ``p``, of which north signs.

    ``r`` is a rehearsal, whose clock is ours. Everything is filed by the command
    line; what is looked at, is read without it.
    """

    url: str
    commands: Commands
    server: Server | None = None
    acknowledged: list[Acknowledged] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def folder(self) -> Path:
        return self.commands.directory

    def build(self) -> None:
        """Open both agreements."""
        (self.folder / "keys").mkdir(parents=True)
        for name in ("north", "recorder"):
            signer(name).write(self.folder / "keys", name)
        (self.folder / "plan.yaml").write_text(PLAN)
        self.commands.environment.update(
            PHASEFLOW_DATABASE=self.url,
            HOME=str(self.folder),
            XDG_CONFIG_HOME=str(self.folder / "config"),
            PATH=os.environ["PATH"],
        )
        keys = ("--key", "north=keys/north.pub", "--key", "recorder=keys/recorder.pub")
        self.does("open", "plan.yaml", "--label", "p", *keys)
        clock = ("--rehearsal", "--now", "2025-03-01T09:00")
        self.does("open", "plan.yaml", "--label", "r", *clock)

    def does(self, *arguments: object, code: int = 0) -> Ended:
        """Run a command that nothing befalls."""
        ended = self.commands.run(*arguments)
        assert ended.code == code, ended
        return ended

    def nonce(self) -> str:
        """A nonce that was never used here."""
        return hashlib.sha256(str(next(self.numbers)).encode()).hexdigest()[:32]

    @contextmanager
    def store(self) -> Iterator[Store]:
        with closing(open_store(self.url)) as store:
            yield store

    def id_of(self, label: str) -> str:
        with self.store() as store, store.read() as transaction:
            return find(transaction, label).id

    def rows(self) -> list[tuple[str, Row]]:
        """Every entry of every agreement, with the id of its agreement."""
        with self.store() as store, store.read() as transaction:
            return [
                (header.id, row)
                for header in transaction.headers()
                for row in transaction.entries(header.id)
            ]

    def times_filed(self, nonce: str) -> int:
        """How many entries bear a nonce."""
        return sum(row.nonce == nonce for _, row in self.rows())

    def remember(self, ended: Ended) -> list[Acknowledged]:
        """Take down what a command said was filed, and return it."""
        new = list(acknowledged(ended.out))
        self.acknowledged += new
        return new

    def examine(self) -> None:
        """Check that the journals are whole, and hold what was acknowledged, each once."""
        found = Counter(Acknowledged(id_, row.seq, row.hash) for id_, row in self.rows())
        for said in self.acknowledged:
            assert found[said] == 1, f"acknowledged, but there {found[said]} times: {said}"
        with self.store() as store:
            with store.read() as transaction:
                headers = list(transaction.headers())
                for header in headers:
                    seqs = [row.seq for row in transaction.entries(header.id)]
                    assert seqs == list(range(header.position)), f"gaps in {header.label}: {seqs}"
            for header in headers:
                report = audit.verify(store, header.id, pins=self.pins(header.id))
                assert report.entries == header.position
                replayed = replay.audit(store, header.id)
                assert not replayed.differing, f"{header.label} differs: {replayed.differing}"

    def pins(self, agreement: str) -> list[Path]:
        """The receipts that the commands kept; every one must fit the journal."""
        kept = self.folder / "config" / "phaseflow" / "pins" / agreement
        return sorted(kept.glob("*.txt"))


def acknowledged(out: str) -> Iterator[Acknowledged]:
    """Yield the entries that the output of a command claims; none if it is cut short."""
    try:
        document = json.loads(out)
    except ValueError:
        return
    handed = [one["filed"] for one in document.get("statements", ()) if one["filed"]]
    for filed in handed or [document]:
        if "hash" in filed:
            yield Acknowledged(filed["id"], filed["entry"]["seq"], filed["hash"])


@dataclass(frozen=True)
class Victim:
    """A command that something befalls, and that is then repeated as it is.

    ``nonces`` are those under which it files: each at most once, and once after
    the repetition. ``holds`` is told whether the command ended well, and checks
    what it writes beside entries.
    """

    arguments: tuple[object, ...]
    nonces: tuple[str, ...] = ()
    holds: Callable[[bool], None] = lambda _is_done: None
    repeats: tuple[int, ...] = (0,)
    """What the repetition may end with, if the first attempt did all."""
    leaves: tuple[Path, str] | None = None
    """A folder, and how the names begin that it holds after the repetition, which sweeps it."""

    def check_swept(self) -> None:
        """Check that what a killed run left behind was swept by the next."""
        if self.leaves is not None:
            folder, beginning = self.leaves
            left = [path.name for path in folder.iterdir() if not path.name.startswith(beginning)]
            assert not left, f"left behind: {left}"


def _said(house: House, *arguments: object) -> Victim:
    nonce = house.nonce()
    return Victim((*arguments, "--nonce", nonce, "--json"), (nonce,))


def opening(house: House) -> Victim:
    return _said(house, "open", "plan.yaml", "--label", f"another_{next(house.numbers)}")


def note(house: House) -> Victim:
    return _said(house, "note", "p", "--note", f"word {next(house.numbers)}", "--by", "south")


def performance(house: House) -> Victim:
    amount = ("--amount", next(house.numbers))
    return _said(house, "perform", "p", "delivery", *amount, "--by", "south")


def advance(house: House) -> Victim:
    with house.store() as store, store.read() as transaction:
        state = transaction.find("p")[0].state
    return _said(
        house, "advance", "p", "pause" if state == "running" else "resume", "--by", "south"
    )


def receipted_note(house: House) -> Victim:
    words = ("--note", f"signed word {next(house.numbers)}")
    return _said(house, "note", "p", *words, *SIGNED, *RECEIPTED)


def redaction(house: House) -> Victim:
    private = ("--note", f"a name {next(house.numbers)}", "--private", "--by", "south")
    filed = json.loads(house.does("note", "p", *private, "--json").out)
    commitment = filed["entry"]["stmt"]["body"]["text"]["@commit"]
    signing = ("--by", "recorder", "--sign-with", "keys/recorder")
    return _said(house, "redact", "p", commitment, *signing)


def inbox(house: House) -> Victim:
    """Three statements that north signed at home, to be receipted."""
    folder = house.folder / f"inbox_{next(house.numbers)}"
    folder.mkdir()
    nonces = tuple(house.nonce() for _ in range(3))
    for number, nonce in enumerate(nonces):
        words = ("--note", f"from home {nonce}", "--by", "north", "--nonce", nonce)
        drafted = house.does("draft", "note", "p", *words).out
        (folder / f"{number}.json").write_text(drafted)
        signature = armored(signer("north").sign(drafted))
        (folder / f"{number}.json.sig").write_text(signature)

    def holds(is_done: bool) -> None:
        receipts = sorted((folder / "receipts").glob("*.json/*.txt"))
        # Where the text stands alone, there was no time for the signature any more.
        signed = {p.parent for p in receipts if p.with_suffix(".recorder.sig").exists()}
        with house.store() as store:
            audit.verify(store, "p", pins=receipts)
        if is_done:
            assert len(signed) == len(nonces), receipts

    return Victim(("file", folder.name, *RECEIPTED, "--json"), nonces, holds)


def tick(house: House) -> Victim:
    """One more day passes in the rehearsal, and one more visit is missed."""

    def count() -> int:
        id_ = house.id_of("r")
        return sum(id_ == agreement for agreement, _ in house.rows())

    before = count()

    def holds(is_done: bool) -> None:
        assert before + is_done <= count() <= before + 1

    with house.store() as store, store.read() as transaction:
        now = transaction.find("r")[0].recorded_at
    later = now.add(seconds=86_400).format_iso()
    return Victim(("tick", "r", "--now", later, "--json"), (), holds)


def checkpoint(house: House) -> Victim:
    house.does(
        "note", "p", "--note", f"before the checkpoint {next(house.numbers)}", "--by", "south"
    )
    pins = house.folder / "config" / "phaseflow" / "pins" / house.id_of("p")

    def holds(is_done: bool) -> None:
        with house.store() as store:
            report = audit.verify(store, "p", pins=sorted(pins.glob("*.txt")))
        newest = f"{report.entries:08}"
        if is_done:
            assert (pins / f"{newest}.recorder.sig").exists()

    return Victim(("audit", "checkpoint", "p", *RECEIPTED, "--json"), (), holds)


def export(house: House) -> Victim:
    directory = house.folder / "exports" / f"exported_{next(house.numbers)}"

    def holds(is_done: bool) -> None:
        assert directory.exists() or not is_done
        if directory.exists():
            verify_bundle(directory, house.id_of("p"))

    # Once it is there, no other takes its place.
    target = directory.relative_to(house.folder)
    return Victim(
        ("audit", "export", "p", target, "--json"),
        (),
        holds,
        (0, 4),
        (directory.parent, "exported_"),
    )


def mirror(house: House) -> Victim:
    """A copy of a few entries is brought up to date."""
    folder = house.folder / f"mirror_{next(house.numbers)}"
    folder.mkdir()
    id_ = house.id_of("p")
    older = house.folder / f"{folder.name}_older"
    house.does("audit", "export", "p", older.name)
    house.does("mirror", f"{folder.name}/copy", older.name, "--id", id_)
    house.does("note", "p", "--note", f"news {next(house.numbers)}", "--by", "south")
    newer = house.folder / f"{folder.name}_newer"
    house.does("audit", "export", "p", newer.name)
    before, after = (verify_bundle(path, id_).entries for path in (older, newer))

    def holds(is_done: bool) -> None:
        copy = folder / "copy"
        if not is_done and not copy.exists():
            # It was moved aside right then, and the next run moves it back.
            copy = folder / ".copy.old"
        entries = verify_bundle(copy, id_).entries
        assert entries == after if is_done else entries in (before, after)

    return Victim(
        ("mirror", f"{folder.name}/copy", newer.name), holds=holds, leaves=(folder, "copy")
    )


def formatting(house: House) -> Victim:
    folder = house.folder / f"texts_{next(house.numbers)}"
    folder.mkdir()
    path = folder / "untidy.yaml"
    path.write_text(UNTIDY)
    tidy = house.folder / "tidy.yaml"
    if not tidy.exists():
        tidy.write_text(UNTIDY)
        house.does("fmt", "tidy.yaml")

    def holds(is_done: bool) -> None:
        found = path.read_text()
        assert found == tidy.read_text() if is_done else found in (UNTIDY, tidy.read_text())

    return Victim(("fmt", f"{folder.name}/untidy.yaml"), holds=holds, leaves=(folder, path.name))


def rebuild(_house: House) -> Victim:
    return Victim(("db", "rebuild"))


def upgrade(house: House) -> Victim:
    """A database without tables; only SQLite, where one is made by naming it."""
    url = f"sqlite:///{house.folder}/new_{next(house.numbers)}.db"

    def holds(is_done: bool) -> None:
        if is_done:
            other = House(url, house.commands)
            with other.store() as store, store.read() as transaction:
                assert list(transaction.headers()) == []

    return Victim(("db", "upgrade", "--database", url), (), holds)


VICTIMS: dict[str, Callable[[House], Victim]] = {
    "open": opening,
    "note": note,
    "perform": performance,
    "advance": advance,
    "note, signed and receipted": receipted_note,
    "redact": redaction,
    "file FOLDER": inbox,
    "tick": tick,
    "audit checkpoint": checkpoint,
    "audit export": export,
    "mirror": mirror,
    "fmt": formatting,
    "db rebuild": rebuild,
    "db upgrade": upgrade,
}
