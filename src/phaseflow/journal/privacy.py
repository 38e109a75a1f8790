"""Private values (journal format, §8): a salted commitment in the entry, its opening apart."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from phaseflow.errors import JournalBroken
from phaseflow.journal.canonical import canonical, parse_canonical, tagged_hash
from phaseflow.model.statement import Statement

COMMIT_TAG = "phaseflow-commit-v1"
MEMBER = "@commit"

_SALT = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Opening(msgspec.Struct, frozen=True):
    """What discloses a private value; ``salt`` is 32 hex digits, fresh for each value."""

    salt: str
    value: Any

    @property
    def commitment(self) -> str:
        """The digest that stands for the value."""
        return tagged_hash(COMMIT_TAG, f"{self.salt}\n{canonical(self.value)}")

    @property
    def line(self) -> str:
        """The line of ``disclosures.jsonl``, LF included."""
        return canonical({"salt": self.salt, "value": self.value})

    @property
    def stands_as(self) -> dict[str, str]:
        """What a body holds instead of the value."""
        return {MEMBER: self.commitment}


def read_opening(line: str) -> Opening:
    """Return the opening that ``line`` spells.

    Raises:
        JournalBroken: it is not canonical, or no opening.
    """
    value = parse_canonical(line)
    salt = value.get("salt") if isinstance(value, dict) else None
    if not isinstance(salt, str) or value.keys() != {"salt", "value"} or not _SALT.fullmatch(salt):
        msg = "an opening has a salt of 32 hexadecimal digits and a value, nothing else"
        raise JournalBroken(msg)
    return Opening(salt, value["value"])


def opens(commitment: str, line: str) -> bool:
    """Tell whether ``line`` is an opening of ``commitment``."""
    try:
        return read_opening(line).commitment == commitment
    except JournalBroken:
        return False


def commitments(statement: Statement) -> Iterator[str]:
    """Yield the digests of the private values that ``statement`` holds."""
    words = [statement.body.get("text"), *statement.body.get("sources", ())]
    for word in words:
        if isinstance(word, dict):
            yield word[MEMBER]
