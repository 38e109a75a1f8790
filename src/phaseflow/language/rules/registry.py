"""The PF rules: what each code means, and which function finds its faults."""

from collections.abc import Callable, Iterator

import msgspec

from phaseflow.diagnostic import Severity
from phaseflow.language.rules import (
    amounts,
    choice,
    completeness,
    dates,
    obligations,
    reachability,
    structure,
    unquoted,
    unused_names,
)
from phaseflow.language.rules.written import Fault, Written
from phaseflow.language.unreadable import in_doubt


class Rule(msgspec.Struct, frozen=True):
    """A rule over a whole definition.

    ``needs_whole``: what another fault has torn out would set it off as well,
    so that it is held only where none was found before. The docstring of
    ``find`` is what the rule asks.
    """

    find: Callable[[Written], Iterator[Fault]]
    needs_whole: bool = False
    severity: Severity = "error"


RULES: dict[str, Rule] = {
    "PF301": Rule(structure.initial_can_be_entered),
    "PF302": Rule(structure.target_can_be_entered),
    "PF303": Rule(structure.final_is_final),
    "PF307": Rule(structure.compounds_are_whole),
    "PF304": Rule(structure.previous_is_known, needs_whole=True),
    "PF305": Rule(structure.automatic_stops, needs_whole=True),
    "PF306": Rule(structure.automatic_can_be_taken, needs_whole=True),
    "PF401": Rule(obligations.keys_belong),
    "PF402": Rule(obligations.keys_exclude),
    "PF403": Rule(obligations.keys_need),
    "PF404": Rule(obligations.figures_are_positive),
    "PF405": Rule(obligations.schedule_rises),
    "PF406": Rule(obligations.schedule_fits),
    "PF407": Rule(obligations.moments_are_in_order),
    "PF408": Rule(obligations.categories_match),
    "PF409": Rule(obligations.open_amounts_are_open),
    "PF410": Rule(obligations.returns_do_not_circle),
    "PF411": Rule(obligations.counts_do_not_circle),
    "PF412": Rule(obligations.excuses_are_steady),
    "PF413": Rule(obligations.duties_can_arise),
    "PF414": Rule(obligations.nobody_owes_himself),
    "PF415": Rule(obligations.parts_fit),
    "PF416": Rule(obligations.something_is_owed),
}
"""What must hold in a definition that is used."""


def _warning(find: Callable[[Written], Iterator[Fault]]) -> Rule:
    return Rule(find, needs_whole=True, severity="warning")


def _advice(find: Callable[[Written], Iterator[Fault]]) -> Rule:
    return Rule(find, severity="advice")


ADVISED: dict[str, Rule] = {
    "PF116": Rule(unquoted.text_is_what_it_seems, severity="warning"),
    "PF216": _warning(unused_names.findings_are_read),
    "PF217": _warning(unused_names.groups_are_named),
    "PF218": Rule(unused_names.parties_take_part, needs_whole=True, severity="advice"),
    "PF219": _warning(unused_names.parties_are_told_apart),
    "PF308": _warning(reachability.states_can_be_reached),
    "PF309": _warning(reachability.states_can_be_left),
    "PF310": _warning(choice.transitions_can_be_taken),
    "PF311": _advice(choice.guards_can_fail),
    "PF312": _warning(choice.transitions_differ),
    "PF313": Rule(choice.automatic_exclude_each_other, needs_whole=True, severity="advice"),
    "PF314": _warning(reachability.an_end_is_in_sight),
    "PF315": _advice(completeness.silence_has_a_meaning),
    "PF316": _warning(reachability.moments_can_come),
    "PF418": Rule(completeness.dues_have_a_date, severity="warning"),
    "PF419": Rule(completeness.default_has_a_consequence, needs_whole=True, severity="advice"),
    "PF420": _advice(completeness.somebody_verifies),
    "PF421": Rule(completeness.nobody_verifies_himself, severity="warning"),
    "PF422": _warning(amounts.keys_close),
    "PF423": _advice(amounts.pools_divide),
    "PF424": Rule(amounts.schedule_reaches_the_whole, severity="warning"),
    "PF425": _warning(reachability.duties_are_in_force),
    "PF426": Rule(dates.dues_follow_their_beginning, severity="warning"),
    "PF427": Rule(dates.early_ends_before_the_end, severity="warning"),
    "PF428": Rule(dates.steps_keep_their_order, severity="warning"),
    "PF429": Rule(dates.cure_follows_a_date, severity="warning"),
    "PF430": Rule(amounts.excuse_is_not_its_own, severity="warning"),
    "PF431": Rule(amounts.condition_is_not_its_own, severity="warning"),
}
"""What a definition is advised to keep: none of it prevents its use."""

READING: dict[str, str] = {
    "PF101": "The file is UTF-8 text of bounded size, and holds nothing that does not show.",
    "PF102": "The file is YAML.",
    "PF103": "No anchors, aliases, tags, further documents, or excessive depth.",
    "PF104": "No key stands twice in one mapping.",
    "PF105": "Numbers are whole, and not too large.",
    "PF106": "Every key is known.",
    "PF107": "No required key is missing.",
    "PF108": "Every value is of the right shape.",
    "PF109": "Every value is one of those that may stand there.",
    "PF110": "A period is an ISO 8601 duration, in days or in hours.",
    "PF111": "A moment is a day, a local time, or an anchor with periods.",
    "PF112": "A guard is an expression that can only read.",
    "PF113": "An ignore names what it ignores, and gives its reason.",
    "PF114": "Only warnings and advice are ignored.",
    "PF115": "An ignore ignores something.",
    "PF201": "Names match [a-z][a-z0-9_]{0,31}.",
    "PF202": "No name is a reserved word.",
    "PF203": "No name stands for two things.",
    "PF204": "Parties and groups that are named exist.",
    "PF205": "States that are named exist.",
    "PF206": "Obligations that are named exist.",
    "PF208": "Categories and steps that are named exist.",
    "PF209": "What guards and moments name exists, and is unambiguous.",
    "PF210": "What is compared, joined and reckoned with is of fitting types.",
    "PF211": "A party expression names somebody, and can be met.",
    "PF212": "The time zone exists.",
    "PF213": "Days that are named are numbered.",
    "PF214": "A figure is a whole number or an integer finding.",
    "PF215": "The values of a finding are of its type.",
}
"""The codes that reading itself gives, each with its rule."""

ELSEWHERE: dict[str, str] = {
    "PF399": "The automatic transitions come to rest at every moment.",
    "PF417": "The events of a scenario are statements that can be made.",
}
"""The codes of faults that show when a scenario is read, or an agreement moves."""


def codes() -> tuple[str, ...]:
    """Return the code of every rule, in order."""
    return tuple(sorted({**RULES, **ADVISED, **READING, **ELSEWHERE}))


def severity(code: str) -> Severity | None:
    """Return how heavy a departure from the rule of ``code`` is; None if there is none.

    >>> severity("PF303"), severity("PF308"), severity("PF999")
    ('error', 'warning', None)
    """
    if code == "PF115":
        return "warning"
    if code in ADVISED:
        return ADVISED[code].severity
    return "error" if code in {**RULES, **READING, **ELSEWHERE} else None


def meaning(code: str) -> str:
    """Return in a sentence what the rule of ``code`` asks.

    >>> meaning("PF303")
    'No transition leaves a final state.'
    """
    sentence = READING.get(code) or ELSEWHERE.get(code)
    return sentence or ({**RULES, **ADVISED}[code].find.__doc__ or "").strip()


def check(written: Written) -> None:
    """Note everything in which ``written`` departs from what must hold."""
    _hold(RULES, written)


def advise(written: Written) -> None:
    """Note everything in which ``written`` departs from what is advised.

    What rests on something faulty is not judged.
    """
    faults = written.scope.faults
    data, faulty = faults.document.data, faults.faulty | written.reading.damaged
    _hold(ADVISED, msgspec.structs.replace(written, in_doubt=in_doubt(data, faulty)))


def _hold(rules: dict[str, Rule], written: Written) -> None:
    faults = written.scope.faults
    for code, rule in rules.items():
        if rule.needs_whole and faults.has_errors:
            continue
        for fault in rule.find(written):
            faults.add(
                code,
                fault.path,
                fault.message,
                fault.remedy,
                at_key=fault.at_key,
                severity=rule.severity,
            )
