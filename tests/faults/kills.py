"""Kills commands, lets their system calls fail, and fills their disk; then looks at what is left.

After each the same must hold: what was acknowledged is in the journal once, under its hash; what
was not is there at most once, and the same command again files it once; every journal verifies,
and replays to what the tables of present state hold; and no repair came in between.
"""

import contextlib
import itertools
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.commands import Call, Commands, Ended, Fault, can_trace
from tests.faults.house import VICTIMS, House, Victim
from tests.faults.mutators import drawing
from tests.faults.server import BLOWS, Server

ERRORS: dict[str, tuple[str, ...]] = {
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "writev": ("ENOSPC", "EIO"),
    "sendto": ("ECONNRESET", "EPIPE"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "unlink": ("EIO", "EACCES"),
    "unlinkat": ("EIO", "EACCES"),
    "rmdir": ("EIO", "EACCES"),
    "ftruncate": ("EIO", "ENOSPC"),
    "rename": ("EIO", "ENOSPC"),
    "mkdir": ("EIO", "ENOSPC"),
    "link": ("EIO", "ENOSPC"),
    "fchmod": ("EIO", "EPERM"),
    "chmod": ("EIO", "EPERM"),
}
ALLOWED = {0, 2, 5, 6, 74}
"""What a command may end with whose calls fail: it did all, it was refused a file, the database
failed, it filed and could not show it, or the machine failed. Never 1, 3, 4 or 70, which would
say something else."""
BESIDE = ("nonce ", "entry ", "what was asked ", "whether ", "warning: ")
"""How the lines begin that say something else than what failed: what is filed, or may be."""
DISK = 32 << 20
"""Bytes of the disk that is filled: one in memory, mounted for that."""
ROUNDS = 2
"""How often each victim is interrupted before the house is built anew, so that journals stay short."""


@dataclass(frozen=True)
class Full:
    """The disk has only so many bytes left."""

    room: int

    def __str__(self) -> str:
        return f"{self.room} bytes left on the disk"


@dataclass(frozen=True)
class Largest:
    """No file may grow beyond so many bytes."""

    bytes: int

    def __str__(self) -> str:
        return f"no file beyond {self.bytes} bytes"


@dataclass(frozen=True)
class Blow:
    """The server is struck when the command is about to send it its ``nth`` message."""

    what: str
    nth: int

    def __str__(self) -> str:
        return f"{self.what} before message {self.nth}"


Interruption = Fault | Call | Full | Largest | Blow


@dataclass
class Tally:
    """What was tried, by kind, how often it hit, and what did not survive.

    A kill hits unless the command had ended before it came to the call.
    """

    tried: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def interrupt(house: House, name: str, interruption: Interruption, *, looks_first: bool) -> Ended:
    """Interrupt a command, repeat it, and check what must hold; return how it ended at first.

    With ``looks_first`` the journals are read before the command is repeated, else the
    repetition meets what is left as it is.

    Raises:
        AssertionError: something does not hold.
    """
    victim = VICTIMS[name](house)
    ended = _interrupted(house, victim, interruption)
    check_after(house, victim, ended, looks_first=looks_first)
    return ended


def check_after(house: House, victim: Victim, ended: Ended, *, looks_first: bool) -> None:
    """Check what must hold after a command was interrupted, and repeat it.

    Raises:
        AssertionError: something does not hold.
    """
    told = house.remember(ended)
    if ended.code is not None:
        _check_code(victim, ended, is_told=bool(told))
    if looks_first:
        house.examine()
        counts = [house.times_filed(nonce) for nonce in victim.nonces]
        assert all(count <= 1 for count in counts), f"filed {counts} times"
    victim.holds(ended.code == 0)
    again = house.commands.run(*victim.arguments)
    assert again.code in victim.repeats, again
    repeated = house.remember(again)
    if victim.nonces:
        assert set(told) <= set(repeated), f"{told} were acknowledged, then {repeated}"
        assert len(repeated) == len(victim.nonces), again
    for nonce in victim.nonces:
        assert house.times_filed(nonce) == 1, f"filed {house.times_filed(nonce)} times"
    victim.holds(True)
    victim.check_swept()
    house.examine()


def _check_code(victim: Victim, ended: Ended, *, is_told: bool) -> None:
    """Check that a command which could not do all says so, in a line, under the right code."""
    assert ended.code in ALLOWED, ended
    assert "Traceback" not in ended.err, ended
    if ended.code == 0 and victim.nonces:
        assert is_told, f"ended well, and told nothing: {ended}"
    told = [line for line in ended.err.splitlines() if not line.startswith(BESIDE)]
    assert ended.code == 2 or len(told) <= 1, f"more than a line: {ended}"


def _interrupted(house: House, victim: Victim, interruption: Interruption) -> Ended:
    match interruption:
        case Full(room):
            with _filled(house.folder, room):
                return house.commands.run(*victim.arguments)
        case Largest(size):
            return house.commands.run(*victim.arguments, largest_file=size)
        case Blow():
            return _struck(house, victim, interruption)
        case _:
            return house.commands.run(*victim.arguments, fault=interruption)


def _struck(house: House, victim: Victim, blow: Blow) -> Ended:
    """Stop the command, strike its server, and let it go on; the server is started again."""
    assert house.server is not None
    stops = f"inject=sendto:signal=STOP:when={blow.nth}"
    with house.commands.started(*victim.arguments, stops=stops) as running:
        try:
            if running.is_stopped():
                house.server.strike(blow.what, house.url)
                os.kill(running.pid, signal.SIGCONT)
            return running.wait()
        finally:
            house.server.restart()


@contextlib.contextmanager
def _filled(folder: Path, room: int) -> Iterator[None]:
    """Fill the disk of ``folder`` but for ``room`` bytes; never one that others use."""
    disk = os.statvfs(folder)
    assert disk.f_blocks * disk.f_frsize <= DISK, f"{folder} is on no small disk of its own"
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    with filler.open("rb+") as file:
        file.truncate(max(0, filler.stat().st_size - room))
    try:
        yield
    finally:
        filler.unlink()


@dataclass
class Campaign:
    """Interruptions one after another, each chosen by the seed and its number.

    ``urls`` gives a new database for each house. ``kinds`` are those of :data:`CHOICES`.
    ``profiles`` are how the commands run where nothing befalls them; they are the same for all
    campaigns on databases of one kind.
    """

    urls: Callable[[Path], str]
    place: Path
    kinds: tuple[str, ...]
    seed: str
    outputs: Path | None = None
    server: Server | None = None
    victims: tuple[str, ...] = tuple(VICTIMS)
    profiles: dict[str, Ended] = field(default_factory=dict)
    _houses: "Iterator[int]" = field(default_factory=itertools.count)
    _house: House | None = None
    _left: int = 0
    _commands: Commands | None = None

    def run(self, number: int, tally: Tally) -> None:
        """Do the interruption of that number, and enter it into ``tally``."""
        draw = drawing(f"{self.seed} {number}")
        name = self.victims[number % len(self.victims)]
        kind = self.kinds[number // len(self.victims) % len(self.kinds)]
        label = f"{kind}: {name}"
        interruption: Interruption | None = None
        try:
            house = self._current()
            interruption = CHOICES[kind](self._profile(house, name), draw)
            if interruption is None:
                return
            ended = interrupt(house, name, interruption, looks_first=draw.random() < 0.5)
        except Exception as error:  # noqa: BLE001  whatever it is, it did not survive, and the rest is tried
            tally.tried[label] += 1
            tally.hit[label] += 1
            tally.failures.append(f"{self.seed} {number}: {label}, {interruption}: {error}")
            self._left = 0
            return
        tally.tried[label] += 1
        tally.hit[label] += ended.code is None or not _kills(interruption)

    def _current(self) -> House:
        if self._left == 0 or self._house is None:
            folder = self.place / f"house_{next(self._houses)}"
            if self._commands is None:
                self._commands = Commands(folder, outputs=self.outputs)
            self._commands.directory = folder
            self._house = House(self.urls(folder), self._commands, self.server)
            self._house.build()
            self._left = ROUNDS * len(self.victims)
        self._left -= 1
        return self._house

    def _profile(self, house: House, name: str) -> Ended:
        """Return how the command runs where nothing befalls it, with all its calls."""
        if name not in self.profiles:
            victim = VICTIMS[name](house)
            ended = house.commands.run(*victim.arguments, fault=Call(0), is_traced=can_trace())
            house.remember(ended)
            victim.holds(True)
            assert ended.code == 0, ended
            self.profiles[name] = ended
        return self.profiles[name]


def _kills(interruption: Interruption) -> bool:
    return isinstance(interruption, Call) or (
        isinstance(interruption, Fault) and interruption.error is None
    )


def _at_system_call(profile: Ended, draw: random.Random) -> Interruption | None:
    """Kill it at one of its system calls; each kind as often as the others."""
    kinds = sorted(profile.counted)
    call = draw.choice(kinds)
    return Fault(call, draw.randint(1, profile.counted[call]))


def _failing(profile: Ended, draw: random.Random) -> Interruption | None:
    found = _at_system_call(profile, draw)
    assert isinstance(found, Fault)
    return Fault(found.call, found.nth, draw.choice(ERRORS[found.call]), draw.random() < 0.5)


def _at_call(profile: Ended, draw: random.Random) -> Interruption | None:
    return Call(draw.randint(1, profile.called))


def _full(_profile: Ended, draw: random.Random) -> Interruption | None:
    return Full(draw.choice([0, 0, 1 << 12, 1 << 14, draw.randrange(1 << 18)]))


def _largest(_profile: Ended, draw: random.Random) -> Interruption | None:
    return Largest(draw.choice([1 << 12, 1 << 15, draw.randrange(1 << 19)]))


def _blow(profile: Ended, draw: random.Random) -> Interruption | None:
    messages = profile.counted["sendto"]
    return Blow(draw.choice(BLOWS), draw.randint(1, messages)) if messages else None


CHOICES: dict[str, Callable[[Ended, random.Random], Interruption | None]] = {
    "killed at a system call": _at_system_call,
    "killed at a call": _at_call,
    "a system call fails": _failing,
    "the disk is full": _full,
    "files may not grow": _largest,
    "the server is struck": _blow,
}


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder}/journal.db"


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """Mount a disk in memory at ``place``; yield whether that is allowed here."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "phaseflow-faults", str(place)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
