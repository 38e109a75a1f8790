"""What one transition costs here, and in other libraries with one row committed besides.

All of them swing between two states, by turns, and commit each step to an SQLite
file with ``synchronous=FULL``. They do less: none of them keeps time, says who
may act, or could be audited. So the ratios tell what those cost, not who is
better. A library that is not installed is skipped, and the table says so::

    pip install --target DIR python-statemachine SpiffWorkflow
    PYTHONPATH=DIR make bench
"""

import gc
import sqlite3
from collections.abc import Callable
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Any

from harness.load import fresh_nonce
from harness.report import print_json, print_machine, print_table, ratio, us, wants_json
from harness.timing import Taken, machine, median, taken, workplace
from transitions import Machine

from phaseflow.model.calendar import Instant
from phaseflow.service.compose import Filing
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.record import record
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

TURNS = 400
WARM_UP = 20
SWING = """\
phaseflow: 1
name: swing
edition: "1"
title: Two states, to and fro
parties:
  seller: {title: Seller, role: signatory}
initial: running
states: {running: {}, paused: {}}
transitions:
  - {name: pause, from: running, to: paused, by: seller}
  - {name: resume, from: paused, to: running, by: seller}
"""

Step = Callable[[], object]


def main() -> None:
    as_json = wants_json()
    with workplace() as directory:
        its_machine = machine(directory)
        steps, skipped = contestants(directory)
        times: dict[str, list[Taken]] = {contestant: [] for contestant in steps}
        gc.collect()
        for turn in range(WARM_UP + TURNS):
            for contestant, step in steps.items():
                its = taken(step)
                if turn >= WARM_UP:
                    times[contestant].append(its)
    medians = {
        contestant: Taken(median([t.wall for t in all_]), median([t.cpu for t in all_]))
        for contestant, all_ in times.items()
    }
    if as_json:
        named = {contestant: its._asdict() for contestant, its in medians.items()}
        print_json("peers", {"machine": its_machine, "median_us": named, "skipped": skipped})
    else:
        show(its_machine, medians, skipped)


def show(its_machine: dict[str, Any], medians: dict[str, Taken], skipped: list[str]) -> None:
    print_machine(its_machine)
    ours = medians["phaseflow, SQLite"]
    rows = [
        [who, us(its.wall), ratio(its.wall / ours.wall), us(its.cpu), ratio(its.cpu / ours.cpu)]
        for who, its in medians.items()
    ]
    rows += [[f"{who}: not installed, skipped", "", "", "", ""] for who in skipped]
    title = f"One transition ({TURNS} each, by turns)"
    print_table(title, ["", "median", "ratio", "cpu", "ratio"], rows)


def contestants(directory: Path) -> tuple[dict[str, Step], list[str]]:
    """Return what each does in one turn, and the names of those that are not here."""
    memory = MemoryStore(lambda: Instant.parse_iso("2025-01-01T08:00:00Z"))
    steps = {
        "phaseflow, SQLite": phaseflow(open_store(str(directory / "phaseflow.db"))),
        "phaseflow, in memory": phaseflow(memory),
        "one insert, no library": inserting(directory / "bare.db", lambda: "running"),
        "transitions": with_transitions(),
        "transitions + insert": inserting(directory / "transitions.db", with_transitions()),
    }
    skipped = []
    if find_spec("statemachine"):
        path = directory / "statemachine.db"
        steps["python-statemachine + insert"] = inserting(path, with_statemachine())
    else:
        skipped.append("python-statemachine")
    if find_spec("SpiffWorkflow"):
        steps["SpiffWorkflow, serialized + insert"] = inserting(
            directory / "spiff.db", with_spiffworkflow()
        )
    else:
        skipped.append("SpiffWorkflow")
    return steps, skipped


def phaseflow(store: Store) -> Step:
    opening = OpeningRequest(
        source=SWING.encode(),
        file="swing.yaml",
        nonce=fresh_nonce(),
        rehearsed_at="2025-01-01T08:00",
    )
    open_agreement(store, opening)
    turns = cycle(("pause", "resume"))

    def step() -> None:
        body = {"transition": next(turns)}
        said = Filing(
            agreement="swing", actor="seller", kind="advance", body=body, nonce=fresh_nonce()
        )
        record(store, said)

    return step


def inserting(path: Path, step: Callable[[], str]) -> Step:
    """Return ``step`` with what it returns committed as one row."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE step (seq INTEGER PRIMARY KEY, state TEXT)")

    def both() -> None:
        state = step()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO step (state) VALUES (?)", (state,))
        connection.execute("COMMIT")

    return both


def with_transitions() -> Callable[[], str]:
    class Swing:
        state: str

    swing: Any = Swing()
    machine = Machine(
        swing, states=["running", "paused"], initial="running", auto_transitions=False
    )
    machine.add_transition("swing", "running", "paused")
    machine.add_transition("swing", "paused", "running")

    def step() -> str:
        swing.swing()
        return str(swing.state)

    return step


def with_statemachine() -> Callable[[], str]:
    from statemachine import State, StateMachine  # noqa: PLC0415  optional

    class Swing(StateMachine):
        running = State(initial=True)
        paused = State()
        swing = running.to(paused) | paused.to(running)

    swing = Swing()

    def step() -> str:
        swing.swing()
        return "paused" if swing.paused.is_active else "running"

    return step


def with_spiffworkflow() -> Callable[[], str]:
    """Return a walk along a chain of tasks: it is begun anew after its last one."""
    from SpiffWorkflow.serializer.json import JSONSerializer  # noqa: PLC0415  optional
    from SpiffWorkflow.specs.Simple import Simple  # noqa: PLC0415
    from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec  # noqa: PLC0415
    from SpiffWorkflow.workflow import Workflow  # noqa: PLC0415

    spec = WorkflowSpec("swing", addstart=True)
    last = spec.start
    for name in ("pause", "resume"):
        task = Simple(spec, name)
        last.connect(task)
        last = task
    serializer = JSONSerializer()
    kept = [Workflow(spec)]

    def step() -> str:
        if not kept[0].run_next():
            kept[0] = Workflow(spec)
            kept[0].run_next()
        return str(serializer.serialize_workflow(kept[0], include_spec=False))

    return step


if __name__ == "__main__":
    main()
