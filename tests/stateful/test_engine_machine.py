"""Any course of statements, on any definition, leaves an agreement that its journal explains."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.stateful.definitions import definitions
from tests.stateful.statements import sayings

from phaseflow.engine import counting
from phaseflow.engine.clock import next_due_at
from phaseflow.engine.conditions import holds
from phaseflow.engine.facts import Facts
from phaseflow.engine.outcome import Outcome, Refusal
from phaseflow.engine.outlook import account
from phaseflow.engine.replay import Recorded, replay
from phaseflow.engine.standing import _GRAVITY
from phaseflow.engine.step import begin, catch_up, foresee, refuse_on_record, step
from phaseflow.errors import StatementInvalid
from phaseflow.model.agreement import Agreement, Amounts, InMemory, encode
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import PLAIN, Definition, Rate
from phaseflow.model.statement import Consequence, Statement

START = "2025-03-28T07:00"
"""Two days before clocks change in Europe; in America they changed before, in Israel on the day."""


class Course:
    """One agreement in memory, and the journal that led to it."""

    def __init__(self, definition: Definition, at: Instant) -> None:
        self.definition, self.records = definition, InMemory()
        self.journal: list[Recorded] = []
        self.consequences: list[Consequence] = []
        body = {"definition": definition.digest}
        self.keep(begin(definition, at), self.statement("recorder", "open", body, When(at)), at)

    def statement(self, actor: str, kind: str, body: dict[str, Any], at: When) -> Statement:
        return Statement(
            agreement="0" * 64,
            definition=self.definition.digest,
            actor=actor,
            kind=kind,
            body=body,
            nonce="0" * 32,
            occurred_at=str(at),
        )

    def keep(self, outcome: Outcome, statement: Statement, at: Instant) -> None:
        refused = any(c.kind == "refused" for c in outcome.consequences)
        seq = len(self.journal)
        self.journal.append(
            Recorded(seq=seq, statement=statement, recorded_at=at, is_refused=refused)
        )
        self.agreement: Agreement = outcome.agreement
        self.records.apply(outcome.changes)
        self.consequences += outcome.consequences
        assert self.agreement.position == len(self.journal)

    def tick(self, at: Instant) -> None:
        while due := catch_up(self.definition, self.agreement, self.records, at):
            self.keep(due, self.statement("recorder", "tick", {}, When(at)), at)

    def file(self, statement: Statement, at: Instant, *, on_record: bool) -> Outcome | Refusal:
        self.tick(at)
        before = encode(self.agreement)
        answer = step(self.definition, self.agreement, self.records, statement, at)
        assert encode(self.agreement) == before, "a step wrote on what it was given"
        if isinstance(answer, Outcome):
            self.keep(answer, statement, at)
        elif on_record:
            self.keep(refuse_on_record(self.agreement, answer, at), statement, at)
        return answer


class AgreementMachine(RuleBasedStateMachine):
    """Files statements on two agreements of one definition: one ticks often, one never."""

    @initialize(read=definitions)
    def open(self, read: tuple[Definition, str]) -> None:
        self.definition, self.text = read
        zone = self.definition.calendar.zone
        self.now = zone.at(Date.parse_iso(START[:10]), START[11:])
        self.often, self.never = (
            Course(self.definition, self.now),
            Course(self.definition, self.now),
        )
        self.entries: list[tuple[int, int]] = []
        self.ended: dict[str, int] | None = None

    @rule(hours=st.sampled_from([1, 5, 24, 24, 60, 24 * 9]))
    def wait(self, hours: int) -> None:
        for _ in range(3):
            self.now = self.now.add(seconds=hours * 1200)
            self.often.tick(self.now)

    @rule(draw=st.data(), on_record=st.booleans())
    def say(self, draw: st.DataObject, on_record: bool) -> None:
        zone = self.definition.calendar.zone
        today = zone.day_of(self.now)
        days = [today.subtract(days=n).format_iso() for n in range(4)]
        made = [self.often.records.claims[entry].obligation for entry, _ in self.entries]
        actor, kind, body = draw.draw(sayings(self.definition, made, days))
        occurred = When(self.now)
        if draw.draw(st.booleans()):
            occurred = When.parse(draw.draw(st.sampled_from(days)))
        answers: list[Outcome | Refusal | str] = []
        for side, course in enumerate((self.often, self.never)):
            own = dict(body)
            if "entry" in own:
                own["entry"] = self.entries[own["entry"]][side] if self.entries else 0
            statement = course.statement(actor, kind, own, occurred)
            try:
                answers.append(course.file(statement, self.now, on_record=on_record))
            except StatementInvalid as invalid:
                answers.append(str(invalid).replace(str(own.get("entry", "")), ""))
        first, second = answers
        assert type(first) is type(second)
        if isinstance(first, Outcome) and self.often.records.claim(len(self.often.journal) - 1):
            self.entries.append((len(self.often.journal) - 1, len(self.never.journal) - 1))
        if isinstance(first, Refusal) and isinstance(second, Refusal):
            assert [r.rule for r in first.reasons] == [r.rule for r in second.reasons]
            self._names_every_unmet_guard(kind, body, first)

    def _names_every_unmet_guard(self, kind: str, body: dict[str, Any], refusal: Refusal) -> None:
        assert refusal.reasons
        if kind != "advance":
            return
        transition = self.definition.transitions[body["transition"]]
        agreement = self.never.agreement
        facts = Facts(self.definition, agreement)
        unmet = {
            guard.text
            for place, guard in enumerate(transition.guards, 1)
            if not holds(facts, guard.that)
            and f"{transition.name}/{place}" not in agreement.waived_guards
        }
        named = {reason.expression for reason in refusal.reasons if reason.rule == "guard"}
        assert unmet <= named

    @precondition(lambda self: self.entries)
    @rule(draw=st.data())
    def correct_there_and_back(self, draw: st.DataObject) -> None:
        """A correction taken back leaves all sums as they were."""
        entry = self.entries[draw.draw(st.integers(0, len(self.entries) - 1))][1]
        course = self.never
        course.tick(self.now)
        claim = course.records.claim(entry)
        assert claim is not None
        if claim.kind != "perform" or claim.superseded_by or not claim.claimed or claim.words:
            return
        records = InMemory()
        records.claims, records.periods = dict(course.records.claims), dict(course.records.periods)
        still = foresee(self.definition, course.agreement, records, self.now)
        records.apply(still.changes)
        agreement = still.agreement
        whole: Any = claim.claimed
        for amount in (0, whole.get(PLAIN) if set(whole) == {PLAIN} else whole):
            body = {"entry": entry, "amount": amount}
            statement = course.statement(claim.actor, "correct", body, When(self.now))
            answer = step(self.definition, agreement, records, statement, self.now)
            assert isinstance(answer, Outcome)
            if answer.agreement.leaf != agreement.leaf:
                return
            agreement = answer.agreement
            records.apply(answer.changes)
        before = still.agreement.obligations[claim.obligation]
        after = agreement.obligations[claim.obligation]
        for sums in ("claimed", "counted", "waiting", "rejected", "contested"):
            assert getattr(after, sums) == getattr(before, sums), sums
        assert after.violations == before.violations

    @invariant()
    def ticking_often_or_never_gives_the_same_consequences(self) -> None:
        if not hasattr(self, "never"):
            return
        still = foresee(self.definition, self.never.agreement, self.never.records, self.now)
        ours = [c for c in (*self.never.consequences, *still.consequences) if c.kind != "refused"]
        theirs = [c for c in self.often.consequences if c.kind != "refused"]
        self.often.tick(self.now)
        theirs = [c for c in self.often.consequences if c.kind != "refused"]
        assert ours == theirs

    @invariant()
    def no_amount_is_lost_or_counted_twice(self) -> None:
        if not hasattr(self, "never"):
            return
        course = self.never
        for name, obligation in self.definition.obligations.items():
            duty = course.agreement.obligations[name]
            claims = [c for c in course.records.claims.values() if c.obligation == name]
            performed = [claim for claim in claims if claim.kind == "perform"]
            assert duty.claimed == _sum(claim.claimed for claim in performed)
            assert duty.rejected == _sum(claim.rejected for claim in performed)
            assert duty.waiting == _sum(claim.waiting for claim in claims)
            for claim in claims:
                assert claim.counted == counting.counts(obligation, claim)
                assert _sum(part.amounts for part in claim.parts) == claim.counted
            if isinstance(obligation.form, Rate) and not obligation.form.averaged:
                periods = {p.first: p for (n, _), p in course.records.periods.items() if n == name}
                periods |= {period.first: period for period in duty.periods}
                effective = (
                    p.delivered if p.measured is None else p.measured for p in periods.values()
                )
                assert duty.counted == _sum(effective)
            else:
                measures = {span.entry for span in duty.spans}
                counted = [c for c in claims if c.kind == "perform" or c.entry in measures]
                assert duty.counted == _sum(claim.counted for claim in counted)
            toward = [
                o.name for o in self.definition.obligations.values() if name in o.counts_toward
            ]
            credited = (c.counted for c in course.records.claims.values() if c.obligation in toward)
            assert duty.credited == _sum(credited)
            figures = account(self.definition, course.agreement, name)
            if figures.batches:
                assert sum(batch.owed for batch in figures.batches) == figures.total
                assert sum(batch.delivered for batch in figures.batches) == figures.delivered

    @invariant()
    def time_does_not_stand_still(self) -> None:
        if hasattr(self, "never"):
            coming = next_due_at(self.definition, self.often.agreement)
            assert coming is None or coming > self.often.agreement.clock

    @invariant()
    def final_is_final(self) -> None:
        if not hasattr(self, "never"):
            return
        agreement = self.often.agreement
        if not self.definition.is_final(agreement.leaf):
            return
        gravity = {name: _GRAVITY[duty.standing] for name, duty in agreement.obligations.items()}
        if self.ended is not None:
            assert all(gravity[name] <= before for name, before in self.ended.items())
        self.ended = gravity

    def teardown(self) -> None:
        if not hasattr(self, "never"):
            return
        agreement = None
        for seq, outcome in replay(lambda _: self.definition, self.never.journal):
            agreement = outcome.agreement
            assert agreement.position == seq + 1
        assert agreement == self.never.agreement


def _sum(many: Any) -> Amounts:
    found: dict[str, int] = {}
    for amounts in many:
        for category, units in amounts.items():
            found[category] = found.get(category, 0) + units
    return {category: units for category, units in found.items() if units}


TestAnyCourseOfStatements = AgreementMachine.TestCase
TestAnyCourseOfStatements.settings = settings(
    settings(), stateful_step_count=25, suppress_health_check=list(HealthCheck)
)
