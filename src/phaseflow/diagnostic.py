"""One finding about a file: its code, its place, the problem and the remedy."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "advice"]


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
        if self.source.strip():
            parts += [f"    {self.source}", " " * (self.column + 3) + "^" * self.width]
        if self.remedy:
            parts.append(f"  {self.remedy}")
        return "\n".join(parts)
