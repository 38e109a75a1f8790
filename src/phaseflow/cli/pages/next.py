"""What may come next, on one page."""

from collections.abc import Iterable

from phaseflow.cli.error_messages import reason_text
from phaseflow.cli.pages.journal import mark
from phaseflow.cli.pages.status import NOT_REPORTED, not_yet_recorded, proposals
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.engine.outcome import Account, Option
from phaseflow.model.calendar import Date, When
from phaseflow.model.definition import Definition, Obligation
from phaseflow.model.forms.steps import Steps
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
    lines = []
    for option in options:
        consents = f"; consents given by {', '.join(option.consents)}" if option.consents else ""
        text = f"{_move(option)}: {option.owners}{consents}; awaited: {', '.join(option.awaited)}"
        lines += wrapped(text, indent=4, first="  ")
    return lines


def _closed(definition: Definition, first_day: Date | None, options: list[Option]) -> list[str]:
    lines = []
    for option in options:
        who = f": {option.owners}" if option.owners is not None else ""
        opens = f", after {moment(definition, option.opens, first_day)}" if option.opens else ""
        lines += wrapped(f"{_move(option)}{who}{opens}", indent=4, first="  ")
        lines += [reason_text(reason, indent=4) for reason in option.reasons]
    return lines


def _owed(outlook: Outlook) -> list[str]:
    return [
        line
        for account in outlook.owed
        for line in wrapped(
            f"{account.obligation}: {_obligation(outlook, account).obligor} is "
            f"{account.outstanding} short; {account.standing}",
            indent=4,
            first="  ",
        )
    ]


def _unverified(outlook: Outlook) -> list[str]:
    return [
        line
        for account in outlook.unverified
        for line in wrapped(
            f"{account.obligation}: {account.waiting} claimed; "
            f"awaited: the word of {_obligation(outlook, account).verified_by}",
            indent=4,
            first="  ",
        )
    ]


def _dues(outlook: Outlook) -> list[str]:
    definition = outlook.view.place.definition
    first_day = outlook.view.place.agreement.first_day
    lines = []
    for one in outlook.upcoming[:MOST_DUES]:
        by = deadline(definition, one.at, first_day)
        text = f"{by}  {one.account.obligation}, {_obligation(outlook, one.account).obligor}: "
        standing = f"; {one.due.standing}" if one.due.standing in _STOPPED else ""
        lines += wrapped(text + _need(outlook, one) + standing, indent=4, first="  ")
    if len(outlook.upcoming) > MOST_DUES:
        lines.append(f"  and {len(outlook.upcoming) - MOST_DUES} later")
    return lines


def _need(outlook: Outlook, one: Upcoming) -> str:
    if isinstance(_obligation(outlook, one.account).form, Steps):
        return one.due.name
    need = sum((one.due.need or {}).values())
    delivered = one.account.delivered if one.account.is_reported else NOT_REPORTED
    return f"{need} in all; delivered: {delivered}"


def _obligation(outlook: Outlook, account: Account) -> Obligation:
    return outlook.view.place.definition.obligations[account.obligation]


def _move(option: Option) -> str:
    return f"{option.transition} → {option.target or 'undetermined'}"
