"""What the demonstration shows."""

from phaseflow.cli.pages.audit import report_page
from phaseflow.cli.pages.history import history_page
from phaseflow.cli.pages.replayed import replayed_page
from phaseflow.cli.pages.status import below, besides, head, missed, obligations
from phaseflow.cli.terminal import heading, table
from phaseflow.model.calendar import When
from phaseflow.service.demonstrate import Demonstration
from phaseflow.service.words.sentences import moment


def demo_page(shown: Demonstration) -> str:
    """Return phases, obligations, batches, latest entries, and what the audits found."""
    seen = shown.played.view
    parts = [
        head(seen),
        _phases(shown),
        obligations(seen),
        besides(seen),
        missed(seen),
        *below(seen),
        [heading("Latest entries"), history_page(shown.latest)],
        [heading("audit verify"), report_page(shown.report)],
        [heading("audit replay"), replayed_page(shown.replayed)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _phases(shown: Demonstration) -> list[str]:
    place = shown.played.view.place
    definition, first_day = place.definition, place.agreement.first_day
    rows = [
        [
            phase.state,
            moment(definition, When(phase.entered_at), first_day),
            "-" if phase.left_at is None else moment(definition, When(phase.left_at), first_day),
        ]
        for phase in shown.phases
    ]
    first, *lines = table(["Phase", "From", "To"], rows, flexible=0)
    return [heading(first), *lines]
