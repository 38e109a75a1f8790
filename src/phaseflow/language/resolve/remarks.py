"""What a definition says for people only."""

from phaseflow.language.document import Remarked, listed
from phaseflow.model.remarks import Remarks


def remarks(form: Remarked | None) -> Remarks:
    """Return what ``form`` says for people."""
    if form is None:
        return Remarks()
    return Remarks(
        title=form.title,
        clause=form.clause,
        source=tuple(text for text, _ in listed(form.source, ()) if text),
        confidence=form.confidence,
        note=form.note,
    )
