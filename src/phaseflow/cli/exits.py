"""What the program ends with; the reference of the commands tells it to users."""

REFUSED = 1
"""Refused, or faults found."""
USAGE = 2
BROKEN = 3
"""The evidence is broken."""
CONFLICT = 4
"""Somebody acted first."""
UNREACHABLE = 5
"""The database is out of reach, locked or out of date."""
INTERRUPTED = 130
