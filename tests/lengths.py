"""How long a search for what fails takes: a moment, or in `make soak` hours.

``HYPOTHESIS_PROFILE`` says which: ``quick``, ``default`` or ``long``. But for the long one the
examples are the same each time: a change is judged by what it did, not by chance. The long one
searches elsewhere each time, unless it is told a seed.
"""

import os

from hypothesis import settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
IS_LONG = PROFILE == "long"
_TIMES = {"quick": 0.2, "default": 1, "long": 25}
EXAMPLES = 40
"""How many a test tries by default that does not say otherwise."""


def examples(usual: int) -> int:
    """Return how many examples to try where by default ``usual`` are."""
    return max(1, round(usual * _TIMES[PROFILE]))


def choose_length() -> None:
    """Let every test of Hypothesis be as long as it is to be."""
    settings.register_profile(
        "ours",
        deadline=None,
        max_examples=examples(EXAMPLES),
        derandomize=not IS_LONG,
        print_blob=IS_LONG,
    )
    settings.load_profile("ours")
