"""Characters that do not show, and those that look like what was meant."""

import re
import unicodedata
from typing import NamedTuple

_JOINED = "\u0600-\u109f\u1780-\u18af"
_PICTURES = "\u2122-\u2bff\U0001f000-\U0001faff"
_IDEOGRAPHS = "\u3005-\u3007\u3400-\u9fff\U00020000-\U0003ffff"

FORBIDDEN = re.compile(
    # Controls but for tab and line feed, format characters, and line ends no editor counts.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # What is drawn as nothing: fillers and blanks that count as letters or symbols.
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    # What is no character.
    "\ufdd0-\ufdef" + "".join(f"{chr(p * 65536 + 65534)}{chr(p * 65536 + 65535)}" for p in range(17)) +
    # What shapes the character before it, but after one that it can shape.
    "\u200c\u200d\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    f"(?<![{_JOINED}][\u200c\u180b-\u180f])"
    f"(?<![{_JOINED}{_PICTURES}\ufe0f]\u200d)"
    f"(?<![{_PICTURES}][\ufe00-\ufe0f])"
    f"(?<![{_IDEOGRAPHS}][\U000e0100-\U000e01ef])"
)  # fmt: skip
"""What a file must not hold, because people who look at it cannot see it.

These are the Unicode categories Cc, Cf, Zl and Zp and the default-ignorable
code points, written out: a digest that holds today must hold with every later
version of Unicode. Signs of category Cf that are drawn (U+0600 and its like)
are allowed. So is what shapes the character before it, where that can be
shaped: Persian, Sinhala or Mongolian titles cannot be spelt without, nor some
names in Japanese, and a pasted picture stays whole. The names that a
definition gives are ASCII and hold none of it.
"""

_HIDDEN_ASCII = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
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


def hidden(text: str) -> re.Match[str] | None:
    """Return the first character of ``text`` that does not show, or None."""
    return (_HIDDEN_ASCII if text.isascii() else FORBIDDEN).search(text)


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
