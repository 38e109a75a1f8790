"""What was probably meant: the nearest name, and the usual slips in periods, moments and figures.

Nothing is suggested that would be refused in its place.
"""

import re
from collections.abc import Iterable

from phaseflow.model.calendar import Date, parse_period
from phaseflow.model.near_miss import near_miss

NEAR = "did you mean "
NAMES_AT_MOST = 64
"""How many characters the names take that a remedy lists."""
_ALIKE = 0.7
"""How much two names have in common that one may be a slip for the other, at most 1."""
_WORD_AT_MOST = 64
_JOINT = re.compile(r"\s*(?:,|&|\+|\band\b|\bund\b|\bet\b|\by\b)\s*")
_PERIOD = re.compile(
    r"(?:p\s*t?\s*)?(\d{1,4})\s*(?:(h|hrs?|hours?)|(min|minutes?)|(d|days?)|(w|weeks?)"
    r"|(months?)|(y|years?)|)",
    re.IGNORECASE | re.ASCII,
)
_UNITS = ("PT{}H", "PT{}M", "P{}D", "P{}W", "P{}M", "P{}Y")
_TIME = r"(?:[T\s]+(?:at\s+)?(\d{1,2}:\d\d(?::\d\d)?)(?:Z|[+-]\d\d:?\d\d)?)?"
_COUNTED = re.compile(
    r"(?:within\s+)?(.{1,20}?)\s+(?:after|from|of)\s+(?:the\s+)?([a-z]\w*)", re.ASCII
)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
_DAY = re.compile(rf"(?:day)?[\s_-]*(\d{{1,5}})\.?{_TIME}", re.IGNORECASE | re.ASCII)
_DATE = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII)
_DATE_BACKWARDS = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}){_TIME}", re.ASCII)
_GROUPED = re.compile(
    r"\d{1,3}(?:(?:,\d{3})+|(?:_\d{3})+|(?:[ '\u00a0\u202f]\d{3})+|(?:\.\d{3}){2,})"
)
_UNQUOTED = re.compile(r"0|[1-9][0-9]{0,14}|true|false", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})\s*(?:percent|per\s*cent|pct|%)", re.IGNORECASE | re.ASCII)
_WITH_UNIT = re.compile(r"[^\W\d]{1,12}\s*(\d[\d,' ]*)|(\d[\d,' ]*)\s*[^\W\d]{1,12}")


def shortened(names: Iterable[str]) -> str:
    """Return ``names`` as a list that fits a line, the first of them if there are many."""
    kept: list[str] = []
    left = NAMES_AT_MOST
    for name in names:
        left -= len(name) + 2
        if kept and left < 0:
            return ", ".join([*kept, "…"])
        kept.append(name)
    return ", ".join(kept)


def nearest(name: str, options: Iterable[str]) -> str | None:
    """Return the one of ``options`` that ``name`` is probably a slip for, or None.

    Capitals, blanks and hyphens make no difference.

    >>> nearest("Automatic", ["automatic"]), nearest("suplier", ["city", "supplier"])
    ('automatic', 'supplier')
    >>> nearest("arbitrator", ["guarantor"])
    """
    if len(name) > _WORD_AT_MOST:
        return None
    folded = {_fold(option): option for option in options}
    close = near_miss(_fold(name), folded, alike=_ALIKE)
    return None if close is None else folded[close]


def _fold(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def names(text: str) -> list[str]:
    """Return the names that ``text`` lists, where it lists several in place of one.

    >>> names("in_force, suspended"), names("north and south"), names("north")
    (['in_force', 'suspended'], ['north', 'south'], [])
    """
    found = _JOINT.split(text.strip()) if len(text) <= 10 * _WORD_AT_MOST else []
    return found if len(found) > 1 and all(found) else []


def period(text: str) -> str | None:
    """Return the duration that ``text`` was probably meant to be, or None.

    >>> period("7 days"), period("P7H"), period("PT7D"), period("2 hours"), period("P7")
    ('P7D', 'PT7H', 'P7D', 'PT2H', 'P7D')
    """
    found = _PERIOD.fullmatch(text.strip()) if len(text) <= _WORD_AT_MOST else None
    if found is None:
        return None
    given = [unit for unit, written in zip(_UNITS, found.groups()[1:], strict=True) if written]
    meant = (given[0] if given else "P{}D").format(int(found[1]))
    try:
        parse_period(meant)
    except ValueError:
        return None
    return meant


def counted_from(text: str) -> tuple[str, str] | None:
    """Return the anchor and the duration of ``text``, in the order in which people say them.

    >>> counted_from("30 days after handover"), counted_from("P1D from now on")
    (('handover', 'P30D'), None)
    """
    found = _COUNTED.fullmatch(text.strip()) if len(text) <= _WORD_AT_MOST else None
    length = period(found[1]) if found else None
    return (found[2], length) if found and length else None


def moment(text: str) -> str | None:
    """Return the day or local time that ``text`` was probably meant to be, or None.

    >>> moment("Day14"), moment("2026-3-14"), moment("14.3.2026 9:30"), moment("14")
    ('day 14', '2026-03-14', '2026-03-14T09:30', 'day 14')
    >>> moment("2026-3-14 25:00"), moment("2026-13-14")
    (None, None)
    """
    text = text.strip()
    if len(text) > _WORD_AT_MOST:
        return None
    if found := _DAY.fullmatch(text):
        day, time = f"day {int(found[1])}", found[2]
    elif found := _DATE.fullmatch(text):
        day, time = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}", found[4]
    elif found := _DATE_BACKWARDS.fullmatch(text):
        day, time = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}", found[4]
    else:
        return None
    if not day.startswith("day ") and not _is_date(day):
        return None
    if not time:
        return day
    hour, _, rest = time.partition(":")
    clock = f"{hour:0>2}:{rest}"
    return f"{day}T{clock}" if _CLOCK.fullmatch(clock) else None


def _is_date(text: str) -> bool:
    try:
        Date.parse_iso(text)
    except ValueError:
        return False
    return True


def unquoted(text: str) -> str | None:
    """Return the number or truth value that ``text`` is but for its quotes, or None.

    >>> unquoted("10"), unquoted("true"), unquoted("010")
    ('10', 'true', None)
    """
    return text.strip() if _UNQUOTED.fullmatch(text.strip()) else None


def figure(text: str, *, may_share: bool = True) -> str | None:
    """Return the figure, a share only where it may be, that ``text`` was meant to be, or None.

    >>> figure("100,000"), figure("50 percent"), figure("EUR 100 000"), figure("007")
    ('100000', '50%', '100000', '7')
    """
    text = text.strip()
    if len(text) > _WORD_AT_MOST:
        return None
    if text.isdecimal() and text.isascii():
        return str(int(text))
    if _GROUPED.fullmatch(text):
        return re.sub(r"\D", "", text)
    if found := _PERCENT.fullmatch(text):
        return f"{int(found[1])}%" if may_share else None
    if found := _WITH_UNIT.fullmatch(text):
        digits = (found[1] or found[2]).strip()
        return digits if digits.isdecimal() else figure(digits)
    return None
