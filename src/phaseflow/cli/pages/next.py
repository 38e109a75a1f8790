"""What may come next, on one page."""

from collections.abc import Iterable

from phaseflow.cli.error_messages import reason_text
from phaseflow.cli.pages import forms
from phaseflow.cli.pages.entries import mark
from phaseflow.cli.pages.figures import delivered
from phaseflow.cli.pages.status import not_yet_recorded, proposals
from phaseflow.cli.terminal import heading, items
from phaseflow.engine.outcome import Account, Option
from phaseflow.model.calendar import Date, When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.service.status import Outlook, Upcoming
from phaseflow.service.words.sentences import deadline, moment

NOTHING = ["  nothing"]
MOST_DUES = 10
_STOPPED = frozenset({"excused", "tolled"})
"""While a due stands so, nothing of it is missed, and its day may move."""


def next_page(outlook: Outlook) -> str:
    """Return what can be done, what keeps the rest from it, and what falls due."""
    view = outlook.view
    definition, first_day = view.place.definition, view.place.agreement.first_day
    owned = [option for option in outlook.options if option.owners is not None]
    automatic = [option for option in outlook.options if option.owners is None]
    parts = [
        mark(view.place.header),
        not_yet_recorded(view),
        [heading("What can be done now"), *(_open(o for o in owned if not o.reasons) or NOTHING)],
    ]
    if view.proposals:
        parts.append([heading("What would amend the text"), *proposals(view)])
    closed = [option for option in owned if option.reasons]
    if closed:
        parts.append(
            [heading("What cannot be done yet, and why"), *_closed(definition, first_day, closed)]
        )
    if automatic:
        parts.append(
            [heading("What happens by itself"), *_closed(definition, first_day, automatic)]
        )
    if outlook.unverified:
        parts.append([heading("What awaits its verifier"), *_unverified(outlook)])
    if outlook.owed:
        parts.append([heading("What is owed and past its moment"), *_owed(outlook)])
    parts.append([heading("What falls due next"), *(_dues(outlook) or NOTHING)])
    if outlook.next_due_at is not None:
        at = moment(definition, When(outlook.next_due_at), first_day)
        parts.append([f"Time next changes something at {at}."])
    return "\n\n".join("\n".join(part) for part in parts if part)


def _open(options: Iterable[Option]) -> list[str]:
    texts = []
    for option in options:
        consents = f"; consents given by {', '.join(option.consents)}" if option.consents else ""
        awaited = ", ".join(option.awaited)
        texts.append(f"{_move(option)}: {option.owners}{consents}; awaited: {awaited}")
    return items(texts)


def _closed(definition: Definition, first_day: Date | None, options: list[Option]) -> list[str]:
    lines = []
    for option in options:
        who = f": {option.owners}" if option.owners is not None else ""
        opens = f", after {moment(definition, option.opens, first_day)}" if option.opens else ""
        lines += items([f"{_move(option)}{who}{opens}"])
        lines += [reason_text(reason, indent=4) for reason in option.reasons]
    return lines


def _owed(outlook: Outlook) -> list[str]:
    return items(
        f"{account.obligation}: {_obligation(outlook, account).obligor} is "
        f"{account.outstanding} short; {account.standing}"
        for account in outlook.owed
    )


def _unverified(outlook: Outlook) -> list[str]:
    return items(
        f"{account.obligation}: {account.waiting} claimed; "
        f"awaited: the word of {_obligation(outlook, account).verified_by}"
        for account in outlook.unverified
    )


def _dues(outlook: Outlook) -> list[str]:
    definition = outlook.view.place.definition
    first_day = outlook.view.place.agreement.first_day
    texts = []
    for one in outlook.upcoming[:MOST_DUES]:
        by = deadline(definition, one.at, first_day)
        owed = f"{one.account.obligation}, {_obligation(outlook, one.account).obligor}"
        standing = f"; {one.due.standing}" if one.due.standing in _STOPPED else ""
        texts.append(f"{by}  {owed}: {_need(outlook, one)}{standing}")
    lines = items(texts)
    if len(outlook.upcoming) > MOST_DUES:
        lines.append(f"  and {len(outlook.upcoming) - MOST_DUES} later")
    return lines


def _need(outlook: Outlook, one: Upcoming) -> str:
    part = forms.room_of(_obligation(outlook, one.account)).part(one.due)
    if part:
        return part
    need = sum((one.due.need or {}).values())
    return f"{need} in all; delivered: {delivered(one.account)}"


def _obligation(outlook: Outlook, account: Account) -> Obligation:
    return outlook.view.place.definition.obligations[account.obligation]


def _move(option: Option) -> str:
    return f"{option.transition} → {option.target or 'undetermined'}"
