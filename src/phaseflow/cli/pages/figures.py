"""The figures of an obligation, as the columns of a page show them."""

from phaseflow.engine.outcome import Account

NOT_REPORTED = "not reported"


def delivered(account: Account) -> str:
    """Return how much was delivered; where nobody ever reported, that."""
    return str(account.delivered) if account.is_reported else NOT_REPORTED


def in_units(account: Account) -> list[str]:
    """Return what is delivered, due, short and owed in all."""
    return [delivered(account), str(account.due), str(account.outstanding), str(account.total)]
