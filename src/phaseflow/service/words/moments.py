"""Moments as people write them, in the time zone of the agreement."""

import re

from phaseflow.errors import StatementInvalid
from phaseflow.model.calendar import Instant, When, Zone

_FAR = re.compile(r"[03-9]\d{3}-", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)", re.ASCII)
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z", re.ASCII)


def moment(zone: Zone, text: str, member: str) -> When:
    """Return the day or instant that ``text`` names.

    A day and a time without ``Z`` are of the agreement's time zone. ``member``
    names it in the message.

    >>> zone = Zone("Asia/Jerusalem")
    >>> moment(zone, "2025-02-08", "at"), moment(zone, "2025-02-08T12:00", "at")
    (When('2025-02-08'), When('2025-02-08T10:00:00Z'))

    Raises:
        StatementInvalid: it is spelled otherwise, or is no moment of the calendar.
    """
    if _FAR.match(text):
        msg = f"{member} {text!r} is too far away; write a year from 1000 to 2999"
        raise StatementInvalid(msg)
    try:
        if _DAY.fullmatch(text):
            return When.parse(text)
        if found := _LOCAL.fullmatch(text):
            day = When.parse(found[1]).value
            return When(zone.at(day, found[2]))  # type: ignore[arg-type]
        if _UTC.fullmatch(text):
            return When.parse(text)
    except ValueError:
        pass
    msg = (
        f"{member} {text!r} is no moment; write 2025-02-08 or 2025-02-08T12:00 "
        f"(time of {zone.name}), or 2025-02-08T10:00:00Z (UTC)"
    )
    raise StatementInvalid(msg)


def instant(zone: Zone, text: str, member: str) -> Instant:
    """Return the instant that ``text`` names; of a day, its beginning.

    Raises:
        StatementInvalid: it is no moment.
    """
    return zone.opening(moment(zone, text, member))
