"""What was due against what was delivered, from the text and from the journal."""

from typing import TYPE_CHECKING, Literal

from phaseflow.drawing.raster import png
from phaseflow.drawing.timeline.build_timeline import timeline
from phaseflow.drawing.timeline.chart import chart
from phaseflow.drawing.timeline.lanes import Timeline
from phaseflow.drawing.timeline.text import strip
from phaseflow.model.calendar import Instant
from phaseflow.model.visible import clean
from phaseflow.service.agreement import look
from phaseflow.service.draw import course
from phaseflow.service.recorder_clock import moment_of_reading
from phaseflow.service.status import View, view
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Filter, Store, Transaction

if TYPE_CHECKING:
    from phaseflow.service.rehearse import Script

ChartFormat = Literal["text", "svg", "png"]

_BESIDE = ("measure", "allege")
"""The reports that are not the obligor's own word."""
_BEGINNING = Instant.from_timestamp(0)


def timeline_of_agreement(store: Store, name: str, now: str | None = None) -> Timeline:
    """Return what was due in an agreement against what was delivered, as it stands now.

    Raises:
        StatementInvalid: there is no such agreement, or ``now`` is given and it
            is no rehearsal.
    """
    with store.read() as transaction:
        place = look(transaction, name)
        return _timeline(transaction, view(place, moment_of_reading(transaction, place, now)))


def timeline_of_rehearsal(script: "Script") -> Timeline:
    """Return what was due against what was delivered after the last event of a scenario.

    Raises:
        DefinitionInvalid: one of the files has faults.
        StatementInvalid: it has no events.
    """
    from phaseflow.service.rehearse import play  # noqa: PLC0415  YAML and pydantic

    store = MemoryStore(lambda: _BEGINNING)
    seen = play(store, script, label=None).view
    with store.read() as transaction:
        return _timeline(transaction, seen)


def charted(line: Timeline, form: ChartFormat) -> bytes:
    """Return a timeline in that form.

    Raises:
        NotDrawn: it needs a renderer that is not installed.
    """
    match form:
        case "text":
            return clean(strip(line)).encode()
        case "svg":
            return chart(line).encode()
        case "png":
            return png(chart(line))


def _timeline(transaction: Transaction, seen: View) -> Timeline:
    place = seen.place
    rows = list(transaction.entries(place.header.id, Filter(kinds=_BESIDE)))
    beside = [claim for row in rows if (claim := place.records.claim(row.seq)) is not None]
    taken = course(transaction, seen)
    return timeline(place.definition, place.agreement, place.records, taken, beside)
