"""The figures: a table of at most 80 columns for people, one JSON document for programs."""

import json
import sys
from collections.abc import Sequence
from typing import Any


def wants_json() -> bool:
    """Tell whether ``--json`` was given.

    Raises:
        SystemExit: something else was.
    """
    unknown = [word for word in sys.argv[1:] if word != "--json"]
    if unknown:
        print(f"usage: {sys.argv[0]} [--json]; not {' '.join(unknown)}", file=sys.stderr)
        raise SystemExit(2)
    return "--json" in sys.argv[1:]


def print_json(name: str, figures: dict[str, Any]) -> None:
    print(json.dumps({"schema": f"phaseflow-bench-{name}-v1"} | figures, indent=2))


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the first column to the left, all others to the right."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    print(f"\n{title}\n")
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())


def print_machine(machine: dict[str, Any]) -> None:
    print(
        f"{machine['processor']}, {machine['cpus']} CPUs; {machine['system']}\n"
        f"Python {machine['python']}; fsync of 4 KiB: {us(machine['fsync_us'])}"
    )


def us(microseconds: float) -> str:
    """Return a time with three digits and its unit.

    >>> us(9.04), us(1612), us(2_500_000)
    ('9.04 µs', '1.61 ms', '2.50 s')
    """
    for unit, size in (("s", 1e6), ("ms", 1e3), ("µs", 1)):
        if microseconds >= size or unit == "µs":
            value = microseconds / size
            return f"{value:.{max(0, 3 - len(str(int(value))))}f} {unit}"
    raise AssertionError


def ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def note(text: str) -> None:
    """Tell on stderr what is going on: it is no figure."""
    print(text, file=sys.stderr)
