"""Figures of a text, and the categories under which they stand."""

PLAIN = "total"
"""The category of units that have none: plain amounts, and units not yet sorted."""
WHOLE = 100
"""The share of a tranche by which all is due, in percent."""
Figure = int | str
"""A whole number, or the name of the integer finding that holds it."""
