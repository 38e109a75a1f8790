"""Definitions are checked and rules explained, for people and for programs."""

from pathlib import Path

from tests.cli.conftest import Read, Run

DATELESS = "  survey: {obligor: guide, amount: 3, verified_by: guide}\n"


def spoil(here: Path, name: str, old: str, new: str) -> None:
    text = (here / "plan.yaml").read_text()
    assert old in text
    (here / name).write_text(text.replace(old, new, 1))


def test_several_files_are_checked_at_once_and_one_error_is_enough(
    run: Run, read: Read, here: Path
) -> None:
    spoil(here, "bad.yaml", "by: guide,", "by: gide,")

    result = run("check", "plan.yaml", "bad.yaml", code=1)
    document = read("check", "plan.yaml", "bad.yaml", code=1)

    assert "plan.yaml holds" in result.stdout
    assert "bad.yaml holds" not in result.stdout
    assert [(one["file"], one["errors"]) for one in document["files"]] == [
        ("plan.yaml", 0),
        ("bad.yaml", 1),
    ]


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_checked(run: Run, here: Path) -> None:
    spoil(here, "bad.yaml", "by: guide,", "by: gide,")

    result = run("check", "none.yaml", "plan.yaml", "bad.yaml", code=2)

    assert "plan.yaml holds" in result.stdout
    assert "'gide' is not a party" in result.stderr
    assert "none.yaml cannot be read: No such file" in result.stderr


def test_a_fault_is_told_to_programs_with_its_place_and_its_near_miss(
    read: Read, here: Path
) -> None:
    spoil(here, "bad.yaml", "by: guide,", "by: gide,")

    faults = read("check", "bad.yaml", code=1)["faults"]

    (fault,) = [one for one in faults if one["severity"] == "error"]
    assert fault["code"] == "PF204"
    assert fault["near_miss"] == "guide"
    assert fault["remedy"] == "did you mean 'guide'?"
    assert fault["source"][fault["column"] - 1 :].startswith("gide")
    assert fault["caret"].index("^") == fault["column"] - 1


def test_a_warning_is_shown_and_is_no_failure(run: Run, here: Path) -> None:
    spoil(here, "warned.yaml", "obligations:\n", "obligations:\n" + DATELESS)

    result = run("check", "warned.yaml")

    assert "PF418 warning: this is never due" in result.stderr
    assert "PF421 warning: 'guide' alone would verify" in result.stderr
    assert "warned.yaml holds" in result.stdout
    run("open", "warned.yaml")


def test_a_warning_that_is_left_alone_with_a_reason_is_not_shown(run: Run, here: Path) -> None:
    because = "  # phaseflow: ignore PF418, PF421 because the guide is trusted\n"
    spoil(here, "ignored.yaml", "obligations:\n", "obligations:\n" + because + DATELESS)

    assert run("check", "ignored.yaml").stderr == ""


def test_one_thing_is_counted_as_one(run: Run) -> None:
    run("new", "small")

    assert "  3 parties, 1 obligation, 4 states" in run("check", "small.yaml").stdout


def test_advice_is_counted_and_shown_when_it_is_asked_for(run: Run) -> None:
    short, long = run("check", "plan.yaml"), run("check", "plan.yaml", "--advice")

    assert "see them with --advice" in short.stdout
    assert "advice:" not in short.stderr
    assert "advice:" in long.stderr


def test_a_rule_is_explained_with_a_bad_and_a_corrected_example(run: Run, read: Read) -> None:
    page = run("explain", "pf418").stdout
    (rule,) = read("explain", "PF418")["rules"]

    assert all(text in page for text in ("is reported as", "example.yaml:2:3 PF418"))
    assert rule["severity"] == "warning"
    assert rule["bad"] != rule["good"]


def test_all_rules_are_listed_in_80_columns(run: Run, read: Read) -> None:
    lines = run("explain").stdout.splitlines()

    assert lines[0].startswith("PF101  error ")
    assert max(map(len, lines)) <= 80
    assert len(read("explain")["rules"]) >= 50


def test_a_rule_that_is_none_is_a_usage_error(run: Run) -> None:
    assert "there is no rule PF999" in run("explain", "PF999", code=2).stderr


def test_a_file_is_read_no_further_than_a_definition_may_be(run: Run) -> None:
    Path("large.yaml").write_bytes(b"#" * (2**20 + 1))

    assert "larger than" in run("check", "large.yaml", code=1).stderr
