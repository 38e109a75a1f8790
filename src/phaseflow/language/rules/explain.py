"""What a rule asks, why, and what to write instead: the text of ``explain`` and the reference."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from phaseflow.diagnostic import Diagnostic, Severity
from phaseflow.language.parse import examine
from phaseflow.language.rules.registry import ELSEWHERE, codes, meaning, severity
from phaseflow.model.visible import clean

FILE = "example.yaml"
_SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)
CHAPTERS = {
    "1": "Form",
    "2": "Names, references and types",
    "3": "Structure",
    "4": "Obligations and time",
}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: what it asks, why, what to write instead, and an example of both.

    ``reported`` is what the check says of the bad example.
    """

    code: str
    severity: Severity
    what: str
    why: str
    instead: str
    bad: str
    reported: str
    good: str


def explanation(code: str) -> Explanation | None:
    """Return what there is to say of the rule of ``code``; None if there is no such rule."""
    weight = severity(code)
    if weight is None:
        return None
    text = _texts()[code]
    bad = text["bad"].strip("\n")
    reported = "" if code in ELSEWHERE else "\n".join(map(str, reports(code, text["bad"])))
    return Explanation(
        code=code,
        severity=weight,
        what=meaning(code),
        why=text["why"],
        instead=text["instead"],
        bad=clean(bad),
        reported=reported,
        good=text["good"].strip("\n"),
    )


def explanations() -> list[Explanation]:
    """Return all rules, in the order of their codes."""
    return [found for code in codes() if (found := explanation(code)) is not None]


def reports(code: str, example: str) -> list[Diagnostic]:
    """Return what the rule of ``code`` finds in ``example``; lines count from its first."""
    source, offset = _whole(example)
    _, found = examine(source.encode(), FILE)
    return [msgspec.structs.replace(d, line=d.line - offset) for d in found if d.code == code]


def errors(example: str) -> list[Diagnostic]:
    """Return the errors of ``example``."""
    _, found = examine(_whole(example)[0].encode(), FILE)
    return [d for d in found if d.severity == "error"]


def _whole(example: str) -> tuple[str, int]:
    """Return ``example`` with the sections that it leaves out, and how many lines they take."""
    own = set(_SECTION.findall(example))
    base = _texts()["base"].strip("\n")
    starts = [found.start() for found in _SECTION.finditer(base)]
    parts = [base[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    kept = [part.rstrip("\n") for part in parts if part.partition(":")[0] not in own]
    before = "\n".join(kept) + "\n"
    return before + example.strip("\n") + "\n", before.count("\n")


@cache
def _texts() -> dict[str, Any]:
    text = (
        files("phaseflow.language.rules").joinpath("explanations.toml").read_text(encoding="utf-8")
    )
    return tomllib.loads(text)


def reference() -> str:
    """Return the reference of all rules, in Markdown."""
    lines = [_texts()["head"].strip("\n")]
    chapter = ""
    for one in explanations():
        if one.code[2] != chapter:
            chapter = one.code[2]
            lines += ["", f"## PF{chapter}xx: {CHAPTERS[chapter]}"]
        lines += ["", f"### {one.code}", "", f"{one.what} *({one.severity})*", "", one.why, ""]
        lines += [one.instead, "", "```yaml", one.bad, "```"]
        if one.reported:
            lines += ["```text", one.reported, "```"]
        lines += ["", "Instead:", "", "```yaml", one.good, "```"]
    return "\n".join(lines) + "\n"
