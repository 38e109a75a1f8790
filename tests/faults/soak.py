"""The long run of what the tests try at random: `make soak`.

Commands are interrupted, inputs changed, and every test of Hypothesis searches for long. It
goes through the parts below, two at a time, and writes after each piece of work what was
done into `.soak/state.json`; started again, it goes on from there. In the end it writes the
table of docs/reference/faults.md. A further search is one more line in `parts`.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults import mutations
from tests.faults.commands import can_trace
from tests.faults.house import PLAN
from tests.faults.kills import Campaign, Tally, small_disk, sqlite
from tests.faults.server import own_server

from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.storage.sql import open_store

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".soak" / "state.json"
PAGE = ROOT / "docs" / "reference" / "faults.md"
BEGIN, END = "<!-- the table of make soak -->", "<!-- its end -->"
PROCESSES = 2
HOURS = 8

EXAMPLES = {"stateful/test_engine_machine": 8_000, "stateful/test_service_machine": 2_000}
"""How many examples a module tries in all where that is not 10,000."""
_EXAMPLES = re.compile(r"(\d+) passing, ")

Piece = Callable[[str, range], dict[str, Any]]
"""Does the work of those numbers under a seed; returns `tried`, `hit` and `failures`."""


@dataclass(frozen=True)
class Part:
    """What is tried until ``target`` of it have hit, ``at_once`` in one piece of work."""

    name: str
    target: int
    at_once: int
    piece: Piece


def inputs(kind: str, seed: str, numbers: range) -> dict[str, Any]:
    """Hand in mutated inputs."""
    _, failures = mutations.run(kind, seed, numbers)
    told = [
        f"python -m tests.faults.mutations {kind} {seed} {number}: {message}"
        for number, message in failures.items()
    ]
    return {"tried": len(numbers), "hit": len(numbers), "failures": told}


def interruptions(
    database: str, kinds: tuple[str, ...], seed: str, numbers: range
) -> dict[str, Any]:
    """Interrupt commands on a database of that kind."""
    tally = Tally()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phaseflow-kills-")))
        disk, server = place / "disk", None
        if kinds == ("the disk is full",) and not stack.enter_context(small_disk(disk)):
            return {"tried": 0, "hit": 0, "failures": [], "impossible": "no disk may be mounted"}
        disk.mkdir(exist_ok=True)
        if database == "postgresql":
            server = stack.enter_context(own_server())
        urls = sqlite if server is None else partial(_database, server)
        campaign = Campaign(urls, disk, kinds, seed, outputs=place, server=server)
        for number in numbers:
            campaign.run(number, tally)
    return {
        "tried": tally.tried.total(),
        "hit": tally.hit.total(),
        "failures": tally.failures,
    }


def _database(server: Any, _folder: Path) -> str:
    url: str = server.database()
    return url


def writers(database: str, _seed: str, _numbers: range) -> dict[str, Any]:
    """Sixteen processes file fifty notes each by the command line, all at once."""
    from tests.faults.writers import write_at_once  # noqa: PLC0415  only here

    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phaseflow-writers-")))
        is_own = database == "postgresql"
        url = stack.enter_context(own_server()).database() if is_own else sqlite(place)
        with closing(open_store(url)) as store:
            opening = OpeningRequest(
                source=PLAN.encode(), file="plan.yaml", nonce="0" * 32, label="p"
            )
            open_agreement(store, opening)
        written = write_at_once(url, "p", processes=16, notes=50, way="command")
    failures = [*written.refused]
    if len(set(written.filed)) != 800:
        failures.append(f"{len(set(written.filed))} of 800 notes were filed")
    return {"tried": 800, "hit": 800, "failures": failures}


def courses(seed: str, numbers: range) -> dict[str, Any]:
    """Open definitions that the check accepts, and let anything be said of them."""
    from tests.service.test_accepted import run_course  # noqa: PLC0415  only here

    failures = []
    for number in numbers:
        try:
            run_course(f"{seed} {number}")
        except Exception as error:  # noqa: BLE001  each is a finding, and the rest is tried
            failures.append(f"run_course('{seed} {number}'): {type(error).__name__}: {error}")
    return {"tried": len(numbers), "hit": len(numbers), "failures": failures}


def search(module: str, seed: str, numbers: range) -> dict[str, Any]:
    """Run the tests of Hypothesis in a module for long, elsewhere than before."""
    drawn = int.from_bytes(hashlib.sha256(f"{seed} {numbers.start}".encode()).digest()[:4], "big")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "hypothesis"]
    command += [f"--hypothesis-seed={drawn}", "--hypothesis-show-statistics", module]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"HYPOTHESIS_PROFILE": "long", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    tried = sum(int(count) for count in _EXAMPLES.findall(done.stdout))
    failures = []
    if done.returncode != 0 or not tried:
        again = f"HYPOTHESIS_PROFILE=long {shlex.join(['python', *command[1:]])}"
        failures.append(f"{again}\n{done.stdout[-20_000:]}{done.stderr[-2_000:]}")
    # What failed at once is not begun again and again.
    return {"tried": tried, "hit": max(tried, len(numbers) * bool(failures)), "failures": failures}


def searched() -> Iterator[str]:
    """Yield the modules of tests that Hypothesis runs."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "\nfrom hypothesis" in text:
            yield str(path.relative_to(ROOT))


def parts() -> Iterator[Part]:
    """Yield what is run, the longest pieces first; the sum of the inputs is a million."""
    kills = (
        ("killed at a system call", "killed at a call") if can_trace() else ("killed at a call",)
    )
    sqlite_, postgres = (partial(interruptions, name) for name in ("sqlite", "postgresql"))
    for database in ("sqlite", "postgresql"):
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
        yield Part(f"16 writers of 50 notes, {name}", 800, 800, partial(writers, database))
    yield Part("kills of commands, PostgreSQL", 500, 112, partial(postgres, kills))
    if can_trace():
        blows = ("the server is struck",)
        yield Part("kills of the server, PostgreSQL", 200, 56, partial(postgres, blows))
    yield Part("kills of commands, SQLite", 1_300, 168, partial(sqlite_, kills))
    if can_trace():
        fails = ("a system call fails",)
        yield Part("system calls that fail, SQLite", 250, 112, partial(sqlite_, fails))
        yield Part("system calls that fail, PostgreSQL", 150, 112, partial(postgres, fails))
    yield Part("a full disk, SQLite", 150, 84, partial(sqlite_, ("the disk is full",)))
    yield Part(
        "files that may not grow, SQLite", 100, 84, partial(sqlite_, ("files may not grow",))
    )
    for kind, share in {
        "definitions": 40_000,
        "scenarios": 80_000,
        "commands": 6_000,
        "bundles": 40_000,
        "statements": 250_000,
        "settings": 160_000,
        "keys": 212_000,
        "signatures": 212_000,
    }.items():
        yield Part(f"inputs: {kind}", share, 1_000, partial(inputs, kind))
    yield Part("courses of what the check accepts", 25_000, 1_000, courses)
    for module in searched():
        name = module.removeprefix("tests/").removesuffix(".py")
        yield Part(f"examples: {name}", EXAMPLES.get(name, 10_000), 1_000, partial(search, module))


class State:
    """What was done so far, kept in a file."""

    def __init__(self, path: Path, seed: str) -> None:
        self.path = path
        self.known: dict[str, Any] = {"seed": seed, "parts": {}}
        if path.exists():
            self.known = json.loads(path.read_text())

    @property
    def seed(self) -> str:
        seed: str = self.known["seed"]
        return seed

    def of(self, part: Part) -> dict[str, Any]:
        fresh = {"pieces": [], "tried": 0, "hit": 0, "failures": []}
        known: dict[str, Any] = self.known["parts"].setdefault(part.name, fresh)
        return known

    def is_done(self, part: Part) -> bool:
        known = self.of(part)
        return known["hit"] >= part.target or "impossible" in known

    def add(self, part: Part, piece: int, result: dict[str, Any]) -> None:
        known = self.of(part)
        known["pieces"].append(piece)
        known["tried"] += result["tried"]
        known["hit"] += result["hit"]
        known["failures"] += result["failures"]
        if "impossible" in result:
            known["impossible"] = result["impossible"]
        self.path.parent.mkdir(exist_ok=True)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(self.known, indent=1))
        beside.replace(self.path)

    @property
    def failures(self) -> list[str]:
        return [failure for part in self.known["parts"].values() for failure in part["failures"]]


def soak(chosen: list[Part], state: State, seconds: float) -> bool:
    """Work until all is done, or the time is up; tell whether all is done."""
    until = time.monotonic() + seconds
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context, max_tasks_per_child=40) as pool:
        running: dict[Future[dict[str, Any]], tuple[Part, int]] = {}
        while True:
            while len(running) < PROCESSES and time.monotonic() < until:
                following = _following(chosen, state, set(running.values()))
                if following is None:
                    break
                part, piece = following
                numbers = range(piece * part.at_once, (piece + 1) * part.at_once)
                running[pool.submit(part.piece, state.seed, numbers)] = (part, piece)
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                part, piece = running.pop(future)
                state.add(part, piece, future.result())
                _progress(part, state)
    return all(map(state.is_done, chosen))


def _following(
    chosen: list[Part], state: State, running: set[tuple[Part, int]]
) -> tuple[Part, int] | None:
    """Return the next piece of work; None if nothing is left to begin."""
    for part in chosen:
        taken = set(state.of(part)["pieces"]) | {piece for other, piece in running if other == part}
        expected = state.of(part)["hit"] + part.at_once * (
            len(taken) - len(state.of(part)["pieces"])
        )
        if not state.is_done(part) and expected < part.target:
            return part, next(n for n in range(len(taken) + 1) if n not in taken)
    return None


def _progress(part: Part, state: State) -> None:
    known = state.of(part)
    line = f"{part.name}: {known['hit']:,} of {part.target:,}, {len(known['failures'])} failed"
    sys.stderr.write(f"\r\x1b[K{line}" if sys.stderr.isatty() else f"{line}\n")
    sys.stderr.flush()


def table(chosen: list[Part], state: State) -> str:
    """Return what was tried and survived, as Markdown."""
    lines = ["| what | tried | hit | did not survive |", "|---|--:|--:|--:|"]
    totals: Counter[str] = Counter()
    for part in chosen:
        known = state.of(part)
        failed = len(known["failures"])
        told = known.get("impossible")
        hit = told or f"{known['hit']:,}"
        lines.append(f"| {part.name} | {known['tried']:,} | {hit} | {failed:,} |")
        if "writers" not in part.name:
            totals[_group(part)] += known["hit"]
    summary = ", ".join(f"{count:,} {group}" for group, count in sorted(totals.items()))
    where = f"Python {platform.python_version()}, {platform.system()}, seed {state.seed}"
    return "\n".join([f"Of the last whole run ({where}): {summary}.", "", *lines])


def _group(part: Part) -> str:
    for group in ("inputs", "courses", "examples"):
        if part.name.startswith(group):
            return group
    return "interruptions"


def write_table(page: Path, text: str) -> None:
    """Put the table into its page."""
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


def main() -> int:
    """Run what is left; 0 if all was done and nothing failed, 1 if something did, 75 if not all."""
    parser = argparse.ArgumentParser(
        description="Long fault injection; see docs/reference/faults.md"
    )
    parser.add_argument("--hours", type=float, default=HOURS, help="stop after that, go on later")
    parser.add_argument("--seed", default="1", help="of a new run")
    parser.add_argument("--again", action="store_true", help="forget what was done before")
    parser.add_argument("--only", default="", help="the parts in whose names this stands")
    given = parser.parse_args()
    if given.again:
        shutil.rmtree(STATE.parent, ignore_errors=True)
    state = State(STATE, given.seed)
    chosen = [part for part in parts() if given.only in part.name]
    is_done = soak(chosen, state, given.hours * 3600)
    text = table(chosen, state)
    sys.stdout.write(f"\n{text}\n")
    for failure in state.failures:
        sys.stdout.write(f"\n{failure}\n")
    if is_done and not given.only:
        write_table(PAGE, text)
    if state.failures:
        return 1
    return 0 if is_done else 75


if __name__ == "__main__":
    sys.exit(main())
