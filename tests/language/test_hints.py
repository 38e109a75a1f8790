"""A hint that is followed leads to a definition that holds, or a step nearer to one."""

from pathlib import Path

import pytest

from phaseflow.diagnostic import Diagnostic
from phaseflow.language.parse import examine

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")


def errors(text: str) -> list[Diagnostic]:
    return [d for d in examine(text.encode(), "d.yaml")[1] if d.severity == "error"]


def followed(text: str, fault: Diagnostic) -> str:
    """Return ``text`` with what the caret of ``fault`` points at replaced by what was meant."""
    lines = text.split("\n")
    line, start = lines[fault.line - 1], fault.column - 1
    lines[fault.line - 1] = line[:start] + fault.near_miss + line[start + fault.width :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("sound", "slip", "meant"),
    [
        # moments
        ("by: day 7", "by: 7", "day 7"),
        ("by: day 7", "by: day7", "day 7"),
        ("by: day 7", "by: Day 7", "day 7"),
        ("by: day 7", "by: day-7", "day 7"),
        ("by: day 7", "by: day 7 16:00", "day 7T16:00"),
        ("by: day 7", "by: 2026-3-14", "2026-03-14"),
        ("by: day 7", "by: 2026/03/14", "2026-03-14"),
        ("by: day 7", "by: 14.3.2026", "2026-03-14"),
        ("by: day 7", "by: 2026-03-14 9:30", "2026-03-14T09:30"),
        ("by: day 7", "by: Day7 + P1D", "day 7"),
        ("by: day 7", "by: 2026-03-14T16:00Z", "2026-03-14T18:00"),
        ("by: day 7", "by: 2026-03-14T16:00+01:00", "2026-03-14T17:00"),
        ("by: day 7", "by: 2026-03-14T01:00-0500", "2026-03-14T08:00"),
        ("after: day 14", "after: Running + P14D", "running"),
        ("by: day 7", "by: running + 7 days", "P7D"),
        ("after: day 14", "after: 14 days after running", "running + P14D"),
        ("after: day 14", "after: within P2D of the signed", "signed + P2D"),
        ("after: day 14", "after: hill + P14D", "retreat.hill"),
        # words
        ("[agreed, failed]", "[Agreed, failed]", "agreed"),
        # periods
        ("PT24H", "24h", "PT24H"),
        ("PT24H", "24 hours", "PT24H"),
        ("PT24H", "P24H", "PT24H"),
        ("PT24H", "7 days", "P7D"),
        ("PT24H", "P7", "P7D"),
        ("PT24H", "7D", "P7D"),
        ("PT24H", "PT7D", "P7D"),
        ("PT24H", "2 weeks", "P2W"),
        ("PT24H", "1 month", "P1M"),
        # figures
        ("amount: 10,", "amount: 1_000,", "1000"),
        ("amount: 10,", "amount: '100,000',", "100000"),
        ("amount: 10,", "amount: EUR 100 000,", "100000"),
        ("amount: 10,", "amount: 10 trucks,", "10"),
        ("total: 8", "total: 100 percent", "100%"),
        ("total: 8", "total: 08", "8"),
        # names
        ("obligor: north\n", "obligor: North\n", "north"),
        ("{role: verifier}", "{role: Verifier}", "verifier"),
        ("by: automatic", "by: Automatic", "automatic"),
        ("Asia/Jerusalem", "Jerusalem", "Asia/Jerusalem"),
        ("Asia/Jerusalem", "asia/jerusalem", "Asia/Jerusalem"),
        ("Asia/Jerusalem", "utc", "UTC"),
        ("type: date", "type: Date", "date"),
        ("goods.discharged", "good.discharged", "goods"),
        ("south.in_breach", "souht.in_breach", "south"),
        ("from: running, to: halted", "from: Running, to: halted", "running"),
        ("    obligee:", "    Obligee:", "obligee"),
    ],
)
def test_what_was_meant_holds_in_its_place(sound: str, slip: str, meant: str) -> None:
    text = SOUND.replace(sound, slip, 1)

    [fault] = errors(text)

    assert fault.near_miss.partition(".")[0] == meant.partition(".")[0]
    assert errors(followed(text, fault)) == []


@pytest.mark.parametrize(
    ("sound", "slip", "remedy", "mended"),
    [
        (
            "to: running, by: {all: signatories}",
            "to: running, by: [north, south]",
            "write {all: [north, south]}, or {any: 1, of: [north, south]}",
            "to: running, by: {any: 1, of: [north, south]}",
        ),
        (
            "to: running, by: {all: signatories}",
            "to: running, by: 'north, south'",
            "write {all: [north, south]}, or {any: 1, of: [north, south]}",
            "to: running, by: {all: [north, south]}",
        ),
        (
            "to: running, by: {all: signatories}",
            "to: running, by: {any: signatories}",
            "say how many of them, as in {any: 1, of: signatories}",
            "to: running, by: {any: 1, of: signatories}",
        ),
        (
            "to: running, by: {all: signatories}",
            "to: running, by: {all:signatories}",
            "write all: signatories, with a space after the colon",
            "to: running, by: {all: signatories}",
        ),
        (
            "by: day 7",
            "by: [day 7, day 8]",
            "write {earlier_of: [ … ]} or {later_of: [ … ]}",
            "by: {later_of: [day 7, day 8]}",
        ),
        (
            "by: day 7",
            "by: day 7T16:00Z",
            "write the local time of the calendar's time_zone, as in day 7T16:00",
            "by: day 7T18:00",
        ),
        (
            "initial: proposed",
            "initial: proposed\nintial: running",
            "remove it, as 'initial' stands here too",
            "initial: proposed",
        ),
        ("by: day 7", "by: P7D", "say what it is counted from, as in NAME + P7D", "by: running + P7D"),
        ("by: day 7", "by: day 9999999", "days have numbers of at most 5 digits", "by: day 7"),
        ("from: running, to: halted", "from: 'running, proposed', to: halted", "write [running, proposed]", "from: [running, proposed], to: halted"),
        ("obligor: [north, south]", "obligor: north and south", "write [north, south]", "obligor: [north, south]"),
        ("obligor: [north, south]", "obligor: {all: signatories}", "write one name, or [ ] around several", "obligor: [north, south]"),
        ("amount: {boats: 3, carts: 5}", "amount: [boats: 3, carts: 5]", "write { } in place of [ ]", "amount: {boats: 3, carts: 5}"),
        ("amount: 10,", "amount: '10',", "write 10, without quotes", "amount: 10,"),
        ("total: 8", "total: '8'", "write 8, without quotes", "total: 8"),
        ("silver: 1", "silver: '1'", "write 1, without quotes", "silver: 1"),
        ("refrain: true", "refrain: true\n    tolerated: '2'", "write 2, without quotes", "refrain: true\n    tolerated: 2"),
        ("refrain: true", "refrain: 'true'", "write true, without quotes", "refrain: true"),
        ("phaseflow: 1", "phaseflow: '1'", "write 1, without quotes", "phaseflow: 1"),
        ("type: integer}", "type: integer, initially: '3'}", "write 3, without quotes", "type: integer, initially: 3}"),
        ("initially: false", "initially: 'false'", "write false, without quotes", "initially: false"),
        ("by: {all: signatories}}\n  - {name: halt", "by: {any: '1', of: signatories}}\n  - {name: halt", "write 1, without quotes", "by: {any: 1, of: signatories}}\n  - {name: halt"),
        ("PT24H", "24", "did you mean 'P24D'?", "P24D"),
        ("{boats: 3, carts: 5}", "{boats: 3,000, carts: 5}", "write boats: 3000", "{boats: 3000, carts: 5}"),
        ("{all: signatories}", "{all: north, south}", "write all: [north, south]", "{all: [north, south]}"),
        ("  north: {role: signatory}", "  north:\n    role:signatory", "write role: signatory, with a space after the colon", "  north:\n    role: signatory"),
        ("title: Exchange", "title: # Exchange", "put text that holds a '#' in quotes, as the rest of the line is a comment", "title: '# Exchange'"),
        ("amount: 10,", "amount: ten,", "write a whole number in digits, or extra", "amount: 10,"),
        ("refrain: true", "refrain: on", "'on' is text here, as in YAML 1.2; write true, or leave it out", "refrain: true"),
        ("refrain: true", "refrain: false", "write true, or leave it out", "refrain: true"),
        ("refrain: true", "refrain: true\n    tolerated: none", "write a whole number in digits, or leave it out", "refrain: true\n    tolerated: 0"),
        ("    steps:\n", "    in_order: 'true'\n    steps:\n", "write true, without quotes", "    in_order: true\n    steps:\n"),
        ("    steps:\n", "    in_order: yes\n    steps:\n", "'yes' is text here, as in YAML 1.2; write true or false", "    in_order: true\n    steps:\n"),
        ("initially: false", "initially: no", "write true or false, or leave it out", "initially: false"),
        ("type: date}", "type: date, initially: 3}", "write it as in 2025-03-01, or leave it out", "type: date, initially: 2025-03-01}"),
        ("{final: success}", "{final: yes}", "there is success, failure", "{final: success}"),
        ("PT24H", "P0D", "write a longer one, or leave it out", "P1D"),
        ("PT24H", "P999999999D", "write a shorter one", "P9D"),
        ("[goods.discharged]", "[outcome]", "compare it, as in outcome == agreed", "[outcome == agreed]"),
        ("[goods.discharged]", "[ready and signed]", "compare it, as in signed >= '2025-03-01'", "[ready and signed >= '2025-03-01']"),
        ("[goods.discharged]", "[extra]", "compare it, as in extra > 0", "[extra > 0]"),
        ("{by: watch, initially: false}", "{by: watch, title: so, it is}", "write title: 'so, it is'", "{by: watch, title: 'so, it is'}"),
    ],
)  # fmt: skip
def test_a_remedy_that_is_followed_mends(sound: str, slip: str, remedy: str, mended: str) -> None:
    faults = errors(SOUND.replace(sound, slip, 1))

    assert [fault.remedy for fault in faults] == [remedy]
    assert errors(SOUND.replace(sound, mended, 1)) == []


@pytest.mark.parametrize(
    ("sound", "slip"),
    [
        ("{role: verifier}", "{role: arbitrator}"),
        ("obligations:", "duties:"),
        ("obligor: [north, south]", "obligor: [north, engineers]"),
        ("goods.discharged", "north.discharged_"),
        ("by: day 7", "by: 12:30"),
        ("by: day 7", "by: 2025-13-40"),
        ("by: day 7", "by: 2026-03-14 25:00"),
        ("by: day 7", "by: 9999999"),
        ("total: 8", "total: 50.5 %"),
        ("PT24H", "soon"),
    ],
)
def test_what_is_not_alike_is_not_suggested(sound: str, slip: str) -> None:
    assert {fault.near_miss for fault in errors(SOUND.replace(sound, slip, 1))} == {""}


def test_a_party_is_found_by_what_people_call_it() -> None:
    text = SOUND.replace("north: {role", "north: {title: Northern Army, role")
    text = text.replace("obligor: north\n", "obligor: Northern Army\n", 1)

    [fault] = errors(text)

    assert fault.near_miss == "north"


def test_a_name_that_is_refused_is_not_suggested() -> None:
    text = SOUND.replace("{boats: 3, carts: 5}", "{Boats: 3, carts: 5}")

    remedies = {fault.remedy for fault in errors(text) if fault.code == "PF408"}

    assert remedies == {"this holds once 'Boats' is mended"}


def test_a_list_of_names_fits_a_line() -> None:
    many = "".join(f"  country_with_a_long_name_{i}: {{role: observer}}\n" for i in range(20))
    text = SOUND.replace("parties:\n", "parties:\n" + many).replace("by: north,", "by: nobody,")

    assert [len(f.remedy) < 80 for f in errors(text) if f.code == "PF204"] == [True]
