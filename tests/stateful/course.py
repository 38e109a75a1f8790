"""One agreement in memory, stepped by the engine alone, and the journal that led to it."""

from collections import Counter
from typing import Any

from phaseflow.engine.outcome import Outcome, Refusal
from phaseflow.engine.replay import Recorded, replay
from phaseflow.engine.step import begin, catch_up, refuse_on_record, step
from phaseflow.model.calendar import Instant, When, Zone
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Duty, InMemory, InReturnState, encode
from phaseflow.model.statement import Consequence, Statement


class Course:
    """An agreement, its records, and all that was recorded since it was opened."""

    def __init__(self, definition: Definition, at: Instant) -> None:
        self.definition, self.records = definition, InMemory()
        self.texts = {definition.digest: definition}
        self.journal: list[Recorded] = []
        self.then: list[tuple[Consequence, ...]] = []
        body = {"definition": definition.digest}
        self.keep(begin(definition, at), self.statement("recorder", "open", body, When(at)), at)

    @property
    def consequences(self) -> list[Consequence]:
        """All that followed, in order."""
        return [consequence for then in self.then for consequence in then]

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
        self.definition = self.texts[outcome.agreement.definition]
        self.records.apply(outcome.changes)
        self.then.append(outcome.consequences)
        assert self.agreement.position == len(self.journal)

    def tick(self, at: Instant) -> None:
        while due := catch_up(self.definition, self.agreement, self.records, at):
            self.keep(due, self.statement("recorder", "tick", {}, When(at)), at)

    def file(
        self,
        statement: Statement,
        at: Instant,
        *,
        on_record: bool,
        edition: Definition | None = None,
    ) -> Outcome | Refusal:
        self.tick(at)
        before = encode(self.agreement)
        answer = step(self.definition, self.agreement, self.records, statement, at, edition)
        if edition is not None:
            self.texts[edition.digest] = edition
        assert encode(self.agreement) == before, "a step wrote on what it was given"
        if isinstance(answer, Outcome):
            self.keep(answer, statement, at)
        elif on_record:
            self.keep(refuse_on_record(self.agreement, answer, at), statement, at)
        return answer

    def replayed(self) -> tuple[Agreement, InMemory, list[tuple[Consequence, ...]]]:
        """Return what the journal leads to, stepped anew from its statements alone."""
        agreement, records = self.agreement, InMemory()
        then = []
        for _, outcome in replay(lambda digest: self.texts[digest], self.journal):
            agreement = outcome.agreement
            records.apply(outcome.changes)
            then.append(outcome.consequences)
        return agreement, records, then

    def copy_records(self) -> InMemory:
        """Return the records, to be written on."""
        records = InMemory()
        records.claims, records.periods = dict(self.records.claims), dict(self.records.periods)
        return records


def check_same(course: Course, agreement: Agreement, records: InMemory) -> None:
    """Fail where an agreement with its records differs from ``course``; order aside."""
    zone = course.definition.calendar.zone
    for name, duty in course.agreement.obligations.items():
        ours = _facts(zone, course.records, name, duty)
        theirs = _facts(zone, records, name, agreement.obligations[name])
        for field, value in ours.items():
            assert theirs[field] == value, f"{name}.{field}"
    for entry, claim in course.records.claims.items():
        assert records.claims[entry] == claim


def _facts(zone: Zone, records: InMemory, name: str, duty: Duty) -> dict[str, Any]:
    facts = {f: getattr(duty, f) for f in duty.__struct_fields__ if f != "latest"}
    state = facts.pop("of_form")
    facts |= {f: getattr(state, f) for f in state.__struct_fields__} | {"form": type(state)}
    settled = {p.first: p for (n, _), p in records.periods.items() if n == name}
    facts["periods"] = {
        first: p
        for first, p in (settled | {p.first: p for p in duty.periods}).items()
        if p.is_judged or p.claims or p.measured is not None
    }
    facts["spans"] = sorted(duty.spans, key=lambda span: span.entry)
    # Debts of one day that are met are kept as one.
    facts["debts"] = Counter()
    for debt in state.debts if isinstance(state, InReturnState) else ():
        facts["debts"][debt.driver, debt.category, zone.day(debt.begun)] += debt.units
    facts["waits"] = [(w.ends, w.amounts, sorted(w.claims)) for w in duty.waits]
    return facts
