"""One finding about a file: its code, its place, the problem and the remedy."""

import re
from typing import Literal

import msgspec

Severity = Literal["error", "warning", "advice"]

_NEAR_MISS = re.compile(r"did you mean '(.+)'\?")


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fault of a definition or scenario, in words that help to mend it.

    ``line`` and ``column`` count from 1; ``source`` is the text of that line
    and ``width`` the number of characters that the caret underlines. An error
    keeps the file from being used; a warning is most likely a slip; advice
    names what the text leaves open.
    """

    code: str
    file: str
    line: int
    column: int
    message: str
    remedy: str = ""
    source: str = ""
    width: int = 1
    severity: Severity = "error"

    @property
    def near_miss(self) -> str:
        """The name that was probably meant, or nothing."""
        found = _NEAR_MISS.fullmatch(self.remedy)
        return found[1] if found else ""

    @property
    def caret(self) -> str:
        """What stands below ``source`` to show the place, or nothing."""
        return " " * (self.column - 1) + "^" * self.width if self.source.strip() else ""

    def __str__(self) -> str:
        """Return it as compilers print it, the remedy last.

        >>> print(Diagnostic(code="PF201", file="a.yaml", line=2, column=4,
        ...     message="'b' is no party", source="by: b", remedy="name a party"))
        a.yaml:2:4 PF201 'b' is no party
            by: b
               ^
          name a party
        """
        word = "" if self.severity == "error" else f"{self.severity}: "
        parts = [f"{self.file}:{self.line}:{self.column} {self.code} {word}{self.message}"]
        if self.caret:
            parts += [f"    {self.source}", f"    {self.caret}"]
        if self.remedy:
            parts.append(f"  {self.remedy}")
        return "\n".join(parts)
