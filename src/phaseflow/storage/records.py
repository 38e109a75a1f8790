"""What reports came to, read from the database by key while a step is worked out."""

from collections.abc import Callable, Iterable
from typing import Any

from phaseflow.model.agreement import Claim, Period, decode
from phaseflow.model.calendar import Date
from phaseflow.storage import statements as sql


class SqlRecords:
    """What the reports of one agreement came to, read by key."""

    def __init__(self, scalars: Callable[..., Any], agreement: str) -> None:
        """Read by ``scalars``, which runs a statement and gives the first column it finds."""
        self._scalars = scalars
        self._agreement = agreement

    def claim(self, entry: int) -> Claim | None:
        """Return the claim that ``entry`` made."""
        body = self._bodies(sql.CLAIM, seq=entry).first() if entry <= sql.LAST else None
        return None if body is None else decode(body, Claim)

    def claims_between(self, obligation: str, first: Date, last: Date) -> Iterable[Claim]:
        """Yield the ``perform`` claims of ``obligation`` near those days, by entry."""
        early, late = first.add(days=-1).format_iso(), last.add(days=1).format_iso()
        found = self._bodies(sql.CLAIMS_BETWEEN, obligation=obligation, first=early, last=late)
        return [decode(body, Claim) for body in found]

    def period(self, obligation: str, first: Date) -> Period | None:
        """Return the settled period of ``obligation`` that begins on ``first``."""
        found = self._bodies(sql.PERIOD, obligation=obligation, first=first.format_iso())
        body = found.first()
        return None if body is None else decode(body, Period)

    def _bodies(self, statement: Any, **values: object) -> Any:
        return self._scalars(statement, {"this": self._agreement} | values)
