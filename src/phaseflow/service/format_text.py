"""Putting the text of a definition in order."""

import re
from collections import Counter

import msgspec

from phaseflow.errors import DefinitionInvalid
from phaseflow.service.definitions import Examined, examine

FORM = "PF1"
_NUMBERS = re.compile(r"\bline \d+")


class Formatted(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is and in order; ``trouble`` says why it is not put in order, or nothing."""

    file: str
    before: bytes
    after: bytes
    trouble: str = ""

    @property
    def is_in_order(self) -> bool:
        """Whether nothing changes."""
        return not self.trouble and self.before == self.after


def put_in_order(source: bytes, file: str) -> Formatted:
    """Return ``source`` with its keys in canonical order, evenly spaced, with every comment.

    A file with faults of form is left as it is, and so is one in which a
    comment that tells the check to ignore something would come to speak of
    something else.
    """
    from phaseflow.language.layout.format import formatted  # noqa: PLC0415  YAML and pydantic

    examined = examine(source, file)
    if any(fault.severity == "error" and fault.code.startswith(FORM) for fault in examined.found):
        faults = (str(fault) for fault in examined.found if fault.severity != "advice")
        return _left(source, file, "\n".join(faults))
    try:
        after = formatted(source, file)
    except DefinitionInvalid as invalid:
        return _left(source, file, str(invalid))
    told, told_after = _told(examined), _told(examine(after, file))
    if told != told_after:
        code, message = next(iter((told - told_after) or (told_after - told)))
        trouble = (
            f"{file} is left as it is: with its lines in order, a comment\n"
            f"  '# phaseflow: ignore {code} ...' would speak of something else\n"
            f"  ({code} {message});\n"
            "  put the comment on a line of its own, right above what it speaks of"
        )
        return _left(source, file, trouble)
    return Formatted(file=file, before=source, after=after)


def _left(source: bytes, file: str, trouble: str) -> Formatted:
    return Formatted(file=file, before=source, after=source, trouble=trouble)


def _told(examined: Examined) -> Counter[tuple[str, str]]:
    """Return what the check says, wherever it says it."""
    return Counter((d.code, _NUMBERS.sub("a line", d.message)) for d in examined.found)
