"""What is read: definitions, agreements, what comes next, the journal."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import NONCE, OPENED, Read, Run


def test_a_sound_definition_is_checked(run: Run, read: Read) -> None:
    assert "Small plan" in run("check", "plan.yaml").stdout
    assert read("check", "plan.yaml")["files"][0]["errors"] == 0


def test_a_faulty_definition_shows_every_fault_with_its_place(
    run: Run, read: Read, here: Path
) -> None:
    text = (here / "plan.yaml").read_text()
    bad = text.replace("by: guide,", "by: gide,").replace("to: done", "to: dome")
    (here / "bad.yaml").write_text(bad)

    result = run("check", "bad.yaml", code=1)

    assert "bad.yaml:12:35" in result.stderr
    assert "dome" in result.stderr
    assert read("check", "bad.yaml", code=1)["files"][0]["errors"] == 2
    run("open", "bad.yaml", code=1)


def test_a_file_that_is_not_there_is_a_usage_error(run: Run) -> None:
    run("check", "nowhere.yaml", code=2)
    run("check", ".", code=2)


def test_bytes_that_are_no_text_are_a_fault_of_the_file(run: Run, here: Path) -> None:
    (here / "odd.yaml").write_bytes(b"name: \xff\xfe")

    run("check", "odd.yaml", code=1)


def test_an_agreement_is_opened_under_its_label_or_the_definitions_name(
    run: Run, read: Read
) -> None:
    run("open", "plan.yaml")
    run("open", "plan.yaml", "--label", "second")

    labels = [one["label"] for one in read("list")["agreements"]]
    assert labels == ["second", "small_plan"]
    run("open", "plan.yaml", code=4)
    run("open", "plan.yaml", "--label", "../x", code=2)
    run("open", "plan.yaml", "--label", "0123abcd", code=2)


def test_opening_again_under_the_same_nonce_opens_nothing(run: Run, read: Read) -> None:
    first = read("open", "plan.yaml", "--nonce", NONCE)

    again = read("open", "plan.yaml", "--nonce", NONCE)

    assert again["repeated"] is True
    assert again["id"] == first["id"]
    assert len(read("list")["agreements"]) == 1


def test_trying_out_an_opening_creates_no_database(run: Run, here: Path) -> None:
    result = run("open", "plan.yaml", "--dry-run")

    assert "would open" in result.stdout
    assert [path.name for path in here.iterdir()] == ["plan.yaml"]


def test_a_rehearsal_needs_its_clock_and_others_refuse_one(run: Run) -> None:
    run("open", "plan.yaml", "--rehearsal", code=2)
    run("open", "plan.yaml", "--now", OPENED, code=2)
    run("open", "plan.yaml", "--label", "real")

    for command in ("status", "next", "tick"):
        result = run(command, "real", "--now", OPENED, code=2)
        assert "--rehearsal" in result.stderr
    run("note", "real", "--by", "guide", "--now", OPENED, code=2)


def test_a_clock_that_is_set_does_not_go_back(released: Run, read: Read) -> None:
    for command in ("status", "next"):
        result = released(command, "p", "--now", "2025-03-02T11:59", code=2)
        assert "before the newest entry, recorded 2025-03-02 12:00" in result.stderr
    released("note", "p", "--by", "guide", "--now", "2025-03-01", code=2)

    assert read("status", "p", "--now", "2025-03-02")["at"] == read("status", "p")["at"]


def test_an_entry_is_named_by_its_number(released: Run) -> None:
    result = released("note", "p", "all is well", "--by", "guide", code=2)

    assert "'all is well' is no number of an entry" in result.stderr


def test_a_list_without_a_database_is_empty_and_creates_none(run: Run, here: Path) -> None:
    assert "no agreements yet" in run("list").stdout
    assert not (here / "phaseflow.db").exists()


def test_an_agreement_is_named_by_label_id_or_eight_digits_of_it(proposed: Run, read: Read) -> None:
    identity = read("status", "p")["id"]

    assert read("status", identity)["label"] == "p"
    assert read("status", identity[:8])["label"] == "p"
    proposed("status", identity[:7], code=2)


def test_status_shows_what_fell_due_and_writes_nothing(released: Run, read: Read) -> None:
    result = released("status", "p", "--now", "2025-03-04")
    document = read("status", "p", "--now", "2025-03-04")

    assert "not yet recorded" in result.stdout
    assert "2025-03-04 00:00 (day 4)" in result.stdout
    assert [c["body"]["to"] for c in document["not_yet_recorded"]] == ["breached", "breached"]
    assert document["obligations"]["withdrawal"]["standing"] == "breached"
    assert document["position"] == 5
    assert read("status", "p")["not_yet_recorded"] == []


def test_status_gives_an_obligation_in_figures(released: Run, read: Read) -> None:
    document = read("status", "p")

    release = document["obligations"]["release"]
    assert document["state"] == "running"
    assert document["day"] == 2
    assert (release["standing"], release["total"], release["due"]) == ("pending", 6, 0)
    assert (release["delivered"], release["outstanding"]) == (2, 0)
    assert release["by_category"] == {"women": 2, "men": 0}
    assert [due["standing"] for due in release["dues"]] == ["discharged", "pending"]
    assert release["dues"][0]["is_late"] is False


def test_what_nobody_reported_says_so(running: Run) -> None:
    assert "not reported" in running("status", "p").stdout


def test_a_late_performance_is_shown_beside_its_due(running: Run) -> None:
    running("perform", "p", "withdrawal", "--step", "road", "--by", "south", "--at", "2025-03-05")

    result = running("status", "p")

    line = next(line for line in result.stdout.splitlines() if "withdrawal: road" in line)
    assert line.split()[2:] == ["2025-03-03", "(day", "3)", "2025-03-05", "(day", "5)"]


def test_next_tells_what_is_open_and_why_the_rest_is_not(released: Run, read: Read) -> None:
    released("perform", "p", "release", "--amount", "men=1", "--by", "north")

    result = released("next", "p")
    document = read("next", "p")

    assert "all must be out" in result.stdout
    assert "release.discharged is false" in result.stdout
    assert "release: 1 claimed; awaited: the word of watch" in result.stdout
    assert "2025-03-03 (day 3)  withdrawal, south: road" in result.stdout
    finish = document["transitions"][0]
    assert [reason["rule"] for reason in finish["reasons"]] == ["guard", "guard"]
    assert document["dues"][0]["obligation"] == "withdrawal"


def test_next_names_who_may_act_now_and_whose_consent_is_awaited(proposed: Run) -> None:
    proposed("advance", "p", "accept", "--by", "north")

    result = proposed("next", "p")

    assert "accept → running: north and south; consents given by north;" in result.stdout
    assert "awaited: south" in result.stdout


def test_next_of_an_ended_agreement_is_nothing(running: Run) -> None:
    running("find", "p", "talks", "false", "--by", "guide", "--at", "2025-04-01")

    result = running("next", "p")

    assert result.stdout.count("nothing") == 2


def test_history_is_filtered_by_kind_party_obligation_and_period(released: Run) -> None:
    def seqs(*filters: str) -> list[int]:
        lines = released("history", "p", *filters, "--json").stdout.splitlines()
        return [json.loads(line)["seq"] for line in lines]

    assert seqs() == [0, 1, 2, 3, 4]
    assert seqs("--kind", "perform", "--kind", "attest") == [3, 4]
    assert seqs("--party", "north") == [1, 3]
    assert seqs("--obligation", "release") == [2, 3, 4]
    assert seqs("--since", "2025-03-01T10:30") == [2, 3, 4]
    assert seqs("--until", "2025-03-01") == [0, 1, 2]
    assert seqs("--until", "2025-03-01T10:00") == [0, 1]
    assert seqs("--newest", "2") == [3, 4]
    released("history", "p", "--kind", "performed", code=2)
    released("history", "p", "--party", "nort", code=2)
    released("history", "p", "--obligation", "calm", code=2)


def test_history_as_json_lines_is_the_journal_byte_for_byte(released: Run, here: Path) -> None:
    released("audit", "export", "p", "out")

    lines = released("history", "p", "--json").stdout_bytes

    assert lines == (here / "out" / "entries.jsonl").read_bytes()


def test_history_without_entries_says_so(released: Run) -> None:
    assert "no entries fit" in released("history", "p", "--kind", "waive").stdout


def test_an_entry_is_shown_whole_with_its_consequences_in_sentences(
    running: Run, read: Read
) -> None:
    result = running("show", "p", 2)

    assert "south advances accept" in result.stdout
    assert "proposed → running by accept, as advanced" in result.stdout
    assert "release, due day 2: was dormant, is pending" in result.stdout
    assert "UNSIGNED" in result.stdout
    assert read("show", "p", 2)["entry"]["seq"] == 2
    running("show", "p", 3, code=2)


@pytest.mark.parametrize(
    "command", [("status", "p"), ("next", "p"), ("history", "p"), ("show", "p", "4"), ("list",)]
)
def test_what_people_read_fits_eighty_columns(released: Run, command: tuple[str, ...]) -> None:
    words = "word " * 60 + "x" * 100
    released("note", "p", "--by", "guide", "--note", words)

    lines = released(*command).stdout.splitlines()

    assert max(map(len, lines)) <= 80


def test_words_cannot_steer_the_terminal(running: Run) -> None:
    running("note", "p", "--by", "guide", "--note", "a\N{RIGHT-TO-LEFT OVERRIDE}b\x9bc")

    assert "a\ufffdb\ufffdc" in running("show", "p", 3).stdout
    running("note", "p", "--by", "guide", "--note", "a\x1bb", code=2)


def test_a_due_that_cannot_be_missed_now_is_told_as_such(run: Run) -> None:
    run("new", "small")
    clock = ("--now", "2025-03-01T09:00")
    run("open", "small.yaml", "--label", "s", "--rehearsal", *clock)
    for party in ("seller", "buyer"):
        run("advance", "s", "sign", "--by", party, *clock)
    run("find", "s", "road_is_open", "false", "--by", "surveyor", *clock)

    shown = run("next", "s", *clock).stdout

    assert "seller: 5 in all; delivered: not reported; excused" in shown
