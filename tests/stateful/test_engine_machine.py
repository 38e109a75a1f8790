"""Any course of statements, on any definition, leaves an agreement that its journal explains."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.stateful.course import Course, check_same
from tests.stateful.definitions import Drawn, definitions
from tests.stateful.expected import expected_reasons
from tests.stateful.statements import Known, Said, sayings
from tests.stateful.sums import check_sums

from phaseflow.engine import claims, clock
from phaseflow.engine.clock import next_due_at
from phaseflow.engine.draft import Draft
from phaseflow.engine.outcome import Outcome, Refusal
from phaseflow.engine.step import foresee, step
from phaseflow.errors import StatementInvalid
from phaseflow.model.agreement import encode
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import PLAIN, Definition, Rate
from phaseflow.model.statement import Consequence

SETTLED = {"waived", "lapsed", "discharged"}
COURSE = (
    *("say",) * 8,
    *("wait",) * 2,
    *("wait_for_what_is_due",) * 3,
    "correct_there_and_back",
    "take_back_and_apply_anew",
)
MOST_SECONDS = 40 * 86_400
GRAVITY = {"overdue": 2, "breached": 3} | dict.fromkeys(SETTLED, 0)
"""After the end a standing may only fall; what is not named here is 1."""


class AgreementMachine(RuleBasedStateMachine):
    """Files statements on two agreements of one definition: one ticks often, one never."""

    @initialize(drawn=definitions, is_mirrored=st.booleans())
    def open(self, drawn: Drawn, is_mirrored: bool) -> None:
        """Open both; the text of the second may name its obligations in the other order."""
        self.definition, self.now = drawn.definition, drawn.opened
        other = _mirrored(drawn.definition) if is_mirrored else drawn.definition
        self.is_mirrored = is_mirrored
        self.often = Course(self.definition, self.now)
        self.never = Course(other, self.now)
        self.entries: list[tuple[int, int]] = []

    @rule(data=st.data(), what=st.sampled_from(COURSE))
    def go_on(self, data: st.DataObject, what: str) -> None:
        """One rule for everything: of several, Hypothesis leaves some out of whole runs."""
        is_possible = bool(self.entries) or "wait" in what
        getattr(self, f"_{what if is_possible else 'say'}")(data)

    def _wait(self, data: st.DataObject) -> None:
        """Time passes; one of the two looks at the clock now and then."""
        hours = data.draw(st.sampled_from([1, 5, 24, 24, 60, 24 * 9]))
        self._wait_until(self.now.add(seconds=hours * 3600), data.draw(st.integers(0, 4)))

    def _wait_for_what_is_due(self, data: st.DataObject) -> None:
        """Time passes to the very moment at which something is due, or just beside it."""
        due = next_due_at(self.definition, self.often.agreement)
        then = (
            self.now if due is None else due.add(seconds=data.draw(st.sampled_from([-1, 0, 0, 1])))
        )
        if then.timestamp() - self.now.timestamp() < MOST_SECONDS:
            self._wait_until(max(self.now, then), data.draw(st.integers(0, 2)))

    def _wait_until(self, then: Instant, ticks: int) -> None:
        whole = then.timestamp() - self.now.timestamp()
        for n in range(ticks):
            self.often.tick(self.now.add(seconds=whole * n // ticks))
        self.now = then

    def _say(self, data: st.DataObject) -> None:
        """Somebody says something, which is granted, refused, or malformed: in both alike."""
        on_record = data.draw(st.booleans())
        today = self.definition.calendar.zone.day_of(self.now)
        days = [today.subtract(days=n).format_iso() for n in range(5)]
        made = [self.often.records.claims[entry] for entry, _ in self.entries]
        known = Known(self.often.agreement.leaf, made, days)
        said = data.draw(sayings(self.definition, known))
        first, second = (self._file(said, side, on_record=on_record) for side in (0, 1))
        assert type(first) is type(second)
        if isinstance(first, Outcome) and self.often.records.claim(len(self.often.journal) - 1):
            self.entries.append((len(self.often.journal) - 1, len(self.never.journal) - 1))

    def _file(self, said: Said, side: int, *, on_record: bool) -> Outcome | Refusal | str:
        course, body = (self.often, self.never)[side], dict(said.body)
        if "entry" in body:
            body["entry"] = self.entries[body["entry"]][side] if self.entries else 0
        occurred = When.parse(said.occurred) if said.occurred else When(self.now)
        statement = course.statement(said.actor, said.kind, body, occurred)
        course.tick(self.now)
        before = foresee(course.definition, course.agreement, course.records, self.now).agreement
        try:
            answer = course.file(statement, self.now, on_record=on_record)
        except StatementInvalid:
            return "malformed"
        if isinstance(answer, Refusal):
            assert answer.reasons
            if said.kind == "advance":
                found = Counter((r.rule, r.expression) for r in answer.reasons)
                facts = course.definition, before, body["transition"], said.actor, self.now
                assert found == expected_reasons(*facts), "a refusal names all that is unmet"
        elif said.kind == "advance":
            facts = course.definition, before, body["transition"], said.actor, self.now
            assert not expected_reasons(*facts)
        elif said.kind in {"note", "notify"}:
            assert not answer.consequences, "what moves nothing has set something off"
        return answer

    def _correct_there_and_back(self, data: st.DataObject) -> None:
        """A correction taken back leaves what there was before."""
        entry = data.draw(st.sampled_from(self.entries))[1]
        course = self.never
        claim = course.records.claims[entry]
        obligation = self.definition.obligations[claim.obligation]
        own = set(claim.words) & {claim.actor}
        if claim.kind != "perform" or not claim.claimed or own:
            return
        records = course.copy_records()
        still = foresee(course.definition, course.agreement, records, self.now)
        records.apply(still.changes)
        agreement = still.agreement
        silent = records.claims[entry].is_silent
        whole: Any = claim.claimed
        for amount in (0, whole.get(PLAIN) if set(whole) == {PLAIN} else whole):
            body = {"entry": entry, "amount": amount}
            statement = course.statement(claim.actor, "correct", body, When(self.now))
            try:
                answer = step(course.definition, agreement, records, statement, self.now)
            except StatementInvalid:
                return
            assert isinstance(answer, Outcome)
            if any(c.kind == "move" for c in answer.consequences):
                return
            agreement = answer.agreement
            records.apply(answer.changes)
        assert silent == records.claims[entry].is_silent
        before = still.agreement.obligations[claim.obligation]
        after = agreement.obligations[claim.obligation]
        # Of a rate, what is said anew may count for another period.
        placed = isinstance(obligation.form, Rate)
        for sums in (
            "claimed",
            "waiting",
            "rejected",
            "contested",
            *(() if placed else ("counted",)),
        ):
            assert getattr(after, sums) == getattr(before, sums), sums
        if obligation.verified_by is None and not placed:
            # With a verifier it need not: the pause for one lifts no breach that came between.
            assert after.standing == before.standing, obligation.name

    def _take_back_and_apply_anew(self, data: st.DataObject) -> None:
        """What a claim adds can be taken back and added again, and nothing has changed."""
        entry = data.draw(st.sampled_from(self.entries))[0]
        course = self.often
        course.tick(self.now)
        draft = Draft(self.definition, course.agreement, course.records)
        claim = draft.claim(entry)
        assert claim is not None
        claims.revise(draft, claim, lambda _: None)
        records = course.copy_records()
        records.apply(draft.changes)
        check_same(course, draft.agreement, records)

    @invariant()
    def ticking_often_or_never_gives_the_same_consequences(self) -> None:
        if not hasattr(self, "never"):
            return
        still = foresee(self.never.definition, self.never.agreement, self.never.records, self.now)
        self.often.tick(self.now)
        ours = [c for c in (*self.never.consequences, *still.consequences) if c.kind != "refused"]
        theirs = [c for c in self.often.consequences if c.kind != "refused"]
        if self.is_mirrored:
            # What falls together is told in the order of the file.
            ours, theirs = sorted(ours, key=_told), sorted(theirs, key=_told)
        assert ours == theirs

    @invariant()
    def no_amount_is_lost_or_counted_twice(self) -> None:
        if hasattr(self, "never"):
            for course in (self.often, self.never):
                check_sums(course.definition, course.agreement, course.records)

    @invariant()
    def time_does_not_stand_still(self) -> None:
        if not hasattr(self, "never"):
            return
        again = foresee(self.definition, self.often.agreement, self.often.records, self.now)
        coming = next_due_at(self.definition, again.agreement)
        assert not again.consequences
        assert coming is None or coming > self.now

    @invariant()
    def looking_at_an_agreement_sets_nothing_off(self) -> None:
        """Whatever follows has followed at its own moment, not when somebody looks."""
        if not hasattr(self, "never"):
            return
        course = self.often
        seen = foresee(self.definition, course.agreement, course.records, self.now)
        records = course.copy_records()
        records.apply(seen.changes)
        draft = Draft(self.definition, seen.agreement, records)
        clock.settle(draft, self.now)
        assert not draft.consequences
        assert next_due_at(self.definition, draft.agreement) == next_due_at(
            self.definition, seen.agreement
        )

    @invariant()
    def each_change_goes_on_from_the_one_before(self) -> None:
        if not hasattr(self, "never"):
            return
        agreement, latest = self.often.agreement, ""
        leaf = self.definition.initial
        standings: dict[Any, str] = {}
        for one in self.often.consequences:
            assert latest <= one.at
            latest = one.at
            if one.kind == "move":
                assert (one.body["from"], self.definition.is_final(leaf)) == (leaf, False)
                leaf = one.body["to"]
            elif one.kind == "standing":
                self._check_change(one, leaf, standings)
        assert leaf == agreement.leaf
        for name, duty in agreement.obligations.items():
            assert duty.standing == standings.get((name, None), "dormant")

    def _check_change(self, one: Consequence, leaf: str, standings: dict[Any, str]) -> None:
        key = one.body["obligation"], one.body.get("due")
        old, new = one.body["from"], one.body["to"]
        if key[1] is None:
            assert old == standings.get(key, "dormant")
        standings[key] = new
        assert old != new
        if self.definition.is_final(leaf):
            assert GRAVITY.get(new, 1) < GRAVITY.get(old, 1), "final is final"

    def teardown(self) -> None:
        if not hasattr(self, "never"):
            return
        for course in (self.often, self.never):
            agreement, records, then = course.replayed()
            assert then == course.then
            assert encode(agreement) == encode(course.agreement)
            check_same(course, agreement, records)


def _mirrored(definition: Definition) -> Definition:
    """Return ``definition`` with its obligations in the other order, which decides nothing."""
    backwards = dict(reversed(definition.obligations.items()))
    return msgspec.structs.replace(definition, obligations=backwards)


def _told(consequence: Consequence) -> tuple[str, str, str]:
    return consequence.at, consequence.kind, str(consequence.body)


TestAnyCourseOfStatements = AgreementMachine.TestCase
TestAnyCourseOfStatements.settings = settings(
    settings(),
    max_examples=4 * settings().max_examples,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
