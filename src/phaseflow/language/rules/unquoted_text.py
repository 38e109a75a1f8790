"""A rule on text without quotes that is not all its author sees, or more than that."""

import re
from collections.abc import Iterator

from phaseflow.language.resolve.names import TEXTS
from phaseflow.language.rules.rule import Fault, Written, rule
from phaseflow.text.characters import CURLY

_COMMENT = re.compile(r"[ \t]+(#[^\s#][^,}\]]*)")
_CURLY = re.compile(f"[{CURLY}].*[{CURLY}]")


@rule(
    "PF116",
    "warning",
    asks="No comment cuts text short, and no curly quotes pass for straight ones.",
    why="""
        Where text stands without quotes, a blank and a number sign end it. The curly quotes of a
        word processor are letters like any other, and would be part of what the parties sign.
        """,
    instead="Put the text in straight quotes.",
    bad="""
        obligations:
          fuel:
            title: Fuel, lot #2
            obligor: north
            amount: 25
            by: day 7
        """,
    good="""
        obligations:
          fuel:
            title: 'Fuel, lot #2'
            obligor: north
            amount: 25
            by: day 7
        """,
)
def text_is_what_it_seems(written: Written) -> Iterator[Fault]:
    """Yield each text that a comment cuts short, or that curly quotes are part of."""
    document = written.scope.faults.document
    for path, mark in document.values.items():
        named = next((key for key in reversed(path) if isinstance(key, str)), "")
        if named not in TEXTS or mark.inner != mark.column:
            continue
        line = document.lines[mark.line - 1]
        end = mark.column - 1 + mark.width
        text, cut = line[mark.column - 1 : end], _COMMENT.match(line, end)
        if cut is not None:
            message = f"the text ends here, as {cut[1].rstrip()!r} is a comment"
            yield Fault(path, message, "put the text in quotes, or a space after the '#'")
        elif _CURLY.fullmatch(text):
            message = f"the quotes of {text} are part of the text"
            yield Fault(path, message, f"write '{text}' to keep them, or straight quotes instead")
