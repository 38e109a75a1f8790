"""Entries as people read them: one that was filed, one whole, many in a table."""

from collections.abc import Iterable, Iterator

from phaseflow.cli.terminal import heading, table, wrapped
from phaseflow.journal.entry import Entry
from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.statement import Consequence
from phaseflow.model.visible import clean
from phaseflow.service.history import History, ShownEntry
from phaseflow.service.open import Opened
from phaseflow.service.record import Filed
from phaseflow.service.tick import Ticked
from phaseflow.service.words.sentences import (
    content,
    followed,
    followed_in_short,
    moment,
    said,
    words,
)
from phaseflow.storage.port import Header

NO_ENTRIES = "no entries fit"
REHEARSAL = "REHEARSAL: its clock is not the real one"


def mark(header: Header) -> list[str]:
    """Return what every page about a rehearsal says first; of other agreements, nothing."""
    return [REHEARSAL] if header.is_rehearsal else []


def filed_page(filed: Filed) -> str:
    """Return what was filed, or would be, and what follows from it."""
    place, entry = filed.place, filed.entry
    lines = [
        heading(f"{_verb(filed)} entry {entry.seq}{of_rehearsal(place.header)}: {said(entry.stmt)}")
    ]
    if filed.stood:
        lines.append("  This consent stands already, and is not filed again.")
    if filed.is_refused:
        lines.append("  It is refused, and stands on record with its reasons.")
    lines += _moments(place.definition, place.agreement.first_day, entry)
    for tick in filed.ticks:
        lines.append(f"  Before it, time had passed (entry {tick.seq}):")
        lines += in_short(place.definition, place.agreement.first_day, tick.then)
    if entry.then:
        lines.append("  From it follows:")
        lines += in_short(place.definition, place.agreement.first_day, entry.then)
        lines += [line for consequence in entry.then for line in _grounds(consequence)]
    lines += _surplus(filed)
    awaited = _awaited(filed)
    if awaited:
        lines += wrapped(f"Consent given; awaited: {', '.join(awaited)}.", indent=2)
    if not filed.is_dry_run:
        lines.append(f"  hash {filed.hash}")
    return "\n".join(lines)


def _surplus(filed: Filed) -> list[str]:
    figures = filed.surplus
    if figures is None:
        return []
    text = (
        f"{figures.obligation}: reported in all {figures.reported} of {figures.total} owed: "
        f"{figures.reported - figures.total} beyond what the text owes"
    )
    return wrapped(text, indent=2, first="  ")


def opened_page(opened: Opened) -> str:
    """Return what was opened, or would be."""
    header = opened.place.header
    verb = "would open" if opened.is_dry_run else "opened"
    if opened.is_repeat:
        verb = "had opened before, under the same nonce:"
    what = "rehearsal" if header.is_rehearsal else "agreement"
    lines = [
        heading(f"{verb} the {what} {header.label}"),
        f"  id    {header.id}",
        f"  text  {opened.place.definition.title}, edition {opened.place.definition.edition}",
        f"        {header.definition}",
        f"  state {opened.place.agreement.leaf}",
    ]
    if not opened.is_dry_run:
        lines += wrapped(
            "Print the id on the paper agreement: whoever knows it can check the journal.", indent=2
        )
    return "\n".join(lines)


def ticked_page(ticked: Iterable[Ticked]) -> Iterator[str]:
    """Yield what was recorded for each agreement."""
    for one in ticked:
        place = one.place
        what = of_rehearsal(place.header) or f" of {place.header.label}"
        yield heading(f"filed entry {one.entry.seq}{what}: time has passed")
        yield from _consequences(place.definition, place.agreement.first_day, one.entry.then)


def entry_page(history: History) -> str:
    """Return one entry whole."""
    shown = history.entries[0]
    entry, statement = shown.entry, shown.entry.stmt
    definition, first_day = history.definition, history.first_day
    lines = [
        *mark(history.header),
        heading(f"entry {entry.seq} of {history.header.label}"),
        *wrapped(said(statement), indent=2),
        *_moments(definition, first_day, entry),
    ]
    if "text" in statement.body:
        lines += ["  Its words:", *wrapped(_disclosed(history, statement.body["text"]), indent=4)]
    for source in statement.body.get("sources", ()):
        lines += wrapped(f"source {_disclosed(history, source)}", indent=2)
    for digest in statement.body.get("evidence", ()):
        lines.append(f"  evidence {digest}")
    lines.append("  From it follows:" if entry.then else "  Nothing else follows from it.")
    lines += _consequences(definition, first_day, entry.then)
    if statement.seen is not None:
        lines.append(f"  its author had seen entry {statement.seen.seq}")
    lines += [
        f"  nonce {statement.nonce}",
        f"  {'UNSIGNED' if entry.sig is None else 'signed'}",
        f"  prev  {entry.prev}",
        f"  hash  {shown.row.hash}",
    ]
    return "\n".join(lines)


def _disclosed(history: History, said_: object) -> str:
    """Return words; private ones with what they are, where that is kept here."""
    if not isinstance(said_, dict):
        return words(said_)
    known = history.disclosed.get(said_["@commit"])
    return words(said_) if known is None else f"{words(said_)} {known}"


def history_page(history: History) -> str:
    """Return the entries as a table."""
    if not history.entries:
        return "\n".join([*mark(history.header), NO_ENTRIES])
    rows = [_row(history.definition, shown) for shown in history.entries]
    headings = ["Entry", "Recorded", "Who", "Kind", "What"]
    entries = table(headings, rows, flexible=4, right=[0], lines=2, shrink=2)
    return "\n".join([*mark(history.header), *entries])


def _row(definition: Definition, shown: ShownEntry) -> list[str]:
    entry = shown.entry
    at = definition.calendar.zone.local(Instant.parse_iso(entry.recorded_at))
    return [str(entry.seq), at[:16], entry.stmt.actor, entry.stmt.kind, clean(_what(entry))]


def _what(entry: Entry) -> str:
    statement = entry.stmt
    parts = [content(statement)]
    if statement.kind == "tick":
        parts += map(followed, entry.then)
    else:
        parts += (followed(c) for c in entry.then if c.kind in ("move", "refused", "amended"))
    if "text" in statement.body and statement.kind not in ("tick", "open"):
        parts.append(words(statement.body["text"]))
    return "; ".join(filter(None, parts))


def of_rehearsal(header: Header) -> str:
    """Return how an entry is told from one that counts; empty where it counts."""
    return f" of the rehearsal {header.label}" if header.is_rehearsal else ""


def _verb(filed: Filed) -> str:
    if filed.stood:
        return "stands since"
    if filed.is_dry_run:
        return "would file"
    return "had filed before, under the same nonce," if filed.is_repeat else "filed"


def _moments(definition: Definition, first_day: Date | None, entry: Entry) -> list[str]:
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


def _consequences(
    definition: Definition, first_day: Date | None, then: Iterable[Consequence]
) -> list[str]:
    lines = []
    for consequence in then:
        at = moment(definition, When.parse(consequence.at), first_day)
        lines += wrapped(f"{at}  {followed(consequence)}", indent=8, first="    ")
        lines += _grounds(consequence)
    return lines


def _grounds(consequence: Consequence) -> list[str]:
    if consequence.kind != "refused":
        return []
    values = [v for reason in consequence.body["reasons"] for v in reason["values"].items()]
    return [line for name, value in values for line in wrapped(f"{name} is {value}", indent=8)]


def _awaited(filed: Filed) -> tuple[str, ...]:
    """Return whose consent is still needed to what was advanced, or proposed."""
    body, place = filed.entry.stmt.body, filed.place
    if filed.entry.stmt.kind not in ("advance", "amend"):
        return ()
    if filed.is_repeat and not filed.stood:
        return ()
    if filed.entry.stmt.kind == "amend":
        owners = place.definition.amended_by
        given = place.agreement.amendments.get(body["definition"])
    else:
        owners = place.definition.transitions[body["transition"]].owners
        given = place.agreement.consents.get(body["transition"])
    return owners.awaited(given) if owners is not None and given else ()
