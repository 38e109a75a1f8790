"""A small stage for engine tests: one agreement, said in local time, stepped in memory."""

from phaseflow.engine.outcome import Account, Outcome, Refusal
from phaseflow.engine.outlook import account
from phaseflow.engine.step import begin, catch_up, foresee, step
from phaseflow.language.parse import parse_definition
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.state import Agreement, Due, Duty, InMemory
from phaseflow.model.statement import Consequence, Reason, Statement

HEADER = """\
phaseflow: 1
name: example
edition: "1"
title: An example
calendar: {time_zone: Europe/Berlin, day_1: running}
parties:
  seller: {title: Seller, role: signatory}
  buyer: {title: Buyer, role: signatory}
  judge: {title: Judge, role: verifier}
  clerk: {title: Clerk, role: verifier}
  auditor: {title: Auditor, role: verifier}
initial: running
states:
  running: {title: Running}
  paused: {title: Paused, deadlines: toll}
  later: {title: Later}
  done: {title: Done, final: success}
transitions:
  - {name: pause, from: running, to: paused, by: seller}
  - {name: resume, from: paused, to: previous, by: seller}
  - {name: go_on, from: running, to: later, by: seller}
  - {name: finish, from: [running, later], to: done, by: {all: signatories}}
amendments: {by: {all: signatories}}
"""
"""Day 1 is the day on which the world begins: 1 March 2025."""


class World:
    """An agreement of ``text``, opened on ``opened`` (local, Europe/Berlin)."""

    def __init__(self, text: str, opened: str = "2025-03-01T09:00") -> None:
        self.signed_under: str | None = None
        self.texts: dict[str, str] = {}
        self.editions: dict[str, Definition] = {}
        self.definition = self._edition(text)
        self.zone = self.definition.calendar.zone
        self.records = InMemory()
        self.now = self.moment(opened)
        self.consequences: list[Consequence] = []
        self._keep(begin(self.definition, self.now))

    def moment(self, text: str) -> Instant:
        """Return the instant of a local ``text``; of a day, noon."""
        day, _, time = text.partition("T")
        return self.zone.at(Date.parse_iso(day), time or "12:00")

    def _edition(self, text: str) -> Definition:
        edition = parse_definition(text.encode(), "example.yaml")
        self.texts[edition.digest], self.editions[edition.digest] = text, edition
        return edition

    def edition(self, *changes: tuple[str, str]) -> str:
        """Return the digest of the text in effect with ``changes``: what is written, and what instead."""
        text = self.texts[self.definition.digest]
        for written, instead in changes:
            assert written in text, written
            text = text.replace(written, instead)
        return self._edition(f"{text}\n# edition {len(self.editions) + 1}\n").digest

    def amend(self, at: str, *changes: tuple[str, str]) -> list[Consequence]:
        """Let all consent at ``at`` to the text with ``changes``; return what followed."""
        edition = self.edition(*changes)
        self.tick(at)
        count = len(self.consequences)
        assert self.definition.amended_by is not None
        for actor in self.definition.amended_by.members:
            self.say(actor, "amend", at, definition=edition)
        assert self.definition.digest == edition
        return self.consequences[count:]

    def _keep(self, outcome: Outcome) -> None:
        self.agreement = outcome.agreement
        self.definition = self.editions[self.agreement.definition]
        self.records.apply(outcome.changes)
        self.consequences += outcome.consequences

    def tick(self, at: str) -> None:
        """Let time pass to ``at``."""
        self.now = max(self.now, self.moment(at))
        while True:
            due = catch_up(self.definition, self.agreement, self.records, self.now)
            if due is None:
                return
            self._keep(due)

    def attempt(
        self, actor: str, kind: str, at: str, occurred: str | None = None, **body: object
    ) -> Outcome | Refusal:
        """Say something at ``at``; keep what follows, if it is granted."""
        self.tick(at)
        happened = occurred or at
        when = When(self.moment(happened)) if "T" in happened else When(Date.parse_iso(happened))
        statement = Statement(
            agreement="0" * 64,
            definition=self.signed_under or self.definition.digest,
            actor=actor,
            kind=kind,
            body=body,
            nonce="0" * 32,
            occurred_at=str(when),
        )
        edition = self.editions.get(str(body["definition"])) if kind == "amend" else None
        answer = step(self.definition, self.agreement, self.records, statement, self.now, edition)
        if isinstance(answer, Outcome):
            self._keep(answer)
        return answer

    def say(
        self, actor: str, kind: str, at: str, occurred: str | None = None, **body: object
    ) -> int:
        """Say something that is granted; return its entry."""
        answer = self.attempt(actor, kind, at, occurred, **body)
        assert isinstance(answer, Outcome), answer
        return answer.agreement.position - 1

    def refused(self, actor: str, kind: str, at: str, **body: object) -> tuple[Reason, ...]:
        """Say something that is refused; return why."""
        answer = self.attempt(actor, kind, at, None, **body)
        assert isinstance(answer, Refusal), answer
        return answer.reasons

    @property
    def seen(self) -> Agreement:
        """The agreement as it stands now; what has no consequence is not kept before the next step."""
        return foresee(self.definition, self.agreement, self.records, self.now).agreement

    def account(self, name: str) -> Account:
        """Return an obligation in figures."""
        return account(self.definition, self.seen, name)

    def duty(self, name: str) -> Duty:
        """Return what has become of an obligation."""
        return self.seen.obligations[name]

    def due(self, name: str, due: str) -> Due:
        """Return one due of an obligation."""
        return next(d for d in self.duty(name).dues if d.name == due)

    def standing(self, name: str) -> str:
        """Return the standing of the whole of an obligation."""
        return self.duty(name).standing

    def changes(self, name: str) -> list[tuple[str, str]]:
        """Return the local moments at which the whole of an obligation changed, and to what."""
        return [
            (self.zone.local(Instant.parse_iso(c.at)), c.body["to"])
            for c in self.consequences
            if c.kind == "standing" and c.body["obligation"] == name and "due" not in c.body
        ]
