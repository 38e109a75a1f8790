"""A signed checkpoint."""

from phaseflow.service.receipts import Receipt


def receipt_page(receipt: Receipt) -> str:
    """Return a signed checkpoint, who has signed it, and where it is kept."""
    checkpoint = receipt.signed.checkpoint
    return "\n".join(
        [
            f"{checkpoint.size} entries of {checkpoint.agreement}",
            f"  head      {checkpoint.head}",
            f"  time      {checkpoint.at}",
            f"  signed by {', '.join(sorted(receipt.signed.signatures))}",
            f"  kept in   {receipt.path}",
        ]
    )
