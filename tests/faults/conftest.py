"""The command line and the small plan of tests/cli, for faults that cross several parts."""

from tests.cli.conftest import (
    here,
    keys,
    made,
    once,
    proposed,
    read,
    rehearsals,
    released,
    run,
    running,
    signed,
)

__all__ = [
    "here",
    "keys",
    "made",
    "once",
    "proposed",
    "read",
    "rehearsals",
    "released",
    "run",
    "running",
    "signed",
]
