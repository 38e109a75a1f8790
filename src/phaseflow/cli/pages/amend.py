"""What a new edition would do to an agreement, on one page."""

import json

from phaseflow.cli.error_messages import reason_text
from phaseflow.cli.pages.entries import in_short, mark
from phaseflow.cli.pages.status import edition_named
from phaseflow.cli.terminal import heading, table, wrapped
from phaseflow.engine.outcome import Account
from phaseflow.model.calendar import When
from phaseflow.model.state import Due
from phaseflow.service.amend import Plan
from phaseflow.service.words.sentences import DIGITS, deadline, moment, value_of, waived


def plan_page(plan: Plan) -> str:
    """Return what would follow if everybody consented to the edition now."""
    parts = [_head(plan), _obstacles(plan)]
    if not plan.reasons:
        parts += [
            _lapsing(plan),
            _gone(plan),
            _effects(plan),
            _moved(plan),
            _undated(plan),
            _follows(plan),
        ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(plan: Plan) -> list[str]:
    seen, edition = plan.before, plan.edition
    old, agreement = seen.place.definition, seen.place.agreement
    given = ", ".join(plan.given) or "nobody yet"
    state = agreement.leaf
    if plan.after is not None and plan.after.leaf != state:
        state = f"{state}, then {plan.after.leaf}"
    return [
        heading(f"{edition.title}: edition {edition.edition} in place of {old.edition}"),
        *mark(seen.place.header),
        f"Digest  {edition.digest}",
        *_alike(plan),
        f"As of   {moment(old, When(seen.at), agreement.first_day)}, {old.calendar.zone.name}",
        f"State   {state}",
        *wrapped(
            f"{given}; awaited: {', '.join(plan.awaited) or 'nobody'}", indent=8, first="Consent "
        ),
        "Nothing is filed."
        if plan.reasons
        else "Nothing is filed: this is what would follow if all consented now.",
    ]


def _alike(plan: Plan) -> list[str]:
    if plan.alike is None:
        return []
    text = (
        f"edition {plan.alike.edition}, digest {plan.alike.digest[:DIGITS]}, in effect or "
        "proposed, which differs in bytes: a consent to one is none to the other"
    )
    return wrapped(text, indent=8, first="Like    ")


def _obstacles(plan: Plan) -> list[str]:
    if not plan.reasons:
        return []
    reasons = [reason_text(reason, indent=2) for reason in plan.reasons]
    return [heading("It cannot take effect now"), *reasons]


def _lapsing(plan: Plan) -> list[str]:
    lines = []
    open_ = dict(plan.before.place.agreement.consents)
    open_ |= {edition_named(rival.edition): list(rival.given) for rival in plan.rivals}
    for body, given in plan.before.place.agreement.waivers.items():
        open_[f"to waive {waived(json.loads(body))}"] = given
    for what, given in open_.items():
        lines += wrapped(f"{what}: given by {', '.join(given)}", indent=4, first="  ")
    return [heading("Consents that lapse"), *lines] if lines else []


def _gone(plan: Plan) -> list[str]:
    gone = [f"{name}: its guard {guard} is waived no more" for name, guard in plan.waived_no_more]
    gone += [
        f"finding {name}: {value_of(value)} does not stand any more"
        for name, value in plan.unsaid.items()
    ]
    lines = [line for text in gone for line in wrapped(text, indent=4, first="  ")]
    return [heading("What else is gone"), *lines] if lines else []


def _effects(plan: Plan) -> list[str]:
    changed = [effect for effect in plan.effects if _row(effect.before) != _row(effect.after)]
    if not changed:
        return [heading("Obligations"), "  none stands otherwise than before"]
    rows = []
    for effect in changed:
        rows.append([effect.obligation, "now", *_row(effect.before)])
        rows.append(["", "then", *_row(effect.after)])
    headings = ["Obligation", "", "Standing", "Delivered", "Due", "Short", "In all"]
    first, *lines = table(headings, rows, flexible=0, right=[3, 4, 5, 6])
    same = len(plan.effects) - len(changed)
    rest = [f"{same} other{'' if same == 1 else 's'} stand{'s' if same == 1 else ''} as before."]
    return [heading(first), *lines, *(rest if same else [])]


def _row(account: Account | None) -> list[str]:
    if account is None:
        return ["not in the text", "-", "-", "-", "-"]
    figures = (account.delivered, account.due, account.outstanding, account.total)
    return [account.standing, *map(str, figures)]


def _moved(plan: Plan) -> list[str]:
    if not plan.moved:
        return []
    rows = [
        [f"{shift.obligation}: {shift.name}", _due(plan, shift.before), _due(plan, shift.after)]
        for shift in plan.moved
    ]
    first, *lines = table(["Due", "Now", "Then"], rows, flexible=0)
    return [heading(first), *lines]


def _undated(plan: Plan) -> list[str]:
    lines = []
    for name, units in plan.undated.items():
        text = f"{name}: {units}; what was due of it was met, and is not due again"
        lines += wrapped(text, indent=4, first="  ")
    return [heading("Owed without a day"), *lines] if lines else []


def _due(plan: Plan, due: Due | None) -> str:
    if due is None:
        return "none"
    at = due.given or due.at
    place = plan.before.place
    when = deadline(place.definition, at, place.agreement.first_day) if at else "undetermined"
    return f"{when}, {due.standing}"


def _follows(plan: Plan) -> list[str]:
    place = plan.before.place
    then = in_short(place.definition, place.agreement.first_day, plan.consequences, indent=2)
    return [heading("What would follow at once"), *then]
