"""Each command that says something: once done, once not."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.cli.conftest import NONCE, Read, Run


def newest(read: Read) -> dict[str, Any]:
    position = read("status", "p")["position"]
    entry: dict[str, Any] = read("show", "p", position - 1)["entry"]
    return entry


def moved(result: Result) -> bool:
    return "→" in result.output


def test_the_first_of_two_acceptances_is_a_consent_and_the_second_takes_the_transition(
    proposed: Run, read: Read
) -> None:
    first = proposed("advance", "p", "accept", "--by", "north")
    second = proposed("advance", "p", "accept", "--by", "south")

    assert "awaited: south" in first.output
    assert not moved(first)
    assert "proposed → running" in second.output
    assert read("status", "p")["state"] == "running"


def test_a_refusal_names_every_unmet_guard_with_values_and_who_could_cure_it(
    running: Run, read: Read
) -> None:
    result = running("advance", "p", "finish", "--by", "south", code=1)

    assert result.stdout == ""
    assert "all must be out" in result.stderr
    assert "release.discharged is false" in result.stderr
    assert "the withdrawal must be complete" in result.stderr
    assert "could be changed by south" in result.stderr
    assert "Nothing was filed" in result.stderr
    assert read("status", "p")["position"] == 3


def test_a_refusal_is_a_document_too(running: Run, read: Read) -> None:
    document = read("advance", "p", "finish", "--by", "south", code=1)

    assert document["schema"] == "phaseflow-refused-v1"
    assert [reason["rule"] for reason in document["reasons"]] == ["guard", "guard"]


def test_a_refused_act_on_record_is_filed_with_its_reasons(running: Run, read: Read) -> None:
    result = running("advance", "p", "finish", "--by", "south", "--on-record", code=1)

    entry = newest(read)
    assert "stands on record" in result.output
    assert [c["kind"] for c in entry["then"]] == ["refused"]
    assert read("status", "p")["state"] == "running"


def test_who_does_not_own_a_transition_is_refused(proposed: Run) -> None:
    result = proposed("advance", "p", "accept", "--by", "watch", code=1)

    assert "watch" in result.stderr


def test_a_consent_can_be_withdrawn_until_the_transition_is_taken(
    proposed: Run, read: Read
) -> None:
    proposed("advance", "p", "accept", "--by", "north")

    proposed("withdraw", "p", "accept", "--by", "north")

    assert read("status", "p")["consents"] == {}
    proposed("withdraw", "p", "accept", "--by", "north", code=1)


def test_an_obligee_may_give_time_and_nobody_else(running: Run, read: Read) -> None:
    waive = ("waive", "p", "release", "--due", "day 2", "--until", "2025-03-05")

    running(*waive, "--by", "south")

    assert read("status", "p")["obligations"]["release"]["dues"][0]["at"] == "2025-03-05"
    running(*waive, "--by", "north", code=1)


def test_a_guard_is_waived_by_its_place(running: Run, read: Read) -> None:
    running("waive", "p", "--transition", "finish", "--guard", 1, "--by", "south")

    assert newest(read)["stmt"]["body"] == {"transition": "finish", "guard": 1}
    running("waive", "p", "--transition", "finish", "--guard", 2, "--by", "south", code=1)


def test_a_waiver_names_an_obligation_or_a_guard(running: Run) -> None:
    running("waive", "p", "--by", "south", code=2)


def test_a_claim_counts_in_the_amount_that_its_verifier_attests(released: Run, read: Read) -> None:
    released("perform", "p", "release", "--amount", "men=3", "--by", "north")

    released("attest", "p", 5, "--amount", "men=2", "--by", "watch")
    released("reject", "p", 5, "--amount", "men=1", "--by", "watch")

    release = read("status", "p")["obligations"]["release"]
    assert (release["claimed"], release["delivered"], release["rejected"]) == (5, 4, 1)
    assert release["by_category"] == {"women": 2, "men": 2}


def test_who_is_no_verifier_may_not_attest(released: Run) -> None:
    released("attest", "p", 3, "--by", "guide", code=1)


def test_a_step_is_performed_by_its_name(running: Run, read: Read) -> None:
    running("perform", "p", "withdrawal", "--step", "road", "--by", "south", "--at", "2025-03-03")

    assert read("status", "p")["obligations"]["withdrawal"]["by_category"]["road"] == 1
    running("perform", "p", "withdrawal", "--step", "rood", "--by", "south", code=2)


def test_performance_outside_the_agreement_is_kept_and_not_counted(
    running: Run, read: Read
) -> None:
    running("perform", "p", "--outside", "--amount", 5, "--by", "north")

    assert newest(read)["stmt"]["body"] == {"amount": 5}
    assert read("status", "p")["obligations"]["release"]["claimed"] == 0
    running("perform", "p", "--amount", 5, "--by", "north", code=2)


def test_amounts_by_category_may_be_given_together_or_one_by_one(running: Run, read: Read) -> None:
    running("perform", "p", "release", "--amount", "women=1,men=2", "--by", "north")
    together = newest(read)
    twice = ("--amount", "women=1", "--amount", "men=2", "--again")
    running("perform", "p", "release", *twice, "--by", "north")

    assert together["stmt"]["body"] == newest(read)["stmt"]["body"]
    running("perform", "p", "release", "--amount", "women=1,women=2", "--by", "north", code=2)
    running("perform", "p", "release", "--amount", "-1", "--by", "north", code=2)


def test_a_figure_over_a_span_of_days_is_measured(running: Run, read: Read) -> None:
    span = ("--from", "2025-03-01", "--to", "2025-03-01", "--at", "2025-03-02")

    running("measure", "p", "release", "--amount", 2, "--by", "guide", *span)

    assert newest(read)["stmt"]["body"]["to"] == "2025-03-01"
    running("measure", "p", "release", "--by", "guide", *span, code=2)


def test_a_contest_stands_beside_until_its_author_ends_it(released: Run, read: Read) -> None:
    released("contest", "p", 3, "--amount", "women=1", "--by", "guide")
    contested = read("status", "p")["obligations"]["release"]["contested"]
    released("contest", "p", 3, "--withdrawn", "--by", "guide")

    assert contested == 1
    assert read("status", "p")["obligations"]["release"]["contested"] == 0
    released("contest", "p", 99, "--by", "guide", code=2)


def test_an_accusation_means_what_the_other_side_owes(running: Run, read: Read) -> None:
    running("allege", "p", "calm", "--by", "north")

    assert newest(read)["stmt"]["body"]["obligation"] == "calm.south"
    running("allege", "p", "calm", "--by", "guide", code=2)


def test_a_finding_is_made_by_whom_the_text_lets(running: Run, read: Read) -> None:
    running("find", "p", "talks", "false", "--by", "guide")

    assert read("status", "p")["findings"] == {"talks": False}
    running("find", "p", "talks", "true", "--by", "north", code=1)
    running("find", "p", "talks", "perhaps", "--by", "guide", code=2)


def test_a_notice_moves_no_due(running: Run, read: Read) -> None:
    before = read("status", "p")["obligations"]

    running("notify", "p", "withholding", "--obligation", "release", "--by", "north")

    assert read("status", "p")["obligations"] == before
    running("notify", "p", "threat", "--by", "north", code=2)


def test_one_corrects_ones_own_reports_only(released: Run, read: Read) -> None:
    released("correct", "p", 3, "--amount", "women=1", "--by", "north")

    assert read("status", "p")["obligations"]["release"]["delivered"] == 1
    released("correct", "p", 3, "--amount", "women=2", "--by", "south", code=1)


def test_words_sources_and_evidence_are_kept(running: Run, read: Read, here: Path) -> None:
    (here / "list.txt").write_bytes(b"names")

    running(
        *("note", "p", 1, 2, "--by", "guide", "--note", "both were heard"),
        *("--source", "minutes", "--evidence", "list.txt"),
    )

    assert newest(read)["stmt"]["body"] == {
        "about": [1, 2],
        "text": "both were heard",
        "sources": ["minutes"],
        "evidence": [hashlib.sha256(b"names").hexdigest()],
    }
    running("note", "p", "--by", "guide", "--evidence", "nowhere.txt", code=2)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2025-03-02", "2025-03-02"),
        ("2025-03-02T12:00", "2025-03-02T10:00:00Z"),
        ("2025-03-02T12:00:00Z", "2025-03-02T12:00:00Z"),
    ],
)
def test_moments_are_of_the_agreements_time_zone_unless_they_end_in_z(
    running: Run, read: Read, written: str, kept: str
) -> None:
    running("note", "p", "--by", "guide", "--at", written)

    assert newest(read)["stmt"]["occurred_at"] == kept


def test_a_moment_that_is_none_is_a_usage_error(running: Run) -> None:
    result = running("note", "p", "--by", "guide", "--at", "yesterday", code=2)

    assert "write 2025-02-08" in result.stderr


def test_a_misspelled_party_gets_a_near_miss(running: Run) -> None:
    result = running("note", "p", "--by", "gide", code=2)

    assert "did you mean 'guide'" in result.stderr


def test_nobody_speaks_as_the_recorder(running: Run) -> None:
    running("note", "p", "--by", "recorder", code=2)


def test_a_repeated_nonce_files_nothing_twice(running: Run, read: Read) -> None:
    note = ("note", "p", "--by", "guide", "--note", "once", "--nonce", NONCE)
    running(*note)
    position = read("status", "p")["position"]

    again = running(*note)

    assert "had filed before" in again.output
    assert read("status", "p")["position"] == position
    assert read(*note)["repeated"] is True


def test_a_nonce_that_was_used_for_something_else_is_a_conflict(running: Run) -> None:
    running("note", "p", "--by", "guide", "--note", "once", "--nonce", NONCE)

    result = running("note", "p", "--by", "guide", "--note", "other", "--nonce", NONCE, code=4)

    assert "used by guide" in result.stderr


def test_a_repeated_refusal_on_record_is_filed_once(running: Run, read: Read) -> None:
    act = ("advance", "p", "finish", "--by", "south", "--on-record", "--nonce", NONCE)
    running(*act, code=1)
    running(*act, code=1)

    assert read("status", "p")["position"] == 4


def test_a_random_nonce_is_told_before_anything_is_filed(running: Run, read: Read) -> None:
    result = running("note", "p", "--by", "guide")

    assert f"nonce {newest(read)['stmt']['nonce']}" in result.stderr
    assert "nonce" not in running("note", "p", "--by", "guide", "--nonce", NONCE).stderr
    assert "nonce" not in running("note", "p", "--by", "guide", "--dry-run").stderr


def test_a_stale_position_is_a_conflict_that_shows_who_was_faster(running: Run) -> None:
    running("note", "p", "--by", "guide")

    result = running("note", "p", "--by", "watch", "--expect-position", 3, code=4)

    assert "somebody acted first" in result.stderr
    assert "3  note by guide" in result.stderr
    running("note", "p", "--by", "watch", "--expect-position", 4)
    running("note", "p", "--by", "watch", "--expect-position", 9, code=4)


def test_a_tick_makes_no_position_stale(running: Run, read: Read) -> None:
    running("tick", "p", "--now", "2025-03-05")
    assert read("status", "p")["position"] == 4

    running("note", "p", "--by", "guide", "--expect-position", 3)

    assert newest(read)["stmt"]["seen"]["seq"] == 2


def test_what_fell_due_before_is_its_own_entry(running: Run, read: Read) -> None:
    result = running("note", "p", "--by", "guide", "--at", "2025-03-05")

    assert "Before it, time had passed (entry 3)" in result.output
    assert read("show", "p", 3)["entry"]["stmt"]["kind"] == "tick"
    assert newest(read)["then"] == []


def test_a_dry_run_shows_what_would_follow_and_changes_no_row(
    proposed: Run, read: Read, here: Path
) -> None:
    proposed("advance", "p", "accept", "--by", "north")
    before = {path.name: path.read_bytes() for path in here.iterdir()}

    result = proposed("advance", "p", "accept", "--by", "south", "--dry-run")

    assert "would file entry 2" in result.output
    assert "proposed → running" in result.output
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before
    proposed("advance", "p", "finish", "--by", "south", "--dry-run", code=1)
    assert read("status", "p")["state"] == "proposed"


def test_filing_in_a_database_that_is_not_there_creates_none(run: Run, here: Path) -> None:
    run("note", "p", "--by", "guide", code=5)

    assert [path.name for path in here.iterdir()] == ["plan.yaml"]


def test_an_unknown_agreement_is_a_usage_error(running: Run) -> None:
    result = running("note", "q", "--by", "guide", code=2)

    assert "phaseflow list" in result.stderr
