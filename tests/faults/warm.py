"""A process that has loaded the whole program, and forks a copy for each command to run.

Starting Python and loading the program takes half a second, forking takes milliseconds; what
the copy does then is the command line as anybody runs it. `commands.Commands` starts it and
speaks to it in lines of JSON: a request, the process id of the copy, its wait status. The copy
waits for a word of its own, so that it can be traced from its first step on.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import phaseflow
from phaseflow.cli.main import main

LAZY = (
    "alembic.command",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "tomllib",
)


def load() -> None:
    """Import all that commands import once they need it."""
    for module in pkgutil.walk_packages(phaseflow.__path__, "phaseflow."):
        # No command here draws, and raster.py needs what may not be installed.
        if not module.name.startswith(("phaseflow.drawing", "phaseflow.cli.__main__")):
            importlib.import_module(module.name)
    for name in LAZY:
        importlib.import_module(name)
    gc.freeze()


def serve() -> None:
    """Fork and report until nobody asks any more; in the copy, return ready to run."""
    asked = b""
    while chunk := os.read(0, 1 << 16):
        asked += chunk
        if not asked.endswith(b"\n"):
            continue
        request, asked = json.loads(asked), b""
        copy = os.fork()
        if copy == 0:
            become(request)
            return
        say({"pid": copy})
        say({"status": os.waitpid(copy, 0)[1]})
    os._exit(0)


def become(request: dict[str, Any]) -> None:
    """Wait for the word, then be the process of the command that was asked for."""
    os.read(0, 1)
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        handle = os.open(path, flags, 0o644)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["phaseflow", *request["arguments"]]
    if request["largest_file"] is not None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"], hard))
    if request["dies_at_call"] is not None:
        countdown = Countdown(request["dies_at_call"])
        atexit.register(countdown.tell, request["called"])
        sys.setprofile(countdown)


class Countdown:
    """Kills its own process at the n-th call of a function that is written in C.

    Whatever reaches a file, a socket or a database is among them. With ``n`` 0 it only counts.
    """

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, _frame: object, event: str, _called: object) -> None:
        if event == "c_call":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(self, path: str) -> None:
        """Write how many calls there were, for whoever chooses among them."""
        sys.setprofile(None)
        Path(path).write_text(str(-self.left))


def end(run: Callable[[], object] = main) -> NoReturn:
    """Run the command, and end as Python would, but for the clearing up of all its memory."""
    code: object = 0
    try:
        run()
    except SystemExit as ended:
        code = ended.code or 0
        if not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
    except BaseException:  # noqa: BLE001  it is shown, as at the end of any program
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    for file in (sys.stdout, sys.stderr):
        try:
            if file is not None:
                file.flush()
        except OSError:
            code = 120
    os._exit(code if isinstance(code, int) else 1)


def say(message: dict[str, int]) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    load()
    say({"pid": os.getpid()})
    serve()
    end()
