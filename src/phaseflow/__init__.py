"""A state-machine workflow engine for agreements that are carried out in phases.

What is promised to programs is here, and imported when it is first used; `docs/reference/api.md`
shows it at work.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phaseflow.api import (
        check,
        file,
        history,
        next,  # noqa: A004  as the command
        open_agreement,
        open_store,
        status,
        verify,
    )
    from phaseflow.service.compose import Filing
    from phaseflow.service.history import Wanted
    from phaseflow.service.open import OpeningRequest

_HOMES = {
    "check": "phaseflow.api",
    "file": "phaseflow.api",
    "history": "phaseflow.api",
    "next": "phaseflow.api",
    "open_agreement": "phaseflow.api",
    "open_store": "phaseflow.api",
    "status": "phaseflow.api",
    "verify": "phaseflow.api",
    "Filing": "phaseflow.service.compose",
    "OpeningRequest": "phaseflow.service.open",
    "Wanted": "phaseflow.service.history",
}

__all__ = [
    "Filing",
    "OpeningRequest",
    "Wanted",
    "check",
    "file",
    "history",
    "next",
    "open_agreement",
    "open_store",
    "status",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Return what is promised under that name, importing it (PEP 562)."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
