"""What changed between two editions, as people read it."""

from phaseflow.cli.terminal import heading, wrapped
from phaseflow.compare.change import Change
from phaseflow.service.compare import Compared

WORDS = {
    "heavier": "heavier for",
    "lighter": "lighter for",
    "authority": "authority moved",
    "structure": "structure",
    "wording": "wording only",
}


def compare_page(found: Compared) -> str:
    """Return every change with its clause, its kind, and how it read before and after."""
    titles = f"edition {found.old.edition} against edition {found.new.edition}"
    lines = [heading(f"{found.new.title or found.new.name}: {titles}")]
    if found.in_bytes:
        return "\n".join([*lines, *_alike(found)])
    if not found.changes:
        return "\n".join([*lines, "  Nothing has changed."])
    for change in found.changes:
        name = " ".join(part for part in (change.section, change.name) if part)
        where = ", ".join(part for part in (name, change.key) if part)
        lines += wrapped(f"{where}: {_kind(change)}", indent=4, first="  ")
        if change.clause:
            lines += wrapped(f"clause: {change.clause}", indent=8, first="      ")
        if change.owed_to:
            owed_to = " and ".join(change.owed_to)
            lines += wrapped(f"owed to: {owed_to}", indent=8, first="      ")
        lines += wrapped(f"before: {_shown(change.before)}", indent=8, first="      ")
        lines += wrapped(f"after: {_shown(change.after)}", indent=8, first="      ")
    return "\n".join([*lines, "", *wrapped(_summary(found), indent=0)])


def _alike(found: Compared) -> list[str]:
    text = (
        "They read alike, and differ in bytes: who consents to one has not consented to the "
        "other. Agree on one file, and send that."
    )
    differing = (line for one in found.in_bytes for line in wrapped(one, indent=6, first="    "))
    return [
        *wrapped(text, indent=2, first="  "),
        f"  first   {found.old.digest}",
        f"  second  {found.new.digest}",
        *differing,
    ]


def _kind(change: Change) -> str:
    return f"{WORDS[change.kind]} {' and '.join(change.whom)}".strip()


def _shown(value: str | None) -> str:
    return value or "nothing"


def _summary(found: Compared) -> str:
    """Return how many changes there are of each kind, for each party."""
    counts: dict[str, int] = {}
    for change in found.changes:
        counts[_kind(change)] = counts.get(_kind(change), 0) + 1
    listed = "; ".join(f"{kind}: {count}" for kind, count in sorted(counts.items()))
    total = len(found.changes)
    return f"{total} change{'' if total == 1 else 's'}. {listed}."
