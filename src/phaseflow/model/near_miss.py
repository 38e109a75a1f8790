"""Which of several names was probably meant by another."""

from collections.abc import Iterable
from difflib import get_close_matches


def near_miss(name: str, options: Iterable[str], *, alike: float = 0.6) -> str | None:
    """Return the one of ``options`` that ``name`` is probably a slip for, or None.

    ``alike`` is the least that both must have in common, at most 1: the ratio
    of :class:`difflib.SequenceMatcher`.

    >>> near_miss("suplier", ["city", "supplier"])
    'supplier'
    >>> near_miss("arbitrator", ["guarantor"]), near_miss("arbitrator", ["guarantor"], alike=0.7)
    ('guarantor', None)
    """
    close = get_close_matches(name, options, n=1, cutoff=alike)
    return close[0] if close else None
