"""Drawing the states of a definition, or of an agreement with the way it came."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Literal

import msgspec

from phaseflow.drawing.course import Course, Taken
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.states.diagram import Picture, picture
from phaseflow.drawing.states.dot import dot
from phaseflow.drawing.states.mermaid import mermaid
from phaseflow.journal.entry import read_entry
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import Consequence
from phaseflow.service import definitions
from phaseflow.service.agreement import look
from phaseflow.service.recorder_clock import moment_of_reading
from phaseflow.service.status import View, view
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store, Transaction

if TYPE_CHECKING:
    from phaseflow.service.rehearse import Script

PictureFormat = Literal["mermaid", "dot", "svg", "png"]

_BEGINNING = Instant.from_timestamp(0)


def of_definition(source: bytes, file: str) -> Picture:
    """Return the picture of the definition that ``source`` spells.

    Raises:
        DefinitionInvalid: with every fault, if there is any.
    """
    return picture(definitions.check(source, file))


def of_agreement(store: Store, name: str, now: str | None = None) -> Picture:
    """Return the picture of an agreement as it stands now, with the way it came.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal.
    """
    with store.read() as transaction:
        place = look(transaction, name)
        seen = view(place, moment_of_reading(transaction, place, now))
        return picture(place.definition, course(transaction, seen))


def of_rehearsal(script: "Script") -> Picture:
    """Return the picture of an agreement after the last event of a scenario.

    Raises:
        DefinitionInvalid: one of the files has faults.
        StatementInvalid: it has no events.
    """
    from phaseflow.service.rehearse import play  # noqa: PLC0415  YAML and pydantic

    store = MemoryStore(lambda: _BEGINNING)
    seen = play(store, script, label=None).view
    with store.read() as transaction:
        return picture(seen.place.definition, course(transaction, seen))


def drawn(picture: Picture, form: PictureFormat) -> bytes:
    """Return ``picture`` in that form.

    Raises:
        NotDrawn: it needs a renderer that is not installed.
    """
    match form:
        case "mermaid":
            return mermaid(picture).encode()
        case "dot":
            return dot(picture).encode()
        case "svg" | "png":
            return rendered(dot(picture), form)


def course(transaction: Transaction, seen: View) -> Course:
    """Return what has become of an agreement; moves not yet recorded included."""
    place = seen.place
    rows = transaction.entries(place.header.id)
    recorded = (consequence for row in rows for consequence in read_entry(row.line).then)
    name = place.header.label
    return Course(
        label=f"rehearsal {name}" if place.header.is_rehearsal else name,
        leaf=place.agreement.leaf,
        at=seen.at,
        first_day=place.agreement.first_day,
        taken=tuple(_taken(transaction, chain(recorded, seen.not_yet_recorded))),
        accounts=seen.accounts,
    )


def _taken(transaction: Transaction, then: Iterable[Consequence]) -> list[Taken]:
    """Return the moves that were made, by the names that states have in the text in effect."""
    found: list[Taken] = []
    for consequence in then:
        body = consequence.body
        if consequence.kind == "move":
            at = Instant.parse_iso(consequence.at)
            found.append(
                Taken(transition=body["transition"], source=body["from"], target=body["to"], at=at)
            )
        elif consequence.kind == "amended":
            names = definitions.stored(transaction, body["definition"]).renames
            found = [
                msgspec.structs.replace(
                    one,
                    source=names.get(one.source, one.source),
                    target=names.get(one.target, one.target),
                )
                for one in found
            ]
    return found
