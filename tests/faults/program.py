"""The program as a process of its own, which a warm one forks: with a full disk, a reader that left, or a terminal."""

import os
import pty
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.warm import python

SOURCE = Path(__file__).parents[2] / "src"


class Ended(NamedTuple):
    """How a run ended."""

    code: int
    stdout: str
    stderr: str


def run(*arguments: object, shell: str = '"$@"', **more: str) -> Ended:
    """Run the program within a line of ``shell``, where ``$@`` is its command."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell, "bash", *command(*arguments)],
        env=environment() | more,
        capture_output=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(*arguments: object) -> bytes:
    """Return all that a terminal is sent by a run of the program."""
    # Before the fork: the warm process lives as long as whoever has started it.
    program = python()
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(program, command(*arguments), environment())  # noqa: S606  a terminal of its own
    sent = b""
    while True:
        try:
            sent += os.read(terminal, 65536)
        except OSError:
            # The other side is closed.
            break
    os.waitpid(process, 0)
    os.close(terminal)
    return sent


def command(*arguments: object) -> list[str]:
    return [python(), "-m", "phaseflow.cli", *map(str, arguments)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(SOURCE)}
