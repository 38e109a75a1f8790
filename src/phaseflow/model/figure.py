"""Figures of a text, and the categories under which they stand."""

from collections.abc import Mapping

PLAIN = "total"
"""The category of units that have none: plain amounts, and units not yet sorted."""
WHOLE = 100
"""The share of a tranche by which all is due, in percent."""
Figure = int | str
"""A whole number, or the name of the integer finding that holds it."""


def show_figures(figures: Mapping[str, Figure]) -> str:
    """Return figures as a file has them.

    >>> show_figures({PLAIN: 20}), show_figures({"men": 9, "women": "women_found"})
    ('20', 'men: 9, women: women_found')
    """
    if [*figures] == [PLAIN]:
        return str(figures[PLAIN])
    return ", ".join(f"{category}: {figure}" for category, figure in figures.items())
