"""The faults of one file, gathered as they are found, each at its place."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from phaseflow.diagnostic import Diagnostic, Severity
from phaseflow.errors import DefinitionInvalid
from phaseflow.language.characters import FORBIDDEN, Odd, odd
from phaseflow.language.source import Document, Mark, Path

LINE_AT_MOST = 240
"""Longer lines are not shown with a fault."""
FAULTS_AT_MOST = 1_000
"""Of more faults in one file, the first are told."""
NAMES_AT_MOST = 12
NEAR = "did you mean "
_NEAR_AT_MOST = 100
_OPTIONS_AT_MOST = 500
_WORD_AT_MOST = 64


class Faults:
    """What is wrong with a file; adding never stops the reading."""

    def __init__(self, document: Document) -> None:
        """Begin with what could not be read."""
        self.document = document
        self.found: list[Diagnostic] = []
        self.settled: set[Path] = set()
        self._near_left = _NEAR_AT_MOST
        for trouble in document.troubles:
            self.add_at(trouble.code, trouble.mark, trouble.message, trouble.remedy)
            if trouble.path is not None:
                self.settled.add(trouble.path)

    def add(
        self,
        code: str,
        path: Path,
        message: str,
        remedy: str = "",
        *,
        at_key: bool = False,
        span: tuple[int, int] | None = None,
        severity: Severity = "error",
    ) -> None:
        """Note a fault of what stands at ``path``.

        ``at_key`` points at its key, ``span`` at some characters of its text
        (start from 0, and width). What the reading already refused is not
        reported again.
        """
        if path in self.settled or len(self.found) > FAULTS_AT_MOST:
            return
        mark = self._mark(path, at_key=at_key)
        if span is not None and mark.inner:
            mark = Mark(mark.line, mark.inner + span[0], max(1, span[1]))
        strange = self._odd(mark) if severity == "error" else None
        if strange is not None:
            said = message.replace(repr(strange.character)[1:-1], strange.character)
            message = f"{said}: it holds {strange}, which is not {strange.meant}"
            if code != "PF201" and not remedy.startswith(NEAR):
                mark = Mark(mark.line, mark.column + strange.place)
                remedy = f"write {strange.meant} here"
        self.add_at(code, mark, message, remedy, severity=severity)

    def near(self, name: str, options: Iterable[str]) -> str:
        """Return the remedy for an unknown ``name``: the nearest option, and all if few."""
        self._near_left -= 1
        if self._near_left < 0:
            return ""
        known = list(dict.fromkeys(options))[:_OPTIONS_AT_MOST]
        close = get_close_matches(name, known, n=1) if len(name) <= _WORD_AT_MOST else []
        if close:
            return f"{NEAR}{close[0]!r}?"
        if not known:
            return "none is defined"
        more = ", …" if len(known) > NAMES_AT_MOST else ""
        return f"there is {', '.join(known[:NAMES_AT_MOST])}{more}"

    @property
    def has_errors(self) -> bool:
        """Whether anything found so far keeps the file from being used."""
        return any(fault.severity == "error" for fault in self.found)

    def ordered(self) -> tuple[Diagnostic, ...]:
        """Return what was found, in the order of the file, each once."""
        unique = dict.fromkeys(self.found)
        return tuple(sorted(unique, key=lambda d: (d.line, d.column, d.code)))

    def finish(self) -> None:
        """Raise if there is any error.

        Raises:
            DefinitionInvalid: holding all of them, in the order of the file.
        """
        if self.has_errors:
            self.fail()

    def fail(self) -> NoReturn:
        """Raise all errors found so far, in the order of the file, each once."""
        raise DefinitionInvalid([d for d in self.ordered() if d.severity == "error"])

    def _odd(self, mark: Mark) -> Odd | None:
        """Return what only looks like what was meant in the text that a fault is about."""
        line = self.document.lines[mark.line - 1] if self.document.lines else ""
        return odd(line[mark.column - 1 :][: min(mark.width, _WORD_AT_MOST)])

    def _mark(self, path: Path, *, at_key: bool) -> Mark:
        """Return the mark of a scalar value, of the key above a collection, or of a parent."""
        document = self.document
        value = document.values.get(path)
        key = document.keys.get(path)
        if at_key and key is not None:
            return key
        if value is not None:
            return value if key is None or value.inner or value.width > 1 else key
        return self._mark(path[:-1], at_key=False) if path else Mark(1, 1)

    def add_at(
        self, code: str, mark: Mark, message: str, remedy: str, *, severity: Severity = "error"
    ) -> None:
        """Note a fault of what stands at ``mark``."""
        if len(self.found) > FAULTS_AT_MOST:
            return
        if len(self.found) == FAULTS_AT_MOST:
            code, mark, severity = "PF103", Mark(1, 1), "error"
            message = f"there are more than {FAULTS_AT_MOST} faults: these are the first"
            remedy = "mend these, and check again"
        lines = self.document.lines
        line = lines[mark.line - 1] if mark.line <= len(lines) else ""
        self.found.append(
            Diagnostic(
                code=code,
                file=self.document.file,
                line=mark.line,
                column=mark.column,
                message=message,
                remedy=remedy,
                source=FORBIDDEN.sub("\ufffd", line) if len(line) <= LINE_AT_MOST else "",
                width=max(1, min(mark.width, len(line) - mark.column + 1)),
                severity=severity,
            )
        )
