"""The store that a command works on; what it commits is known when the run ends."""

from contextlib import AbstractContextManager

import click

from phaseflow.cli.run import Run
from phaseflow.model.calendar import Period
from phaseflow.service import stores
from phaseflow.storage.port import Store


def opened(
    url: str, *, creates: bool = False, most_quiet: Period | None = stores.QUIET_AT_MOST
) -> AbstractContextManager[Store]:
    """Return the store at ``url``, as :func:`phaseflow.service.stores.opened`."""
    written = click.get_current_context().ensure_object(Run).written
    return stores.opened(url, creates=creates, most_quiet=most_quiet, written=written)
