"""Whatever is filed, tried and repeated, the journal holds, and all that is cached follows from it."""

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.lengths import examples
from tests.stateful.definitions import Drawn, definitions
from tests.stateful.editions import editions
from tests.stateful.statements import Known, sayings

from phaseflow.cli.pages.amend import plan_page
from phaseflow.errors import Conflict, Refused, StatementInvalid
from phaseflow.service import amend, audit, replay, tick
from phaseflow.service.compose import Filing
from phaseflow.service.json.amendment import plan_document
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.rebuild import rebuild
from phaseflow.service.record import Filed, record, try_out
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store
from phaseflow.storage.sql import open_store

COURSE = (*("say",) * 6, *("wait",) * 3, "repeat", "say_at_a_stale_position", "amend", "amend")
MOST_SECONDS = 40 * 86_400

Answer = Filed | type[Exception]


class ServiceMachine(RuleBasedStateMachine):
    """Says the same to two stores, in memory and on disk, and looks at both after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stores: list[Store] = []

    @initialize(drawn=definitions)
    def open(self, drawn: Drawn) -> None:
        self.definition, self.text, self.now = drawn
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        on_disk = open_store(str(Path(folder) / "journal.db"), clock=lambda: self.now)
        self.stores = [MemoryStore(lambda: self.now), self.stack.enter_context(closing(on_disk))]
        opening = OpeningRequest(source=self.text.encode(), file="drawn.yaml", nonce="0" * 32)
        ids = {open_agreement(store, opening).place.header.id for store in self.stores}
        (self.id,) = ids
        self.filed: list[Filing] = []
        self.claims: list[int] = []
        self.count = 0
        self.proposed: dict[str, str] = {}

    @rule(data=st.data(), what=st.sampled_from(COURSE))
    def go_on(self, data: st.DataObject, what: str) -> None:
        """One rule for everything: of several, Hypothesis leaves some out of whole runs."""
        is_possible = bool(self.filed) or what in {"wait", "say", "amend"}
        getattr(self, f"_{what if is_possible else 'say'}")(data)

    def _wait(self, data: st.DataObject) -> None:
        """Time passes, also to the very moment at which something is due."""
        with self.stores[0].read() as transaction:
            due = transaction.find(self.id)[0].next_due_at
        hours = data.draw(st.sampled_from([0, 0, 1, 7, 24, 48, 24 * 9]))
        if hours:
            self.now = self.now.add(seconds=hours * 3600)
        elif due is not None and due.timestamp() - self.now.timestamp() < MOST_SECONDS:
            self.now = max(self.now, due)
        if data.draw(st.booleans()):
            for store in self.stores:
                tick.tick(store, self.id)

    def _filing(self, draw: st.DataObject) -> Filing:
        today = self.definition.calendar.zone.day_of(self.now)
        days = [today.subtract(days=n).format_iso() for n in range(4)]
        with self.stores[0].read() as transaction:
            leaf, records = transaction.find(self.id)[0].state, transaction.records(self.id)
            former = tuple(transaction.state(self.id).former)
            made = [claim for entry in self.claims if (claim := records.claim(entry))]
        known = Known(leaf, made, days, former, tuple(self.proposed))
        actor, kind, body, occurred = draw.draw(sayings(self.definition, known))
        if "entry" in body:
            body["entry"] = self.claims[body["entry"]]
        self.count += 1
        return Filing(
            agreement=self.id,
            actor=actor,
            kind=kind,
            body=body,
            nonce=f"{self.count:032x}",
            occurred_at=occurred,
            is_on_record=draw.draw(st.booleans()),
        )

    def _everywhere(self, filing: Filing) -> list[Answer]:
        return [_answer(store, filing) for store in self.stores]

    def _say(self, draw: st.DataObject) -> None:
        """Somebody says something."""
        self._file(self._filing(draw))

    def _amend(self, draw: st.DataObject) -> None:
        """All who must consent to a new edition, or some do."""
        edition = draw.draw(editions(self.text))
        if edition is None or self.definition.amended_by is None:
            return
        new, members = edition.definition, self.definition.amended_by.members
        self.proposed[new.digest] = edition.text
        for actor in members[: draw.draw(st.sampled_from([1, 3, 3]))]:
            plain = self._filing(draw)
            body = {"definition": new.digest}
            source = edition.text.encode()
            filing = msgspec.structs.replace(
                plain, actor=actor, kind="amend", body=body, edition=source, occurred_at=None
            )
            told = [amend.plan(s, self.id, source, "drawn.yaml") for s in self.stores]
            assert plan_document(told[0]) == plan_document(told[1])
            plan_page(told[0])
            self._file(filing)
        with self.stores[0].read() as transaction:
            digest = transaction.find(self.id)[0].definition
        if digest == new.digest:
            self.definition, self.text = new, edition.text

    def _file(self, filing: Filing) -> None:
        """Tried dry it changes no row; said, it is what was tried."""
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

    def _repeat(self, draw: st.DataObject) -> None:
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

    def _say_at_a_stale_position(self, draw: st.DataObject) -> None:
        """Somebody acted first: only ticks since are no conflict."""
        filing, back = self._filing(draw), draw.draw(st.integers(1, 3))
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
            self.claims.append(seq)

    @invariant()
    def the_chain_verifies_and_everything_follows_from_it(self) -> None:
        for store in self.stores:
            audit.verify(store, self.id, self.id)
            assert replay.audit(store, self.id).differing == ()

    @invariant()
    def both_stores_hold_the_same(self) -> None:
        if self.stores:
            first, second = (_rows(store, self.id) for store in self.stores)
            assert first == second

    def teardown(self) -> None:
        for store in self.stores:
            before = _rows(store, self.id)
            rebuild(store, self.id)
            assert _rows(store, self.id) == before
        self.stack.close()


def _answer(store: Store, filing: Filing, *, dry: bool = False) -> Answer:
    try:
        return try_out(store, filing) if dry else record(store, filing)
    except (Refused, StatementInvalid, Conflict) as error:
        return type(error)


def _rows(store: Store, agreement: str) -> tuple[list[str], dict[str, Any]]:
    with store.read() as transaction:
        lines = [row.line for row in transaction.entries(agreement)]
        return lines, transaction.dump_projections(agreement)


TestWhateverIsFiled = ServiceMachine.TestCase
TestWhateverIsFiled.settings = settings(
    settings(),
    max_examples=examples(8),
    stateful_step_count=15,
    suppress_health_check=list(HealthCheck),
)
