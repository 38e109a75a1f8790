"""Parts of pages: entries, their moments, and what followed from them."""

from collections.abc import Iterable

from phaseflow.cli.terminal import wrapped
from phaseflow.journal.entry import Entry
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.statement import Consequence
from phaseflow.service.words.sentences import (
    followed,
    followed_in_short,
    moment,
)
from phaseflow.storage.port import Header

REHEARSAL = "REHEARSAL: its clock is not the real one"


def mark(header: Header) -> list[str]:
    """Return what every page about a rehearsal says first; of other agreements, nothing."""
    return [REHEARSAL] if header.is_rehearsal else []


def of_rehearsal(header: Header) -> str:
    """Return how an entry is told from one that counts; empty where it counts."""
    return f" of the rehearsal {header.label}" if header.is_rehearsal else ""


def moments(definition: Definition, first_day: Date | None, entry: Entry) -> list[str]:
    """Return when it happened, and when it was recorded."""
    recorded = moment(definition, When(Instant.parse_iso(entry.recorded_at)), first_day)
    occurred = moment(definition, entry.stmt.occurred, first_day)
    return [f"  occurred {occurred}", f"  recorded {recorded}"]


def in_short(
    definition: Definition, first_day: Date | None, then: Iterable[Consequence], indent: int = 4
) -> list[str]:
    """Return what follows, a line each; what merely comes into force, together."""
    lines = []
    for at, sentence in followed_in_short(then):
        when = moment(definition, When.parse(at), first_day)
        lines += wrapped(f"{when}  {sentence}", indent=indent + 4, first=" " * indent)
    return lines


def consequences_whole(
    definition: Definition, first_day: Date | None, then: Iterable[Consequence]
) -> list[str]:
    """Return all that follows, each with its moment and its grounds."""
    lines = []
    for consequence in then:
        at = moment(definition, When.parse(consequence.at), first_day)
        lines += wrapped(f"{at}  {followed(consequence)}", indent=8, first="    ")
        lines += grounds(consequence)
    return lines


def grounds(consequence: Consequence) -> list[str]:
    """Return what the guards read by which an act was refused."""
    if consequence.kind != "refused":
        return []
    values = [v for reason in consequence.body["reasons"] for v in reason["values"].items()]
    return [line for name, value in values for line in wrapped(f"{name} is {value}", indent=8)]
