"""Taking times, and what many of them come to."""

import gc
import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns, process_time_ns
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """How long something took, in microseconds, and how much of that the processor worked."""

    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> float:
    """Return how long ``work`` took, in microseconds."""
    return taken(work).wall


def taken(work: Callable[[], Any]) -> Taken:
    """Return how long ``work`` took."""
    worked, begun = process_time_ns(), perf_counter_ns()
    work()
    ended, rested = perf_counter_ns(), process_time_ns()
    return Taken((ended - begun) / 1000, (rested - worked) / 1000)


def best(work: Callable[[], Any], times: int = 5) -> float:
    """Return the shortest of ``times`` runs, in microseconds: the one least disturbed."""
    gc.collect()
    return min(timed(work) for _ in range(times))


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the tenth and the ninetieth percentile."""
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    return tenths[0], tenths[-1]


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a passing directory on the disk of the checkout; ``/tmp`` may be no disk at all."""
    build = Path(__file__).parents[2] / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name:
        yield Path(name)


def machine(directory: Path) -> dict[str, Any]:
    """Return on what was measured; ``fsync`` is of one page of 4 KiB in ``directory``."""
    return {
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "fsync_us": round(_fsync(directory), 1),
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if not listed.exists():
        return platform.processor() or platform.machine()
    names = (line for line in listed.read_text().splitlines() if line.startswith("model name"))
    return next(names, "?:" + platform.machine()).partition(":")[2].strip()


def _fsync(directory: Path) -> float:
    path = directory / "fsync"
    with path.open("wb", buffering=0) as target:

        def once() -> None:
            target.write(b"\0" * 4096)
            os.fsync(target.fileno())

        times = [timed(once) for _ in range(200)]
    path.unlink()
    return median(times)
