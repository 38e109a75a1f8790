"""Whether a statement costs more in a long journal than in a short one; exits 1 if it does.

Two databases hold one agreement each, of the same definition, reported on the
same days: of 100 entries and of 100,000. Statements are filed by turns, through
the service, each its own commit with ``synchronous=FULL``. Every block begins
with a fresh copy of the short one, so that it stays short, and with new
connections to both.
"""

import gc
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from harness.load import LABEL, Grown, grow, open_delivery, say
from harness.report import note, print_json, print_machine, print_table, ratio, us, wants_json
from harness.timing import Taken, machine, median, spread, taken, timed, workplace

from phaseflow.model.calendar import Date
from phaseflow.model.state import encode
from phaseflow.service.agreement import look
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

SHORT, LONG = 100, 100_000
LIMIT = 1.1
BLOCKS = 60
PAIRS = 4
"""Measured pairs of each kind in a block, after one that only warms up."""
KINDS = ("perform", "attest", "correct")
HANDOVERS = (7, 70, 210)

Times = dict[str, dict[int, list[Taken]]]


class Side:
    """One of the two agreements within a block."""

    def __init__(self, path: Path, grown: Grown, rng: random.Random) -> None:
        self.store: Store = open_store(str(path))
        self.day = grown.until.add(days=1)
        self.unattested, self.attested = grown.middle(PAIRS + 1, rng)

    def perform(self) -> None:
        perform(self.store, self.day)

    def attest(self) -> None:
        say(self.store, "surveyor", "attest", self.day, entry=self.unattested.pop())

    def correct(self) -> None:
        amount = {"presses": 2, "lathes": 1}
        say(self.store, "seller", "correct", self.day, entry=self.attested.pop(), amount=amount)


def perform(store: Store, day: Date) -> None:
    say(store, "seller", "perform", day, obligation="machines", amount={"presses": 2})


class Bare:
    """A table of lines alone: what any journal on this disk must cost."""

    def __init__(self, path: Path, line: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, line TEXT)")
        self.line = line

    def insert(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO entry (line) VALUES (?)", (self.line,))
        self.connection.execute("COMMIT")


def main() -> int:
    as_json = wants_json()
    with workplace() as directory:
        figures: dict[str, Any] = {"machine": machine(directory)}
        figures |= measure_length(directory)
        figures["handovers"] = measure_handovers(directory)
    if as_json:
        print_json("journal-length", figures)
    else:
        show(figures)
    return int(any(kind["ratio"] > LIMIT for kind in figures["kinds"].values()))


def measure_length(directory: Path) -> dict[str, Any]:
    paths = {entries: directory / f"{entries}.db" for entries in (SHORT, LONG)}
    grown, growing = {}, {}
    for entries, path in paths.items():
        note(f"growing an agreement to {entries:,} entries ...")
        growing[entries] = timed(lambda e=entries, p=path: grown.update({e: grown_file(p, e)}))
    bare = Bare(directory / "bare.db", newest_line(paths[SHORT]))
    times: Times = {kind: {SHORT: [], LONG: []} for kind in KINDS}
    inserts: list[float] = []
    ratios: dict[str, list[float]] = {kind: [] for kind in KINDS}
    rng = random.Random(1)
    note(f"measuring {BLOCKS} blocks of {PAIRS} pairs of each kind ...")
    for block in range(BLOCKS):
        copy = directory / "copy.db"
        shutil.copyfile(paths[SHORT], copy)
        its = measure_block(
            {SHORT: Side(copy, grown[SHORT], rng), LONG: Side(paths[LONG], grown[LONG], rng)},
            bare,
            inserts,
            is_turned=bool(block % 2),
        )
        for kind in KINDS:
            ratios[kind].append(walls(its[kind][LONG]) / walls(its[kind][SHORT]))
            for entries in paths:
                times[kind][entries] += its[kind][entries]
    return {
        "entries": [SHORT, LONG],
        "kinds": {kind: summary(times[kind], ratios[kind], inserts) for kind in KINDS},
        "bare_insert_us": median(inserts),
        "state_bytes": {entries: state_size(path) for entries, path in paths.items()},
        "file_bytes": {entries: path.stat().st_size for entries, path in paths.items()},
        "growing_us_per_entry": {entries: growing[entries] / entries for entries in paths},
    }


def measure_block(
    sides: dict[int, Side], bare: Bare, inserts: list[float], *, is_turned: bool
) -> Times:
    """Return the times of one block; who goes first changes from pair to pair."""
    times: Times = {kind: {entries: [] for entries in sides} for kind in KINDS}
    gc.collect()
    for pair in range(PAIRS + 1):
        order = list(sides)
        if (pair % 2 == 1) is not is_turned:
            order.reverse()
        for kind in KINDS:
            for entries in order:
                act: Callable[[], None] = getattr(sides[entries], kind)
                times[kind][entries].append(taken(act))
            inserts.append(timed(bare.insert))
    for side in sides.values():
        side.store.close()
    return {kind: {e: all_[1:] for e, all_ in by.items()} for kind, by in times.items()}


def walls(times: list[Taken]) -> float:
    return median([one.wall for one in times])


def summary(
    times: dict[int, list[Taken]], ratios: list[float], inserts: list[float]
) -> dict[str, Any]:
    low, high = spread(ratios)
    short, long = walls(times[SHORT]), walls(times[LONG])
    sums = {entries: sum(one.wall for one in all_) for entries, all_ in times.items()}
    cpu = {entries: median([one.cpu for one in all_]) for entries, all_ in times.items()}
    return {
        "short_us": short,
        "long_us": long,
        "ratio": long / short,
        "ratio_of_means": sums[LONG] / sums[SHORT],
        "ratio_of_cpu": cpu[LONG] / cpu[SHORT],
        "long_cpu_us": cpu[LONG],
        "block_ratios_p10_p90": [low, high],
        "times_bare_insert": long / median(inserts),
        "pairs": len(times[SHORT]),
    }


def measure_handovers(directory: Path) -> list[dict[str, Any]]:
    """Return what a `perform` costs by the number of days on which a debt in return began."""
    found = []
    for handovers in HANDOVERS:
        note(f"growing an agreement with {handovers} days of hand-over ...")
        path = directory / f"handovers-{handovers}.db"
        grown = grown_file(path, handovers * 6, handovers=handovers, apart=1)
        day = grown.until.add(days=1)
        store = open_store(str(path))
        performing = median([timed(lambda s=store, d=day: perform(s, d)) for _ in range(30)][1:])
        store.close()
        found.append({"days": handovers, "perform_us": performing, "state_bytes": state_size(path)})
    return found


def grown_file(path: Path, entries: int, **days: int) -> Grown:
    store = open_store(str(path))
    open_delivery(store)
    grown = grow(store, entries, **days)
    store.close()
    return grown


def newest_line(path: Path) -> str:
    store = open_store(str(path))
    with store.read() as transaction:
        header = look(transaction, LABEL).header
        row = transaction.entry(header.id, header.position - 1)
    store.close()
    assert row is not None
    return row.line


def state_size(path: Path) -> int:
    store = open_store(str(path))
    with store.read() as transaction:
        size = len(encode(look(transaction, LABEL).agreement))
    store.close()
    return size


def show(figures: dict[str, Any]) -> None:
    print_machine(figures["machine"])
    rows = []
    for kind, its in figures["kinds"].items():
        low, high = its["block_ratios_p10_p90"]
        where = kind if kind == "perform" else f"{kind}, middle"
        rows.append(
            [
                where,
                us(its["short_us"]),
                us(its["long_us"]),
                ratio(its["ratio"]),
                f"{low:.2f}-{high:.2f}",
                ratio(its["ratio_of_means"]),
                ratio(its["ratio_of_cpu"]),
                ratio(its["times_bare_insert"]),
            ]
        )
    bare = us(figures["bare_insert_us"])
    rows.append(["bare insert", bare, "", "", "", "", "", "1.00"])
    head = ["median", "at 100", "at 100,000", "ratio", "10-90 %", "means", "cpu", "x bare"]
    pairs = figures["kinds"]["perform"]["pairs"]
    print_table(f"A statement in a short and in a long journal ({pairs} pairs each)", head, rows)
    worst = max(kind["ratio"] for kind in figures["kinds"].values())
    verdict = "at most" if worst <= LIMIT else "MORE THAN"
    print(f"\nThe highest ratio, {worst:.3f}, is {verdict} {LIMIT:.2f}.")
    rows = [
        [str(h["days"]), us(h["perform_us"]), f"{h['state_bytes']:,}"] for h in figures["handovers"]
    ]
    per_day = [
        (b["perform_us"] - a["perform_us"]) / (b["days"] - a["days"])
        for a, b in pairwise(figures["handovers"])
    ]
    title = f"What it does grow with: days with a debt in return ({us(per_day[-1])} a day)"
    print_table(title, ["days", "perform", "bytes of state"], rows)
    sizes = figures["state_bytes"]
    print(f"\nbytes of state: {sizes[SHORT]:,} at {SHORT}, {sizes[LONG]:,} at {LONG:,} entries")


if __name__ == "__main__":
    sys.exit(main())
