"""What an audit found."""

from phaseflow.cli.terminal import heading, wrapped
from phaseflow.journal.divergence import Parting
from phaseflow.journal.verify import Report

_MOST_SHOWN = 20
CLOCK_SET = "REHEARSAL: the recorder's clock was not the real one"


def report_page(report: Report) -> str:
    """Return what a verified journal is, and how far that may be relied on."""
    anchor = (
        "anchored: the id is the one you gave"
        if report.is_anchored
        else "NOT ANCHORED: give the id from your paper with --id, else the journal only "
        "agrees with itself"
    )
    lines = [
        heading("The journal is whole: every entry is well formed and follows its predecessor")
    ]
    if report.is_rehearsal:
        lines.append(f"  {CLOCK_SET}")
    lines += [
        f"  agreement {report.agreement}",
        *wrapped(anchor, indent=12, first="            "),
        f"  entries   {report.entries}, the newest recorded {report.recorded_at}",
        f"  head      {report.head}",
        *wrapped(_signed(report), indent=12, first="  signed    "),
    ]
    if report.checkpoints or report.pins:
        sealed = "1 entry" if report.sealed == 1 else f"{report.sealed} entries"
        seal = f"{sealed}, {report.unsealed} after it" if report.sealed else "none"
        checked = f"{_count(report.checkpoints, 'checkpoint')} and {_count(report.pins, 'pin')}"
        lines += [f"  seal      {seal}", f"  checked   against {checked}"]
    if report.ignored:
        lines.append("  ignored   as it does not verify, and decides nothing:")
        for what in report.ignored[:_MOST_SHOWN]:
            lines += wrapped(what, indent=14, first="            ")
        if len(report.ignored) > _MOST_SHOWN:
            lines.append(f"            and {len(report.ignored) - _MOST_SHOWN} more")
    if report.withheld:
        lines.append(f"  withheld  {_count(report.withheld, 'private value')}")
    return "\n".join(lines)


def parting_page(parting: Parting | None, one: str, other: str) -> str:
    """Return where two histories part."""
    if parting is None:
        return "They hold the same entries."
    if not parting.is_fork:
        longer, shorter = (other, one) if parting.one is None else (one, other)
        return f"{longer} extends {shorter}: it goes on with entry {parting.seq}."
    lines = [heading(f"They part at entry {parting.seq}: each holds another one.")]
    lines += wrapped(f"{one}: {parting.one}", indent=4, first="  ")
    lines += wrapped(f"{other}: {parting.other}", indent=4, first="  ")
    if parting.signed_both:
        names = ", ".join(parting.signed_both)
        lines += wrapped(f"Signed checkpoints of both: {names}. The two files prove it.", indent=2)
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _signed(report: Report) -> str:
    count = sum(report.unsigned.values())
    if not count:
        return f"all {report.entries}"
    by = ", ".join(f"{count} by {actor}" for actor, count in report.unsigned.items())
    return f"{count} UNSIGNED ({by}): their order is proved, their authors are not"
