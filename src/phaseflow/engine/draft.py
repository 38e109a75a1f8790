"""The copy of an agreement that a step writes on, with what it reads and has written."""

from collections.abc import Iterator

from phaseflow.engine.facts import Facts
from phaseflow.model.calendar import Date, Instant, Zone
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.state import Agreement, Changes, Claim, Duty, Records, copy
from phaseflow.model.statement import Consequence


class Draft:
    """A step in progress: nothing of it is kept unless the step comes to its end.

    ``agreement`` is a copy, and so is every record it hands out; the given ones
    stay as they were. ``facts`` are those of the copy, at each moment.
    """

    def __init__(
        self,
        definition: Definition,
        agreement: Agreement,
        records: Records,
        edition: Definition | None = None,
    ) -> None:
        """Begin a step from ``agreement``; ``edition`` is the text that it may propose."""
        self.definition = definition
        self.edition = edition
        self.agreement = copy(agreement)
        self.facts = Facts(definition, self.agreement)
        self.records = records
        self.changes = Changes()
        self.consequences: list[Consequence] = []

    def adopt(self, edition: Definition) -> None:
        """Read from now on by the text of ``edition``."""
        self.definition, self.facts = edition, Facts(edition, self.agreement)
        self.agreement.definition = edition.digest

    @property
    def zone(self) -> Zone:
        """The time zone of the agreement."""
        return self.definition.calendar.zone

    def duty(self, obligation: str) -> Duty:
        """Return what has become of an obligation, to be written on."""
        return self.agreement.obligations[obligation]

    def duties(self) -> Iterator[tuple[Obligation, Duty]]:
        """Yield every obligation with what has become of it, in the order of the file."""
        for name, obligation in self.definition.obligations.items():
            yield obligation, self.agreement.obligations[name]

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made, to be written on and :meth:`keep` kept."""
        if entry in self.changes.claims:
            return self.changes.claims[entry]
        found = self.records.claim(entry)
        return None if found is None else copy(found)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterator[Claim]:
        """Yield its ``perform`` claims near those days, as this step has them, by entry."""
        entries = {c.entry for c in self.records.claims_between(obligation, first, last)}
        entries |= {e for e, c in self.changes.claims.items() if c.obligation == obligation}
        for entry in sorted(entries):
            claim = self.claim(entry)
            if claim is not None and claim.kind == "perform":
                yield claim

    def keep(self, claim: Claim) -> None:
        """Write ``claim``."""
        self.changes.claims[claim.entry] = claim

    def emit(self, at: Instant, kind: str, **body: object) -> None:
        """Add a consequence; members that are None are left out."""
        known = {name: value for name, value in body.items() if value is not None}
        self.consequences.append(Consequence(at=at.format_iso(), kind=kind, body=known))
