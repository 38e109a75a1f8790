"""Each rule: a definition that breaks it, what is reported to the letter, and a sound one."""

import re
from pathlib import Path

import pytest

from phaseflow.errors import DefinitionInvalid
from phaseflow.language.parse import parse_definition
from phaseflow.language.rules.held_elsewhere import AFTER_THE_CHECK
from phaseflow.language.rules.registry import RULES

HERE = Path(__file__).parent
SOUND = (HERE / "sound.yaml").read_text(encoding="utf-8")
REPORTS = dict(
    re.findall(
        r"^## (.+)\n((?:(?!## ).*\n)*)",
        (HERE / "faulty.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)

# What is replaced, by what, and the report; each is one departure from SOUND.
CASES: dict[str, tuple[str, str]] = {
    # PF1xx
    "a character that does not show": ("title: Exchange", "title: Ex\u202echange"),
    "an open bracket": ("  north: {role: signatory}", "  north: {role: signatory"),
    "a tab": ("  day_1: running", "\tday_1: running"),
    "an anchor": ("{role: verifier}", "&v {role: verifier}"),
    "an alias": ("title: Exchange", "title: *north"),
    "a tag": ("title: Exchange", "title: !!str Exchange"),
    "a second document": ("initial: proposed", "---\ninitial: proposed"),
    "a duplicate key": ("  watch: {role", "  north: {role: signatory}\n  watch: {role"),
    "a version with a point": ('edition: "1"', "edition: 1.0"),
    "an unknown key": ("    obligee: south\n", "    oblige: south\n"),
    "an unknown key of the whole": ("initial: proposed", "initial: proposed\nintial: running"),
    "a missing key": ("    obligor: north\n    obligee: south\n", "    obligee: south\n"),
    "a missing key of the whole": ('edition: "1"\n', ""),
    "a number for text": ("by: day 7", "by: 7"),
    "a list for parties": (
        "by: {all: signatories}}\n  - {name: halt",
        "by: [north, south]}\n  - {name: halt",
    ),
    "a yes": ("refrain: true", "refrain: yes"),
    "a number with a leading zero": ("total: 4", "total: 04"),
    "a key without a value": ("    during: running\n    amount", "    during:\n    amount"),
    "a role that is none": ("{role: verifier}", "{role: verifyer}"),
    "another version of the language": ("phaseflow: 1", "phaseflow: 2"),
    "a period that is none": ("PT24H", "24h"),
    "a period that mixes": ("PT24H", "P1DT2H"),
    "a moment that is none": ("by: day 7", "by: next week"),
    "a day that is none": ("by: day 7", "by: 2025-02-30"),
    "an instant in another zone": ("by: day 7", "by: 2025-02-03T12:00Z"),
    "a guard that calls": ("[goods.discharged]", '["goods.discharged()"]'),
    "a guard with an equals sign": ("[goods.discharged]", "[goods.delivered = 8]"),
    "a guard that breaks off": ("[goods.discharged]", "[goods.discharged and]"),
    "an ignore without a reason": (
        "initial: proposed",
        "# phaseflow: ignore PF308\ninitial: proposed",
    ),
    "an ignore of nothing": ("initial: proposed", "# phaseflow: disable\ninitial: proposed"),
    "an ignore of an error": (
        "initial: proposed",
        "initial: proposed  # phaseflow: ignore PF301 because it begins there",
    ),
    "an ignore of no rule": (
        "initial: proposed",
        "initial: proposed  # phaseflow: ignore PF999 because it begins there",
    ),
    # PF2xx
    "a name with a hyphen": (
        "  watch: {role: verifier}",
        "  Watch-Tower: {role: verifier}\n  watch: {role: verifier}",
    ),
    "a reserved name": ("  ready:", "  total: {by: watch}\n  ready:"),
    "a name of two things": ("  ready:", "  goods: {by: watch}\n  ready:"),
    "a party named as a group of a role": (
        "  watch: {role: verifier}",
        "  observers: {role: signatory}\n  watch: {role: verifier}",
    ),
    "two transitions of one name": ("{name: halt,", "{name: begin,"),
    "two states of one name": (
        "  halted: {deadlines: toll}",
        "  halted: {deadlines: toll}\n  other: {initial: running, states: {running: }}",
    ),
    "a misspelt party": ("obligor: [north, south]", "obligor: [north, sout]"),
    "a group in place of a party": ("by: north,", "by: signatories,"),
    "a party in place of a group": (
        "to: previous, by: {all: signatories}",
        "to: previous, by: {all: north}",
    ),
    "an unknown group": (
        "to: previous, by: {all: signatories}",
        "to: previous, by: {all: signatorys}",
    ),
    "an unknown state": ("from: running, to: halted", "from: runing, to: halted"),
    "an unknown state of a duty": (
        "    during: running\n    amount",
        "    during: [running, waiting]\n    amount",
    ),
    "an unknown driver": ("obligation: goods", "obligation: good"),
    "an unknown category of a row": ("{by: day 7, total: 4}", "{by: day 7, boat: 2}"),
    "an unknown category in a guard": ("[goods.discharged]", "[goods.boat.discharged]"),
    "an unknown attribute": ("[goods.discharged]", "[goods.dischargd]"),
    "an obligation without attribute": ("[goods.discharged]", "[goods]"),
    "an unknown name in a guard": ("[goods.discharged]", "[redy]"),
    "a state in a guard": ("[goods.discharged]", "[running]"),
    "an unknown anchor": ("after: day 14", "after: runing + P3D"),
    "an anchor that is no moment": ("after: day 14", "after: ready + P3D"),
    "an anchor of several": ("after: day 14", "after: peace + P3D"),
    "a number for a condition": ("[goods.discharged]", "[goods.delivered]"),
    "a condition compared with a number": ("[goods.discharged]", "[goods.discharged == 3]"),
    "an order of conditions": ("[goods.discharged]", "[ready < true]"),
    "a word that is none": ("[goods.discharged]", "[outcome == agred]"),
    "a date that is none": ("[goods.discharged]", "[\"signed > '7 May'\"]"),
    "a quorum that is too large": (
        "to: previous, by: {all: signatories}",
        "to: previous, by: {any: 3, of: signatories}",
    ),
    "an empty group": (
        "to: previous, by: {all: signatories}",
        "to: previous, by: {all: guarantors}",
    ),
    "a quorum of nobody": ("to: previous, by: {all: signatories}", "to: previous, by: {any: 1}"),
    "an unknown time zone": ("Asia/Jerusalem", "Asia/Jerusalm"),
    "days that are not numbered": ("  day_1: running\n", ""),
    "a day before the first": ("by: day 7", "by: day 0"),
    "a figure that is no finding": ("amount: 10", "amount: ready"),
    "an unknown figure": ("amount: 10", "amount: extras"),
    "a first value of another type": ("initially: false", "initially: 3"),
    # PF3xx
    "a final beginning": ("initial: proposed", "initial: ended"),
    "an unknown beginning": ("initial: proposed", "initial: propsed"),
    "a target without entry": (
        "  halted: {deadlines: toll}",
        "  halted: {deadlines: toll, states: {hot: , cold: }}",
    ),
    "leaving a final state": ("{name: halt, from: running", "{name: halt, from: [running, ended]"),
    "a previous of nothing": ("from: halted, to: previous", "from: proposed, to: previous"),
    "a loop": (
        "transitions:\n",
        """\
transitions:
  - {name: stop, from: running, to: halted, by: automatic, guards: [ready]}
  - {name: go, from: halted, to: running, by: automatic, guards: [ready]}
""",
    ),
    "a shadow": (
        "transitions:\n",
        "transitions:\n  - {name: out, from: running, to: ended, by: automatic, guards: [goods.discharged]}\n",
    ),
    "a final state that holds others": (
        "ended: {final: success}",
        "ended: {final: success, states: {well: }}",
    ),
    "an initial that is not within": (
        "halted: {deadlines: toll}",
        "halted: {deadlines: toll, initial: running}",
    ),
    # PF4xx
    "a schedule of a restraint": (
        "    refrain: true\n",
        "    refrain: true\n    schedule: [{by: day 3, total: 1}]\n",
    ),
    "two forms": ("every: day}", "every: day, refrain: true, verified_by: watch}"),
    "a due of a duty in return": ("    in_return_for:\n", "    by: day 7\n    in_return_for:\n"),
    "by beside a schedule": ("    schedule:\n", "    by: day 14\n    schedule:\n"),
    "a row of two kinds": ("{by: day 7, total: 4}", "{by: day 7, total: 4, boats: 1}"),
    "deadlines without an excuse": (
        "    refrain: true\n",
        "    refrain: true\n    deadlines: run\n",
    ),
    "a wait without a verifier": ("every: day}", "every: day, verify_within: P3D}"),
    "an unverified restraint": (
        "    refrain: true\n    verified_by: watch\n",
        "    refrain: true\n",
    ),
    "nothing of something": ("carts: {silver: 1}", "carts: {silver: 0}"),
    "a share of too much": ("total: 8", "total: 120%"),
    "a schedule that falls": ("total: 8", "total: 3"),
    "a schedule of too much": ("total: 8", "total: 9"),
    "rows out of order": ("by: day 14, total", "by: day 5, total"),
    "an end before its beginning": ("every: day}", "every: day, from: day 9, until: day 3}"),
    "a category that the driver lacks": ("carts: {silver: 1}", "cart: {silver: 1}"),
    "a target without the category": ("amount: open, counts", "amount: {silk: 2}, counts"),
    "a target that counts nothing": ("counts_toward: goods}", "counts_toward: peace}"),
    "a date of an open amount": ("amount: open,", "amount: open, by: day 7,"),
    "a pool over an open amount": (
        "obligation: goods\n        within: PT24H\n        each: {boats: {silver: 2}, carts: {silver: 1}}",
        "obligation: found\n        within: PT24H\n        shared: {boats: {silver: 2}}",
    ),
    "a return for itself": (
        "obligation: goods\n        within: PT24H\n        each: {boats: {silver: 2}, carts: {silver: 1}}",
        "obligation: money\n        each: 1",
    ),
    "a count toward itself": ("counts_toward: goods}", "counts_toward: found}"),
    "an excuse of an excuse": ("every: day}", "every: day, excused_while: goods.excused}"),
    "a duty after the end": ("    during: running\n    amount", "    during: ended\n    amount"),
    "a debt to oneself": ("    obligee: south\n", "    obligee: [south, north]\n"),
    "a part larger than the whole": ("of_which: {clean: 4}", "of_which: {clean: 40}"),
    "an empty list of steps": (
        "    steps:\n      - {name: hill, by: day 3}\n      - {name: river, by: day 9}\n",
        "    steps: []\n",
    ),
}


def report(text: str) -> str:
    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(text.encode(), "d.yaml")
    return str(caught.value)


def test_the_corrected_definition_is_accepted() -> None:
    assert parse_definition(SOUND.encode(), "d.yaml").name == "exchange"


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_reported_with_its_place_and_a_remedy(name: str) -> None:
    old, new = CASES[name]

    told = report(SOUND.replace(old, new, 1))

    assert told == REPORTS[name].rstrip("\n")


def test_every_error_has_a_faulty_definition() -> None:
    told = set(re.findall(r"^d.yaml\S+ (PF\d{3})", "".join(REPORTS.values()), re.MULTILINE))
    shown = [rule for rule in RULES.values() if rule not in AFTER_THE_CHECK]

    assert told == {rule.code for rule in shown if rule.severity == "error"}


def test_all_faults_of_a_file_are_reported_at_once_in_its_order() -> None:
    spoilt = SOUND.replace("obligee: south", "obligee: sout").replace("by: day 7,", "by: 7,", 1)
    spoilt = spoilt.replace("role: verifier", "role: verifyer").replace("boats: 3", "boats: -3")
    spoilt = spoilt.replace("from: running, to: halted", "from: runing, to: halted, when: 3")

    with pytest.raises(DefinitionInvalid) as caught:
        parse_definition(spoilt.encode(), "d.yaml")

    faults = [(fault.line, fault.code) for fault in caught.value.faults]
    assert faults == [(11, "PF109"), (20, "PF204"), (24, "PF108"), (54, "PF205"), (54, "PF106")]


def test_what_is_faulty_itself_sets_off_no_second_fault_where_it_is_used() -> None:
    told = report(SOUND.replace("    obligor: north\n    obligee: south\n", "    obligee: south\n"))

    assert told.count("PF") == 1


def test_a_long_line_is_not_shown_with_its_fault() -> None:
    told = report(SOUND.replace("title: Exchange", "titel: " + "x" * 500))

    assert "xxxx" not in told


def test_a_row_of_less_than_nothing_is_a_figure_that_cannot_be() -> None:
    assert "PF404" in report(SOUND.replace("{by: day 7, total: 4}", "{by: day 7, boats: -2}"))


def test_who_holds_a_role_alone_may_be_named_as_all_who_hold_it() -> None:
    alone = SOUND.replace("  watch: {role", "  observers: {role: observer}\n  watch: {role")
    among = alone.replace("  watch: {role", "  envoy: {role: observer}\n  watch: {role")

    assert "observers" in parse_definition(alone.encode(), "d.yaml").parties
    assert report(among).count("PF203") == 1


def test_an_empty_beginning_is_no_state() -> None:
    assert "'' is not a state" in report(SOUND.replace("initial: proposed", "initial: ''"))
