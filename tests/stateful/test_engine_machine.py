"""Any course of statements, on any definition, leaves an agreement that its journal explains."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.lengths import examples
from tests.stateful.course import Course, check_same
from tests.stateful.definitions import Drawn, definitions
from tests.stateful.editions import RENAMED, Edition, editions, renamed
from tests.stateful.expected import expected_reasons
from tests.stateful.statements import Known, Said, sayings
from tests.stateful.sums import check_sums

from phaseflow.engine import claims, clock
from phaseflow.engine.clock import next_due_at
from phaseflow.engine.draft import Draft
from phaseflow.engine.outcome import Outcome, Refusal
from phaseflow.engine.step import adopted, foresee, step
from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.figure import PLAIN
from phaseflow.model.forms.rate import Rate
from phaseflow.model.state import Agreement, decode, encode
from phaseflow.model.statement import Consequence

SETTLED = {"waived", "lapsed", "discharged"}
COURSE = (
    *("say",) * 8,
    *("amend",) * 2,
    "look_at_a_rename",
    *("wait",) * 2,
    *("wait_for_what_is_due",) * 3,
    "correct_there_and_back",
    "take_back_and_apply_anew",
)
FILED = {"refused", "amended"}
"""Consequences that only what is filed has; a neutral edition is filed on one side."""
MOST_SECONDS = 40 * 86_400
GRAVITY = {"overdue": 2, "breached": 3} | dict.fromkeys(SETTLED, 0)
"""After the end a standing may only fall; what is not named here is 1."""


class AgreementMachine(RuleBasedStateMachine):
    """Files statements on two agreements of one definition: one ticks often, one never."""

    @initialize(drawn=definitions, is_mirrored=st.booleans())
    def open(self, drawn: Drawn, is_mirrored: bool) -> None:
        """Open both; the text of the second may name its obligations in the other order."""
        self.now, self.text, self.proposed = drawn.opened, drawn.text, list[Edition]()
        other = _mirrored(drawn.definition) if is_mirrored else drawn.definition
        self.is_mirrored = is_mirrored
        self.often = Course(drawn.definition, self.now)
        self.never = Course(other, self.now)
        self.entries: list[tuple[int, int]] = []

    @property
    def definition(self) -> Definition:
        """The text in effect."""
        return self.often.definition

    @rule(data=st.data(), what=st.sampled_from(COURSE))
    def go_on(self, data: st.DataObject, what: str) -> None:
        """One rule for everything: of several, Hypothesis leaves some out of whole runs."""
        is_possible = bool(self.entries) or "wait" in what or what in {"amend", "look_at_a_rename"}
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
        former = tuple(self.often.agreement.former)
        digests = tuple(edition.definition.digest for edition in self.proposed)
        known = Known(self.often.agreement.leaf, made, days, former, digests)
        said = data.draw(sayings(self.definition, known))
        first, second = (self._file(said, side, on_record=on_record) for side in (0, 1))
        assert type(first) is type(second)
        if isinstance(first, Outcome) and self.often.records.claim(len(self.often.journal) - 1):
            self.entries.append((len(self.often.journal) - 1, len(self.never.journal) - 1))

    def _amend(self, data: st.DataObject) -> None:
        """A new edition is proposed, or one consents to it; a neutral one changes nothing."""
        edition = data.draw(st.sampled_from([None, *self.proposed[-2:]]))
        edition = edition or data.draw(editions(self.text))
        if edition is None:
            return
        if edition.is_neutral:
            self._adopt_neutral(edition)
            return
        self.proposed.append(edition)
        may, parties = self.definition.amended_by, list(self.definition.parties)
        willing = list(may.members) if may and data.draw(st.integers(0, 2)) else []
        for actor in willing or [data.draw(st.sampled_from(parties))]:
            self._consent(edition, actor, on_record=data.draw(st.booleans()))

    def _consent(self, edition: Edition, actor: str, *, on_record: bool) -> None:
        """One consents; what follows is what was told beforehand, and the same for both."""
        said = Said(actor, "amend", {"definition": edition.definition.digest}, None)
        text: dict[int, str] = {}
        answers: list[type] = []
        for side, course in enumerate((self.often, self.never)):
            new = _mirrored(edition.definition) if side and self.is_mirrored else edition.definition
            course.tick(self.now)
            told = self._told_beforehand(course, new)
            if isinstance(told, Outcome):
                still = foresee(course.definition, course.agreement, course.records, self.now)
                self._check_what_was_met(still.agreement, told.agreement)
            answer = self._file(said, side, on_record=on_record, edition=new)
            assert not isinstance(answer, str)
            if isinstance(told, Refusal):
                assert isinstance(answer, Refusal)
                assert all(reason in answer.reasons for reason in told.reasons)
            elif isinstance(answer, Outcome) and answer.agreement.definition == new.digest:
                assert told.consequences == answer.consequences
                told.agreement.position += 1
                assert encode(told.agreement) == encode(answer.agreement)
                text[side] = edition.text
            answers.append(type(answer))
        assert answers[0] is answers[1]
        assert len(text) != 1, "adopted by one of two"
        if text:
            self.text, self.proposed = text[0], []
            for entry, _ in self.entries[-6:]:
                self._apply_anew(entry)

    def _check_what_was_met(self, before: Agreement, after: Agreement) -> None:
        """What was met is not due again, and what was received is kept."""
        for name in before.obligations.keys() & after.obligations.keys():
            old, new = before.obligations[name], after.obligations[name]
            met = {due.name for due in old.dues if due.is_passed and due.standing == "discharged"}
            for due in new.dues:
                if due.name in met:
                    assert due.standing in {"discharged", "waived"}, f"{name}, {due.name}"
            assert new.counted == old.counted

    def _told_beforehand(self, course: Course, edition: Definition) -> Outcome | Refusal:
        still = foresee(course.definition, course.agreement, course.records, self.now)
        records = course.copy_records()
        records.apply(still.changes)
        return adopted(course.definition, still.agreement, records, edition, self.now)

    def _look_at_a_rename(self, data: st.DataObject) -> None:
        """A state that is called otherwise is the same state: nothing else would change."""
        old, course = data.draw(st.sampled_from(RENAMED)), self.often
        edition = renamed(self.text, old, "renamed")
        if edition is None or self.definition.is_final(course.agreement.leaf):
            return
        still = foresee(course.definition, course.agreement, course.records, self.now)
        told = self._told_beforehand(course, edition)
        assert isinstance(told, Outcome)
        assert [c.kind for c in told.consequences] == ["amended"]
        assert not told.changes.claims
        after = decode(encode(told.agreement).replace("renamed", old), Agreement)
        before = msgspec.structs.replace(
            still.agreement, definition=edition.digest, consents={}, waivers={}, amendments={}
        )
        assert after == before

    def _adopt_neutral(self, edition: Edition) -> None:
        """Only one of the two is amended: it has to go on like the other."""
        course, may = self.often, self.definition.amended_by
        course.tick(self.now)
        still = foresee(course.definition, course.agreement, course.records, self.now)
        records = course.copy_records()
        records.apply(still.changes)
        before, is_over = still.agreement, self.definition.is_final(course.agreement.leaf)
        if may is None or is_over or before.consents or before.waivers or before.amendments:
            return
        body = {"definition": edition.definition.digest}
        said = [Said(actor, "amend", body, None) for actor in may.members]
        answer = [self._file(s, 0, on_record=False, edition=edition.definition) for s in said][-1]
        assert isinstance(answer, Outcome)
        assert [c.kind for c in answer.consequences] == ["amended"]
        after = msgspec.structs.replace(
            answer.agreement, definition=before.definition, position=before.position
        )
        assert after == before
        for entry, claim in answer.changes.claims.items():
            assert claim == records.claims[entry]
        for key, period in answer.changes.periods.items():
            assert period == records.periods[key]
        self.text, self.proposed = edition.text, []

    def _file(
        self, said: Said, side: int, *, on_record: bool, edition: Definition | None = None
    ) -> Outcome | Refusal | str:
        course, body = (self.often, self.never)[side], dict(said.body)
        if "entry" in body:
            body["entry"] = self.entries[body["entry"]][side] if self.entries else 0
        occurred = When.parse(said.occurred) if said.occurred else When(self.now)
        statement = course.statement(said.actor, said.kind, body, occurred)
        course.tick(self.now)
        before = foresee(course.definition, course.agreement, course.records, self.now).agreement
        try:
            answer = course.file(statement, self.now, on_record=on_record, edition=edition)
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
        obligation = self.definition.obligations.get(claim.obligation)
        if obligation is None:
            return
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
        self._apply_anew(data.draw(st.sampled_from(self.entries))[0])

    def _apply_anew(self, entry: int) -> None:
        course = self.often
        course.tick(self.now)
        draft = Draft(self.definition, course.agreement, course.records)
        claim = draft.claim(entry)
        assert claim is not None
        if claim.obligation not in self.definition.obligations:
            return
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
        ours = [c for c in (*self.never.consequences, *still.consequences) if c.kind not in FILED]
        theirs = [c for c in self.often.consequences if c.kind not in FILED]
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
        text = next(iter(self.often.texts.values()))
        leaf = text.initial
        standings: dict[Any, str] = {}
        for one in self.often.consequences:
            assert latest <= one.at
            latest = one.at
            if one.kind == "move":
                assert (one.body["from"], text.is_final(leaf)) == (leaf, False)
                leaf = one.body["to"]
            elif one.kind == "amended":
                text = self.often.texts[one.body["definition"]]
                leaf = text.renames.get(leaf, leaf)
                while not text.states[leaf].is_leaf:
                    leaf = text.states[leaf].initial or ""
            elif one.kind == "standing":
                self._check_change(one, text.is_final(leaf), standings)
        assert leaf == agreement.leaf
        for name, duty in agreement.obligations.items():
            assert duty.standing == standings.get((name, None), "dormant")

    def _check_change(self, one: Consequence, is_over: bool, standings: dict[Any, str]) -> None:
        key = one.body["obligation"], one.body.get("due")
        old, new = one.body["from"], one.body["to"]
        if key[1] is None:
            assert old == standings.get(key, "dormant")
        standings[key] = new
        assert old != new
        if is_over:
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
    max_examples=examples(32),
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
