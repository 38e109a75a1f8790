"""The command line and the small plan of tests/cli, for faults that cross several parts."""

from tests.cli.conftest import (
    here,
    keys,
    proposed,
    read,
    released,
    run,
    running,
    signed,
)

__all__ = ["here", "keys", "proposed", "read", "released", "run", "running", "signed"]
