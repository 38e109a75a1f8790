"""What commands load: they run in forks of a process that has loaded nothing of phaseflow.

The libraries are there already, since to load them anew for each takes seconds; what counts is
that a module of phaseflow asks for one. Run as a program, it reads lists of commands in JSON,
a list in each line, runs each list in a fork of its own, and answers with what was asked for
by the end of each command, its exit code first.
"""

import builtins
import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType

LIBRARIES = {
    "alembic": ("alembic.command", "alembic.migration"),
    "cryptography": ("cryptography.hazmat.primitives.asymmetric.ed25519",),
    "msgspec": (),
    "psycopg": (),
    "pydantic": ("pydantic.main", "pydantic.type_adapter"),
    "sqlalchemy": ("sqlalchemy.dialects.sqlite.pysqlite",),
    "transitions": (),
    "whenever": (),
    "yaml": (),
}


def run(command: list[str]) -> int:
    """Run ``command``, and return its exit code."""
    sys.argv = ["phaseflow", *command]
    from phaseflow.cli.main import main as program  # noqa: PLC0415  it is what is measured

    try:
        program()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def packages() -> list[str]:
    """Return the packages of phaseflow that are loaded."""
    return [
        name.removeprefix("phaseflow.")
        for name, module in sys.modules.items()
        if name.startswith("phaseflow.") and name.count(".") == 1 and hasattr(module, "__path__")
    ]


def watched(commands: list[list[str]]) -> list[list[int | str]]:
    """Run ``commands``; return of each its exit code, and what was loaded by its end."""
    asked: set[str] = set()
    load = builtins.__import__

    def note(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  as Python names them
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if str((globals or {}).get("__name__")).startswith("phaseflow"):
            asked.add(name.partition(".")[0])
        return load(name, globals, locals, fromlist or (), level)

    builtins.__import__ = note
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    return [[run(command), *sorted({*(asked & {*LIBRARIES}), *packages()})] for command in commands]


def main() -> None:
    """Answer each line of standard input."""
    for library, parts in LIBRARIES.items():
        for name in (library, *parts):
            importlib.import_module(name)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, json.dumps(watched(json.loads(line))).encode())
            os._exit(0)
        os.close(writing)
        with open(reading, encoding="utf-8") as answer:  # noqa: PTH123  a pipe has no path
            print(answer.read(), flush=True)  # noqa: T201  its answer
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
