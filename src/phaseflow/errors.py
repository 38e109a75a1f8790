"""Every deliberate exception, sorted by who must act on it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # --help needs none of it
    from phaseflow.diagnostic import Diagnostic


class PhaseflowError(Exception):
    """Anything that a user can cause; its message never needs a traceback."""


class DefinitionInvalid(PhaseflowError):
    """The author of a definition or scenario must mend the file."""

    def __init__(self, faults: "Sequence[Diagnostic]") -> None:
        """Hold every fault, in the order of the file."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class StatementInvalid(PhaseflowError):
    """The speaker must say it otherwise: it is malformed, or names what is not there."""


class Refused(PhaseflowError):
    """The agreement does not let this party do this now.

    ``reasons`` hold every unmet guard, missing authority and moment, each a
    :class:`phaseflow.model.statement.Reason`.
    """

    def __init__(self, message: str, reasons: Sequence[Any]) -> None:
        """Hold all the reasons."""
        super().__init__(message)
        self.reasons = tuple(reasons)


class Unconfirmed(PhaseflowError):
    """Whoever runs the command must say that it is meant so; nothing was filed."""


class SaidBefore(Unconfirmed):
    """What is said stands already, or reads like what stands; ``--again`` files it all the same."""


class Conflict(PhaseflowError):
    """Somebody acted first, or the nonce was used for something else; look and try again."""


class JournalBroken(PhaseflowError):
    """The evidence does not hold; ``seq`` is the first entry that fails, where known.

    ``rule`` names the check that failed, in one word, as `docs/reference/journal.md` lists them.
    """

    def __init__(self, message: str, seq: int | None = None, rule: str = "") -> None:
        """Hold the place of the failure."""
        super().__init__(message)
        self.seq = seq
        self.rule = rule


class StoreUnavailable(PhaseflowError):
    """The operator must see to the database: out of reach, locked or out of date."""


class NotDrawn(PhaseflowError):
    """Whoever installs the program must see to it: an optional renderer is missing, or fails."""


class NotSigned(PhaseflowError):
    """The speaker must see to the key or to ``ssh-keygen``: no signature was made."""
