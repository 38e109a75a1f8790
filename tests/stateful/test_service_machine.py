"""Whatever is filed, tried and repeated, the journal holds, and all that is cached follows from it."""

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.stateful.definitions import definitions
from tests.stateful.statements import sayings

from phaseflow.errors import Conflict, Refused, StatementInvalid
from phaseflow.model.calendar import Instant
from phaseflow.model.definition import Definition
from phaseflow.service import auditing, maintenance, replaying
from phaseflow.service.filing import Filed, Filing, file, try_out
from phaseflow.service.opening import Opening, open_agreement
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

Answer = Filed | type[Exception]


class ServiceMachine(RuleBasedStateMachine):
    """Says the same to two stores, in memory and on disk, and looks at both after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stores: list[Store] = []

    @initialize(read=definitions)
    def open(self, read: tuple[Definition, str]) -> None:
        self.definition, text = read
        self.now = Instant.parse_iso("2025-03-28T05:00:00Z")
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        on_disk = open_store(str(Path(folder) / "journal.db"), clock=lambda: self.now)
        self.stores = [MemoryStore(lambda: self.now), self.stack.enter_context(closing(on_disk))]
        opening = Opening(source=text.encode(), file="drawn.yaml", nonce="0" * 32)
        ids = {open_agreement(store, opening).place.header.id for store in self.stores}
        (self.id,) = ids
        self.filed: list[Filing] = []
        self.claims: list[tuple[int, str]] = []
        self.count = 0

    @rule(hours=st.sampled_from([1, 7, 24, 48, 24 * 9]), ticks=st.booleans())
    def wait(self, hours: int, ticks: bool) -> None:
        self.now = self.now.add(seconds=hours * 3600)
        if ticks:
            for store in self.stores:
                maintenance.tick(store, self.id)

    def _filing(self, draw: st.DataObject) -> Filing:
        today = self.definition.calendar.zone.day_of(self.now)
        days = [today.subtract(days=n).format_iso() for n in range(3)]
        made = [obligation for _, obligation in self.claims]
        actor, kind, body = draw.draw(sayings(self.definition, made, days))
        if "entry" in body:
            body["entry"] = self.claims[body["entry"]][0] if self.claims else 0
        self.count += 1
        return Filing(
            agreement=self.id,
            actor=actor,
            kind=kind,
            body=body,
            nonce=f"{self.count:032x}",
            occurred_at=draw.draw(st.sampled_from([None, *days])),
            is_on_record=draw.draw(st.booleans()),
        )

    def _everywhere(self, filing: Filing) -> list[Answer]:
        return [_answer(store, filing) for store in self.stores]

    @rule(draw=st.data())
    def say(self, draw: st.DataObject) -> None:
        filing = self._filing(draw)
        before = [_rows(store, self.id) for store in self.stores]
        tried = [_answer(store, filing, dry=True) for store in self.stores]
        assert [_rows(store, self.id) for store in self.stores] == before, "a dry run wrote"
        answers = self._everywhere(filing)
        for trial, answer, store, old in zip(tried, answers, self.stores, before, strict=True):
            if isinstance(answer, Filed):
                assert isinstance(trial, Filed)
                assert trial.hash == answer.hash
            else:
                assert trial == answer
                assert _rows(store, self.id) == old, "what was refused wrote"
        first, second = answers
        assert isinstance(first, Filed) == isinstance(second, Filed)
        if isinstance(first, Filed) and isinstance(second, Filed):
            assert first.hash == second.hash
            self.filed.append(filing)
            self._note_claim(first.entry.seq)

    @precondition(lambda self: self.filed)
    @rule(draw=st.data())
    def repeat(self, draw: st.DataObject) -> None:
        """The same nonce files nothing twice, and nothing else."""
        filing = draw.draw(st.sampled_from(self.filed))
        before = [_rows(store, self.id) for store in self.stores]
        for answer in self._everywhere(filing):
            assert isinstance(answer, Filed)
            assert answer.is_repeat
        other = msgspec.structs.replace(filing, kind="note", body={"text": "something else"})
        if filing.kind != "note":
            assert self._everywhere(other) == [Conflict, Conflict]
        assert [_rows(store, self.id) for store in self.stores] == before

    @precondition(lambda self: self.filed)
    @rule(draw=st.data(), back=st.integers(1, 3))
    def say_at_a_stale_position(self, draw: st.DataObject, back: int) -> None:
        """Somebody acted first: only ticks since are no conflict."""
        filing = self._filing(draw)
        with self.stores[0].read() as transaction:
            position = transaction.find(self.id)[0].position
            since = [transaction.entry(self.id, seq) for seq in range(position - back, position)]
        if position - back < 1:
            return
        stale = msgspec.structs.replace(filing, expected_position=position - back)
        only_ticks = all(row is not None and row.kind == "tick" for row in since)
        for answer in self._everywhere(stale):
            if not only_ticks:
                assert answer in {Conflict, StatementInvalid}
        with self.stores[0].read() as transaction:
            newest = transaction.find(self.id)[0].position
        if newest > position:
            self._note_claim(newest - 1)

    def _note_claim(self, seq: int) -> None:
        with self.stores[0].read() as transaction:
            claim = transaction.records(self.id).claim(seq)
        if claim is not None:
            self.claims.append((seq, claim.obligation))

    @invariant()
    def the_chain_verifies_and_everything_follows_from_it(self) -> None:
        for store in self.stores:
            auditing.verify(store, self.id, self.id)
            assert replaying.audit(store, self.id).differing == ()

    @invariant()
    def both_stores_hold_the_same(self) -> None:
        if self.stores:
            first, second = (_rows(store, self.id) for store in self.stores)
            assert first == second

    def teardown(self) -> None:
        for store in self.stores:
            before = _rows(store, self.id)
            maintenance.rebuild(store, self.id)
            assert _rows(store, self.id) == before
        self.stack.close()


def _answer(store: Store, filing: Filing, *, dry: bool = False) -> Answer:
    try:
        return try_out(store, filing) if dry else file(store, filing)
    except (Refused, StatementInvalid, Conflict) as error:
        return type(error)


def _rows(store: Store, agreement: str) -> tuple[list[str], dict[str, Any]]:
    with store.read() as transaction:
        lines = [row.line for row in transaction.entries(agreement)]
        return lines, transaction.dump_projections(agreement)


TestWhateverIsFiled = ServiceMachine.TestCase
TestWhateverIsFiled.settings = settings(
    settings(),
    max_examples=max(10, settings().max_examples // 6),
    stateful_step_count=12,
    suppress_health_check=list(HealthCheck),
)
