"""The machine's own clock, beside the recorder's."""

import click

from phaseflow.model.calendar import Instant
from phaseflow.model.visible import clean
from phaseflow.service.status import View
from phaseflow.storage.port import Header

MOST_APART = 60


def warn_of_clock(header: Header) -> None:
    """Say so if this machine's clock differs from the recorder's by over a minute."""
    if header.is_rehearsal:
        return
    apart = Instant.now().timestamp() - header.recorded_at.timestamp()
    if abs(apart) > MOST_APART:
        side = "ahead of" if apart > 0 else "behind"
        click.echo(
            f"warning: this machine's clock is {abs(apart)} seconds {side} the recorder's; "
            "the recorder's counts",
            err=True,
        )


def warn_of_doubt(seen: View) -> None:
    """Say so if what is shown as fallen due rests on a clock that is in doubt."""
    if seen.doubt is not None:
        click.echo(f"warning: {clean(str(seen.doubt))}", err=True)
