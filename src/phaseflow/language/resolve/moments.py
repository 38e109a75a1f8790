"""Moments and periods as they are written."""

import re

from phaseflow.language import suggest
from phaseflow.language.document import ChoiceForm
from phaseflow.language.resolve.names import DeclaredDuty, Scope
from phaseflow.language.suggest import NEAR
from phaseflow.model.calendar import Date, Instant, Period, When, Zone, parse_period
from phaseflow.model.moment import AgreementDay, Anchor, CalendarDay, Choice, Moment, Offset
from phaseflow.text.source import Path

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = re.compile(rf"day\s+(\d{{1,5}})(?:T({_TIME}))?", re.ASCII)
_DATE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:T({_TIME}))?", re.ASCII)
_ANCHOR = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", re.ASCII)
_TERM = re.compile(r"\s*([+-])\s*([^\s+-]+)", re.ASCII)
_TIME_FOLLOWS = re.compile(r"\s+(?:at\s+)?\d{1,2}:")
_TERM_WORDS = re.compile(r"[^+-]+")
_LONG = re.compile(r"(?=.*\d{4})P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?", re.ASCII)
_ABROAD = re.compile(rf"T{_TIME}\s?(?:Z|([+-])(\d\d):?(\d\d))$", re.ASCII)
_FAR_DAY = re.compile(r"day\s+\d{6,}", re.ASCII)
_LONGEST = 1_000
_PIECE = re.compile(r"\s*\+\s*|\s+-\s+")
_AFTER_NAME = re.compile(r"\s*(?:[+-]|\Z)")
_INSTANT = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}T{_TIME}Z", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1583, 2999
_DAYS_AT_MOST = 365_243
"""All offsets of one moment together: a thousand years, so that no calendar ends."""
_TERMS_AT_MOST = 8
_EXAMPLES = "write for example day 7, 2025-03-01T12:00 or phase_1 + P7D"


class _Wrong(Exception):
    """Part of a moment cannot stand: what, how to mend it, and which characters."""

    def __init__(self, span: tuple[int, int], code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.span = code, message, remedy, span


def resolve_moment(form: "str | ChoiceForm", path: Path, scope: Scope) -> Moment | None:
    """Return the moment that ``form`` says, or None after noting what is wrong with it."""
    if isinstance(form, ChoiceForm):
        return _choice(form, path, scope)
    try:
        return _expression(form, scope)
    except _Wrong as wrong:
        if wrong.message:
            scope.faults.add(wrong.code, path, wrong.message, wrong.remedy, span=wrong.span)
        return None


def resolve_period(text: str, path: Path, scope: Scope) -> Period | None:
    """Return the period that ``text`` names, or None after noting what is wrong with it."""
    try:
        return parse_period(text)
    except ValueError as error:
        scope.faults.add("PF110", path, *_period_fault(text, error))
        return None


def _period_fault(text: str, error: ValueError) -> tuple[str, str]:
    """Return what is wrong with a period, and how to mend it."""
    message, _, remedy = str(error).partition("; ")
    close = suggest.period(text)
    if close is not None and close != text:
        remedy = f"{NEAR}'{close}'?"
    elif _LONG.fullmatch(text):
        message, remedy = f"'{text}' is too long", "write a shorter one"
    return message, remedy or "write a longer one, or leave it out"


def _choice(form: ChoiceForm, path: Path, scope: Scope) -> Moment | None:
    given = [key for key in ("earlier_of", "later_of") if getattr(form, key) is not None]
    if len(given) != 1:
        if not any((*path, key) in scope.faults.settled for key in ("earlier_of", "later_of")):
            remedy = "write earlier_of: [ … ] or later_of: [ … ]"
            scope.faults.add("PF111", path, "this does not say which moment", remedy)
        return None
    items = form.earlier_of if form.earlier_of is not None else form.later_of or []
    here = (*path, given[0])
    if not items:
        scope.faults.add("PF111", here, "this list has no moment", _EXAMPLES)
    found = [resolve_moment(item, (*here, place), scope) for place, item in enumerate(items)]
    known = tuple(one for one in found if one is not None)
    if not known:
        return None
    return Choice("later_of" if form.earlier_of is None else "earlier_of", known)


def _expression(text: str, scope: Scope) -> Moment:
    found, end = _base(text, scope)
    days, terms = 0.0, 0
    while end < len(text.rstrip()):
        term = _TERM.match(text, end)
        if term is None:
            rest = text[end:].strip()
            message = f"{rest!r} cannot follow here"
            raise _Wrong((text.index(rest, end), len(rest)), "PF111", message, _EXAMPLES)
        step = _period_at(term)
        days += step.months * 31 + step.days + step.seconds / 86_400
        terms += 1
        if days > _DAYS_AT_MOST or terms > _TERMS_AT_MOST:
            message = "this is further away than a thousand years, or adds too many periods"
            raise _Wrong((term.start(2), len(term[2])), "PF111", message, "shorten the period")
        found = Offset(found, step, 1 if term[1] == "+" else -1)
        end = term.end()
    return found


def _period_at(term: re.Match[str]) -> Period:
    try:
        return parse_period(term[2])
    except ValueError as error:
        text = _TERM_WORDS.match(term.string, term.start(2))
        whole = text[0].rstrip() if text else term[2]
        span = (term.start(2), len(whole))
        message, remedy = _period_fault(whole, error)
        raise _Wrong(span, "PF110", message.replace(repr(term[2]), f"'{whole}'"), remedy) from None


def _base(text: str, scope: Scope) -> tuple[Moment, int]:
    start = len(text) - len(text.lstrip())
    day, date, name = (kind.match(text, start) for kind in (_DAY, _DATE, _ANCHOR))
    if _ABROAD.search(text):
        raise _no_moment(text, start, scope)
    if day and _ends_word(text, day):
        return _agreement_day(day, scope), day.end()
    if date and _ends_word(text, date):
        return _calendar_day(date), date.end()
    if name and name[0] != "day" and _AFTER_NAME.match(text, name.end()):
        return _anchor(name, scope), name.end()
    raise _no_moment(text, start, scope)


def _ends_word(text: str, found: re.Match[str]) -> bool:
    """Tell whether what was found does not go on with a letter or a digit."""
    rest = text[found.end() :]
    return not rest or ((rest[0].isspace() or rest[0] in "+-") and not _TIME_FOLLOWS.match(rest))


def _is_anchor(name: str, scope: Scope) -> bool:
    return name in scope.states or name in scope.duties or name in scope.findings


def _at_home(text: str, found: re.Match[str], zone: Zone) -> str:
    """Return the remedy for a time of another zone: the same in the zone of the calendar."""
    sign, hours, minutes = found.groups()
    written = text[: text.index("T") + 6]
    if not _DATE.fullmatch(written) or _date(written[:10]) is None:
        return "write the local time of the calendar's time_zone, as in day 7T16:00"
    at = Instant.parse_iso(f"{written}:00Z")
    if sign == "+":
        at = at.subtract(hours=int(hours), minutes=int(minutes))
    elif sign == "-":
        at = at.add(hours=int(hours), minutes=int(minutes))
    return f"{NEAR}'{zone.local(at).replace(' ', 'T')}'?"


def _no_moment(text: str, start: int, scope: Scope) -> _Wrong:
    """Return the fault of a text that does not begin with a moment, and what was meant by it."""
    whole, is_abroad = text.strip(), _ABROAD.search(text)
    if not is_abroad and len(whole) <= _LONGEST:
        whole = _PIECE.split(whole, maxsplit=1)[0]
    close = suggest.moment(whole)
    remedy = _EXAMPLES
    if is_abroad:
        remedy = _at_home(whole, is_abroad, scope.zone)
    elif close is not None and close != whole:
        remedy = f"{NEAR}'{close}'?"
    elif _FAR_DAY.fullmatch(whole):
        remedy = "days have numbers of at most 5 digits"
    elif suggest.period(whole) is not None:
        remedy = f"say what it is counted from, as in NAME + {suggest.period(whole)}"
    elif (counted := suggest.counted_from(whole)) and _is_anchor(counted[0], scope):
        remedy = f"{NEAR}'{counted[0]} + {counted[1]}'?"
    else:
        near = scope.faults.near(whole, [*scope.states, *scope.findings, *scope.duties])
        remedy = near if near.startswith(NEAR) else remedy
    return _Wrong((start, len(whole)), "PF111", f"'{whole}' is not a moment", remedy)


def _agreement_day(found: re.Match[str], scope: Scope) -> Moment:
    number, span = int(found[1]), (found.start(), len(found[0]))
    if scope.first_number is None:
        if ("calendar",) in scope.damaged:
            raise _Wrong(span, "", "", "")
        message = f"{found[0]!r} needs days that are numbered"
        raise _Wrong(span, "PF213", message, "add day_1: STATE to the calendar")
    if number < scope.first_number:
        message = f"there is no day {number}: day {scope.first_number} is the first"
        raise _Wrong(span, "PF213", message, "count from there, or use an anchor - P1D")
    return AgreementDay(number, found[2])


def _calendar_day(found: re.Match[str]) -> Moment:
    span = (found.start(), len(found[0]))
    date = _date(found[1])
    if date is None:
        remedy = f"look at its month and day, and take a year from {_FIRST_YEAR} to {_LAST_YEAR}"
        raise _Wrong(span, "PF111", f"there is no day {found[1]}", remedy)
    return CalendarDay(date, found[2])


def _date(text: str) -> Date | None:
    try:
        date = Date.parse_iso(text)
    except ValueError:
        return None
    return date if _FIRST_YEAR <= date.year <= _LAST_YEAR else None


def _anchor(found: re.Match[str], scope: Scope) -> Anchor:
    name, span = found[0], (found.start(), len(found[0]))
    head, *rest = name.split(".")
    if not rest and name in scope.states:
        return Anchor("state", name)
    if not rest and name in scope.findings:
        if scope.findings[name].type not in {"date", "instant"}:
            message = f"finding {name!r} is {_a(scope.findings[name].type)}, not a moment"
            raise _Wrong(span, "PF210", message, "give it type: date or type: instant")
        return Anchor("finding", name)
    if head in scope.duties:
        return _duty_anchor(name, rest, span, scope)
    if scope.is_lost(head, "states", "findings", "obligations"):
        raise _Wrong(span, "", "", "")
    close = suggest.moment(name)
    if close is not None:
        raise _Wrong(span, "PF111", f"'{name}' is not a moment", f"{NEAR}'{close}'?")
    owed = _with_step(name, scope)
    if owed is not None:
        message, full = f"'{name}' is a step of {owed.base!r}", f"{owed.base}.{name}"
        raise _Wrong(span, "PF209", message, f"{NEAR}{full!r}?")
    options = [*scope.duties] if rest else [*scope.states, *scope.findings, *scope.duties]
    message = f"{name!r} is not a state, a finding or an obligation"
    raise _Wrong((span[0], len(head)), "PF209", message, scope.faults.near(head, options))


def _with_step(name: str, scope: Scope) -> DeclaredDuty | None:
    """Return the obligation of one obligor that has a step of that name, or None."""
    owed = (d for d in scope.duties.values() if d.kind.part == "step" and not d.is_shared)
    return next((duty for duty in owed if name in duty.parts), None)


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aei" else f"a {word}"


def _duty_anchor(name: str, rest: list[str], span: tuple[int, int], scope: Scope) -> Anchor:
    duty = scope.duties[name.split(".", maxsplit=1)[0]]
    if duty.is_damaged:
        raise _Wrong(span, "", "", "")
    own = rest[1:] if duty.is_shared else rest
    if duty.is_shared and (not rest or rest[0] not in duty.obligors):
        message = f"{duty.base!r} is owed by several: this does not say by whom"
        raise _Wrong(span, "PF209", message, f"write {' or '.join(duty.full_names)}")
    if not own:
        return Anchor("obligation", name)
    if len(own) == 1 and duty.kind.part == "step" and own[0] in duty.parts:
        return Anchor("step", name)
    options = duty.parts if duty.kind.part == "step" else ()
    message = f"{own[-1]!r} is not a step of {duty.base!r}"
    span = (span[0] + span[1] - len(own[-1]), len(own[-1]))
    raise _Wrong(span, "PF208", message, scope.faults.near(own[-1], options))


def when_text(text: str, zone: Zone) -> When | None:
    """Return what a day, a local time or an instant in UTC says, or None if it is none.

    >>> when_text("2025-01-19T11:15", Zone("Asia/Jerusalem"))
    When('2025-01-19T09:15:00Z')
    >>> when_text("2025-02-08", Zone("Asia/Jerusalem"))
    When('2025-02-08')
    """
    if _INSTANT.fullmatch(text) and _date(text[:10]):
        return When(Instant.parse_iso(text))
    found = _DATE.fullmatch(text)
    date = _date(found[1]) if found else None
    if found is None or date is None:
        return None
    return When(date) if found[2] is None else When(zone.at(date, found[2]))
