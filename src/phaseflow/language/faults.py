"""The faults of one file, gathered as they are found, each at its place."""

from collections.abc import Iterable
from itertools import islice
from typing import NoReturn

from phaseflow.diagnostic import Diagnostic, Severity
from phaseflow.errors import DefinitionInvalid
from phaseflow.language.suggest import NEAR, nearest, shortened
from phaseflow.model.visible import clean
from phaseflow.text.characters import Odd, in_one_line, odd
from phaseflow.text.source import Document, Mark, Path

LINE_AT_MOST = 240
"""Longer lines are not shown with a fault."""
SENTENCE_AT_MOST = 300
"""Of a longer message the middle is left out."""
FAULTS_AT_MOST = 1_000
"""Of more errors in one file, the first are told; warnings and advice do not count."""
_COMPARED_AT_MOST = 10_000
_OPTIONS_AT_MOST = 500
_WIDTH_AT_MOST = 64


def told(value: object) -> str:
    """Return ``value`` as the file spells it; text in quotes.

    >>> told(True), told("day 7"), told(None)
    ('true', "'day 7'", 'null')
    """
    match value:
        case str():
            return f"'{value}'"
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case _:
            return str(value)


def _in_a_line(sentence: str) -> str:
    """Return ``sentence`` without line ends, and without the middle of what it quotes at length."""
    if len(sentence) > SENTENCE_AT_MOST:
        half = SENTENCE_AT_MOST // 2
        sentence = f"{sentence[:half]} … {sentence[-half:]}"
    return in_one_line(sentence)


class Faults:
    """What is wrong with a file; adding never stops the reading."""

    def __init__(self, document: Document) -> None:
        """Begin with what could not be read."""
        self.document = document
        self.found: list[Diagnostic] = []
        self.settled: set[Path] = set()
        self._compared_left = _COMPARED_AT_MOST
        self._errors = 0
        self.faulty: set[Path] = set()
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
        if severity == "error":
            self.faulty.add(path)
        if path in self.settled or self.is_full:
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

    def near(self, name: str, options: Iterable[str], taken: Iterable[str] = ()) -> str:
        """Return the remedy for an unknown ``name``: the nearest option, or what there is.

        What is ``taken`` stands there already, so that it was not meant.
        """
        if self._compared_left < 0:
            return ""
        known = list(dict.fromkeys(islice(options, _OPTIONS_AT_MOST)))
        self._compared_left -= len(known)
        close = self._titled(name, known) or nearest(name, [*known, *taken])
        if close is not None and close not in known:
            return f"remove it, as {close!r} stands here too"
        if close is not None and close.lower() == name:
            return f"this holds once {close!r} is mended"
        if close is not None:
            return f"{NEAR}{close!r}?"
        return f"there is {shortened(known)}" if known else "none is defined"

    def _titled(self, name: str, known: list[str]) -> str | None:
        """Return the one of ``known`` that people call ``name``, or None."""
        data = self.document.data
        sections = data.values() if isinstance(data, dict) and " " in name else ()
        for section in sections:
            for key, value in section.items() if isinstance(section, dict) else ():
                if isinstance(value, dict) and value.get("title") == name and key in known:
                    return str(key)
        return None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is told of this file, which has too many errors."""
        return self._errors > FAULTS_AT_MOST

    @property
    def has_errors(self) -> bool:
        """Whether anything found so far keeps the file from being used."""
        return self._errors > 0

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
        return odd(line[mark.column - 1 :][: min(mark.width, _WIDTH_AT_MOST)])

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
        if self.is_full:
            return
        self._errors += severity == "error"
        if self._errors > FAULTS_AT_MOST:
            code, mark = "PF103", Mark(1, 1)
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
                message=_in_a_line(message),
                remedy=_in_a_line(remedy),
                source=clean(line) if len(line) <= LINE_AT_MOST else "",
                width=max(1, min(mark.width, len(line) - mark.column + 1)),
                severity=severity,
            )
        )
