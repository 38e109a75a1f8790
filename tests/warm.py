"""A Python that is there in milliseconds, for tests that run the program as people do.

To start Python and load phaseflow takes a second of processor time. :func:`python` gives the
path of a program that takes ``-m MODULE``, ``-c CODE`` or a file as Python does, also as the
first line of a script. It hands its words, files and environment to a process that has loaded
everything, which forks a copy for them; it then ends as that copy ended.

What is tested of Python itself starts a Python of its own: what is imported when, what
``PYTHON...`` variables do, and how much memory a command takes.
"""

import atexit
import functools
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal, NoReturn, TextIO

from tests.faults.warm import end, load

ROOT = Path(__file__).parents[1]
# It loads next to nothing itself, and looks for closed files before it opens any.
CLIENT = """\
#!{python} -IS
import os, sys
files = []
for number in 0, 1, 2:
    try:
        os.fstat(number)
    except OSError:
        continue
    files.append(number)
import _socket, array
mask = os.umask(0)
parts = [os.getcwdb(), b"%d" % mask, bytes(files).hex().encode(), b"%d" % (len(sys.argv) - 1)]
parts += [os.fsencode(word) for word in sys.argv[1:]]
parts += [name + b"=" + value for name, value in os.environb.items()]
told = b"\\0".join(parts)
line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
line.connect({address!r})
rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", files))] if files else []
line.sendmsg([len(told).to_bytes(8, "big")], rights)
line.sendall(told)
ended = int.from_bytes(line.recv(4), "big")
if os.WIFSIGNALED(ended):
    os.kill(os.getpid(), os.WTERMSIG(ended))
os._exit(os.WEXITSTATUS(ended))
"""

_KEPT: list[TextIO] = []
"""The standard files that Python began with, whose end would close those that took their place."""


@functools.cache
def python(*before: str) -> str:
    """Return the path of the program, for as long as this process lives.

    What it runs has the rights that the command ``before`` gives to a program it starts.
    """
    place = Path(tempfile.mkdtemp(prefix="phaseflow-warm-"))
    if before:
        place.chmod(0o777)
    address, program = str(place / "address"), place / "python"
    program.write_text(CLIENT.format(python=sys.executable, address=address))
    program.chmod(0o755)
    server = subprocess.Popen(
        [*before, sys.executable, "-c", f"from tests.warm import serve; serve({address!r})"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_close, server, place)
    return str(program)


def _close(server: "subprocess.Popen[bytes]", place: Path) -> None:
    server.communicate()
    shutil.rmtree(place, ignore_errors=True)


def serve(address: str) -> None:
    """Fork for everybody who asks at ``address``, until standard input is closed."""
    load()
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asked = socket.socket(socket.AF_UNIX)
    asked.bind(address)
    asked.listen(64)
    os.write(1, b"ready\n")
    running: dict[int, socket.socket] = {}
    while True:
        waited: list[int | socket.socket] = [0, woken, asked, *running.values()]
        for line in select.select(waited, [], [])[0]:
            if line == 0:
                os._exit(0)
            elif line == woken:
                os.read(woken, 1 << 10)
                _tell(running)
            elif line is asked:
                new, _ = asked.accept()
                copy = os.fork()
                if copy == 0:
                    _run(new, [asked, *running.values()])
                running[copy] = new
            else:
                _kill_forsaken(running)


def _kill_forsaken(running: dict[int, socket.socket]) -> None:
    """Kill the copies for those who were killed themselves."""
    for copy, line in list(running.items()):
        if _is_gone(line):
            os.kill(copy, signal.SIGKILL)
            running.pop(copy).close()


def _is_gone(line: socket.socket) -> bool:
    """Whether who asked was killed; what it asked for is read by the copy alone."""
    try:
        return not line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        # It was killed before the copy had read what it asked for.
        return True


def _tell(running: dict[int, socket.socket]) -> None:
    """Tell those whose copies have ended."""
    while running:
        copy, ended = os.waitpid(-1, os.WNOHANG)
        if copy == 0:
            return
        line = running.pop(copy, None)
        if line is not None:
            # Who was killed meanwhile need not be told.
            with line, suppress(OSError):
                line.sendall(ended.to_bytes(4, "big"))


def _run(line: socket.socket, others: list[socket.socket]) -> NoReturn:
    """Be the process that was asked for."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for other in others:
        other.close()
    length, files, _, _ = socket.recv_fds(line, 8, 3)
    told = b""
    while len(told) < int.from_bytes(length, "big"):
        told += line.recv(1 << 20)
    folder, mask, numbers, count, *rest = told.split(b"\0")
    words = [os.fsdecode(word) for word in rest[: int(count)]]
    variables = [os.fsdecode(pair).partition("=") for pair in rest[int(count) :]]
    os.chdir(folder)
    os.umask(int(mask))
    os.environ.clear()
    os.environ.update({name: value for name, _, value in variables})
    time.tzset()
    handed = dict(zip(bytes.fromhex(numbers.decode()), files, strict=True))
    # The line to whoever asked stays open in the server alone.
    line.close()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        _become(number, name, handed.get(number))
    for handle in files:
        os.close(handle)
    end(functools.partial(_obey, words))


def _become(number: int, name: str, handle: int | None) -> None:
    """Let a standard file be the one that was handed over, or closed."""
    _KEPT.append(getattr(sys, name))
    file: TextIO | None = None
    if handle is None:
        os.close(number)
    else:
        os.dup2(handle, number)
        mode: Literal["r", "w"] = "r" if name == "stdin" else "w"
        file = open(number, mode, errors=_KEPT[-1].errors, closefd=False)  # noqa: SIM115
        file.reconfigure(line_buffering=name == "stderr" or os.isatty(number))
    setattr(sys, name, file)
    setattr(sys, f"__{name}__", file)


def _obey(words: list[str]) -> None:
    match words:
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            sys.path.insert(0, str(Path.cwd()))
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case ["-c", code, *rest]:
            sys.argv = ["-c", *rest]
            sys.path.insert(0, "")
            exec(code, {"__name__": "__main__"})  # noqa: S102  as Python does
        case [file, *rest]:
            sys.argv = [file, *rest]
            runpy.run_path(file, run_name="__main__")
        case _:
            msg = f"a file, -m or -c is wanted, not {words}"
            raise SystemExit(msg)
