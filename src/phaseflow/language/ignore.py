"""Comments that say why a warning is left alone: ``# phaseflow: ignore PF404 because …``."""

import re
from collections.abc import Iterator

import msgspec

from phaseflow.language.faults import Faults
from phaseflow.language.rules.registry import severity
from phaseflow.text.source import Document, Mark

REMEDY = "write # phaseflow: ignore PF404 because …, and say why"
_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*phaseflow:\s*(\w*)(.*)$")
_WORDS = re.compile(r"\s+((?:PF\d{3}\s*,\s*)*PF\d{3})(?:\s+because\b\s*(.*))?$", re.ASCII)
_REASON = re.compile(r"\w+\W+\w+")


class Ignore(msgspec.Struct, frozen=True, kw_only=True):
    """One such comment: where it stands, the line it speaks of, its codes and its reason."""

    mark: Mark
    line: int
    codes: tuple[str, ...]
    reason: str


def check_ignores(faults: Faults) -> None:
    """Note every ignore that gives no reason, or names what is no warning."""
    for ignore in _ignores(faults.document):
        if not ignore.codes or not _REASON.search(ignore.reason):
            message = "this ignore gives no reason" if ignore.codes else "this ignores nothing"
            faults.add_at("PF113", ignore.mark, message, REMEDY)
        for code in ignore.codes:
            if severity(code) == "error":
                message = f"{code} is an error, which cannot be ignored"
                faults.add_at("PF114", ignore.mark, message, "mend what it points at")
            elif severity(code) is None:
                message = f"there is no rule {code}"
                faults.add_at("PF114", ignore.mark, message, "phaseflow explain lists the rules")


def leave_alone(faults: Faults) -> None:
    """Take out what an ignore speaks of; note the ignores that speak of nothing.

    An ignore at the key of a section speaks of all advice in the section too.
    While there are errors not every rule is held, so that nothing can be said
    to be unused.
    """
    had_errors = faults.has_errors
    sections = _sections(faults.document.lines)
    named = {(code, i.line): i for i in _ignores(faults.document) for code in i.codes}
    used, left = set(), []
    for found in faults.found:
        spoken = {(found.code, found.line)} if found.severity != "error" else set()
        if found.severity == "advice":
            spoken.add((found.code, sections[found.line]))
        spoken &= named.keys()
        used |= spoken
        if not spoken:
            left.append(found)
    faults.found = left
    for code, line in () if had_errors else named.keys() - used:
        message = f"{code} is not reported here: this ignore is not needed"
        faults.add_at("PF115", named[code, line].mark, message, "remove it", severity="warning")


def _ignores(document: Document) -> Iterator[Ignore]:
    """Yield the ignores of a file; one on a line of its own speaks of the next that is not."""
    following = _following(document.lines)
    for number, line in enumerate(document.lines, 1):
        found = _COMMENT.search(line) if "phaseflow:" in line else None
        if found is None or any(first <= number <= last for first, last in document.quoted):
            continue
        words = _WORDS.match(found[2]) if found[1] == "ignore" else None
        yield Ignore(
            mark=Mark(number, found.start() + 1, len(line.rstrip()) - found.start()),
            line=number if line[: found.start()].strip() else following[number],
            codes=tuple(re.findall(r"PF\d{3}", words[1])) if words else (),
            reason=(words[2] or "") if words else "",
        )


def _following(lines: list[str]) -> list[int]:
    """Return for each line, from 0, the next from there that is neither empty nor a comment."""
    found = [len(lines)] * (len(lines) + 1)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place].lstrip()
        found[place] = found[place + 1] if not line or line[0] == "#" else place + 1
    return found


def _sections(lines: list[str]) -> list[int]:
    """Return for each line, from 0, the line at which its section of the file begins."""
    found = [0]
    for number, line in enumerate(lines, 1):
        found.append(number if line[:1].isalpha() else found[-1])
    return found
