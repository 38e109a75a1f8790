"""A warning is left alone by a comment that gives the reason, and by nothing else."""

from pathlib import Path

from phaseflow.language.parse import examine

SOUND = (Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8")
DATELESS = "  food: {obligor: south, amount: 10}\n"
BECAUSE = "phaseflow: ignore PF418 because the text names no day"


def told(text: str, *, of: str = "PF418PF113PF114PF115") -> list[tuple[str, int]]:
    _, found = examine(text.encode(), "d.yaml")
    return [(d.code, d.line) for d in found if d.code in of]


def with_duty(text: str) -> str:
    return SOUND.replace("obligations:\n", "obligations:\n" + text)


def test_a_comment_at_the_end_of_the_line_leaves_it_alone() -> None:
    assert told(with_duty(DATELESS)) == [("PF418", 18)]
    assert told(with_duty(DATELESS.replace("\n", f"  # {BECAUSE}\n"))) == []


def test_a_comment_above_leaves_the_next_line_alone_past_other_comments() -> None:
    assert told(with_duty(f"  # {BECAUSE}\n\n  # and more\n{DATELESS}")) == []


def test_a_comment_leaves_no_other_line_alone() -> None:
    other = DATELESS.replace("food", "more")

    assert told(with_duty(f"  # {BECAUSE}\n{DATELESS}{other}")) == [("PF418", 20)]


def test_a_comment_names_several_rules() -> None:
    because = "  # phaseflow: ignore PF418, PF420 because it is a gift\n"
    gift = "  food: {obligor: south, obligee: north, amount: 10}\n"

    assert told(with_duty(because + gift), of="PF418PF420PF115")[0][1] > 19


def test_a_comment_above_a_section_leaves_all_its_advice_alone_and_no_warning() -> None:
    silent = "  food: {obligor: south, amount: 10, verified_by: watch}\n"
    because = "# phaseflow: ignore PF315, PF418 because the text is silent on it\n"
    text = with_duty(silent + silent.replace("food", "more"))

    assert [line for _, line in told(text, of="PF315")] == [18, 19, 28]
    assert [line for _, line in told(because + text, of="PF315")] == [19, 20, 29]
    ignored = text.replace("obligations:\n", because + "obligations:\n")
    assert told(ignored, of="PF315PF418PF115") == [("PF115", 17), ("PF418", 19), ("PF418", 20)]


def test_words_in_a_text_are_no_comment() -> None:
    block = "sources:\n  - |\n    # phaseflow: ignore PF418\n  - 'a # phaseflow: ignore PF418'\n"

    assert told(SOUND + block) == []


def test_an_ignore_that_nothing_needs_is_told_as_a_warning_unless_there_are_errors() -> None:
    unneeded = SOUND + f"# {BECAUSE}\n"

    assert [code for code, _ in told(unneeded)] == ["PF115"]
    assert told(unneeded.replace("initial: proposed", "initial: propsed")) == []


def test_the_definition_is_there_unless_there_are_errors() -> None:
    warned, _ = examine(with_duty(DATELESS).encode(), "d.yaml")
    refused, _ = examine(SOUND.replace("initial: proposed", "initial: x").encode(), "d.yaml")

    assert warned is not None
    assert refused is None
