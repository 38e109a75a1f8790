"""Characters that look like what was meant."""

import re
import unicodedata
from typing import NamedTuple

CURLY = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b"

_INSTEAD = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043", "-"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u2039\u203a", "'"),
    "\u00d7": "*",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u21d2": "=>",
    "\u2044": "/",
    "\u3001": ",",
    "\u3002": ".",
}
_LETTERS = str.maketrans(
    "авсԁеһіјкӏмпорԛѕтухѵԝАВСЕНІЈКМОРЅТХУαγικνορυΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡ",
    "abcdehijklmnopqstuxvwABCEHIJKMOPSTXYayiknopuABEZHIKMNOPTYXig",
)
_WORD = re.compile(r"\w+")


def in_one_line(text: str) -> str:
    r"""Return ``text`` with a blank in place of its line breaks; without any, as it is.

    >>> in_one_line("A long\ntitle\n"), in_one_line("Art. 5 ")
    ('A long title', 'Art. 5 ')
    """
    if "\n" not in text:
        return text
    return " ".join(filter(None, (line.strip(" \t") for line in text.split("\n"))))


class Odd(NamedTuple):
    """A character that looks like another: where it stands in a text, and what it looks like."""

    place: int
    character: str
    instead: str

    def __str__(self) -> str:
        """Return it as messages name it."""
        return described(self.character)

    @property
    def meant(self) -> str:
        """What it looks like, as a sentence names it."""
        return "a space" if self.instead.isspace() else f"'{self.instead}'"


def odd(text: str) -> Odd | None:
    r"""Return the first character of ``text`` that stands where another was meant, or None.

    A letter does only where the word is one of a-z when it is replaced.

    >>> odd("day\u00a07")
    Odd(place=3, character='\xa0', instead=' ')
    >>> odd("straße, жук")
    """
    words = [w for w in _WORD.finditer(text) if not w[0].isascii()]
    fakes = {w.start(): w.end() for w in words if w[0].translate(_LETTERS).isascii()}
    until = 0
    for place, character in enumerate(text):
        until = fakes.get(place, until)
        if character.isascii():
            continue
        instead = _INSTEAD.get(character) or unicodedata.normalize("NFKC", character)
        if place < until:
            instead = character.translate(_LETTERS)
        if instead.isascii():
            return Odd(place, character, instead)
    return None


def described(character: str) -> str:
    r"""Return the code point of ``character``, and its name where it has one.

    >>> described("\u00a0"), described("\x07")
    ('U+00A0 (no-break space)', 'U+0007')
    """
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")
