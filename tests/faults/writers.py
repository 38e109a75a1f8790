"""Many processes that write notes into one agreement at once, and what came of them.

Through the API each opens the database once; by commands each note is a process
of its own, as where a script files. All begin when all are ready.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.warm import python

from phaseflow.service.compose import Filing
from phaseflow.service.record import record
from phaseflow.storage.sql import open_store

Way = Literal["api", "command"]
_ROOT = Path(__file__).parents[2]
_SPEAKER = "north"


@dataclass(frozen=True)
class Written:
    """What the writers say: the notes that were filed, and what was refused."""

    filed: tuple[str, ...]
    refused: tuple[str, ...]


def note(writer: int, n: int) -> str:
    """The words of the ``n``-th note of a writer."""
    return f"note {n} of writer {writer}"


def write_at_once(url: str, label: str, *, processes: int, notes: int, way: Way) -> Written:
    """Have so many processes write so many notes each, and wait for all of them."""
    writers = [
        subprocess.Popen(
            [python(), "-m", __name__, url, label, str(writer), str(notes), way, python()],
            cwd=_ROOT,
            env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for writer in range(processes)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    told = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    return Written(
        filed=tuple(line.removeprefix("filed ") for line in told if line.startswith("filed ")),
        refused=tuple(line for line in told if not line.startswith("filed ")),
    )


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: what is tested is the queue, not the disk."""
    memory = Path("/dev/shm")  # noqa: S108  each test has a folder of its own in it
    where = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="phaseflow-", dir=where) as folder:
        yield Path(folder)


def _by_api(url: str, label: str, words: list[str], _program: str) -> None:
    with closing(open_store(url)) as store:
        for said in words:
            nonce = hashlib.sha256(said.encode()).hexdigest()[:32]
            filing = Filing(
                agreement=label, actor=_SPEAKER, kind="note", body={"text": said}, nonce=nonce
            )
            try:
                record(store, filing)
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                print(f"{said}: {error!r}", flush=True)  # noqa: T201  it is read by the test
            else:
                print(f"filed {said}", flush=True)  # noqa: T201  as above


def _by_commands(url: str, label: str, words: list[str], program: str) -> None:
    for said in words:
        command = ["note", label, "--by", _SPEAKER, "--note", said, "--database", url]
        done = subprocess.run(
            [program, "-m", "phaseflow.cli", *command],
            capture_output=True,
            text=True,
            check=False,
        )
        told = f"filed {said}" if done.returncode == 0 else f"{said}: {done.stderr!r}"
        print(told, flush=True)  # noqa: T201  as above


def _main() -> None:
    url, label, writer, notes, way, program = sys.argv[1:]
    words = [note(int(writer), n) for n in range(int(notes))]
    print("ready", flush=True)  # noqa: T201  as above
    sys.stdin.readline()
    {"api": _by_api, "command": _by_commands}[way](url, label, words, program)


if __name__ == "__main__":
    _main()
