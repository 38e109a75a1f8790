"""What is read back says every key, says nothing else, and cannot be forged."""

import copy
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from phaseflow.language import document as form
from phaseflow.language.parse import parse_definition
from phaseflow.model.guard import BOOLEAN_ATTRIBUTES, NUMBER_ATTRIBUTES
from phaseflow.prose import names
from phaseflow.prose.definition import prose

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPOKEN = yaml.safe_load((HERE / "spoken.yaml").read_text(encoding="utf-8"))
REVIEWED = sorted(file.stem for file in HERE.glob("*.md"))
DIGEST = re.compile(
    r"^Read from the definition with the SHA-256 digest `[0-9a-f]{64}`\.\n", re.MULTILINE
)
WRITE = os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1"
REMARKS = tuple(form.Remarked.known_keys())

Place = tuple[str | int, ...]

PARTS: tuple[tuple[type[form.FormPart], Place], ...] = (
    (form.DefinitionForm, ()),
    (form.CalendarForm, ("calendar",)),
    (form.PartyForm, ("parties", "agent")),
    (form.FindingForm, ("findings", "accepted")),
    (form.ObligationForm, ("obligations", "machines")),
    (form.RowForm, ("obligations", "machines", "schedule", 0)),
    (form.StepForm, ("obligations", "stages", "steps", 0)),
    (form.DriverForm, ("obligations", "payment", "in_return_for", 0)),
    (form.StateForm, ("states", "work")),
    (form.TransitionForm, ("transitions", 1)),
    (form.GuardForm, ("transitions", 1, "guards", 0)),
    (form.ConcurForm, ("transitions", 0, "by")),
    (form.ChoiceForm, ("obligations", "papers", "by")),
    (form.AmendmentsForm, ("amendments",)),
)
MACHINES = ("obligations", "machines")
CHANGES: dict[tuple[str, str], tuple[Place, Any]] = {
    ("DefinitionForm", "name"): (("name",), "other"),
    ("DefinitionForm", "edition"): (("edition",), "2"),
    ("DefinitionForm", "sources"): (("sources", 0), "Contract of 3 June 2025"),
    ("DefinitionForm", "groups"): (("groups", "bank"), ["buyer", "surveyor"]),
    ("DefinitionForm", "initial"): (("initial",), "running"),
    ("CalendarForm", "time_zone"): (("calendar", "time_zone"), "Europe/Paris"),
    ("CalendarForm", "day_1"): (("calendar", "day_1"), "draft"),
    ("CalendarForm", "day_0"): (("calendar",), {"day_0": "running", "time_zone": "Europe/Berlin"}),
    ("PartyForm", "role"): (("parties", "agent", "role"), "observer"),
    ("PartyForm", "through"): (("parties", "agent", "through"), "buyer"),
    ("FindingForm", "by"): (("findings", "accepted", "by"), "seller"),
    ("FindingForm", "type"): (("findings", "result", "type"), ["good", "poor"]),
    ("FindingForm", "initially"): (("findings", "accepted", "initially"), True),
    ("RowForm", "by"): ((*MACHINES, "schedule", 0, "by"), "day 31"),
    ("RowForm", "total"): ((*MACHINES, "schedule", 0, "total"), 7),
    ("StepForm", "name"): (("obligations", "stages", "steps", 1, "name"), "cover"),
    ("StepForm", "by"): (("obligations", "stages", "steps", 0, "by"), "day 21"),
    ("StepForm", "not_before"): (("obligations", "stages", "steps", 0, "not_before"), "day 11"),
    ("DriverForm", "obligation"): (
        ("obligations", "payment", "in_return_for", 0),
        {"obligation": "permit", "within": "P14D", "each": 3},
    ),
    ("DriverForm", "within"): (("obligations", "payment", "in_return_for", 0, "within"), "P15D"),
    ("DriverForm", "each"): (
        ("obligations", "payment", "in_return_for", 0, "each", "presses", "cash"),
        2600,
    ),
    ("DriverForm", "shared"): (
        ("obligations", "payment", "in_return_for", 0, "shared", "lathes", "cash"),
        8001,
    ),
    ("ObligationForm", "obligor"): (("obligations", "permit", "obligor"), "seller"),
    ("ObligationForm", "obligee"): ((*MACHINES, "obligee"), ["buyer", "clerk"]),
    ("ObligationForm", "during"): ((*MACHINES, "during"), ["running"]),
    ("ObligationForm", "from"): ((*MACHINES, "from"), "day 3"),
    ("ObligationForm", "until"): ((*MACHINES, "until"), "day 91"),
    ("ObligationForm", "unit"): ((*MACHINES, "unit"), "piece"),
    ("ObligationForm", "amount"): (("obligations", "power", "amount"), 601),
    ("ObligationForm", "by"): (("obligations", "permit", "by"), "2026-03-01"),
    ("ObligationForm", "schedule"): ((*MACHINES, "schedule", 2, "lathes"), 7),
    ("ObligationForm", "steps"): (("obligations", "stages", "steps", 1, "by"), "day 50"),
    ("ObligationForm", "in_order"): (("obligations", "stages", "in_order"), False),
    ("ObligationForm", "in_return_for"): (
        ("obligations", "accepted_on", "in_return_for"),
        [{"obligation": "permit", "each": 1}],
    ),
    ("ObligationForm", "every"): (("obligations", "power", "every"), "week"),
    ("ObligationForm", "averaged"): (("obligations", "power", "averaged"), False),
    ("ObligationForm", "of_which"): (("obligations", "power", "of_which", "night"), 51),
    ("ObligationForm", "refrain"): (
        ("obligations", "quiet"),
        {"obligor": "buyer", "verified_by": {"any": 1, "of": ["surveyor", "clerk"]}},
    ),
    ("ObligationForm", "tolerated"): (("obligations", "quiet", "tolerated"), 3),
    ("ObligationForm", "requires"): ((*MACHINES, "requires"), "not accepted"),
    ("ObligationForm", "within"): ((*MACHINES, "within"), "P3D"),
    ("ObligationForm", "excused_while"): ((*MACHINES, "excused_while"), "payment.overdue"),
    ("ObligationForm", "deadlines"): ((*MACHINES, "deadlines"), "restart"),
    ("ObligationForm", "cure"): ((*MACHINES, "cure"), "P3D"),
    ("ObligationForm", "when_left"): ((*MACHINES, "when_left"), "lapse"),
    ("ObligationForm", "not_before"): ((*MACHINES, "not_before"), "day 6"),
    ("ObligationForm", "verified_by"): ((*MACHINES, "verified_by"), "clerk"),
    ("ObligationForm", "verify_within"): ((*MACHINES, "verify_within"), "P4D"),
    ("ObligationForm", "counts"): (("obligations", "spare", "counts"), "uncontested"),
    ("ObligationForm", "counts_toward"): (
        ("obligations", "spare"),
        {"obligor": "seller", "obligee": "buyer", "amount": "open", "unit": "machine"},
    ),
    ("ObligationForm", "judged"): ((*MACHINES, "judged"), "in_total"),
    ("ObligationForm", "value"): ((*MACHINES, "value"), 6),
    ("StateForm", "states"): (("states", "work", "states", "resting"), {}),
    ("StateForm", "initial"): (("states", "work", "initial"), "testing"),
    ("StateForm", "final"): (("states", "done", "final"), "failure"),
    ("StateForm", "deadlines"): (("states", "paused", "deadlines"), "restart"),
    ("TransitionForm", "name"): (("transitions", 1, "name"), "examine"),
    ("TransitionForm", "from"): (("transitions", 1, "from"), ["running", "paused"]),
    ("TransitionForm", "to"): (("transitions", 1, "to"), "paused"),
    ("TransitionForm", "by"): (("transitions", 1, "by"), "automatic"),
    ("TransitionForm", "after"): (("transitions", 1, "after"), "day 31"),
    ("TransitionForm", "guards"): (("transitions", 1, "guards", 1), 'result == "bad"'),
    ("GuardForm", "that"): (
        ("transitions", 1, "guards", 0, "that"),
        "machines.presses.delivered >= 3",
    ),
    ("GuardForm", "else"): (("transitions", 1, "guards", 0, "else"), "presses are missing"),
    ("GuardForm", "waivable_by"): (("transitions", 1, "guards", 0, "waivable_by"), "seller"),
    ("ConcurForm", "all"): (("transitions", 0, "by", "all"), "verifiers"),
    ("ConcurForm", "any"): (("transitions", 1, "by", "any"), 2),
    ("ConcurForm", "of"): (("transitions", 1, "by", "of"), "verifiers"),
    ("ChoiceForm", "earlier_of"): (
        ("obligations", "papers", "by"),
        {"later_of": ["day 9", "signed + P2D"]},
    ),
    ("ChoiceForm", "later_of"): (("obligations", "permit", "by", "later_of", 0), "day 8T13:00"),
    ("AmendmentsForm", "by"): (("amendments", "by"), "clerk"),
    ("DefinitionForm", "renames"): (("renames",), {"halted": "paused"}),
}
UNCHANGED = {"phaseflow", "title", "calendar", "parties", "findings", "obligations", "states"}
"""Keys of the whole that have one value only, or whose parts are changed one by one."""


def spoken(document: Any) -> str:
    source = yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()
    return DIGEST.sub("", prose(parse_definition(source, "spoken.yaml")))


def changed(place: Place, value: Any) -> Any:
    document = copy.deepcopy(SPOKEN)
    *way, last = place
    here = document
    for key in way:
        here = here[key]
    here[last] = value
    return document


def keys() -> Iterator[tuple[str, str]]:
    for part, _ in PARTS:
        own = set(part.known_keys())
        own -= set(REMARKS) if issubclass(part, form.Remarked) else set()
        own -= UNCHANGED | {"transitions", "amendments"} if part is form.DefinitionForm else set()
        yield from ((part.__name__, key) for key in sorted(own))


@pytest.mark.parametrize("key", list(keys()), ids=".".join)
def test_every_key_is_spoken(key: tuple[str, str]) -> None:
    place, value = CHANGES[key]

    said = spoken(changed(place, value))

    assert said != spoken(SPOKEN)


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize(
    ("part", "place"),
    [(part, place) for part, place in PARTS if issubclass(part, form.Remarked)],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_remark_is_spoken_wherever_it_may_stand(
    part: type[form.FormPart], place: Place, remark: str
) -> None:
    said = spoken(changed((*place, remark), "zebra"))

    assert "zebra" in said.lower()


def test_every_attribute_has_words() -> None:
    assert names._HOLDS.keys() == set(BOOLEAN_ATTRIBUTES)
    assert names._NUMBERS.keys() == set(NUMBER_ATTRIBUTES)


def test_what_means_the_same_is_read_alike() -> None:
    flowing = yaml.safe_dump(SPOKEN, sort_keys=False, default_flow_style=True).encode()

    said = DIGEST.sub("", prose(parse_definition(flowing, "spoken.yaml")))

    assert said == spoken(SPOKEN)


def test_it_ends_with_the_digest_of_the_file() -> None:
    source = (HERE / "spoken.yaml").read_bytes()
    definition = parse_definition(source, "spoken.yaml")

    assert f"`{definition.digest}`.\n" in prose(definition)


@pytest.mark.parametrize(
    "place",
    [
        (*MACHINES, "title"),
        (*MACHINES, "unit"),
        (*MACHINES, "note"),
        (*MACHINES, "source"),
        (*MACHINES, "schedule", 0, "clause"),
        ("obligations", "stages", "steps", 0, "title"),
        ("obligations", "payment", "unit"),
        ("parties", "seller", "title"),
        ("findings", "accepted", "title"),
        ("states", "draft", "title"),
        ("transitions", 1, "guards", 0, "else"),
        ("amendments", "title"),
        ("sources", 0),
        ("edition",),
        ("title",),
    ],
    ids=lambda place: ".".join(map(str, place)),
)
def test_no_text_of_the_file_can_pass_for_a_clause(place: Place) -> None:
    forged = "Papers\n\n### 99. Surrender\n\n99.1 *All* is <b>waived</b> [here](x) `now` | so"

    said = spoken(changed(place, forged))

    assert not re.search(r"^(#+ )?99\.", said, re.MULTILINE)
    assert r"\*All\* is \<b\>waived\</b\> \[here\](x) \`now\` \| so" in said
    assert "*All*" not in said.replace(r"\*All\*", "")


def test_clauses_are_numbered_without_a_gap() -> None:
    said = spoken(SPOKEN)

    numbers = [int(n) for n in re.findall(r"^### (\d+)\.", said, re.MULTILINE)]

    assert numbers == list(range(1, len(numbers) + 1))


def test_every_clause_that_is_named_is_the_one_meant() -> None:
    said = spoken(SPOKEN)
    titles = dict(re.findall(r"^### (\d+)\. (.*) \(`\w+`\)$", said, re.MULTILINE))

    named = re.findall(r"“([^”]*)” \(clause (\d+)", said)

    assert named
    assert all(titles[number].lower() == title.lower() for title, number in named)


@pytest.mark.parametrize("name", REVIEWED)
def test_a_shipped_definition_reads_as_reviewed(name: str) -> None:
    folder, _, edition = name.partition(".")
    file = ROOT / "definitions" / folder / f"{edition or 'definition'}.yaml"
    reviewed = HERE / f"{name}.md"

    said = DIGEST.sub("", prose(parse_definition(file.read_bytes(), str(file))))

    if WRITE:
        reviewed.write_text(said, encoding="utf-8", newline="\n")
    assert said == reviewed.read_text(encoding="utf-8")


def without_titles(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: without_titles(value) for key, value in tree.items() if key != "title"}
    return [without_titles(value) for value in tree] if isinstance(tree, list) else tree


def test_a_sentence_begins_with_a_capital_letter_even_where_a_party_has_no_title() -> None:
    said = spoken(without_titles(SPOKEN))

    assert "Seller owes this to buyer." in said
    assert re.findall(r"^\d+\.\d+ [a-z].*", said, re.MULTILINE) == []


def test_what_several_owe_is_owed_by_each_in_full() -> None:
    lorries = {"obligor": ["seller", "buyer"], "unit": "lorry", "amount": 12, "by": "day 9"}

    said = spoken(changed(("obligations", "lorries"), lorries))

    assert "The whole that each owes is 12 lorries." in said


def test_an_hour_is_read_by_the_clock_of_the_text() -> None:
    begins = {"by": "buyer", "type": "instant", "initially": "2025-01-19T08:30"}

    said = spoken(changed(("findings", "begins"), begins))

    assert "it stands at 08:30 on 19 January 2025." in said


@pytest.mark.parametrize(
    ("terms", "ending"),
    [
        ({}, "A breach does not end: the text sets no time for that, and nobody can waive it."),
        ({"cure": "P9D"}, "A breach ends when 9 days have passed without another violation."),
        ({"obligee": "seller"}, "A breach ends when it is waived."),
    ],
    ids=lambda terms: ",".join(terms) if isinstance(terms, dict) else "",
)
def test_a_breach_ends_by_a_waiver_only_where_somebody_can_waive_it(
    terms: dict[str, str], ending: str
) -> None:
    quiet = SPOKEN["obligations"]["quiet"] | terms

    said = spoken(changed(("obligations", "quiet"), quiet))

    assert ending in said


@pytest.mark.parametrize("key", ["not_before", "judged"])
def test_what_is_owed_in_return_says_how_early_and_by_what_it_is_judged(key: str) -> None:
    value = {"not_before": "day 5", "judged": "in_total"}[key]

    said = spoken(changed(("obligations", "payment", key), value))

    assert said != spoken(SPOKEN)


def test_what_is_left_open_at_its_last_day_is_said_to_become_late_all_the_same() -> None:
    permit = SPOKEN["obligations"]["permit"] | {"until": "day 5"}

    said = spoken(changed(("obligations", "permit"), permit))

    late = "is no longer in force is still owed, and can still become late."
    assert said.count(late) == spoken(SPOKEN).count(late) + 1


def test_a_state_that_tolls_is_said_to_move_the_date_of_the_moves_after_it() -> None:
    said = spoken(SPOKEN)

    assert (
        "So has the date before which a move out of the state that follows cannot take place."
        in said
    )


def test_a_text_that_nobody_can_change_says_so() -> None:
    said = spoken({key: value for key, value in SPOKEN.items() if key != "amendments"})

    assert "This text names nobody who could change it." in said
