"""How many a second: steps, steps played again, lines verified; and one definition checked."""

import gc
import hashlib
from pathlib import Path
from typing import Any

from harness.load import LABEL, grow, open_delivery
from harness.report import note, print_json, print_machine, print_table, ratio, us, wants_json
from harness.timing import best, machine, median, timed, workplace

from phaseflow.engine.outcome import Outcome
from phaseflow.engine.replay import Recorded, replay
from phaseflow.engine.step import step
from phaseflow.journal.entry import read_entry
from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.model.state import InMemory
from phaseflow.service import audit
from phaseflow.service import replay as stepped_again
from phaseflow.service.agreement import look
from phaseflow.service.definitions import stored
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

ENTRIES = 10_000
ROUNDS = 3
PLAN = Path(__file__).parents[1] / "definitions" / "three_phase_plan" / "definition.yaml"


def main() -> None:
    as_json = wants_json()
    with workplace() as directory:
        store = open_store(str(directory / "delivery.db"))
        open_delivery(store)
        note(f"growing an agreement to {ENTRIES:,} entries ...")
        grow(store, ENTRIES)
        figures: dict[str, Any] = {"machine": machine(directory), "entries": ENTRIES}
        note("measuring ...")
        figures |= measure(store)
        store.close()
    if as_json:
        print_json("throughput", figures)
    else:
        show(figures)


def measure(store: Store) -> dict[str, Any]:
    """Return seconds a line or a step, in microseconds; of several rounds the shortest."""
    with store.read() as transaction:
        place = look(transaction, LABEL)
        lines = [row.line for row in transaction.entries(place.header.id)]
        definition = stored(transaction, place.header.definition)
    encoded = [line.encode() for line in lines]
    recorded = [_recorded(line) for line in lines]
    text = PLAN.read_bytes()
    return {
        "step_us": measure_step(definition, recorded),
        "replay_us": best(lambda: _play(definition, recorded), ROUNDS) / len(lines),
        "audit_replay_us": best(lambda: stepped_again.audit(store, LABEL), 1) / len(lines),
        "audit_verify_us": best(lambda: audit.verify(store, LABEL), ROUNDS) / len(lines),
        "sha256_us": best(lambda: _hash(encoded), ROUNDS) / len(lines),
        "line_bytes": sum(map(len, encoded)) // len(encoded),
        "check_plan_us": best(lambda: parse_definition(text, PLAN.name)),
        "plan_lines": text.count(b"\n"),
    }


def measure_step(definition: Definition, recorded: list[Recorded]) -> float:
    """Return what the newest `perform` costs, stepped again and again from the same position."""
    newest = max(n for n, entry in enumerate(recorded) if entry.statement.kind == "perform")
    records = InMemory()
    before: Outcome | None = None
    for _, outcome in replay(lambda _: definition, recorded[:newest]):
        records.apply(outcome.changes)
        before = outcome
    assert before is not None
    entry, agreement = recorded[newest], before.agreement
    gc.collect()
    return median(
        [
            timed(lambda: step(definition, agreement, records, entry.statement, entry.recorded_at))
            for _ in range(2000)
        ]
    )


def _recorded(line: str) -> Recorded:
    entry = read_entry(line)
    return Recorded(
        seq=entry.seq,
        statement=entry.stmt,
        recorded_at=Instant.parse_iso(entry.recorded_at),
        is_refused=False,
    )


def _play(definition: Definition, recorded: list[Recorded]) -> None:
    for _ in replay(lambda _: definition, recorded):
        pass


def _hash(lines: list[bytes]) -> None:
    for line in lines:
        hashlib.sha256(line).hexdigest()


def show(figures: dict[str, Any]) -> None:
    print_machine(figures["machine"])
    size = figures["line_bytes"]
    labels = {
        "step_us": "step, the engine alone",
        "replay_us": "replay, the engine alone",
        "audit_replay_us": "audit replay, SQLite, with comparison",
        "audit_verify_us": "audit verify, SQLite",
        "sha256_us": f"sha256 of the same lines ({size} bytes)",
    }
    rows = [
        [label, us(figures[key]), f"{1e6 / figures[key]:,.0f}"] for key, label in labels.items()
    ]
    title = f"Entries a second (a journal of {figures['entries']:,})"
    print_table(title, ["", "each", "a second"], rows)
    verify = figures["audit_verify_us"] / figures["sha256_us"]
    print(f"\naudit verify costs {ratio(verify)} times the bare hash of its lines")
    lines, taken = figures["plan_lines"], us(figures["check_plan_us"])
    print(f"check of the three-phase plan ({lines} lines of YAML): {taken}")


if __name__ == "__main__":
    main()
