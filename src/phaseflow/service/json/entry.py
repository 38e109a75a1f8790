"""An entry of a journal: `show --json`."""

from phaseflow.journal.entry import Entry
from phaseflow.service.history import History
from phaseflow.service.json.document import JsonDocument, Schema, plain
from phaseflow.service.words.sentences import followed, said


def entry_document(entry: Entry) -> JsonDocument:
    """Return an entry, its members as in the journal format."""
    return plain(entry)


def shown_document(history: History) -> JsonDocument:
    """Return one entry of a journal, with what it says and what follows in sentences."""
    shown = history.entries[0]
    return {
        "schema": Schema.ENTRY.value,
        "id": history.header.id,
        "label": history.header.label,
        "rehearsal": history.header.is_rehearsal,
        "hash": shown.row.hash,
        "said": said(shown.entry.stmt),
        "followed": [followed(consequence) for consequence in shown.entry.then],
        "disclosed": history.disclosed,
        "entry": entry_document(shown.entry),
    }
