"""The store that a command works on; what it commits is known when the run ends."""

from contextlib import AbstractContextManager

import click

from phaseflow import api
from phaseflow.cli.run import Run
from phaseflow.storage.port import Store


def opened(
    url: str, *, creates: bool = False, most_quiet: str | None = api.QUIET_AT_MOST
) -> AbstractContextManager[Store]:
    """Return the store at ``url``, as :func:`phaseflow.api.open_store`.

    Its clock is doubted where nothing was recorded for ``most_quiet``; None: never.
    """
    written = click.get_current_context().ensure_object(Run).written
    return api.open_store(url, creates=creates, most_quiet=most_quiet, written=written)
