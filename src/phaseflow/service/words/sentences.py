"""What was said, and what follows, in plain sentences.

Neutral on purpose: a standing is arithmetic of the text, not a finding of guilt.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from phaseflow.model.calendar import Date, Instant, When
from phaseflow.model.definition import Definition
from phaseflow.model.figure import PLAIN
from phaseflow.model.statement import KINDS, Consequence, Statement

DIGITS = 12
"""How many digits of a digest people are shown."""


def said(statement: Statement) -> str:
    """Return what a statement says, with its author.

    >>> said(Statement(agreement="", definition="", actor="hamas", kind="perform", nonce="",
    ...     body={"obligation": "hostages", "amount": 3}, occurred_at="2025-01-19"))
    'hamas performed hostages: 3'
    """
    verb = KINDS[statement.kind].verb
    if statement.kind == "tick":
        return verb
    return f"{statement.actor} {verb} {content(statement)}".strip()


def content(statement: Statement) -> str:  # noqa: PLR0912  one case a kind
    """Return what a statement is about, in a few words, without author and verb."""
    body = statement.body
    match statement.kind:
        case "advance":
            return str(body["transition"])
        case "withdraw":
            return str(body.get("transition") or f"the edition {body['definition'][:DIGITS]}")
        case "amend":
            return str(body["definition"][:DIGITS])
        case "waive":
            return waived(body)
        case "perform":
            return _performed(body)
        case "measure":
            span = body["from"] if body["from"] == body["to"] else f"{body['from']} to {body['to']}"
            return f"{body['obligation']}: {amount(body['amount'])}, {span}"
        case "attest" | "reject":
            happened = f", happened {body['happened']}" if "happened" in body else ""
            return f"{_part(body, 'all that is open')}{happened}"
        case "contest":
            return f"{_part(body, 'the whole')}{', no longer' if body.get('withdrawn') else ''}"
        case "allege":
            return str(body["obligation"])
        case "find":
            return f"{body['finding']}: {value_of(body['value'])}"
        case "notify":
            return _noticed(body)
        case "correct":
            return _corrected(body)
        case "key.set":
            key = body["key"]
            return f"{body['actor']}, {'none' if key is None else '…' + key[-DIGITS:]}"
        case "redact":
            return f"the private value {body['commitment'][:DIGITS]}"
        case "note":
            about = ", ".join(map(str, body.get("about", ())))
            return f"about entry {about}" if about else ""
        case "open" | "tick":
            return ""
        case kind:
            msg = f"there are no words for {kind}"
            raise ValueError(msg)


def words(value: object) -> str:
    """Return words of a statement; private ones by the digits of their commitment.

    >>> words("as agreed"), words({"@commit": "57fe9e1a0c1dbd23"})
    ('as agreed', '(private, 57fe9e1a0c1d)')
    """
    return f"(private, {value['@commit'][:DIGITS]})" if isinstance(value, dict) else str(value)


def amount(value: int | dict[str, int]) -> str:
    """Return an amount as people read it.

    >>> amount(3), amount({"life": 3, "other": 27}), amount({"total": 630, "north": 300})
    ('3', '3 life, 27 other', '630, of which 300 north')
    """
    if isinstance(value, int):
        return str(value)
    parts = ", ".join(f"{units} {name}" for name, units in value.items() if name != PLAIN)
    if PLAIN not in value:
        return parts
    return f"{value[PLAIN]}, of which {parts}" if parts else str(value[PLAIN])


def followed(consequence: Consequence) -> str:
    """Return a consequence as a sentence.

    >>> followed(Consequence(at="2025-02-10T22:00:00Z", kind="standing", body={"obligation":
    ...     "withdrawal", "due": "netzarim", "from": "pending", "to": "overdue"}))
    'withdrawal, due netzarim: was pending, is overdue'
    """
    body = consequence.body
    match consequence.kind:
        case "move":
            how = "by itself" if body["cause"] == "automatic" else "as advanced"
            return f"{body['from']} → {body['to']} by {body['transition']}, {how}"
        case "standing":
            due = f", due {body['due']}" if body.get("due") else ""
            return f"{body['obligation']}{due}: was {body['from']}, is {body['to']}"
        case "amended":
            return f"the edition {body['definition'][:DIGITS]} takes effect"
        case "refused":
            return "refused: " + "; ".join(str(reason["text"]) for reason in body["reasons"])
        case kind:
            msg = f"there are no words for {kind}"
            raise ValueError(msg)


def followed_in_short(consequences: Iterable[Consequence]) -> Iterator[tuple[str, str]]:
    """Yield each consequence as its moment and a sentence; what merely comes into force, as one.

    Entering a phase makes every duty of it, and each of its dues, pending.

    >>> def begun(**body: str) -> Consequence:
    ...     body |= {"from": "dormant", "to": "pending"}
    ...     return Consequence(at="2025-01-19T09:15:00Z", kind="standing", body=body)
    >>> then = [begun(obligation="aid", due="day 1"), begun(obligation="aid"),
    ...     begun(obligation="peace")]
    >>> list(followed_in_short(then))
    [('2025-01-19T09:15:00Z', 'aid, peace: come into force, are pending')]
    """
    for (at, comes), some in groupby(consequences, lambda c: (c.at, _comes_into_force(c))):
        run = list(some)
        whole = [c.body["obligation"] for c in run if comes and "due" not in c.body]
        if len(whole) < 2:  # noqa: PLR2004 - one is a sentence of its own
            yield from ((at, followed(consequence)) for consequence in run)
            continue
        yield at, f"{', '.join(whole)}: come into force, are pending"
        alone = [c for c in run if c.body["obligation"] not in whole]
        yield from ((at, followed(consequence)) for consequence in alone)


def _comes_into_force(consequence: Consequence) -> bool:
    body = consequence.body
    change = (body.get("from"), body.get("to"))
    return consequence.kind == "standing" and change == ("dormant", "pending")


def deadline(definition: Definition, due: When | None, first_day: Date | None) -> str:
    """Return a due as people say it: an instant at midnight is the end of the day before.

    ``end of 2025-02-23 (day 36)``.
    """
    zone = definition.calendar.zone
    if due is not None and isinstance(due.value, Instant):
        before = zone.day_of(due.value.subtract(seconds=1))
        if zone.closing(When(before)) == due.value:
            return f"end of {moment(definition, When(before), first_day)}"
    return moment(definition, due, first_day)


def moment(definition: Definition, when: When | None, first_day: Date | None) -> str:
    """Return a moment in the agreement's time zone, with the number of its day.

    An instant keeps its time: ``2025-01-19 11:15 (day 1)``.
    """
    if when is None:
        return "undetermined"
    calendar = definition.calendar
    value = when.value
    text = str(value) if isinstance(value, Date) else calendar.zone.local(value)
    number = calendar.number_of(calendar.zone.day(when), first_day)
    return text if number is None else f"{text} (day {number})"


def _performed(body: dict[str, Any]) -> str:
    what = body.get("step") or (amount(body["amount"]) if "amount" in body else "")
    obligation = body.get("obligation", "outside the agreement")
    return f"{obligation}: {what}" if what else str(obligation)


def _part(body: dict[str, Any], whole: str) -> str:
    part = amount(body["amount"]) if "amount" in body else whole
    return f"{part} of entry {body['entry']}"


def waived(body: dict[str, Any]) -> str:
    """Return what a waiver gives up, in a few words."""
    if "transition" in body:
        return f"guard {body.get('guard')} of {body['transition']}"
    of = body["obligation"]
    what = amount(body["amount"]) + " of " if "amount" in body else ""
    due = f", due {body['due']}" if "due" in body else ""
    if "until" in body:
        return f"{of}{due}, until {body['until']}"
    return f"{what}{of}{due}"


def _noticed(body: dict[str, Any]) -> str:
    named = body.get("obligation", [])
    about = ", ".join([named] if isinstance(named, str) else named)
    units = f" ({amount(body['amount'])})" if "amount" in body else ""
    parts = [
        body["subject"],
        f"of {about}{units}" if about else "",
        f"of the transition {body['transition']}" if "transition" in body else "",
        f"effective {body['effective']}" if "effective" in body else "",
        f"ending entry {body['ends']}" if "ends" in body else "",
    ]
    return " ".join(filter(None, parts))


def _corrected(body: dict[str, Any]) -> str:
    parts = [
        amount(body["amount"]) if "amount" in body else "",
        f"occurred {body['occurred_at']}" if "occurred_at" in body else "",
    ]
    return f"entry {body['entry']}: " + ", ".join(filter(None, parts))


def value_of(value: object) -> str:
    """Return the value of a finding as people write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
