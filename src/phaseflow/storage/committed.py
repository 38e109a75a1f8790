"""What a run of the program has put into a database, for whoever has to tell of it afterwards."""

from typing import NamedTuple


class CommittedEntry(NamedTuple):
    """An entry of a journal, by what finds it again; ``agreement`` is its label."""

    agreement: str
    seq: int
    hash: str
    kind: str


class Committed:
    """What was committed, by all stores of a run.

    ``begun`` and ``committed`` count transactions that write. ``entries`` are
    those of committed ones. While a commit is under way, and for ever where it
    did not return, its entries are ``unsure``.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.begun = 0
        self.committed = 0
        self.entries: list[CommittedEntry] = []
        self.unsure: tuple[CommittedEntry, ...] = ()

    def settle(self) -> None:
        """Count in what was just committed."""
        self.committed += 1
        self.entries += self.unsure
        self.unsure = ()
