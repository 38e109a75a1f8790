"""What reports came to, read from the database by key while a step is worked out."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from phaseflow.errors import StoreUnavailable
from phaseflow.model.calendar import Date
from phaseflow.model.state import Agreement, Claim, RatePeriod, decode
from phaseflow.storage import queries as sql

T = TypeVar("T", Agreement, Claim, RatePeriod)


def projected(text: str, kind: type[T]) -> T:
    """Return what a table of present state holds.

    Raises:
        StoreUnavailable: it has the form of another version of the program.
    """
    try:
        return decode(text, kind)
    except msgspec.ValidationError as error:
        msg = (
            "the tables of present state have the form of another version of phaseflow; "
            "`phaseflow db rebuild` computes them anew from the journal"
        )
        raise StoreUnavailable(msg) from error


class SqlRecords:
    """What the reports of one agreement came to, read by key."""

    def __init__(self, scalars: Callable[..., Any], agreement: str) -> None:
        """Read by ``scalars``, which runs a statement and gives the first column it finds."""
        self._scalars = scalars
        self._agreement = agreement

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""
        body = self._bodies(sql.CLAIM, seq=entry).first() if entry <= sql.LAST else None
        return None if body is None else projected(body, Claim)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Yield the ``perform`` claims of ``obligation`` near those days, by entry."""
        early, late = first.add(days=-1).format_iso(), last.add(days=1).format_iso()
        found = self._bodies(sql.CLAIMS_BETWEEN, obligation=obligation, first=early, last=late)
        return [projected(body, Claim) for body in found]

    def period(self, obligation: str, first: Date) -> RatePeriod | None:
        """Return the settled period of ``obligation`` that begins on ``first``."""
        found = self._bodies(sql.PERIOD, obligation=obligation, first=first.format_iso())
        body = found.first()
        return None if body is None else projected(body, RatePeriod)

    def _bodies(self, statement: Any, **values: object) -> Any:
        return self._scalars(statement, {"this": self._agreement} | values)
