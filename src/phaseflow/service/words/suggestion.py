"""What was probably meant, as part of a message."""

from collections.abc import Collection

from phaseflow.model.near_miss import near_miss


def suggestion(name: str, known: Collection[str]) -> str:
    """Return a near miss as a clause, or nothing.

    >>> suggestion("hammas", ["israel", "hamas"])
    "; did you mean 'hamas'?"
    """
    close = near_miss(name, known)
    return f"; did you mean {close!r}?" if close else ""
