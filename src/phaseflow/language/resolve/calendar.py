"""The agreement's own time as written: its zone, and which day is the first."""

import re

from phaseflow.language.document import CalendarForm
from phaseflow.language.resolve.names import Scope
from phaseflow.language.suggest import NEAR
from phaseflow.model.calendar import Date, TimeZoneNotFoundError, Zone
from phaseflow.model.moment import Anchor, Calendar
from phaseflow.text.source import Path

_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_AREAS = ("Europe", "Asia", "America", "Africa", "Australia", "Pacific", "Atlantic", "Indian")
_A_MOMENT = Zone("UTC").midnight(Date(2025, 1, 1))


def resolve_zone(form: CalendarForm, scope: Scope) -> Zone:
    """Return the time zone that ``form`` names, or UTC after noting that there is none."""
    name = form.time_zone
    if _spelling(name) == name:
        return Zone(name)
    place = name.strip().replace(" ", "_").rpartition("/")[2]
    tried = map(_spelling, (name.strip(), *(f"{area}/{place}" for area in _AREAS)))
    close = next(filter(None, tried), None)
    remedy = f"{NEAR}{close!r}?" if close else "name it as in Asia/Jerusalem, or UTC"
    message = f"there is no time zone {name!r}"
    scope.faults.add("PF212", ("calendar", "time_zone"), message, remedy)
    return Zone("UTC")


def _spelling(name: str) -> str | None:
    """Return ``name`` with the capitals of the IANA database, or None if it is not in it."""
    try:
        return _A_MOMENT.to_tz(name).tz_id if _ZONE_NAME.fullmatch(name) else None
    except TimeZoneNotFoundError:
        return None


def resolve_calendar(form: CalendarForm, scope: Scope) -> Calendar:
    """Return the calendar that ``form`` says, in the zone of ``scope``; note what is wrong with it."""
    written = {0: form.day_0, 1: form.day_1}
    given = [number for number, name in written.items() if name is not None]
    if not given:
        return Calendar(scope.zone)
    if len(given) > 1:
        message = "days are numbered from day_0 or from day_1, not from both"
        scope.faults.add("PF402", ("calendar", "day_1"), message, "remove one", at_key=True)
    number = given[-1]
    scope.first_number = number
    name = written[number] or ""
    anchor = _first_day(name, ("calendar", f"day_{number}"), scope)
    return Calendar(scope.zone, 1 if number else 0, anchor)


def _first_day(name: str, path: Path, scope: Scope) -> Anchor | None:
    if name in scope.states:
        return Anchor("state", name)
    finding = scope.findings.get(name)
    if finding is not None and finding.type == "date":
        return Anchor("finding", name)
    if finding is not None:
        message = f"finding {name!r} is of type {finding.type}, not date"
        scope.faults.add("PF210", path, message, "give it type: date")
    elif not scope.is_lost(name, "states", "findings"):
        dates = [n for n, f in scope.findings.items() if f.type == "date"]
        message = f"{name!r} is neither a state nor a date finding"
        scope.faults.add("PF205", path, message, scope.faults.near(name, [*scope.states, *dates]))
    return None
