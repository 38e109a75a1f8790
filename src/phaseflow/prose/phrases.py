"""Numbers, periods, moments, lists and parties in plain words, safe to stand in Markdown."""

import re
from collections.abc import Iterable, Sequence

from phaseflow.model.calendar import Date, Period, When, Zone
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.model.remarks import Remarks
from phaseflow.model.units import plural

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_ADDRESS = re.compile(r"https?://[^\s<>\\]+", re.ASCII)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_COUNTED = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def escaped(text: str) -> str:
    r"""Return ``text`` on one line, nothing of it read as Markdown.

    >>> print(escaped("one\n# *two*"))
    one # \*two\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def address(text: str) -> str:
    """Return a source: an address as a link, other text escaped."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else escaped(text)


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return ``items`` as a list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a", "b"], "or")
    ('a, b and c', 'a or b')
    """
    words = list(items)
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def letter(place: int) -> str:
    """Return the letter of an item, from 0.

    >>> letter(0), letter(26)
    ('a', 'aa')
    """
    rounds, rest = divmod(place, len(_LETTERS))
    return (letter(rounds - 1) if rounds else "") + _LETTERS[rest]


def count(number: int) -> str:
    """Return a small number as a word, a large one in figures.

    >>> count(2), count(600), count(12000)
    ('two', '600', '12,000')
    """
    return _COUNTED[number] if 0 <= number < len(_COUNTED) else f"{number:,}"


def ordinal(number: int) -> str:
    """Return the place of a number in a row.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 41, 112)]
    ['1st', '2nd', '3rd', '11th', '41st', '112th']
    """
    is_teen = number // 10 % 10 == 1
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def spaced(name: str) -> str:
    """Return a name of the file as words.

    >>> spaced("men_over_50")
    'men over 50'
    """
    return name.replace("_", " ")


def quoted(name: str) -> str:
    """Return a name of the file as words that are quoted.

    >>> print(quoted("men_over_50"))
    “men over 50”
    """
    return f"“{spaced(name)}”"


def units(number: str, unit: str) -> str:
    """Return ``number`` of ``unit``; a unit that is no plain word stays as it is.

    >>> units("33", "hostage"), units("1", "truck"), units("600", "EUR"), units("3", "")
    ('33 hostages', '1 truck', '600 EUR', '3')
    """
    if not unit:
        return number
    named = unit if number == "1" else plural(unit)
    return f"{number} {escaped(named)}"


def period(length: Period) -> str:
    """Return a period in words.

    >>> from phaseflow.model.calendar import parse_period
    >>> [period(parse_period(text)) for text in ("P2W", "PT24H", "P1Y2M", "PT90M", "P1D")]
    ['14 days', '24 hours', '1 year and 2 months', '1 hour and 30 minutes', '1 day']
    """
    return listed(length.words())


def date(day: Date) -> str:
    """Return a day as people write it.

    >>> date(Date(2025, 3, 1))
    '1 March 2025'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def when(point: When, zone: Zone) -> str:
    """Return a day, or an instant by the clock of ``zone``; UTC beside an hour that is shown again.

    >>> berlin = Zone("Europe/Berlin")
    >>> when(When.parse("2025-01-19T09:15:00Z"), berlin)
    '10:15 on 19 January 2025'
    >>> when(When.parse("2025-10-26T01:30:00Z"), berlin)
    '02:30 (01:30 UTC) on 26 October 2025'
    """
    if isinstance(point.value, Date):
        return date(point.value)
    day, clock = zone.day(point), zone.local(point.value).split()[1]
    if zone.at(day, clock) != point.value:
        clock += f" ({Zone('UTC').local(point.value).split()[1]} UTC)"
    return f"{clock} on {date(day)}"


def bloc(names: Sequence[str], need: int) -> str:
    """Return so many of ``names``.

    >>> bloc(["A", "B"], 2), bloc(["A", "B", "C"], 2), bloc(["A", "B"], 1), bloc(["A"], 1)
    ('both A and B', 'at least two of A, B and C', 'either A or B', 'A')
    >>> bloc(["A", "B", "C"], 3), bloc(["A", "B", "C"], 1)
    ('all of A, B and C', 'at least one of A, B and C')
    """
    if len(names) == 1:
        return names[0]
    if need == len(names):
        return f"both {listed(names)}" if need == len("ab") else f"all of {listed(names)}"
    if len(names) == len("ab"):
        return f"either {listed(names, 'or')}"
    return f"at least {count(need)} of {listed(names)}"


def is_whole_day(moment: Moment) -> bool:
    """Tell whether a moment is a day by its form; what happens may be known to the hour."""
    match moment:
        case AgreementDay(_, time) | CalendarDay(_, time):
            return time is None
        case Offset(_, length):
            return not length.is_exact
        case Anchor() | Choice():
            return False


def remarked(remarks: Remarks) -> str:
    """Return what the text says for people, as a line; empty if it says nothing."""
    parts = []
    if remarks.clause:
        parts.append(f"Clause of the text: {escaped(remarks.clause)}.")
    if remarks.source:
        parts.append(f"Source: {'; '.join(address(one) for one in remarks.source)}.")
    if remarks.confidence:
        parts.append(f"Confidence: {escaped(remarks.confidence)}.")
    if remarks.note:
        parts.append(f"Note: {as_sentence(escaped(remarks.note))}")
    return " ".join(parts)


def as_sentence(text: str) -> str:
    """Return ``text`` with a full stop, and a capital letter where it begins with a letter.

    >>> as_sentence("on foot"), as_sentence("Why?")
    ('On foot.', 'Why?')
    """
    ending = "" if text.endswith((".", "!", "?")) else "."
    return capital(text) + ending


def capital(text: str) -> str:
    """Return ``text`` with a capital letter where it begins with a letter."""
    return text[:1].upper() + text[1:]
