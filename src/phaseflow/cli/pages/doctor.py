"""What the doctor found, as people read it."""

from phaseflow.cli.terminal import wrapped
from phaseflow.service.doctor import Examination, Observation

_INDENT = 7


def examination_page(found: Examination) -> str:
    """Return every finding, each with what to do about it, and the sum of them."""
    lines = [line for finding in found.findings for line in _finding_lines(finding)]
    wrong = sum(finding.state == "wrong" for finding in found.findings)
    verified = f"{found.verified} of {found.agreements} journals looked at"
    verdict = "all is well" if found.is_well else f"{wrong} to see to"
    return "\n".join([*lines, f"{verdict}; {verified}"])


def _finding_lines(finding: Observation) -> list[str]:
    margin = finding.state.ljust(_INDENT)
    lines = wrapped(f"{finding.subject}: {finding.seen}", indent=_INDENT, first=margin)
    if finding.remedy:
        lines += wrapped(finding.remedy, indent=_INDENT + 3, first=" " * _INDENT + "-> ")
    return lines
