"""What an audit found."""

from phaseflow.cli.layout import heading, wrapped
from phaseflow.journal.verify import Report
from phaseflow.service.replaying import Replayed


def report_page(report: Report) -> str:
    """Return what a verified journal is, and how far that may be relied on."""
    anchor = (
        "anchored: the id is the one you gave"
        if report.is_anchored
        else "NOT ANCHORED: give the id from your paper with --id, else the journal only "
        "agrees with itself"
    )
    unsigned = ", ".join(f"{count} by {actor}" for actor, count in report.unsigned.items())
    lines = [
        heading("The journal is whole: every entry is well formed and follows its predecessor")
    ]
    if report.is_rehearsal:
        lines.append("  REHEARSAL: the recorder's clock was not the real one")
    lines += [
        f"  agreement {report.agreement}",
        *wrapped(anchor, indent=12, first="            "),
        f"  entries   {report.entries}, the newest recorded {report.recorded_at}",
        f"  head      {report.head}",
        *wrapped(
            f"{sum(report.unsigned.values())} UNSIGNED ({unsigned}): their order is proved, "
            "their authors are not",
            indent=12,
            first="  signed    ",
        ),
    ]
    return "\n".join(lines)


def replayed_page(replayed: Replayed) -> str:
    """Return what stepping the journal again has shown."""
    counted = (
        f"  {replayed.entries} entries were stepped again, and gave the same "
        f"{replayed.consequences} consequences"
    )
    lines = [heading("The journal follows from its definition"), counted]
    if replayed.differing:
        lines += wrapped(
            f"but the tables of present state differ from it: {', '.join(replayed.differing)}; "
            f"run phaseflow db rebuild {replayed.header.label}",
            indent=2,
        )
    else:
        lines.append("  the tables of present state are those that follow from it")
    return "\n".join(lines)
