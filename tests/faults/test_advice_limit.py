"""However much a text leaves open, only errors count toward what is told of a file."""

from phaseflow.diagnostic import Diagnostic, Severity
from phaseflow.language.faults import FAULTS_AT_MOST, Faults
from phaseflow.language.parse import examine
from phaseflow.text.source import Mark, read

MANY = FAULTS_AT_MOST // 2 + 1
HEAD = """\
phaseflow: 1
name: matrix
edition: "1"
calendar: {time_zone: Europe/Oslo, day_1: running}
parties:
  gov: {title: Government, role: signatory}
  grp: {title: Group, role: signatory}
  mon: {title: Monitor, role: verifier}
initial: draft
states:
  draft:
  running:
  done: {final: success}
transitions:
  - {name: sign, from: draft, to: running, by: {all: signatories}}
  - {name: close, from: running, to: done, by: {all: signatories}}
amendments: {by: {all: signatories}}
obligations:
"""
DUTY = "  s{}: {{obligor: gov, obligee: grp, during: running, by: day 30, verified_by: mon}}\n"


def examined(text: str) -> list[Diagnostic]:
    return list(examine(text.encode(), "d.yaml")[1])


def counted(found: list[Diagnostic], severity: Severity) -> int:
    return sum(one.severity == severity for one in found)


def test_more_advice_than_the_limit_of_errors_is_told_whole_and_is_no_error() -> None:
    text = HEAD + "".join(DUTY.format(i) for i in range(MANY))

    definition, found = examine(text.encode(), "d.yaml")

    assert definition is not None
    assert counted(list(found), "error") == 0
    assert counted(list(found), "advice") >= 2 * MANY > FAULTS_AT_MOST


def test_more_warnings_than_the_limit_of_errors_are_no_error() -> None:
    duty = "  s{0}:\n    title: Duty #{0}\n    clause: Article #{0}\n    obligor: gov\n"
    text = HEAD + "".join(duty.format(i) for i in range(MANY))

    found = examined(text)

    assert counted(found, "error") == 0
    assert counted(found, "warning") > FAULTS_AT_MOST


def test_an_error_is_told_however_much_advice_stands_before_it() -> None:
    faults = Faults(read(HEAD.encode(), "d.yaml"))
    for line in range(FAULTS_AT_MOST + 2):
        severity: Severity = "advice" if line % 2 else "warning"
        faults.add_at("PF418", Mark(1, line + 1), "so", "", severity=severity)

    faults.add_at("PF201", Mark(2, 1), "wrong", "")

    assert [d.message for d in faults.ordered() if d.severity == "error"] == ["wrong"]
    assert faults.has_errors
    assert not faults.is_full


def test_of_more_errors_than_the_limit_the_first_are_told_beside_the_warnings() -> None:
    faults = Faults(read(HEAD.encode(), "d.yaml"))
    for column in range(FAULTS_AT_MOST + 5):
        faults.add_at("PF418", Mark(1, column + 1), "left open", "", severity="advice")
        faults.add_at("PF201", Mark(2, column + 1), "wrong", "")

    errors = [d for d in faults.ordered() if d.severity == "error"]

    assert len(errors) == FAULTS_AT_MOST + 1
    assert errors[0].message == f"there are more than {FAULTS_AT_MOST} faults: these are the first"
    assert [d.message for d in errors[1:]] == ["wrong"] * FAULTS_AT_MOST
