"""What was opened, or would be."""

from phaseflow.cli.terminal import heading, wrapped
from phaseflow.service.open import Opened


def opened_page(opened: Opened) -> str:
    """Return what was opened, or would be."""
    header = opened.place.header
    verb = "would open" if opened.is_dry_run else "opened"
    if opened.is_repeat:
        verb = "had opened before, under the same nonce:"
    what = "rehearsal" if header.is_rehearsal else "agreement"
    lines = [
        heading(f"{verb} the {what} {header.label}"),
        f"  id    {header.id}",
        f"  text  {opened.place.definition.title}, edition {opened.place.definition.edition}",
        f"        {header.definition}",
        f"  state {opened.place.agreement.leaf}",
    ]
    if not opened.is_dry_run:
        lines += wrapped(
            "Print the id on the paper agreement: whoever knows it can check the journal.", indent=2
        )
    return "\n".join(lines)
