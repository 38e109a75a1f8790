"""Each rule is explained, with an example that breaks it and one that does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from phaseflow.language.rules.explain import errors, explanation, explanations, reference, reports
from phaseflow.language.rules.held_elsewhere import AFTER_THE_CHECK, BY_READING
from phaseflow.language.rules.registry import HELD, RULES, codes

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
SHOWN = [rule.code for rule in RULES.values() if rule not in AFTER_THE_CHECK]


@pytest.mark.parametrize("code", SHOWN)
def test_the_bad_example_breaks_the_rule_and_the_corrected_one_does_not(code: str) -> None:
    one = explanation(code)

    assert one is not None
    assert one.reported
    assert not reports(code, one.good)
    assert not errors(one.good)


@pytest.mark.parametrize("code", codes())
def test_a_rule_says_what_why_and_what_instead(code: str) -> None:
    one = explanation(code)

    assert one is not None
    assert all(text.endswith(".") for text in (one.what, one.why))
    assert one.instead
    assert one.bad != one.good


def test_no_two_rules_have_one_code() -> None:
    assert len(RULES) == len(HELD) + len(BY_READING) + len(AFTER_THE_CHECK)


def test_a_rule_is_explained_by_a_python_that_drops_docstrings() -> None:
    command = [sys.executable, "-OO", "-m", "phaseflow.cli", "explain", "PF303"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "No transition leaves a final state." in told.stdout
    assert "What is over is over" in told.stdout


def test_what_checks_nothing_loads_no_rule() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "phaseflow.cli", "schema"]

    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert "phaseflow.language.document" in loaded
    assert "phaseflow.language.rules" not in loaded


def test_a_code_that_is_none_has_no_explanation() -> None:
    assert explanation("PF999") is None


def test_there_are_rules_of_every_weight_in_every_chapter() -> None:
    told = explanations()

    assert len(told) >= 50
    assert {one.code[2] for one in told} == {"1", "2", "3", "4"}
    assert {one.severity for one in told} == {"error", "warning", "advice"}


def test_the_reference_is_what_the_program_explains() -> None:
    text = reference()

    if os.environ.get("PHASEFLOW_WRITE_EXAMPLES") == "1":
        REFERENCE.write_text(text, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == text, "run make record"
