"""How several of a unit are called."""

import re

_PLAIN = re.compile(r"[a-z]+", re.ASCII)
_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "foot": "feet",
    "aircraft": "aircraft",
}


def plural(word: str) -> str:
    """Return the plural of a unit that is a plain word; any other stays as it is.

    >>> [plural(word) for word in ("truck", "body", "day", "branch", "km", "man")]
    ['trucks', 'bodies', 'days', 'branches', 'km', 'men']
    """
    if word in _PLURALS:
        return _PLURALS[word]
    if len(word) <= len("km") or not _PLAIN.fullmatch(word):
        return word
    if word.endswith("y") and word[-2] not in "aeou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
