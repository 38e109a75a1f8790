"""The PF rules: what each code means, and which function finds its faults."""

from collections.abc import Callable, Iterator

import msgspec

from phaseflow.language import structure, terms
from phaseflow.language.written import Fault, Written


class Rule(msgspec.Struct, frozen=True):
    """A rule over a whole definition.

    ``needs_whole``: what another fault has torn out would set it off as well,
    so that it is held only where none was found before.
    """

    find: Callable[[Written], Iterator[Fault]]
    needs_whole: bool = False


RULES: dict[str, Rule] = {
    "PF301": Rule(structure.initial_can_be_entered),
    "PF302": Rule(structure.target_can_be_entered),
    "PF303": Rule(structure.final_is_final),
    "PF307": Rule(structure.compounds_are_whole),
    "PF304": Rule(structure.previous_is_known, needs_whole=True),
    "PF305": Rule(structure.automatic_stops, needs_whole=True),
    "PF306": Rule(structure.automatic_can_be_taken, needs_whole=True),
    "PF401": Rule(terms.keys_belong),
    "PF402": Rule(terms.keys_exclude),
    "PF403": Rule(terms.keys_need),
    "PF404": Rule(terms.figures_are_positive),
    "PF405": Rule(terms.schedule_rises),
    "PF406": Rule(terms.schedule_fits),
    "PF407": Rule(terms.moments_are_in_order),
    "PF408": Rule(terms.categories_match),
    "PF409": Rule(terms.open_amounts_are_open),
    "PF410": Rule(terms.returns_do_not_circle),
    "PF411": Rule(terms.counts_do_not_circle),
    "PF412": Rule(terms.excuses_are_steady),
    "PF413": Rule(terms.duties_can_arise),
    "PF414": Rule(terms.nobody_owes_himself),
    "PF415": Rule(terms.parts_fit),
    "PF416": Rule(terms.something_is_owed),
}

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


def meaning(code: str) -> str:
    """Return in a sentence what the rule of ``code`` asks.

    >>> meaning("PF303")
    'No transition leaves a final state.'
    """
    if code in READING:
        return READING[code]
    return (RULES[code].find.__doc__ or "").strip()


def check(written: Written) -> None:
    """Note everything in which ``written`` departs from the rules."""
    faults = written.scope.faults
    for code, rule in RULES.items():
        if not faults.found or not rule.needs_whole:
            for fault in rule.find(written):
                faults.add(code, fault.path, fault.message, fault.remedy, at_key=fault.at_key)
