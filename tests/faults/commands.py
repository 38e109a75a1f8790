"""Runs the command line in processes that are killed, or whose system calls fail."""

import atexit
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SYSTEM_CALLS = (
    "write", "pwrite64", "writev", "sendto",
    "fsync", "fdatasync",
    "unlink", "unlinkat", "rmdir",
    "ftruncate", "rename", "mkdir", "link", "fchmod", "chmod",
)  # fmt: skip
"""Every kind of call that changes a file, or tells somebody something."""
_CALL = re.compile(r"^(\w+)\(", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """What befalls a command at the ``nth`` system call of a kind.

    ``error`` None: it is killed there. Else this call fails with it, and where
    ``lasts`` is set, so do all later ones of the kind.
    """

    call: str
    nth: int
    error: str | None = None
    lasts: bool = False

    @property
    def injection(self) -> str:
        """As strace reads it."""
        happens = "signal=KILL" if self.error is None else f"error={self.error}"
        return f"inject={self.call}:{happens}:when={self.nth}{'+' if self.lasts else ''}"

    def __str__(self) -> str:
        happens = "killed" if self.error is None else self.error
        return f"{happens} at {self.call} {self.nth}{' and after' if self.lasts else ''}"


@dataclass(frozen=True)
class Call:
    """A command is killed at its ``nth`` call of a function in C, of which 0 is none.

    This needs no strace.
    """

    nth: int

    def __str__(self) -> str:
        return f"killed at call {self.nth}"


@dataclass(frozen=True, repr=False)
class Ended:
    """How a command ended: ``code`` None if it was killed."""

    arguments: tuple[str, ...]
    code: int | None
    out: str
    err: str
    calls: tuple[str, ...] = ()
    called: int = 0
    """How many calls of functions in C it made, if it was asked to count."""

    def __repr__(self) -> str:
        said = " ".join(self.arguments)
        return f"`{said}` ended with {self.code}, told {self.err!r}, and {self.out[:200]!r}"

    @property
    def counted(self) -> Counter[str]:
        """How many system calls of each kind it made."""
        found = (_CALL.match(line) for line in self.calls)
        counted = Counter(call[1] for call in found if call is not None)
        if self.called:
            # With this the process told how many calls there were.
            counted["write"] -= 1
        return +counted


@dataclass
class Commands:
    """Runs commands in ``directory``, each in a process of its own."""

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    outputs: Path | None = None
    """Where their output is kept, if not beside ``directory``."""

    def run(
        self,
        *arguments: object,
        fault: Fault | Call | None = None,
        largest_file: int | None = None,
        is_traced: bool = False,
    ) -> Ended:
        """Run one command to its end, whatever that is."""
        with self.started(
            *arguments, fault=fault, largest_file=largest_file, is_traced=is_traced
        ) as running:
            return running.wait()

    @contextlib.contextmanager
    def started(
        self,
        *arguments: object,
        fault: Fault | Call | None = None,
        largest_file: int | None = None,
        is_traced: bool = False,
        stops: str | None = None,
    ) -> Iterator["Running"]:
        """Start a command; ``stops`` is an injection of strace that stops it."""
        said = tuple(map(str, arguments))
        for name in ("called", "trace"):
            self._file(name).unlink(missing_ok=True)
        warm = _warm()
        request = {
            "arguments": said,
            "directory": str(self.directory),
            "environment": self.environment,
            "stdout": str(self._file("out")),
            "stderr": str(self._file("err")),
            "largest_file": largest_file,
            "dies_at_call": fault.nth if isinstance(fault, Call) else None,
            "called": str(self._file("called")),
        }
        try:
            _send(warm, json.dumps(request).encode() + b"\n")
            copy = _answer(warm)["pid"]
            injection = stops or (fault.injection if isinstance(fault, Fault) else None)
            tracer = None
            if injection or is_traced:
                tracer = _trace(copy, self._file("trace"), injection)
            _send(warm, b"!")
            yield Running(self, said, copy, tracer)
        except BaseException:
            # What it has not answered yet would be taken for the answer to the next.
            _warm.cache_clear()
            raise

    def _file(self, name: str) -> Path:
        """A file of ours, outside of where the commands work."""
        folder = self.outputs or self.directory.parent
        return folder / f"{self.directory.name}.{name}"


@dataclass
class Running:
    """A command that runs, or is stopped."""

    commands: Commands
    arguments: tuple[str, ...]
    pid: int
    tracer: "subprocess.Popen[str] | None"

    def is_stopped(self) -> bool:
        """Wait until it stops or ends; tell whether it stopped."""
        assert self.tracer is not None
        assert self.tracer.stderr is not None
        return any("stopped by SIGSTOP" in line for line in self.tracer.stderr)

    def wait(self) -> Ended:
        """Return how it ended."""
        status = _answer(_warm())["status"]
        calls: tuple[str, ...] = ()
        if self.tracer is not None:
            with self.tracer:
                self.tracer.communicate()
            trace = self.commands._file("trace")
            calls = tuple(trace.read_text(errors="replace").splitlines()) if trace.exists() else ()
        return Ended(
            arguments=self.arguments,
            code=None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
            out=_text(self.commands._file("out")),
            err=_text(self.commands._file("err")),
            calls=calls,
            called=int(_text(self.commands._file("called")) or 0),
        )


@cache
def _warm() -> "subprocess.Popen[bytes]":
    """Return the process that forks, one for all that are run from here."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.warm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    _answer(started)
    atexit.register(started.communicate)
    return started


@cache
def can_trace() -> bool:
    """Tell whether processes may be traced here, and strace is installed."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


def _trace(process: int, file: Path, injection: str | None) -> "subprocess.Popen[str]":
    """Attach strace, and return when it sees the process."""
    command = ["strace", "-p", str(process)]
    if injection is not None and "STOP" in injection:
        # What it tells of a stop is read at once, and is little.
        command += ["-e", "trace=sendto"]
    else:
        command += ["-e", f"trace={','.join(SYSTEM_CALLS)}", "-o", str(file)]
    command += ["-e", injection] if injection else []
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    told = tracer.stderr.readline()
    assert "attached" in told, told
    return tracer


def _send(warm: "subprocess.Popen[bytes]", message: bytes) -> None:
    assert warm.stdin is not None
    warm.stdin.write(message)
    warm.stdin.flush()


def _answer(warm: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert warm.stdout is not None
    answer: dict[str, Any] = json.loads(warm.stdout.readline())
    return answer


def _text(path: Path) -> str:
    return path.read_text(errors="backslashreplace") if path.exists() else ""
