"""What was filed, or would be."""

from phaseflow.cli.pages.entries import grounds, in_short, moments, of_rehearsal
from phaseflow.cli.terminal import heading, wrapped
from phaseflow.model.visible import clean
from phaseflow.service.receipts import Receipt
from phaseflow.service.record import Filed
from phaseflow.service.words.sentences import (
    said,
)


def filed_page(filed: Filed) -> str:
    """Return what was filed, or would be, and what follows from it."""
    place, entry = filed.place, filed.entry
    lines = [
        heading(f"{_verb(filed)} entry {entry.seq}{of_rehearsal(place.header)}: {said(entry.stmt)}")
    ]
    if filed.stood:
        lines.append("  This consent stands already, and is not filed again.")
    if filed.is_refused:
        lines.append("  It is refused, and stands on record with its reasons.")
    lines += moments(place.definition, place.agreement.first_day, entry)
    for tick in filed.ticks:
        lines.append(f"  Before it, time had passed (entry {tick.seq}):")
        lines += in_short(place.definition, place.agreement.first_day, tick.then)
    if entry.then:
        lines.append("  From it follows:")
        lines += in_short(place.definition, place.agreement.first_day, entry.then)
        lines += [line for consequence in entry.then for line in grounds(consequence)]
    lines += _surplus(filed)
    if filed.awaited:
        lines += wrapped(f"Consent given; awaited: {', '.join(filed.awaited)}.", indent=2)
    if not filed.is_dry_run:
        lines.append(f"  hash {filed.hash}")
    return "\n".join(lines)


def _surplus(filed: Filed) -> list[str]:
    figures = filed.surplus
    if figures is None:
        return []
    text = (
        f"{figures.obligation}: reported in all {figures.reported} of {figures.total} owed: "
        f"{figures.reported - figures.total} beyond what the text owes"
    )
    return wrapped(text, indent=2, first="  ")


def _verb(filed: Filed) -> str:
    if filed.stood:
        return "stands since"
    if filed.is_dry_run:
        return "would file"
    return "had filed before, under the same nonce," if filed.is_repeat else "filed"


def receipt_lines(filed: Filed, receipt: Receipt | None) -> list[str]:
    """Return what stands under a filed entry on its receipt."""
    if receipt is not None:
        size = receipt.signed.checkpoint.size
        return [
            f"  receipt over {size} entries, signed by the recorder, kept in",
            f"    {clean(str(receipt.path))}",
        ]
    if filed.awaits_receipt and not filed.is_dry_run:
        text = (
            "No receipt is signed yet: the recorder's key is not at hand. Keep the hash, and "
            "have it signed with `phaseflow audit checkpoint`."
        )
        return wrapped(text, indent=2)
    return []
