"""Words that are kept back: commitments in the journal, and what discloses them, apart."""

from collections.abc import Callable, Iterable

import msgspec
from msgspec import UNSET

from phaseflow.journal.privacy import Opening
from phaseflow.model.statement import Body, Commitment


def withheld(body: Body, draw_salt: Callable[[], str]) -> tuple[Body, tuple[Opening, ...]]:
    """Return ``body`` with commitments to its words, and the openings that disclose them.

    ``draw_salt`` returns 32 hex digits that nobody can guess, others each time.
    """
    openings: list[Opening] = []

    def commitment_to(words: str | Commitment) -> Commitment:
        if isinstance(words, Commitment):
            return words
        openings.append(Opening(draw_salt(), words))
        return Commitment(openings[-1].commitment)

    text, sources = body.text, body.sources
    if text is not UNSET:
        text = commitment_to(text)
    if sources is not UNSET:
        sources = [commitment_to(source) for source in sources]
    return msgspec.structs.replace(body, text=text, sources=sources), tuple(openings)


def openings_file(openings: Iterable[Opening]) -> bytes:
    """Return the content of a file that discloses private words, a line for each."""
    return "".join(opening.line for opening in openings).encode()
