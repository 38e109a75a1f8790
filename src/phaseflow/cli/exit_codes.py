"""What the program ends with; the reference of the commands tells it to users."""

DONE = 0
REFUSED = 1
"""Refused, or faults found."""
USAGE = 2
BROKEN = 3
"""The evidence is broken."""
CONFLICT = 4
"""Somebody acted first."""
UNREACHABLE = 5
"""The database is out of reach, locked or out of date."""
UNSHOWN = 6
"""Filed, but its text could not be shown, or what comes after it failed."""
BUG = 70
FAILED = 74
"""The machine failed: a disk that is full or broken, too little memory."""
INTERRUPTED = 130
READER_LEFT = 141
"""Nothing was filed, and whoever read the output has left."""
