"""What a new edition would do to an agreement, told before anybody consents to it."""

import msgspec

from phaseflow.engine.amounts import total
from phaseflow.engine.outcome import Account, Refusal
from phaseflow.engine.outlook import account
from phaseflow.engine.step import adopted
from phaseflow.model.calendar import When
from phaseflow.model.definition import Definition, Guard
from phaseflow.model.state import Agreement, Due
from phaseflow.model.statement import Consequence, Reason
from phaseflow.service import definitions
from phaseflow.service.agreement import look
from phaseflow.service.recorder_clock import moment_of_reading
from phaseflow.service.status import Proposal, View, proposals, view
from phaseflow.service.texts_alike import pending_like
from phaseflow.storage.port import Store


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A due that an amendment changes; None on the side on which it does not exist."""

    obligation: str
    name: str
    before: Due | None
    after: Due | None


class AmendedDuty(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation before and after an amendment; None if that text does not have it."""

    obligation: str
    before: Account | None
    after: Account | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would follow if everybody consented to ``edition`` now.

    ``reasons`` are what keeps it from taking effect; then nothing follows, and
    there is no ``after``. ``given`` and ``awaited`` are the consents to it.
    ``alike`` is another text, in effect or proposed, that reads the same.
    """

    before: View
    edition: Definition
    given: tuple[str, ...]
    awaited: tuple[str, ...]
    reasons: tuple[Reason, ...]
    after: Agreement | None
    effects: tuple[AmendedDuty, ...]
    moved: tuple[Moved, ...]
    consequences: tuple[Consequence, ...]
    alike: Definition | None = None

    @property
    def rivals(self) -> tuple[Proposal, ...]:
        """Other editions that somebody has consented to; the consents to them would lapse."""
        return tuple(
            one for one in self.before.proposals if one.edition.digest != self.edition.digest
        )

    @property
    def waived_no_more(self) -> list[tuple[str, str]]:
        """The guards that would have to hold again, each with its transition."""
        if self.after is None:
            return []
        place = self.before.place
        before = _waived(place.definition, place.agreement)
        after = _waived(self.edition, self.after)
        return [(name, guard.text) for name, guard in before if not _asks_one(after, name, guard)]

    @property
    def unsaid(self) -> dict[str, bool | int | str]:
        """The findings that would not stand any more."""
        if self.after is None:
            return {}
        made = self.before.place.agreement.findings
        return {name: value for name, value in made.items() if name not in self.after.findings}

    @property
    def undated(self) -> dict[str, int]:
        """What would be owed and never due, by obligation: a due that was met keeps its need."""
        found = {}
        for effect in self.effects:
            if effect.after is None or not any(due.is_closed for due in effect.after.dues):
                continue
            obligation = self.edition.obligations[effect.obligation]
            due = max(total(obligation, due.need or {}) for due in effect.after.dues)
            found[effect.obligation] = effect.after.total - due
        return {name: units for name, units in found.items() if units > 0}


def plan(store: Store, name: str, source: bytes, file: str, now: str | None = None) -> Plan:
    """Return what the edition in ``source`` would do to an agreement; nothing is filed.

    ``file`` names it in faults; ``now`` is the moment_of_reading of a rehearsal.

    Raises:
        DefinitionInvalid: the edition has faults.
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal.
    """
    edition = definitions.check(source, file)
    with store.read() as transaction:
        place = look(transaction, name)
        seen = view(place, moment_of_reading(transaction, place, now))
        seen = msgspec.structs.replace(seen, proposals=proposals(transaction, seen.place))
        old, agreement = seen.place.definition, seen.place.agreement
        given = tuple(agreement.amendments.get(edition.digest, ()))
        alike = pending_like(transaction, place, edition)
        answer = adopted(old, agreement, seen.place.records, edition, seen.at)
    before = {one.obligation: one for one in seen.accounts}
    after: dict[str, Account] = {}
    reasons: tuple[Reason, ...] = ()
    if isinstance(answer, Refusal):
        reasons = answer.reasons
    else:
        after = {name: account(edition, answer.agreement, name) for name in edition.obligations}
    if old.amended_by is None:
        text = "the text lets nobody amend it: it has no `amendments`"
        reasons = (Reason(rule="authority", text=text), *reasons)
    names = dict.fromkeys((*after, *before)) if after else ()
    effects = tuple(
        AmendedDuty(obligation=n, before=before.get(n), after=after.get(n)) for n in names
    )
    return Plan(
        before=seen,
        edition=edition,
        given=given,
        awaited=old.amended_by.awaited(given) if old.amended_by else (),
        reasons=reasons,
        after=None if isinstance(answer, Refusal) else answer.agreement,
        effects=effects,
        moved=tuple(one for effect in effects for one in _moved(effect)),
        consequences=() if isinstance(answer, Refusal) else answer.consequences,
        alike=alike,
    )


def _waived(text: Definition, agreement: Agreement) -> list[tuple[str, Guard]]:
    """Return the guards that are waived, each with its transition."""
    keys = (key.partition("/") for key in agreement.waived_guards)
    return [(name, text.transitions[name].guards[int(place) - 1]) for name, _, place in keys]


def _asks_one(guards: list[tuple[str, Guard]], transition: str, guard: Guard) -> bool:
    return any((name, one.that) == (transition, guard.that) for name, one in guards)


def _moved(effect: AmendedDuty) -> list[Moved]:
    """Return the dues that are added, dropped, moved, or stand otherwise than before."""
    before = {due.name: due for due in effect.before.dues} if effect.before else {}
    after = {due.name: due for due in effect.after.dues} if effect.after else {}
    return [
        Moved(obligation=effect.obligation, name=name, before=old, after=new)
        for name in dict.fromkeys((*before, *after))
        if _told(old := before.get(name)) != _told(new := after.get(name))
    ]


def _told(due: Due | None) -> tuple[When | None, str, dict[str, int] | None] | None:
    return None if due is None else (due.given or due.at, due.standing, due.need)
