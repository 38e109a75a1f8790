"""The store that a command works on; what it commits is known when the run ends."""

import os
from contextlib import AbstractContextManager
from pathlib import Path

import click

from phaseflow import api
from phaseflow.cli.run import Run
from phaseflow.service import definitions
from phaseflow.storage.port import Store


def forms_folder() -> Path | None:
    """Return where compiled forms of definitions are kept; None if there is no such place.

    It is what PHASEFLOW_CACHE names, else a folder in the cache of the user.
    """
    named = os.environ.get("PHASEFLOW_CACHE")
    if named:
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111  it never fails
    # Where there is no home, the tilde stays; and a relative name would be another each time.
    return cache / "phaseflow" if cache.is_absolute() else None


def opened(
    url: str, *, creates: bool = False, most_quiet: str | None = api.QUIET_AT_MOST
) -> AbstractContextManager[Store]:
    """Return the store at ``url``, as :func:`phaseflow.api.open_store`.

    Its clock is doubted where nothing was recorded for ``most_quiet``; None: never.
    """
    definitions.keep_compiled_in(forms_folder())
    written = click.get_current_context().ensure_object(Run).written
    return api.open_store(url, creates=creates, most_quiet=most_quiet, written=written)
