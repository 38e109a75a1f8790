"""Where an agreement stands, on one page."""

from collections.abc import Iterable, Iterator

from phaseflow.cli.pages import forms
from phaseflow.cli.pages.entries import in_short, mark
from phaseflow.cli.terminal import coloured, heading, items, table, wrapped
from phaseflow.engine.outcome import Account
from phaseflow.model.calendar import Date, When
from phaseflow.model.definition import Definition
from phaseflow.model.guard import show
from phaseflow.model.state import Due
from phaseflow.service.status import View
from phaseflow.service.words.sentences import deadline, moment

_SETTLED = ("waived", "lapsed")


def status_page(seen: View) -> str:
    """Return where the agreement stands."""
    parts = [
        head(seen),
        _consents(seen),
        not_yet_recorded(seen),
        obligations(seen),
        besides(seen),
        missed(seen),
        *below(seen),
        _findings(seen),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def head(seen: View) -> list[str]:
    """Return the title, and where and when the agreement is."""
    place, agreement, definition = seen.place, seen.place.agreement, seen.place.definition
    state = definition.states[agreement.leaf]
    title = agreement.leaf
    if state.remarks.title:
        title += f" - {state.remarks.title}"
    if state.final:
        title += f" ({state.final})"
    entered = agreement.entered.get(agreement.leaf)
    since = None if entered is None else When(entered)
    as_of = moment(definition, When(seen.at), agreement.first_day)
    return [
        heading(f"{definition.title or definition.name}, edition {definition.edition}"),
        *mark(place.header),
        f"Label   {place.header.label}",
        f"Id      {place.header.id}",
        *wrapped(title, indent=8, first="State   "),
        f"Since   {moment(definition, since, agreement.first_day)}",
        f"As of   {as_of}, {definition.calendar.zone.name}",
        f"Journal {place.header.position} entries, head {place.header.head[:16]}…",
    ]


def not_yet_recorded(seen: View) -> list[str]:
    """Return what fell due since the newest entry."""
    if not seen.not_yet_recorded:
        return []
    definition, first_day = seen.place.definition, seen.place.agreement.first_day
    lines = [heading("Fallen due since the newest entry, not yet recorded")]
    return lines + in_short(definition, first_day, seen.not_yet_recorded, indent=2)


def obligations(seen: View) -> list[str]:
    """Return the table of obligations."""
    owed = seen.place.definition.obligations
    rows = []
    for account in seen.accounts:
        figures = forms.room_of(owed[account.obligation]).figures(account)
        rows.append([account.obligation, account.standing, *figures])
    headings = ["Obligation", "Standing", "Delivered", "Due", "Short", "In all"]
    first, *lines = table(headings, rows, flexible=0, right=[2, 3, 4, 5])
    note = "Standings are arithmetic of the text, not a finding of guilt."
    return [heading(first), *map(coloured, lines), note] if rows else []


def besides(seen: View) -> list[str]:
    """Return what stands beside the figures: what awaits its verifier, is denied or disputed."""
    texts = [
        f"{account.obligation}: {text}" for account in seen.accounts if (text := _besides(account))
    ]
    return [heading("Beside the figures"), *items(texts)] if texts else []


def missed(seen: View) -> list[str]:
    """Return the dues that were met late, or passed and are not met."""
    definition, first_day = seen.place.definition, seen.place.agreement.first_day
    rows = [
        row
        for account in seen.accounts
        for due in account.dues
        if (row := _missed_row(definition, first_day, account, due)) is not None
    ]
    if not rows:
        return []
    headings = ["Late or missed", "Due by", "Met"]
    first, *lines = table(headings, rows, flexible=0)
    return [heading(first), *lines]


def below(seen: View) -> Iterator[list[str]]:
    """Yield what each form of obligation has to say below the table."""
    owed = seen.place.definition.obligations
    shown = [(account, owed[account.obligation].form) for account in seen.accounts]
    for kind, room in forms.FORMS.items():
        yield room.below(seen, [(account, form) for account, form in shown if type(form) is kind])


def _besides(account: Account) -> str:
    figures = {
        "waiting": account.waiting,
        "rejected": account.rejected,
        "contested": account.contested,
        "violations": account.violations,
        "forgiven": account.forgiven,
    }
    return ", ".join(f"{units} {name}" for name, units in figures.items() if units)


def _missed_row(
    definition: Definition, first_day: Date | None, account: Account, due: Due
) -> list[str] | None:
    at = due.given or due.at
    if at is None or due.standing in _SETTLED:
        return None
    part = forms.room_of(definition.obligations[account.obligation]).part(due)
    name = f"{account.obligation}: {part}" if part else account.obligation
    row = [name, deadline(definition, at, first_day)]
    if due in account.late and due.met is not None:
        return [*row, moment(definition, due.met, first_day)]
    if due.missed is None or due.met is not None:
        return None
    return [*row, f"not met: {due.standing}"]


def _consents(seen: View) -> list[str]:
    agreement, definition = seen.place.agreement, seen.place.definition
    texts = []
    for transition, given in agreement.consents.items():
        owners = definition.transitions[transition].owners
        awaited = owners.awaited(given) if owners is not None else ()
        texts.append(f"{transition}: {_consent(given, awaited)}")
    lines = items(texts) + proposals(seen)
    return [heading("Consents"), *lines] if lines else []


def edition_named(definition: Definition) -> str:
    """Return an edition as people know it, with the beginning of its digest."""
    return f"edition {definition.edition} ({definition.digest[:12]})"


def proposals(seen: View) -> list[str]:
    """Return the editions that await consents."""
    return items(
        f"{edition_named(proposal.edition)}: {_consent(proposal.given, proposal.awaited)}"
        for proposal in seen.proposals
    )


def _consent(given: Iterable[str], awaited: Iterable[str]) -> str:
    return f"given by {', '.join(given)}; awaited: {', '.join(awaited)}"


def _findings(seen: View) -> list[str]:
    found = seen.place.agreement.findings
    texts = [
        f"{name}: {show(found.get(name, stated.initially))}"
        for name, stated in seen.place.definition.findings.items()
    ]
    return [heading("Findings"), *items(texts)] if texts else []
