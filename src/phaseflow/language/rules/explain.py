"""The text of ``explain``, and the reference of all rules."""

import re
from textwrap import dedent

import msgspec

from phaseflow.diagnostic import Diagnostic, Severity
from phaseflow.language.parse import examine
from phaseflow.language.rules.held_elsewhere import AFTER_THE_CHECK
from phaseflow.language.rules.registry import RULES
from phaseflow.language.rules.rule import Rule
from phaseflow.model.visible import clean

FILE = "example.yaml"
_SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)
CHAPTERS = {
    "1": "Form",
    "2": "Names, references and types",
    "3": "Structure",
    "4": "Obligations and time",
}
_HEAD = """
# Rules

What `phaseflow check` holds a definition against, by code. The text is that of `phaseflow explain CODE`, from which this page is written by `make record`.

An **error** keeps the file from being used. A **warning** is most likely a slip. **Advice** names what the text leaves open, which may be meant. Warnings and advice are left alone by a comment that gives the reason, at the end of the line or on a line of its own above it:

```yaml
# phaseflow: ignore PF418 because the text names no day
```

Each example is the end of a definition whose other sections are without fault.
"""
_BASE = """
phaseflow: 1
name: example
edition: "1"
calendar: {day_1: running}
parties:
  north: {role: signatory}
  south: {role: signatory}
  watch: {role: verifier}
initial: proposed
states:
  proposed:
  running:
  ended: {final: success}
transitions:
  - {name: begin, from: proposed, to: running, by: {all: signatories}}
  - {name: end, from: running, to: ended, by: {all: signatories}}
"""
"""The definition of which an example is the end, less the sections that the example has itself."""


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
    return _explained(RULES[code]) if code in RULES else None


def explanations() -> list[Explanation]:
    """Return all rules, in the order of their codes."""
    return [_explained(rule) for rule in RULES.values()]


def _explained(rule: Rule) -> Explanation:
    bad = _example(rule.bad)
    reported = [] if rule in AFTER_THE_CHECK else reports(rule.code, bad)
    return Explanation(
        code=rule.code,
        severity=rule.severity,
        what=rule.asks,
        why=_paragraph(rule.why),
        instead=_paragraph(rule.instead),
        bad=clean(bad),
        reported="\n".join(map(str, reported)),
        good=_example(rule.good),
    )


def _paragraph(text: str) -> str:
    """Return ``text`` on one line, wherever its lines end."""
    return " ".join(text.split())


def _example(text: str) -> str:
    """Return ``text`` at the left margin, without the line ends around it."""
    return dedent(text).strip("\n")


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
    base = _BASE.strip("\n")
    starts = [found.start() for found in _SECTION.finditer(base)]
    parts = [base[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    kept = [part.rstrip("\n") for part in parts if part.partition(":")[0] not in own]
    before = "\n".join(kept) + "\n"
    return before + example.strip("\n") + "\n", before.count("\n")


def reference() -> str:
    """Return the reference of all rules, in Markdown."""
    lines = [_HEAD.strip("\n")]
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
