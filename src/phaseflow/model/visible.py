"""Characters that people cannot see, and what is shown in their place."""

import json
import re

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
MARK = "\N{REPLACEMENT CHARACTER}"
QUOTED_AT_MOST = 120
"""How many characters of somebody's text a message quotes."""
UNSHOWN = re.compile(f"[\r\ud800-\udfff]|{FORBIDDEN.pattern}")
"""What is shown nowhere as it is: as :data:`FORBIDDEN`, and what no text of ours holds."""


def hidden(text: str) -> re.Match[str] | None:
    """Return the first character of ``text`` that does not show, or None."""
    return (_HIDDEN_ASCII if text.isascii() else FORBIDDEN).search(text)


def clean(text: str) -> str:
    r"""Return ``text`` with marks in place of what does not show, or would steer a terminal.

    >>> clean("a\x1b[31mb")
    'a\ufffd[31mb'
    """
    return UNSHOWN.sub(MARK, text)


def escaped(text: str) -> str:
    r"""Return ``text``, which is JSON, with escapes in place of what does not show.

    >>> print(escaped('{"a": "\u202e\x7f"}'))
    {"a": "\u202e\u007f"}
    """
    return UNSHOWN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def quoted(text: str, at_most: int = QUOTED_AT_MOST) -> str:
    r"""Return ``text`` as messages quote it: of a long one the beginning.

    >>> quoted("day"), quoted("9" * 5000)[-5:]
    ("'day'", "999…'")
    """
    return repr(text if len(text) <= at_most else f"{text[:at_most]}…")
